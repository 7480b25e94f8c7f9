"""The tables, as the first migration lays them down and as the code declares them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError

from ledger import Book, PostedTransaction, guards, metadata
from ledger.verify import verify
from tests.ledger.conftest import (
    DAY,
    MEMBER,
    NOON,
    credit,
    engine_for,
    ledger_tables,
    new_book,
)
from tests.ledger.test_attacks import fill

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
# Those that lay down or change something of the ledger's.
MIGRATIONS = ("0001_ledger.py", "0003_posting.py", "0020_links.py")


def migrated(connection: Connection, names: tuple[str, ...] = MIGRATIONS) -> None:
    """Run the ledger's migrations alone."""
    for name in names:
        spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), VERSIONS / name)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        with Operations.context(MigrationContext.configure(connection)):
            module.upgrade()


def layout(connection: Connection) -> list[Any]:
    """Return all that the catalogue says about the ledger's tables, in a form to compare."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        )
        return [(row.name, re.sub(r'[\s"]+', "", row.sql)) for row in rows]
    columns = connection.execute(
        text(
            "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, "
            "is_identity, column_default FROM information_schema.columns "
            "WHERE table_name LIKE 'ledger_%' ORDER BY 1, 2"
        )
    )
    constraints = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE conrelid::regclass::text LIKE 'ledger_%' ORDER BY 1, 2"
        )
    )
    indexes = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'ledger_%' ORDER BY 1"
        )
    )
    functions = connection.execute(
        text(
            "SELECT CAST(oid AS regprocedure)::text, provolatile, prosrc FROM pg_proc "
            "WHERE proname LIKE 'ledger_%' ORDER BY 1"
        )
    )
    return [
        *map(tuple, columns),
        *map(tuple, constraints),
        *map(tuple, indexes),
        *map(tuple, functions),
    ]


def test_the_migration_and_the_metadata_agree(empty_database: Any) -> None:
    engine = create_engine(empty_database.owner_url)
    with engine.connect() as connection:
        migrated(connection)
        by_migration = layout(connection)
        for table in ("posting", "transaction", "account", "book"):
            connection.execute(text(f"DROP TABLE ledger_{table}"))
        for signature, *_ in by_migration:
            if "_allowed(" in str(signature):
                connection.execute(text(f"DROP FUNCTION {signature}"))
        metadata.create_all(connection, tables=ledger_tables())
        assert layout(connection) == by_migration
        assert len(by_migration) >= 4
    engine.dispose()


@pytest.mark.parametrize("kept_at", [1, 2])
def test_books_that_were_kept_before_go_on_after_the_migration(
    empty_database: Any, kept_at: int
) -> None:
    engine = engine_for(empty_database.owner_url)
    with engine.begin() as connection:
        migrated(connection, MIGRATIONS[:kept_at])
        for statement in guards._texts(connection).values():  # as they were: no index among them
            connection.exec_driver_sql(statement)
        fill(new_book(connection))
        before = rows(connection)
        guards.drop(connection)
    with engine.connect() as connection:
        foreign_keys(connection, on=False)  # as the runner does, before it begins
        with connection.begin():
            migrated(connection, MIGRATIONS[kept_at:])
            guards.create(connection)
            assert rows(connection) == before
        foreign_keys(connection, on=True)
        with connection.begin():
            assert verify(connection).findings == []
            assert guards.problems(connection) == []
            book = Book.open(connection)
            assert book.head().seq == 6
            assert book.post(credit("after"), posted_at=NOON + 9).seq == 7
            assert [p.seq for p in book.history(MEMBER, since=DAY, until=DAY).postings] == [7, 3, 1]
            assert posted(book.reversal_of(2)) == 4
    broken = {"postgresql": "_allowed", "sqlite": "CHECK"}[engine.dialect.name]
    with engine.connect() as connection:
        guards.drop(connection)
        with pytest.raises(IntegrityError, match=broken):
            connection.execute(text("UPDATE ledger_posting SET amount = 0 WHERE seq = 1"))
        connection.rollback()
        guards.drop(connection)
        for column, taken, free in (("reverses_seq", 2, 1), ("replaces_seq", 2, 3)):
            change = text(f"UPDATE ledger_transaction SET {column} = :seq WHERE seq = 6")
            connection.execute(change, {"seq": free})
            connection.execute(change, {"seq": None})
            with pytest.raises(IntegrityError, match="(?i)unique"), connection.begin_nested():
                connection.execute(change, {"seq": taken})
        connection.rollback()
    engine.dispose()


def foreign_keys(connection: Connection, *, on: bool) -> None:
    """Switch them, where the engine lets anybody: outside a transaction."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def rows(connection: Connection) -> dict[str, list[Any]]:
    """Return every row of the ledger."""
    return {
        table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
        for table in ledger_tables()
    }


def posted(found: PostedTransaction | None) -> int | None:
    return None if found is None else found.seq


def test_what_names_another_transaction_is_found_by_the_small_index(laid_out: Any) -> None:
    engine = engine_for(laid_out.url)
    with engine.begin() as connection:
        fill(new_book(connection))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
        for link in ("reverses", "replaces"):
            plain = f"SELECT seq FROM ledger_transaction WHERE {link}_seq = 2 AND book = 1"
            joined = (
                f"SELECT t.seq, r.seq FROM ledger_transaction t LEFT JOIN ledger_transaction r "
                f"ON r.book = t.book AND r.{link}_seq = t.seq WHERE t.book = 1 AND t.seq = 2"
            )
            explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
            for query in (plain, joined):
                plan = str(connection.execute(text(f"{explain} {query}")).fetchall())
                assert f"uq_ledger_transaction_{link}" in plan
    engine.dispose()


def test_there_is_no_rate_weight_or_multiplier() -> None:
    for table in ledger_tables():
        for column in table.columns:
            assert not re.search("rate|weight|factor|multiplier|price|pence", column.name)
