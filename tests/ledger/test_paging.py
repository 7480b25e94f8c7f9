"""Pages of chosen days: the same as a plain list gives, and found without walking the account."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from ledger import Book, Posting, paging
from tests.ledger.conftest import DAY, MEMBER, NOON, OTHER, THIRD, credit, engine_for, new_book

ISSUED = "hours:issued"
PEOPLE = (MEMBER, OTHER, THIRD)


def days(numbers: range | list[int]) -> list[date]:
    return [DAY + timedelta(days=number) for number in numbers]


def post(book: Book, when: list[date]) -> None:
    """Credit three people in turn, each transaction on the day named."""
    book.post_many(
        [credit(n, 10 + n, PEOPLE[n % 3], occurred_on=day) for n, day in enumerate(when)],
        posted_at=NOON,
    )


def plain(
    everything: tuple[Posting, ...], limit: int, asked: dict[str, Any], newest_first: bool
) -> tuple[list[int], bool, bool]:
    """The page that a list would give, in plain words."""
    since, until = asked.get("since", date.min), asked.get("until", date.max)
    own = [each.account_seq for each in everything if since <= each.occurred_on <= until]
    before, after = asked.get("before"), asked.get("after")
    inside = [n for n in own if (before is None or n < before) and (after is None or n > after)]
    backwards = newest_first if (before is None) == (after is None) else before is not None
    page = inside[-limit:] if backwards else inside[:limit]
    edges = (page[0], page[-1]) if page else ((after or 0) + 1, (before or 10**9) - 1)
    earlier = any(n < edges[0] for n in own)
    later = any(n > edges[1] for n in own)
    return (page[::-1] if newest_first else page), earlier, later


@pytest.mark.parametrize("seed", range(6))
def test_any_page_is_what_a_plain_list_gives(
    book: Book, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(paging, "WINDOW", 3)
    chance = random.Random(seed)
    # Mostly in order, some recorded late, some days without anything.
    post(book, days([max(0, n // 4 * 2 - chance.choice((0, 0, 0, 0, 9))) for n in range(60)]))
    for _ in range(40):
        account = chance.choice((ISSUED, MEMBER))
        everything = book.history(account, limit=100, newest_first=False).postings
        asked: dict[str, Any] = {}
        if chance.random() < 0.8:
            asked["since"] = DAY + timedelta(days=chance.randrange(-3, 34))
        if chance.random() < 0.8:
            start = asked.get("since", DAY)
            asked["until"] = start + timedelta(days=chance.choice((0, 0, 1, 5, 40)))
        if chance.random() < 0.4:
            asked["before"] = chance.randrange(1, 70)
        if chance.random() < 0.3:
            asked["after"] = chance.randrange(0, asked.get("before", 65))
        limit, newest_first = chance.choice((1, 4, 50)), chance.random() < 0.5
        page = book.history(account, limit=limit, newest_first=newest_first, **asked)
        found = [each.account_seq for each in page.postings], page.earlier, page.later
        assert found == plain(everything, limit, asked, newest_first), (asked, limit, newest_first)


@pytest.mark.parametrize(
    ("asked", "earlier", "later"),
    [
        ({"before": 0}, False, True),
        ({"before": 1}, False, True),
        ({"after": 2**63 - 1}, True, False),
        ({"after": 9}, True, False),
    ],
)
@pytest.mark.parametrize("newest_first", [True, False])
def test_beyond_either_end_there_is_nothing(
    book: Book, asked: dict[str, Any], earlier: bool, later: bool, newest_first: bool
) -> None:
    post(book, days(range(9)))
    page = book.history(ISSUED, newest_first=newest_first, **asked)
    assert (page.postings, page.earlier, page.later) == ((), earlier, later)


@pytest.mark.parametrize("account", [ISSUED, MEMBER])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_day_far_back_is_found_in_a_few_looks(
    book: Book,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    account: str,
    newest_first: bool,
) -> None:
    monkeypatch.setattr(paging, "WINDOW", 10)
    post(book, days([n // 30 for n in range(6000)]))
    asked = {"since": DAY + timedelta(days=99), "until": DAY + timedelta(days=100)}
    statements: list[str] = []

    @event.listens_for(connection, "after_cursor_execute")
    def _count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    page = book.history(account, limit=5, newest_first=newest_first, **asked)
    assert len(page.postings) == 5
    (day,) = {posting.occurred_on for posting in page.postings}
    assert day == asked["until" if newest_first else "since"]
    # From window to window it would be three hundred statements, or a hundred.
    assert len(statements) < 25


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_the_leap_looks_at_days_by_the_index(laid_out: Any) -> None:
    with engine_for(laid_out.url).connect() as connection:
        for leap in (paging._BACK, paging._ON):
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN " + str(leap.compile(dialect=connection.dialect)),
                ("0001-01-01", "9999-12-31", "9999-12-31", 1, 5),
            )
            read = [row[3] for row in plan if "ledger_transaction" in row[3] or " t " in row[3]]
            assert len(read) == 3
            assert all("ix_ledger_transaction_day" in line for line in read), read


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_one_day_is_read_by_the_index(laid_out: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "WINDOW", 10)
    plans: list[str] = []
    with engine_for(laid_out.url).connect() as connection:
        book = new_book(connection)
        post(book, days([n // 30 for n in range(300)]))
        seen: list[Any] = []

        @event.listens_for(connection, "after_cursor_execute")
        def _note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            seen.append((statement, values))

        day = DAY + timedelta(days=3)
        assert len(book.history(ISSUED, since=day, until=day).postings) == 30
        statement, values = next(each for each in seen if "IS 1" in each[0])
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)
        plans = [row[3] for row in rows]
    assert "ix_ledger_transaction_day" in plans[0], plans
    assert "(book=? AND seq=?)" in plans[1], plans
    assert not any("TEMP B-TREE" in line for line in plans), plans
