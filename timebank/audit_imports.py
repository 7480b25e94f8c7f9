"""Histories that were brought over, against the books: each row posted once, as it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from timebank.history_import import account_of, key_of
from timebank.models import HistoryImport, HistoryRow
from timebank.unit import Unit

if TYPE_CHECKING:
    from timebank.audit_records import Found, Transaction

KINDS = frozenset({"import.in", "import.out", "import.transfer", "import.adjustment"})


class BroughtOver:
    """The recorded rows in order of sequence number, merged with a pass over the transactions."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        query = (
            select(HistoryRow, HistoryImport.file_sha256)
            .join(HistoryImport, HistoryImport.id == HistoryRow.import_id)
            .order_by(HistoryRow.seq)
            .execution_options(yield_per=1000)
        )
        self._rows = iter(unit.db.execute(query))
        self._next: Any = next(self._rows, None)

    def at(self, txn: Transaction) -> Iterator[Found]:
        """What differs up to this transaction, which follows the one asked about before."""
        matched = False
        while self._next is not None and self._next[0].seq <= txn.seq:
            row, file_sha256 = self._next
            if row.seq < txn.seq or not _same(row, file_sha256, txn):
                yield "history_row_differs", _about(row)
            matched = matched or row.seq == txn.seq
            self._next = next(self._rows, None)
        # A correction of such a transaction keeps its kind, and is recorded elsewhere.
        if txn.kind in KINDS and not matched and not _corrects(txn):
            yield "history_without_row", {"seq": txn.seq, "reference": txn.reference}

    def rest(self) -> Iterator[Found]:
        """Rows after the last transaction, and imports that do not have the rows they counted."""
        while self._next is not None:
            yield "history_row_differs", _about(self._next[0])
            self._next = next(self._rows, None)
        counts = dict(
            self._unit.db.execute(
                select(HistoryRow.import_id, func.count()).group_by(HistoryRow.import_id)
            ).all()
        )
        for done in self._unit.db.scalars(select(HistoryImport)):
            if counts.get(done.id, 0) != done.posted + done.adjustments:
                yield "history_count_differs", {"history": done.id}


def _same(row: HistoryRow, file_sha256: str, txn: Transaction) -> bool:
    amounts = {line.account: line.amount for line in txn.lines}
    return (
        txn.kind == f"import.{row.kind}"
        and txn.reference == row.import_id
        and txn.key == key_of(file_sha256, row.row, row.kind)
        and txn.occurred_on == row.occurred_on
        and amounts
        == {account_of(row.source_id): -row.minutes, account_of(row.target_id): row.minutes}
    )


def _corrects(txn: Transaction) -> bool:
    return txn.reverses_seq is not None or txn.key.startswith("amend:")


def _about(row: HistoryRow) -> dict[str, Any]:
    return {"history": row.import_id, "row": row.row, "seq": row.seq}
