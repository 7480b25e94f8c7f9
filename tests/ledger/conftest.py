"""A book to post to, on both engines, and ways to attack it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event

from ledger import Book, Line, NewTransaction, guards, metadata
from tests.conftest import ENGINES, Database
from tests.postgres import INSTANCE_ROLE, OWNER_ROLE

BOOK_KEY = "0123456789abcdef0123456789abcdef"
MEMBER = "member:" + "6f0c" + "0" * 27 + "1"
OTHER = "member:" + "6f0c" + "0" * 27 + "2"
THIRD = "member:" + "6f0c" + "0" * 27 + "3"
POT = "pot:" + "0" * 31 + "3"
ACTOR = "a" * 32
DAY = date(2026, 1, 5)
NOON = 1_767_614_400_000_000  # 5 January 2026, 12:00 UTC, in microseconds


def engine_for(url: str) -> Engine:
    """Return an engine as the product sets it up: real transactions, writers first in line."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _set_up(driver: Any, _record: Any) -> None:
            driver.isolation_level = None
            for pragma in (
                "journal_mode=WAL",
                "foreign_keys=ON",
                "busy_timeout=30000",
                "synchronous=FULL",
            ):
                driver.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def build(database: Any) -> None:
    """Lay out an empty database: tables, guards, and what the instance's role may do."""
    owner = engine_for(database.owner_url)
    with owner.begin() as connection:
        metadata.create_all(connection, tables=ledger_tables())
        guards.create(connection)
        if database.instance_role:
            guards.grant(connection, database.instance_role)
    owner.dispose()


def ledger_tables() -> list[Any]:
    """Return the ledger's tables alone: others declare theirs on the same metadata."""
    return [table for table in metadata.sorted_tables if table.name.startswith("ledger_")]


@pytest.fixture
def laid_out(empty_database: Any) -> Any:
    """An empty database with the ledger's tables and guards."""
    build(empty_database)
    return empty_database


@pytest.fixture(scope="session", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine, as the instance connects, on one database for all tests that roll back."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'ledger.db'}"
        database = Database(name="sqlite", owner_url=url, url=url)
        drop = None
    else:
        server = request.getfixturevalue("postgres_server")
        name = f"timebank_ledger_{secrets.token_hex(6)}"
        server.create_database(name)
        database = Database(
            name="postgresql",
            owner_url=server.url(name, OWNER_ROLE),
            url=server.url(name, INSTANCE_ROLE),
            instance_role=INSTANCE_ROLE,
        )
        drop = (server, name)
    build(database)
    engine = engine_for(database.url)
    yield engine
    engine.dispose()
    if drop is not None:
        drop[0].drop_database(drop[1])


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection inside a transaction that is rolled back at the end."""
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def book(connection: Connection) -> Book:
    """A book with the usual accounts, uncommitted."""
    return new_book(connection)


def new_book(connection: Connection) -> Book:
    """Create a book with issued, held, redeemed, a pot and three members at floor 0."""
    book = Book.create(connection, BOOK_KEY)
    book.open_account("hours:issued", floor=None)
    book.open_account("hours:held", floor=0)
    book.open_account("hours:redeemed:class", floor=None)
    for name in (MEMBER, OTHER, THIRD, POT):
        book.open_account(name, floor=0)
    return book


def credit(
    number: int | str, minutes: int = 60, member: str = MEMBER, **changes: Any
) -> NewTransaction:
    """Return a credit of `minutes` to a member, with its key made from `number`."""
    return move(number, "hours:issued", member, minutes, **{"kind": "credit.session", **changes})


def move(number: int | str, giver: str, taker: str, minutes: int, **changes: Any) -> NewTransaction:
    """Return a transaction of two lines that moves `minutes` between two accounts."""
    values: dict[str, Any] = {
        "kind": "hold",
        "reference": f"reference:{number}",
        "occurred_on": DAY,
        "key": f"key:{number}",
        "lines": (Line(account=giver, amount=-minutes), Line(account=taker, amount=minutes)),
        "actor": ACTOR,
    }
    return NewTransaction(**{**values, **changes})
