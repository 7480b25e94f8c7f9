"""Read the postings of one account: pages, runs of them, and the last before an instant.

A page of chosen days takes as long on an account of ten million postings as on one of a
thousand. One day is read by the index on days. Of several, it looks through a few hundred postings
at a time, and where none of them is of those days it leaps to where the nearest one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    TextClause,
    and_,
    func,
    select,
    text,
)

from ledger.records import Page, Posting
from ledger.tables import posting as postings
from ledger.tables import transaction as transactions

# The highest account_seq that a column can hold.
HIGHEST = 2**63 - 1
# Postings that are looked through before it is asked where the next one of those days is.
WINDOW = 300

_reversal = transactions.alias("reversal")
_t = transactions.c
_p = postings.c
_number: Column[int] = _p.account_seq
_Where = ColumnElement[bool]

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


def _leap(nearest: str, side: str) -> TextClause:
    # From one day that occurs to the next by the index, and to the nearest transaction of each.
    return text(f"""WITH RECURSIVE day (occurred_on) AS (
  SELECT min(occurred_on) FROM ledger_transaction
  WHERE occurred_on >= :since AND occurred_on <= :until
  UNION ALL
  SELECT (SELECT min(t.occurred_on) FROM ledger_transaction t
          WHERE t.occurred_on > day.occurred_on AND t.occurred_on <= :until)
  FROM day WHERE day.occurred_on IS NOT NULL
)
SELECT {nearest}((SELECT {nearest}(t.seq) FROM ledger_transaction t
  WHERE t.occurred_on = day.occurred_on AND t.book = :book AND t.seq {side} :seq))
