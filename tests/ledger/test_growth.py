"""However long an account has grown, asking and posting look at a few of its rows."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ledger import Book
from tests.ledger.conftest import DAY, MEMBER, NOON, credit, engine_for, new_book

_READ = text(
    "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables "
    "WHERE relname IN ('ledger_account', 'ledger_posting', 'ledger_transaction')"
)


@pytest.mark.postgres
@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_plans_made_when_the_book_was_empty_hold_when_it_has_grown(laid_out: Any) -> None:
    engine = engine_for(laid_out.url)
    with engine.connect() as connection:
        with connection.begin():
            book = new_book(connection)
        for number in range(1, 12):  # the driver prepares after five, the server plans by then
            with connection.begin():
                book.post(credit(number, 10), posted_at=NOON)
                book.balance(MEMBER)
                book.history("hours:issued", limit=10)
                book.history("hours:issued", limit=10, before=5)
                book.history("hours:issued", since=DAY + timedelta(days=1))
        with connection.begin():
            for number in range(300):
                book.open_account(f"member:{number:032x}", floor=0)
            later = [
                credit(n, 10, occurred_on=DAY + timedelta(days=n // 30)) for n in range(100, 3100)
            ]
            book.post_many(later, posted_at=NOON)
        assert _rows_read(connection, lambda: book.balance("hours:issued")) < 10
        assert _rows_read(connection, lambda: _post(book)) < 60
        assert _rows_read(connection, lambda: book.history("hours:issued", limit=10)) < 60
        middle = 1500
        for way in ({"before": middle}, {"after": middle}):
            page = partial(book.history, "hours:issued", limit=10, **way)
            assert _rows_read(connection, page) < 60
        # A few hundred postings that are looked through, and one of each day that is leapt over;
        # walking there from either end would be thousands.
        day = DAY + timedelta(days=50)
        assert _rows_read(connection, lambda: _page(book, day, day)) < 1500
        assert _rows_read(connection, lambda: _page(book, DAY, day)) < 1500
    engine.dispose()


def _post(book: Book) -> None:
    book.post(credit(5000, 10), posted_at=NOON)


def _page(book: Book, since: date, until: date) -> None:
    page = book.history("hours:issued", limit=10, since=since, until=until)
    assert len(page.postings) == 10


def _rows_read(connection: Connection, work: Any) -> int:
    """Return how many rows of postings and transactions the server fetched for `work`."""
    with connection.begin():
        before = connection.execute(_READ).scalar_one()
        work()
        return int(connection.execute(_READ).scalar_one() - before)
