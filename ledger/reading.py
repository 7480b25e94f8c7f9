"""Read whole transactions, with SQLAlchemy Core on either engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, select

from ledger.posting import Linked
from ledger.records import PostedLine, PostedTransaction
from ledger.tables import account as accounts
from ledger.tables import posting as postings
from ledger.tables import transaction as transactions

_CHUNK = 500

_reversal = transactions.alias("reversal")
_replacement = transactions.alias("replacement")
_t = transactions.c
_p = postings.c

_LINES = select(_p.seq, accounts.c.name, _p.amount, _p.account_seq, _p.balance, _p.floor).join(
    accounts, accounts.c.id == _p.account
)


def by_seqs(
    connection: Connection, book_id: int, seqs: Iterable[int], *, replayed: bool = False
) -> dict[int, PostedTransaction]:
    """Return the named transactions by their sequence numbers; unknown ones are left out."""
    found: dict[int, PostedTransaction] = {}
    for chunk in _chunks(seqs):
        rows = connection.execute(
            select(transactions).where(_t.book == book_id, _t.seq.in_(chunk))
        ).all()
        lines = connection.execute(
            _LINES.where(_p.book == book_id, _p.seq.in_(chunk)).order_by(_p.seq)
        ).all()
        found.update((t.seq, t) for t in _assemble(rows, lines, replayed))
    return found


def between(
    connection: Connection, book_id: int, first: int, last: int
) -> Iterator[PostedTransaction]:
    """Yield the transactions from `first` to `last` in order, holding only some at a time."""
    for start in range(first, last + 1, _CHUNK):
        end = min(start + _CHUNK - 1, last)
        rows = connection.execute(
            select(transactions)
            .where(_t.book == book_id, _t.seq.between(start, end))
            .order_by(_t.seq)
        ).all()
        lines = connection.execute(
            _LINES.where(_p.book == book_id, _p.seq.between(start, end)).order_by(_p.seq)
        ).all()
        yield from _assemble(rows, lines, False)


def linked(connection: Connection, book_id: int, seqs: Iterable[int]) -> dict[int, Linked]:
    """Return the named transactions and what reverses and replaces each of them."""
    wanted = list(seqs)
    found = by_seqs(connection, book_id, wanted)
    result: dict[int, Linked] = {}
    for chunk in _chunks(found):
        rows = connection.execute(
            select(_t.seq, _reversal.c.seq, _replacement.c.seq)
            .outerjoin(
                _reversal, and_(_reversal.c.book == _t.book, _reversal.c.reverses_seq == _t.seq)
            )
            .outerjoin(
                _replacement,
                and_(_replacement.c.book == _t.book, _replacement.c.replaces_seq == _t.seq),
            )
            .where(_t.book == book_id, _t.seq.in_(chunk))
        )
        for seq, reversed_by, replaced_by in rows:
            result[seq] = Linked(
                transaction=found[seq], reversed_by=reversed_by, replaced_by=replaced_by
            )
    return result


def _chunks(values: Iterable[int]) -> Iterator[list[int]]:
    remaining = iter(values)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk


def _assemble(
    rows: Sequence[Any], lines: Sequence[Any], replayed: bool
) -> Iterator[PostedTransaction]:
    by_seq: dict[int, list[PostedLine]] = {}
    for seq, name, amount, account_seq, balance, floor in lines:
        line = PostedLine(
            account=name, amount=amount, account_seq=account_seq, balance=balance, floor=floor
        )
        by_seq.setdefault(seq, []).append(line)
    for row in rows:
        yield PostedTransaction(
            seq=row.seq,
            kind=row.kind,
            reference=row.reference,
            occurred_on=date.fromisoformat(row.occurred_on),
            posted_at=row.posted_at,
            key=row.idempotency_key,
            lines=tuple(sorted(by_seq.get(row.seq, ()), key=lambda line: line.account)),
            actor=row.actor,
            reverses_seq=row.reverses_seq,
            replaces_seq=row.replaces_seq,
            digest=bytes(row.digest),
            replayed=replayed,
        )