FROM day""")


_BACK, _ON = _leap("max", "<="), _leap("min", ">=")


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose postings are read, and of which days; both days included, None for no end."""

    connection: Connection
    book_id: int
    id: int
    name: str
    since: date | None = None
    until: date | None = None

    def page(
        self, *, limit: int, before: int | None, after: int | None, newest_first: bool
    ) -> Page:
        """Return at most `limit` postings next to a position; see `Book.history`."""
        # From a position the page holds what lies next to it, whichever way it is shown.
        backwards = newest_first if (before is None) == (after is None) else before is not None
        rows = self._nearest(limit + 1, backwards, below=before, above=after)
        more = len(rows) > limit
        found = [_posting(self.name, row) for row in rows[:limit]]
        if backwards:
            found.reverse()
        # A page that began at one end of the account has nothing beyond that end.
        first, last = (found[0].account_seq, found[-1].account_seq) if found else (None, None)
        earlier = later = more
        if backwards:
            later = before is not None and self._any(above=last or before - 1)
            earlier = more or (after is not None and self._any(below=after + 1))
        else:
            earlier = after is not None and self._any(below=first or after + 1)
            later = more or (before is not None and self._any(above=before - 1))
        if newest_first:
            found.reverse()
        return Page(postings=tuple(found), earlier=earlier, later=later)

    def between(self, first: int, last: int) -> list[Posting]:
        """Return the postings from `first` to `last` by account_seq, oldest first."""
        query = _POSTINGS.where(_p.account == self.id, _number.between(first, last))
        return [
            _posting(self.name, row) for row in self.connection.execute(query.order_by(_number))
        ]

    def last_before(self, posted_at: int) -> Posting | None:
        """Return the newest posting that was posted before an instant, or None."""
        query = _POSTINGS.where(_p.account == self.id, _t.posted_at < posted_at)
        # posted_at never decreases along an account, so the walk back from the end stops early.
        row = self.connection.execute(query.order_by(_number.desc()).limit(1)).first()
        return None if row is None else _posting(self.name, row)

    # --- inside -----------------------------------------------------------------------------

    def _any(self, *, below: int | None = None, above: int | None = None) -> bool:
        return bool(self._nearest(1, above is None, below=below, above=above))

    def _nearest(
        self, limit: int, backwards: bool, *, below: int | None, above: int | None
    ) -> list[Any]:
        """Return rows between two positions (neither included) from the end one looks from."""
        low = 1 if above is None else above + 1
        if self.since is None and self.until is None:
            # Both ends are always said: between two that it does not know PostgreSQL expects few
            # rows, and keeps one plan, by the index, for accounts and books of every size.
            high = HIGHEST if below is None else below - 1
            window: list[_Where] = [_number.between(low, high)]
            return self._rows(limit, backwards, window) if low <= high else []
        newest = self._scalar(select(func.max(_number)).where(_p.account == self.id)) or 0
        high = newest if below is None else min(below - 1, newest)
        if self.since == self.until and newest > WINDOW:
            return self._rows_of_day(limit, backwards, low, high)
        found: list[Any] = []
        while low <= high and len(found) < limit:
            first = max(low, high - WINDOW + 1) if backwards else low
            last = high if backwards else min(high, low + WINDOW - 1)
            rows = self._rows(
                limit - len(found), backwards, [_number.between(first, last), *self._days()]
            )
            found += rows
            low, high = (low, first - 1) if backwards else (last + 1, high)
            if not rows and low <= high:
                low, high = self._leapt(low, high, backwards)
        return found

    def _rows(self, limit: int, backwards: bool, window: list[_Where]) -> list[Any]:
        order = _number.desc() if backwards else _number.asc()
        query = _POSTINGS.where(_p.account == self.id, *window).order_by(order).limit(limit)
        return list(self.connection.execute(query).all())

    def _rows_of_day(self, limit: int, backwards: bool, low: int, high: int) -> list[Any]:
        """Return rows of the one day asked for, walking through its transactions by the index."""
        query = _POSTINGS.where(
            _t.occurred_on == (self.since or date.min).isoformat(),
            # Said so that no plan begins with all that the account holds.
            (_p.account == self.id).is_(True),
            _number.between(low, high),
        )
        order = [each.desc() if backwards else each.asc() for each in (_t.book, _t.seq)]
        return list(self.connection.execute(query.order_by(*order).limit(limit)).all())

    def _days(self) -> list[_Where]:
        # Inside a function, so that no plan begins with every transaction of those days.
        day = func.coalesce(_t.occurred_on, "")
        return [
            *([day >= self.since.isoformat()] if self.since else []),
            *([day <= self.until.isoformat()] if self.until else []),
        ]

    def _leapt(self, low: int, high: int, backwards: bool) -> tuple[int, int]:
        """Return the part of `low` to `high` that begins with the nearest of those days."""
        edge = self._seq(high if backwards else low)
        target = self.connection.execute(
            _BACK if backwards else _ON,
            {
                "since": (self.since or date.min).isoformat(),
                "until": (self.until or date.max).isoformat(),
                "book": self.book_id,
                "seq": edge,
            },
        ).scalar()
        if target is None:
            return high + 1, high
        number = self._place(target, low, high)
        return (low, number[0]) if backwards else (number[1], high)

    def _place(self, seq: int, low: int, high: int) -> tuple[int, int]:
        """Return this account's last position up to a transaction, and its first from it on."""
        own = self._scalar(
            select(_number).where(_p.book == self.book_id, _p.seq == seq, _p.account == self.id)
        )
        if own is not None:
            return own, own
        while low <= high:  # seq grows along an account
            middle = (low + high) // 2
            if self._seq(middle) < seq:
                low = middle + 1
            else:
                high = middle - 1
        return high, low

    def _seq(self, number: int) -> int:
        found = self._scalar(select(_p.seq).where(_p.account == self.id, _number == number))
        return found or 0

    def _scalar(self, query: Select[Any]) -> int | None:
        found: int | None = self.connection.execute(query).scalar()
        return found


def _posting(name: str, row: Any) -> Posting:
    number, amount, balance, seq, kind, reference, day, posted_at, actor, *links = row
    day = date.fromisoformat(day)
    return Posting(
        name, number, amount, balance, seq, kind, reference, day, posted_at, actor, *links
    )
