"""The list of erased people, kept outside the database so that no backup brings them back.

``erased.txt`` in the data folder has one line for each: an opaque id and the day. A backup does
not hold it, and ``timebank restore`` erases everybody on it again. It is worked out from the
database at every tick, so a crash between erasing and writing loses nothing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from sqlalchemy import select, text

from timebank import leaving
from timebank.clock import local_day
from timebank.models import Erasure, Person
from timebank.roles import Actor
from timebank.settings import Settings, private
from timebank.unit import Database

FILE = "erased.txt"
# Where copies are made before an upgrade or a move.
COPIES = "backups"
_LINE = re.compile(r"([0-9a-f]{32}) [0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def file_of(settings: Settings) -> Path:
    """Where an instance keeps its list."""
    return settings.data / FILE


def read(path: Path) -> list[str]:
    """The ids on a list, in its order; none where there is no list."""
    if not path.exists():
        return []
    found = (_LINE.fullmatch(line) for line in path.read_text(encoding="ascii").splitlines())
    return [line[1] for line in found if line]


def keep(database: Database, actor: Actor) -> int:
    """Write whoever was erased to the list, and let nothing of them stay in files of ours.

    Returns how many were new. Raises ``OSError`` when the file cannot be written.
    """
    path = file_of(database.settings)
    with database.reading(actor) as unit:
        erased = unit.db.execute(
            select(Erasure.person_id, Erasure.erased_at)
            .where(Erasure.erased_at.is_not(None))
            .order_by(Erasure.erased_at, Erasure.person_id)
        ).all()
        known = set(read(path)) if erased else set()
        lines = [
            f"{person_id} {local_day(erased_at, unit.zone).isoformat()}\n"
            for person_id, erased_at in erased
            if erased_at is not None and person_id not in known
        ]
    if lines:
        _tidy(database)
        with open(path, "a", encoding="ascii", opener=private) as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def _tidy(database: Database) -> None:
    """Copies from before upgrades go, and what SQLite still holds beside its file is emptied."""
    for copy in (database.settings.data / COPIES).glob("*"):
        if copy.is_file():
            copy.unlink()
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def replay(database: Database, actor: Actor, path: Path) -> int:
    """Erase again whoever a list names and a restored backup still knows; returns how many."""
    count = 0
    for person_id in read(path):
        with database.unit(actor) as unit:
            person = unit.db.get(Person, person_id)
            if person is not None and person.name:
                leaving.erase(unit, person_id)
                count += 1
    return count
