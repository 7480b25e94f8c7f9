"""Make, drop and check the guards in the database, and say what the instance's role may do.

Guards are never part of a migration: whoever migrates drops them all, migrates, and makes them
anew from here. `problems` compares what the catalogue holds with our texts, letter by letter.
The two indexes that let a transaction be reversed and replaced but once are looked after here
too: unlike a table's own rules, an index can be dropped.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger import checks_postgresql, guards_postgresql, guards_sqlite
from ledger.tables import ONCE

_TABLES = ("ledger_book", "ledger_account", "ledger_transaction", "ledger_posting")
_GRANTS = (
    "GRANT SELECT, INSERT ON ledger_book, ledger_account, ledger_transaction, ledger_posting",
    "GRANT UPDATE (head_seq, head_digest) ON ledger_book",
    "GRANT UPDATE (floor) ON ledger_account",
)

_SIGNATURES = text(
    "SELECT CAST(CAST(p.oid AS pg_catalog.regprocedure) AS text) FROM pg_catalog.pg_proc p "
    "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
    "WHERE n.nspname = 'public' AND p.proname = :name"
)


def create(connection: Connection) -> None:
    """Make every guard; whatever stood under their names is dropped first."""
    drop(connection)
    for name, statement in _indexes(connection).items():
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
        connection.exec_driver_sql(statement)
    for statement in _texts(connection).values():
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Drop every guard of ours that exists; on PostgreSQL their functions too."""
    if _is_sqlite(connection):
        for name in guards_sqlite.TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        return
    for name in guards_postgresql.FUNCTIONS:
        # By name alone: whatever arguments somebody gave it.
        found = connection.execute(_SIGNATURES, {"name": name}).scalars().all()
        for signature in found:
            connection.exec_driver_sql(f"DROP FUNCTION {signature} CASCADE")


def problems(connection: Connection) -> list[str]:
    """Name every guard that is missing, changed or switched off, and every foreign trigger.

    The unique indexes of reversals and replacements are among them, as `index:...`.

    Returns codes such as `missing:ledger_posting_insert`, sorted; an empty list when all is well.
    """
    expected = _expected(connection)
    expected |= {f"index:{name}": each for name, each in _indexes(connection).items()}
    found = _sqlite_found(connection) if _is_sqlite(connection) else _postgresql_found(connection)
    named = [f"missing:{name}" for name in expected.keys() - found.keys()]
    named += [f"unexpected:{name}" for name in found.keys() - expected.keys()]
    named += [
        f"changed:{name}"
        for name in expected.keys() & found.keys()
        if expected[name] != found[name]
    ]
    return sorted(named)


def grant(connection: Connection, role: str) -> None:
    """Give the instance's role what it needs on PostgreSQL, and nothing else on these tables."""
    if _is_sqlite(connection):
        return
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    connection.exec_driver_sql(f"REVOKE ALL ON {', '.join(_TABLES)} FROM PUBLIC, {quoted}")
    for statement in _GRANTS:
        connection.exec_driver_sql(f"{statement} TO {quoted}")


def remove_unsealed(connection: Connection) -> int:
    """Delete every posting whose transaction does not exist and return how many there were.

    Only an SQLite client that keeps foreign keys off can leave one. The guard against deleting
    is dropped and made again inside the caller's transaction, which must be a writing one.
    """
    if not _is_sqlite(connection):
        return 0  # the deferred foreign key lets none be committed
    name = "ledger_posting_delete"
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    removed = connection.exec_driver_sql(
        "DELETE FROM ledger_posting WHERE NOT EXISTS (SELECT 1 FROM ledger_transaction AS t "
        "WHERE t.book = ledger_posting.book AND t.seq = ledger_posting.seq)"
    ).rowcount
    connection.exec_driver_sql(guards_sqlite.TRIGGERS[name])
    return removed


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _texts(connection: Connection) -> dict[str, str]:
    if _is_sqlite(connection):
        return guards_sqlite.TRIGGERS
    functions = {f"function:{name}": each for name, each in guards_postgresql.FUNCTIONS.items()}
    return {**functions, **guards_postgresql.TRIGGERS}


def _expected(connection: Connection) -> dict[str, str]:
    if _is_sqlite(connection):
        return {**guards_sqlite.TRIGGERS}
    expected = {name: f"O {each}" for name, each in guards_postgresql.TRIGGERS.items()}
    for name, each in guards_postgresql.FUNCTIONS.items():
        head, body, _ = each.split("$guard$")
        expected[f"function:{name}"] = f"{_settings(head)}{body}"
    for name, each in checks_postgresql.FUNCTIONS.items():
        expected[f"function:{name}"] = "{}" + each.split("$check$")[1]
    return expected


def _indexes(connection: Connection) -> dict[str, str]:
    """Return what makes each of the indexes, letter by letter as the catalogue says it."""
    table, where = "public.ledger_transaction USING btree", "({} IS NOT NULL)"
    if _is_sqlite(connection):
        table, where = "ledger_transaction", "{} IS NOT NULL"
    made = {}
    for index in ONCE:
        column = index.columns.keys()[0]
        made[str(index.name)] = (
            f"CREATE UNIQUE INDEX {index.name} ON {table} ({column}, book) "
            f"WHERE {where.format(column)}"
        )
    return made


def _settings(head: str) -> str:
    """Turn the SET clauses of a function into the form of `pg_proc.proconfig`."""
    clauses = head.removesuffix(" AS ").split("plpgsql\nSET ")[1].split(" SET ")
    return "{" + ",".join(clause.replace(" = ", "=") for clause in clauses) + "}"


def _sqlite_found(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) IN "
            "('ledger_book', 'ledger_account', 'ledger_transaction', 'ledger_posting') "
            "UNION ALL SELECT 'index:' || name, sql FROM sqlite_master "
            "WHERE type = 'index' AND name LIKE 'uq_ledger_transaction_%'"
        )
    )
    return {row.name: row.sql for row in rows}


def _postgresql_found(connection: Connection) -> dict[str, str]:
    triggers = connection.execute(
        text(
            "SELECT t.tgname, CAST(t.tgenabled AS text) || ' ' || replace("
            "pg_catalog.pg_get_triggerdef(t.oid), 'FUNCTION public.', 'FUNCTION ') AS definition "
            "FROM pg_catalog.pg_trigger t "
            "JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND NOT t.tgisinternal AND c.relname IN "
            "('ledger_book', 'ledger_account', 'ledger_transaction', 'ledger_posting')"
        )
    )
    found = {row.tgname: row.definition for row in triggers}
    indexes = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_catalog.pg_indexes "
            "WHERE schemaname = 'public' AND indexname = ANY(:names)"
        ),
        {"names": [index.name for index in ONCE]},
    )
    found |= {f"index:{row.indexname}": row.indexdef for row in indexes}
    functions = connection.execute(
        text(
            "SELECT p.proname, p.proconfig, p.prosrc FROM pg_catalog.pg_proc p "
            "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'public' AND p.proname = ANY(:names)"
        ),
        {"names": [*guards_postgresql.FUNCTIONS, *checks_postgresql.FUNCTIONS]},
    )
    for name, config, source in functions:
        found[f"function:{name}"] = "{" + ",".join(config or ()) + "}" + source
    return found
