"""Guards in the database for what timebank never changes: what was issued, trail, receipts.

Like the ledger's: made anew by the migration runner, compared at start-up text by text.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from timebank.models import Base

FIXED_TABLES = ("statement", "certificate", "trail_event", "command_receipt")

# SQLite's REPLACE deletes the row in the way without asking the guard against deleting, so a row
# that would be in the way is refused first. Every unique key of a table stands here.
_SAME_KEY = {
    "statement": "old.id = NEW.id OR old.reference = NEW.reference OR (old.account = NEW.account"
    " AND (old.first_seq = NEW.first_seq OR old.until_on = NEW.until_on))",
    "certificate": "old.id = NEW.id OR old.reference = NEW.reference",
    "trail_event": "old.id = NEW.id",
    "command_receipt": "old.key = NEW.key",
}


def create(connection: Connection) -> None:
    """Make every guard; they must not be there."""
    for statement in _texts(connection.dialect.name).values():
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Drop every guard that is there (inside a migration only)."""
    for name in _texts(connection.dialect.name):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        elif name != _FUNCTION:
            table = name.removeprefix("timebank_").rpartition("_refuse_")[0]
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")


def problems(connection: Connection) -> list[str]:
    """Names of guards that are missing or whose text differs from ours."""
    found = _found(connection)
    return [
        name
        for name, ours in _texts(connection.dialect.name).items()
        if not _same(found.get(name), ours)
    ]


def grant(connection: Connection, role: str) -> None:
    """Give a PostgreSQL role what the instance needs on timebank's tables."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    for table in Base.metadata.sorted_tables:
        if table.name.startswith("ledger_"):
            continue
        rights = (
            "SELECT, INSERT" if table.name in FIXED_TABLES else "SELECT, INSERT, UPDATE, DELETE"
        )
        connection.exec_driver_sql(f"GRANT {rights} ON {table.name} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


_FUNCTION = "timebank_refuse_change"


def _texts(dialect: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    if dialect == "sqlite":
        for table in FIXED_TABLES:
            for change in ("update", "delete"):
                name = f"timebank_{table}_refuse_{change}"
                texts[name] = (
                    f"CREATE TRIGGER {name} BEFORE {change.upper()} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} rows are never changed'); END"
                )
            name = f"timebank_{table}_refuse_replace"
            texts[name] = (
                f"CREATE TRIGGER {name} BEFORE INSERT ON {table}"
                f" WHEN EXISTS (SELECT 1 FROM {table} AS old WHERE {_SAME_KEY[table]})"
                f" BEGIN SELECT RAISE(ABORT, '{table} rows are never changed'); END"
            )
        return texts
    texts[_FUNCTION] = (
        f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path = public, pg_temp AS $$"
        " BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' rows are never changed'; END $$"
    )
    for table in FIXED_TABLES:
        for change, scope in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            name = f"timebank_{table}_refuse_{change}"
            texts[name] = (
                f"CREATE TRIGGER {name} BEFORE {change.upper()} ON public.{table}"
                f" FOR EACH {scope} EXECUTE FUNCTION {_FUNCTION}()"
            )
    return texts


def _found(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " AND tgenabled = 'O' UNION ALL SELECT proname, prosrc FROM pg_proc"
            f" WHERE proname = '{_FUNCTION}'"
        )
    return {row[0]: row[1] for row in connection.execute(text(query))}


def _same(found: str | None, ours: str) -> bool:
    if found is None:
        return False
    # PostgreSQL keeps a function's body only, between the dollar signs.
    ours = ours.split("$$")[1] if "$$" in ours else ours
    return " ".join(found.split()) == " ".join(ours.split())
