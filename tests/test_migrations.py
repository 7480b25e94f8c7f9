"""The migrations make what the models and the ledger declare: nothing more, nothing less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

import timebank.models
from tests.conftest import Database
from tests.postgres import Server
from timebank.unit import make_engine

METADATA = timebank.models.Base.metadata
# Alembic's own, which no model declares.
EXTRA = {"alembic_version"}


@pytest.fixture
def migrated(database: Database) -> Iterator[Connection]:
    """A connection, as the owner, to a database that the migrations made."""
    engine = make_engine(database.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def declared(database: Database, request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Any]:
    """A connection to a database of the same engine that the metadata made."""
    if database.name == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'declared.db'}")
        yield from _created(engine)
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = database.owner_url.rpartition("/")[2] + "_d"
    server.create_database(name)
    yield from _created(make_engine(database.owner_url.rpartition("/")[0] + f"/{name}"))
    server.drop_database(name)


def _created(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        METADATA.create_all(connection)
        yield connection
    engine.dispose()


def differences(connection: Connection) -> list[Any]:
    """What alembic would still change."""
    options = {
        "compare_type": True,
        # SQLite knows no identity column, which alembic takes for a default that is missing.
        "compare_server_default": connection.dialect.name != "sqlite",
        "include_name": lambda name, kind, _parents: kind != "table" or name not in EXTRA,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def catalogue(connection: Connection) -> dict[str, Any]:
    """Columns, keys, constraints and indexes of every table, by what they are."""
    look = inspect(connection)
    found: dict[str, Any] = {}
    for table in sorted(set(look.get_table_names()) - EXTRA):
        found[table] = {
            "columns": {
                column["name"]: (
                    str(column["type"]),
                    column["nullable"],
                    column.get("default") and re.sub(r"'.*'", "", str(column["default"])),
                    bool(column.get("identity")),
                )
                for column in look.get_columns(table)
            },
            "key": look.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], str(f["options"]))
                for f in look.get_foreign_keys(table)
            ),
            "unique": sorted(u["column_names"] for u in look.get_unique_constraints(table)),
            "indexes": sorted(
                (i["name"], i["column_names"], i["unique"]) for i in look.get_indexes(table)
            ),
        }
    return found


def ledger_layout(connection: Connection) -> dict[str, list[str]]:
    """Every text in which the catalogue keeps the ledger's tables, CHECKs included."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'ledger%'"
    else:
        query = (
            "SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE conrelid::regclass::text LIKE 'ledger%' ORDER BY 1, 2"
        )
    found: dict[str, list[str]] = {}
    for table, words in connection.execute(text(query)):
        found.setdefault(table, []).append(" ".join(words.split()))
    return found


def test_alembic_finds_nothing_left_to_do(migrated):
    assert differences(migrated) == []


def test_the_comparison_sees_a_missing_column_and_a_missing_index(migrated):
    migrated.execute(text("ALTER TABLE reward DROP COLUMN cost_pence"))
    migrated.execute(text("DROP INDEX ix_outbox_due"))
    assert {change[0] for change in differences(migrated)} == {"add_column", "add_index"}


def test_migrated_tables_are_those_declared(migrated, declared):
    made, wanted = catalogue(migrated), catalogue(declared)
    assert made.keys() == wanted.keys()
    for table, found in wanted.items():
        assert made[table] == found, table


def test_the_ledger_is_laid_out_as_declared_to_the_letter(migrated, declared):
    made, wanted = ledger_layout(migrated), ledger_layout(declared)
    assert sorted(made) == [
        "ledger_account", "ledger_book", "ledger_posting", "ledger_transaction",
    ]  # fmt: skip
    checks = sum(line.upper().count(" CHECK ") for lines in made.values() for line in lines)
    # On PostgreSQL one for each table that posting touches, and five of the accounts'.
    assert checks == (18 if migrated.dialect.name == "sqlite" else 8)
    for table, lines in wanted.items():
        assert plain(made[table]) == plain(lines), table


def plain(lines: list[str]) -> list[str]:
    """The same without the white space and the quotes that say nothing in SQL."""
    return [re.sub(r"\s*([(),])\s*", r"\1", line.replace('"', "")) for line in lines]
