"""Applies what is missing: copy first, one process at a time, guards dropped and made anew.

The whole upgrade is one database transaction: it ends with every guard in place, the foreign keys
checked and the books verified, or it leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

import ledger
import ledger.guards
import ledger.verify
import timebank.guards
import timebank.moving
from timebank.clock import Clock, system_clock
from timebank.errors import RuleBroken
from timebank.unit import make_engine

# PostgreSQL's code for a role that may not do what was asked.
_INSUFFICIENT_PRIVILEGE = "42501"
# Any number will do as long as it is always the same: PostgreSQL's advisory lock for migrations.
_ADVISORY_LOCK = 7_464_927_011


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """``before`` and ``after`` are revisions (None: empty); ``copy`` the copy made, if any.

    ``guards_back`` names guards that were missing or different although nothing was to migrate.
    """

    before: str | None
    after: str
    copy: Path | None
    guards_back: tuple[str, ...] = ()


def newest() -> str:
    """The revision this version of the software needs."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def current(url: str) -> str | None:
    """The revision a database is at; None when it is empty."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return _current(connection)
    finally:
        engine.dispose()


def upgrade(
    owner_url: str,
    *,
    instance_role: str | None = None,
    copies: Path | None = None,
    clock: Clock = system_clock,
    say: Callable[[str], None] = lambda _line: None,
    load: Callable[[Connection], None] | None = None,
    load_at: str | None = None,
) -> Upgraded:
    """Bring a database to the newest revision.

    ``owner_url`` connects as the role that owns the tables; ``instance_role`` is the PostgreSQL
    role that gets the instance's rights. An existing SQLite database with something to do is
    copied to ``copies`` first. Raises ``RuleBroken('database_newer')`` for a database made by a
    later version, ``RuleBroken('upgrade_failed')`` when foreign keys or the books do not hold
    afterwards: nothing has changed then; ``RuleBroken('owner_needed')`` for a PostgreSQL role that
    does not own the tables. ``load`` fills an empty database at the revision
    ``load_at``, before the later migrations and the guards: a restore.
    """
    engine = make_engine(owner_url)
    try:
        with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                _foreign_keys(connection, on=False)
            with connection.begin():
                if not sqlite:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK}
                    )
                before = _current(connection)
            copy = None
            if sqlite and before not in (None, newest()) and copies is not None:
                copy = _copy(connection, copies, before or "", clock())
                say(str(copy))
            with connection.begin():
                if not sqlite:
                    connection.execute(
                        text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK}
                    )
                if load is not None:
                    _load(connection, load, load_at)
                guards_back = guard_problems(connection) if before == newest() else []
                _migrate(connection, instance_role)
            if sqlite:
                _foreign_keys(connection, on=True)
        return Upgraded(before=before, after=newest(), copy=copy, guards_back=tuple(guards_back))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == _INSUFFICIENT_PRIVILEGE:
            raise RuleBroken("owner_needed") from error
        raise
    finally:
        engine.dispose()


def _migrate(connection: Connection, instance_role: str | None) -> None:
    before = _current(connection)
    _refuse_unknown(before)
    if before is not None:
        ledger.guards.drop(connection)
        timebank.guards.drop(connection)
    if before != newest():
        command.upgrade(_config(connection), "head")
    ledger.guards.create(connection)
    timebank.guards.create(connection)
    if instance_role is not None:
        ledger.guards.grant(connection, instance_role)
        timebank.guards.grant(connection, instance_role)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuleBroken("upgrade_failed", count=len(broken))
    report = ledger.verify.verify(connection)
    if report.findings:
        raise RuleBroken("upgrade_failed", count=len(report.findings))


def _load(connection: Connection, load: Callable[[Connection], None], revision: str | None) -> None:
    if _current(connection) is not None:
        raise RuleBroken("restore_database_not_empty")
    _refuse_unknown(revision)
    command.upgrade(_config(connection), revision or newest())
    load(connection)


def _refuse_unknown(revision: str | None) -> None:
    if revision == timebank.moving.MOVED:
        raise RuleBroken("database_moved")
    if revision is not None and revision not in {s.revision for s in _scripts().walk_revisions()}:
        raise RuleBroken("database_newer", revision=revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def unsealed(connection: Connection) -> int:
    """How many postings belong to no transaction: they stop their account, and in the end all."""
    query = (
        "SELECT count(*) FROM ledger_posting AS p WHERE NOT EXISTS"
        " (SELECT 1 FROM ledger_transaction AS t WHERE t.book = p.book AND t.seq = p.seq)"
    )
    return int(connection.exec_driver_sql(query).scalar_one())


def remove_unsealed(owner_url: str) -> int:
    """Remove those postings, in a transaction of its own; everything else stays guarded."""
    engine = make_engine(owner_url)
    try:
        with (
            engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            return ledger.guards.remove_unsealed(connection)
    finally:
        engine.dispose()


def guard_problems(connection: Connection) -> list[str]:
    """Guards that are missing or differ from ours, by name; empty when all is well."""
    return [*ledger.guards.problems(connection), *timebank.guards.problems(connection)]


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    # Straight to the driver: the pragma does nothing inside a transaction, and SQLAlchemy would
    # begin one.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _copy(connection: Connection, folder: Path, revision: str, now: datetime) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / f"before-upgrade-from-{revision}-{now:%Y%m%dT%H%M%S%f}.sqlite3"
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("VACUUM INTO ?", (str(target),))
    return target
