"""The tables, as the first migration lays them down and as the code declares them."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from ledger import metadata
from tests.ledger.conftest import ledger_tables

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
# Those that lay down or change something of the ledger's.
MIGRATIONS = ("0001_ledger.py", "0003_posting.py")


def migrated(connection: Connection) -> None:
    """Run the ledger's migrations alone."""
    for name in MIGRATIONS:
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
    return [*map(tuple, columns), *map(tuple, constraints), *map(tuple, indexes)]


def test_the_migration_and_the_metadata_agree(empty_database: Any) -> None:
    engine = create_engine(empty_database.owner_url)
    with engine.connect() as connection:
        migrated(connection)
        by_migration = layout(connection)
        for table in ("posting", "transaction", "account", "book"):
            connection.execute(text(f"DROP TABLE ledger_{table}"))
        metadata.create_all(connection, tables=ledger_tables())
        assert layout(connection) == by_migration
        assert len(by_migration) >= 4
    engine.dispose()


def test_there_is_no_rate_weight_or_multiplier() -> None:
    for table in ledger_tables():
        for column in table.columns:
            assert not re.search("rate|weight|factor|multiplier|price|pence", column.name)
