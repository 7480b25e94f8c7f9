"""Hours from before the books and what was put right beside attendances, against the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from timebank import accounts
from timebank.models import Amendment, OpeningHours, OpeningList
from timebank.unit import Unit

KINDS = ("opening", "starting")
Reversals = Mapping[int, tuple[int, str]]
Found = tuple[str, dict[str, Any]]


def findings(unit: Unit, posted: Sequence[Any], reversals: Reversals) -> Iterator[Found]:
    """Every opening was posted as its row says, and each row's transaction is there once.

    ``posted`` are the transactions of ``KINDS``; ``reversals`` all reversals by what they reverse.
    """
    amended = unit.db.scalars(select(Amendment).order_by(Amendment.revision)).all()
    by_seq = {txn.seq: txn for txn in posted}
    known = {each.seq for each in amended}
    query = select(OpeningHours, OpeningList.status).outerjoin(
        OpeningList, OpeningList.id == OpeningHours.list_id
    )
    for row, status in unit.db.execute(query):
        known.add(row.seq)
        stands = status in (None, "confirmed")
        if (row.seq is not None) != stands or (stands and not _same(row, by_seq.get(row.seq))):
            yield "opening_differs", {"opening": row.id}
    for txn in posted:
        if txn.seq not in known:
            yield "opening_unexplained", {"seq": txn.seq, "reference": txn.reference}
    yield from _amendments(unit, amended, reversals)


def _same(row: OpeningHours, txn: Any) -> bool:
    kind = "starting" if row.list_id is None else "opening"
    expected = {accounts.OPENING: -row.minutes, accounts.member(row.member_id): row.minutes}
    return (
        txn is not None
        and (txn.kind, txn.reference, txn.key) == (kind, row.id, f"{kind}:{row.id}")
        and {line.account: line.amount for line in txn.lines} == expected
    )


def _amendments(unit: Unit, amended: Sequence[Amendment], reversals: Reversals) -> Iterator[Found]:
    newest = {each.first_seq: each.revision for each in amended}
    head_seq = unit.book.head().seq
    for each in amended:
        reversal = (each.reversal_seq, f"correction.{each.reason}")
        right = each.reversed_seq is None or reversals.get(each.reversed_seq) == reversal
        if each.seq is not None:
            right = right and each.seq <= head_seq and _replaced(unit, each)
            right = right and (each.seq in reversals) == (each.revision < newest[each.first_seq])
        if not right:
            yield "amendment_differs", {"first_seq": each.first_seq, "revision": each.revision}


def _replaced(unit: Unit, each: Amendment) -> bool:
    txn = unit.book.transaction(each.seq or 0)
    own = [line for line in txn.lines if line.account == accounts.member(each.member_id)]
    return txn.key == f"amend:{each.first_seq}:{each.revision}" and [
        abs(line.amount) for line in own
    ] == [each.minutes]


def explained(unit: Unit) -> set[int]:
    """The reversals that amendments made."""
    query = select(Amendment.reversal_seq).where(Amendment.reversal_seq.is_not(None))
    return {seq for seq in unit.db.scalars(query) if seq is not None}
