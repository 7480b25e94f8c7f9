"""Read whole transactions and pages of postings, with SQLAlchemy Core on either engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, select

from ledger.posting import Linked
from ledger.records import Page, PostedLine, PostedTransaction, Posting
from ledger.tables import account as accounts
from ledger.tables import posting as postings
from ledger.tables import transaction as transactions

_CHUNK = 500

_reversal = transactions.alias("reversal")
_replacement = transactions.alias("replacement")
_t = transactions.c
_p = postings.c
_number: Column[int] = _p.account_seq
_Where = ColumnElement[bool]

_LINES = select(_p.seq, accounts.c.name, _p.amount, _p.account_seq, _p.balance, _p.floor).join(
    accounts, accounts.c.id == _p.account
)
_POSTINGS = (
    select(
        _p.account_seq,
        _p.amount,
        _p.balance,
        _p.seq,
        _t.kind,
        _t.reference,
        _t.occurred_on,
        _t.posted_at,
        _t.actor,
        _t.reverses_seq,
        _t.replaces_seq,
        _reversal.c.seq.label("reversed_by"),
    )
    .join(transactions, and_(_t.book == _p.book, _t.seq == _p.seq))
    .outerjoin(_reversal, and_(_reversal.c.book == _t.book, _reversal.c.reverses_seq == _t.seq))
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


# --- the postings of one account ------------------------------------------------------------


def page(
    connection: Connection,
    account_id: int,
    name: str,
    *,
    limit: int,
    before: int | None,
    after: int | None,
    since: date | None,
    until: date | None,
    newest_first: bool,
) -> Page:
    """Return at most `limit` postings next to a position; see `Book.history`."""
    days: list[_Where] = []
    if since is not None:
        days.append(_t.occurred_on >= since.isoformat())
    if until is not None:
        days.append(_t.occurred_on <= until.isoformat())
    window = [_p.account == account_id, *days]
    if before is not None:
        window.append(_p.account_seq < before)
    if after is not None:
        window.append(_p.account_seq > after)
    # From a position the page holds what lies next to it, whichever way it is shown.
    backwards = newest_first if (before is None) == (after is None) else before is not None
    order = _p.account_seq.desc() if backwards else _p.account_seq.asc()
    rows = connection.execute(_POSTINGS.where(*window).order_by(order).limit(limit + 1)).all()
    more = len(rows) > limit
    found = [_posting(name, row) for row in rows[:limit]]
    if backwards:
        found.reverse()
    # A page that began at one end of the account has nothing beyond that end.
    if backwards:
        above = None if before is None else _above(found, before)
        earlier, later = more, _any(connection, account_id, days, above)
    else:
        below = None if after is None else _below(found, after)
        earlier, later = _any(connection, account_id, days, below), more
    if before is not None and after is not None and not more:
        # Both ends of the window were given; what lies beyond the far one counts too.
        far = _p.account_seq <= after if backwards else _p.account_seq >= before
        beyond = _any(connection, account_id, days, far)
        earlier, later = (beyond, later) if backwards else (earlier, beyond)
    if newest_first:
        found.reverse()
    return Page(postings=tuple(found), earlier=earlier, later=later)


def _below(found: list[Posting], after: int | None) -> _Where | None:
    if found:
        return _number < found[0].account_seq
    return None if after is None else _number <= after


def _above(found: list[Posting], before: int | None) -> _Where | None:
    if found:
        return _number > found[-1].account_seq
    return None if before is None else _number >= before


def _any(
    connection: Connection,
    account_id: int,
    days: list[_Where],
    where: _Where | None,
) -> bool:
    if where is None:
        return False
    query = select(_p.account_seq).where(_p.account == account_id, where)
    if days:
        query = query.join(transactions, and_(_t.book == _p.book, _t.seq == _p.seq)).where(*days)
    return connection.execute(query.limit(1)).first() is not None


def postings_between(
    connection: Connection, account_id: int, name: str, first: int, last: int
) -> list[Posting]:
    """Return an account's postings from `first` to `last` by account_seq, oldest first."""
    query = _POSTINGS.where(_p.account == account_id, _p.account_seq.between(first, last))
    return [_posting(name, row) for row in connection.execute(query.order_by(_p.account_seq))]


def last_before(
    connection: Connection, account_id: int, name: str, posted_at: int
) -> Posting | None:
    """Return an account's newest posting that was posted before an instant, or None."""
    query = _POSTINGS.where(_p.account == account_id, _t.posted_at < posted_at)
    # posted_at never decreases along an account, so the walk back from the end stops early.
    row = connection.execute(query.order_by(_p.account_seq.desc()).limit(1)).first()
    return None if row is None else _posting(name, row)


def _posting(name: str, row: Any) -> Posting:
    number, amount, balance, seq, kind, reference, day, posted_at, actor, *links = row
    # Same as calling Posting, which as a frozen class sets its fields one by one, slowly.
    posting = object.__new__(Posting)
    posting.__dict__.update(
        account=name,
        account_seq=number,
        amount=amount,
        balance=balance,
        seq=seq,
        kind=kind,
        reference=reference,
        occurred_on=date.fromisoformat(day),
        posted_at=posted_at,
        actor=actor,
        reverses_seq=links[0],
        replaces_seq=links[1],
        reversed_by=links[2],
    )
    return posting
