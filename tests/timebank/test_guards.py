"""What timebank never changes, the database refuses to change, on both engines and for real."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

import timebank.guards
from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward
from timebank import certificates, rewards, statements
from timebank.unit import make_engine

TABLES = timebank.guards.FIXED_TABLES
ANY_COLUMN = {
    "statement": "content",
    "certificate": "content",
    "trail_event": "actor",
    "command_receipt": "result",
}


@pytest.fixture
def filled(community: Community) -> Community:
    """A community with a row in every guarded table."""
    anna = community.member_actor("Anna Bell")
    community.credit(community.session(), [anna.member_id])
    add_reward(community)
    reward = rewards.AddReward(kind="class", title="Weaving", price_minutes=30)
    community.do(rewards.add_reward, reward, key="a-key-for-it")
    community.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    with community.unit(community.console) as unit:
        statements.issue(unit, statements.last_ended(unit))
    command = certificates.IssueCertificate(
        member_id=anna.member_id, from_on=date(2026, 1, 1), until_on=date(2026, 3, 31)
    )
    community.do(certificates.issue_certificate, command)
    return community


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def contents(url: str) -> dict[str, list[object]]:
    with connected(url) as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))]
            for table in TABLES
        }


def attack(url: str, query: str) -> None:
    with connected(url) as connection:
        connection.execute(text(query))
        connection.commit()


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_neither_changed_nor_deleted(filled, database, table):
    column = ANY_COLUMN[table]
    before = contents(database.url)
    assert all(before.values())
    queries = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    if database.name == "postgresql":
        queries.append(f"TRUNCATE {table} CASCADE")
    # As the instance's role, and as the owner whom PostgreSQL grants everything.
    for url in {database.url, database.owner_url}:
        for query in queries:
            with pytest.raises(DBAPIError):
                attack(url, query)
    assert contents(database.url) == before


COLUMNS = {
    "statement": (
        "id, reference, member_id, account, from_on, until_on, first_seq, last_seq,"
        " opening_minutes, closing_minutes, content, content_sha256, issued_at"
    ),
    "trail_event": "id, at, actor, action, subject, subject_id, details",
    "command_receipt": "key, command, actor, command_sha256, result, recorded_at",
}


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("statement", {"content": "'forged'"}),
        ("statement", {"id": "'other'", "content": "'forged'"}),
        ("statement", {"id": "'other'", "reference": "'other'", "first_seq": "NULL"}),
        ("statement", {"id": "'other'", "reference": "'other'", "until_on": "'2031-01-31'"}),
        ("trail_event", {"actor": "'forged'"}),
        ("command_receipt", {"result": "'forged'"}),
    ],
)
def test_rows_are_not_replaced(filled, database, table, changes):
    if database.name == "postgresql":
        verb, more = "INSERT", f" ON CONFLICT DO UPDATE SET {next(iter(changes))} = 'x'"
        more = more.replace("CONFLICT", f"CONFLICT ({KEYS[table]})")
    else:
        verb, more = "INSERT OR REPLACE", ""
    before = contents(database.url)
    values = ", ".join(changes.get(name, name) for name in COLUMNS[table].split(", "))
    where = " WHERE first_seq IS NOT NULL" if table == "statement" else ""
    if database.name == "postgresql":
        values = COLUMNS[table]  # the same row again: its key is in the way
    query = f"{verb} INTO {table} ({COLUMNS[table]}) SELECT {values} FROM {table}{where}{more}"
    with pytest.raises(DBAPIError):
        attack(database.url, query)
    assert contents(database.url) == before


KEYS = {"statement": "id", "trail_event": "id", "command_receipt": "key"}


def test_missing_and_altered_guards_are_named(database):
    with connected(database.owner_url) as connection, connection.begin():
        assert timebank.guards.problems(connection) == []
        name = "timebank_statement_refuse_delete"
        if database.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {name}"))
            connection.execute(
                text(f"CREATE TRIGGER {name} BEFORE DELETE ON statement BEGIN SELECT 1; END")
            )
        else:
            connection.execute(text(f"ALTER TABLE statement DISABLE TRIGGER {name}"))
        assert timebank.guards.problems(connection) == [name]
        timebank.guards.drop(connection)
        assert len(timebank.guards.problems(connection)) >= 9
        timebank.guards.create(connection)
        assert timebank.guards.problems(connection) == []
