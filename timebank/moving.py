"""Moves an instance from SQLite to PostgreSQL: every id, statement and link of the chain as it was.

The books stay locked from before the first row is read until the old database is marked, so nothing
that anybody was told is recorded can be left behind. What goes over is a backup (see ``backup``),
kept in the data folder. Both ends are verified, and every row of both compared, before the old
database is marked as moved: then it refuses every change, whoever is still connected to it.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, make_url, text
from sqlalchemy.exc import ArgumentError

from timebank import audit, backup, trail
from timebank.database_errors import MOVED_WORDS
from timebank.errors import RuleBroken
from timebank.ids import new_id
from timebank.roles import Actor
from timebank.settings import Settings
from timebank.unit import Database, Unit

# What stands in place of the revision in a database that was left.
MOVED = "moved"

Fingerprint = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Rows that went over, where the books stand at both ends (``SEQ:DIGEST``), and the backup."""

    rows: int
    head: str
    copy: Path


def move(database: Database, actor: Actor, target: Settings, migrate: Callable[..., Any]) -> Moved:
    """Move an instance to the empty PostgreSQL database that ``target`` names.

    ``migrate(revision=, load=)`` is as for ``backup.restore``. Raises ``RuleBroken``:
    ``move_from_sqlite_alone``, ``move_target_wrong``, ``restore_database_not_empty``,
    ``move_books_do_not_hold``, ``move_differs``. After any of them this instance goes on as before.
    """
    _refuse_wrong_ends(database.settings, target)
    backup.refuse_unless_empty_database(target)
    copies = database.settings.data / "backups"
    copies.mkdir(parents=True, exist_ok=True, mode=0o700)
    with database.unit(actor) as unit:
        head = _verified(unit, "move_books_do_not_hold")
        copy = copies / f"before-move-{unit.now:%Y%m%dT%H%M%S}-{new_id()[:6]}.zip"
        manifest = backup.make(database, copy)
        with tempfile.TemporaryDirectory(prefix="timebank-move-") as folder:
            found = backup.open_backup(copy, Path(folder))
            migrate(revision=manifest.revision, load=found.load)
        _compare(unit, head, target)
        _mark(unit.connection)
    _record(target, actor, database, head)
    return Moved(rows=sum(manifest.rows.values()), head=head, copy=copy)


def _refuse_wrong_ends(source: Settings, target: Settings) -> None:
    if make_url(source.database_url).get_backend_name() != "sqlite":
        raise RuleBroken("move_from_sqlite_alone")
    for url in (target.database_url, target.owner_url):
        try:
            sound = make_url(url).drivername == "postgresql+psycopg"
        except ArgumentError:
            sound = False
        if not sound:
            raise RuleBroken("move_target_wrong")


def _verified(unit: Unit, code: str) -> str:
    report = audit.verify(unit)
    if report.findings:
        raise RuleBroken(code, count=len(report.findings))
    return f"{report.head.seq}:{report.head.digest.hex()}"


def _compare(unit: Unit, head: str, target: Settings) -> None:
    """Refuse unless the new end verifies, and has the same head and the same rows."""
    moved = Database(target)
    try:
        with moved.reading(unit.actor) as there:
            same_head = _verified(there, "move_differs") == head
            here, now_there = fingerprints(unit.connection), fingerprints(there.connection)
    finally:
        moved.dispose()
    differing = [name for name in here.keys() | now_there.keys() if _differ(here, now_there, name)]
    if differing or not same_head:
        raise RuleBroken("move_differs", count=len(differing) or 1)


def _differ(here: Mapping[str, Fingerprint], there: Mapping[str, Fingerprint], name: str) -> bool:
    return here.get(name) != there.get(name)


def fingerprints(connection: Connection) -> dict[str, Fingerprint]:
    """By table, the number of rows and the sum of their SHA-256: the same on both engines.

    A sum, because the engines sort text differently; rows are written as in a backup.
    """
    tables = MetaData()
    tables.reflect(connection)
    found: dict[str, Fingerprint] = {}
    for table in tables.sorted_tables:
        if table.name in backup.NOT_COPIED:
            continue
        count = total = 0
        for line in backup.lines(connection, table):
            count += 1
            total += int.from_bytes(hashlib.sha256(line).digest(), "big")
        found[table.name] = count, total
    return found


def _mark(connection: Connection) -> None:
    """Let the old database refuse every change from now on, in the same unit that read it."""
    connection.execute(text("UPDATE alembic_version SET version_num = :moved"), {"moved": MOVED})
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        for change in ("INSERT", "UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER moved_{change.lower()}_{table.name} BEFORE {change}"
                f" ON {table.name} BEGIN SELECT RAISE(ABORT, '{MOVED_WORDS}'); END"
            )


def _record(target: Settings, actor: Actor, source: Database, head: str) -> None:
    moved = Database(target, clock=source.clock)
    try:
        with moved.unit(actor) as unit:
            trail.record(unit, "database.moved", "database", unit.community.book_key, head=head)
    finally:
        moved.dispose()
