"""The upgrade that brought schedules: nobody's statements stop, begin or repeat by it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from migrations import runner
from tests.conftest import Database
from timebank.models import Statement
from timebank.unit import make_engine

BEFORE = "0008"
ADA, BEN = "a" * 32, "b" * 32
ROWS = (
    "INSERT INTO community (id, book_key, console_id, name, brand_colour, contact_name,"
    " contact_email, contact_phone, language, created_at, revision) VALUES (1, :book, :console,"
    " 'Riverside', '#00625b', '', '', '', 'en', 0, 1)",
    "INSERT INTO person (id, name) VALUES (:ada, 'Ada'), (:ben, 'Ben')",
    "INSERT INTO member (id, person_id, number, joined_on, status, choice, no_money_rewards,"
    " statement_by, frequency, revision) VALUES"
    " (:ada, :ada, 101, '2026-01-05', 'active', 'accept', false, 'link', 'monthly', 1),"
    " (:ben, :ben, 102, '2026-02-06', 'active', 'accept', false, 'paper', 'none', 1)",
    "INSERT INTO statement (id, reference, member_id, account, from_on, until_on, last_seq,"
    " opening_minutes, closing_minutes, content, content_sha256, issued_at) VALUES (:ada, 'R',"
    " :ada, 'member:' || :ada, '2026-01-01', '2026-01-31', 0, 0, 0, '{}', 'x', 0)",
)

POTS = (
    "INSERT INTO statement (id, reference, member_id, account, from_on, until_on, last_seq,"
    " opening_minutes, closing_minutes, content, content_sha256, issued_at) VALUES (:id, 'S',"
    " NULL, 'pot:x', '2026-01-01', '2026-01-31', 0, 0, 0, '{}', 'x', 0)"
)


def fill(connection: Connection) -> None:
    """A group with one member who gets statements each month, and one who gets none."""
    values = {"book": "c" * 32, "console": "d" * 32, "ada": ADA, "ben": BEN}
    for row in ROWS:
        names = {name: value for name, value in values.items() if f":{name}" in row}
        connection.execute(text(row), names)


@pytest.fixture
def upgraded(empty_database: Database) -> Database:
    runner.upgrade(
        empty_database.owner_url,
        instance_role=empty_database.instance_role,
        load=fill,
        load_at=BEFORE,
    )
    return empty_database


def test_whoever_had_none_still_has_none_and_everybody_else_follows_the_group(upgraded) -> None:
    engine = make_engine(upgraded.url)
    with engine.connect() as connection:
        query = "SELECT member_id, from_on, frequency, day, actor FROM statement_schedule"
        rows = [tuple(map(str, row)) for row in connection.execute(text(query))]
        issued = connection.execute(select(Statement.member_id, Statement.until_on)).all()
    engine.dispose()
    assert rows == [(BEN, "2026-02-06", "none", "31", "d" * 32)]
    assert issued == [(ADA, date(2026, 1, 31))]


def test_a_statement_may_be_nobodys_own_and_is_guarded_as_before(upgraded) -> None:
    engine = make_engine(upgraded.owner_url)
    with engine.connect() as connection:
        assert runner.guard_problems(connection) == []
        connection.execute(text(POTS), {"id": BEN})
        connection.commit()
        with pytest.raises(DBAPIError, match="never changed"):
            connection.execute(text("UPDATE statement SET closing_minutes = 1"))
    engine.dispose()
