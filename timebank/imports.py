"""Files that somebody put in, kept from the preview until they are confirmed, or a day.

A file waits in the database and never in an address or a log; only whoever put it in sees it. What
is confirmed is what was looked at: the plan made again under the lock must have the same digest.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select

from timebank.errors import Conflict, NotFound, RuleBroken, TimebankError
from timebank.ids import new_id
from timebank.models import HistoryImport, ImportFile, Member
from timebank.unit import NOBODY, Database, Unit

# What a file may be for, and who may put it in.
PURPOSES = {
    "attendance": "session.credit",
    "members": "member.add",
    "history": "history.import",
}
MOST_BYTES = 3_000_000
MOST_KEPT = 20  # of one person; the oldest give way

Options = TypeVar("Options")


@dataclass(frozen=True, kw_only=True)
class KeepFile:
    """Keep a file to look at; ``subject_id`` is the session where it is about one."""

    purpose: str
    content: bytes
    options: Any
    subject_id: str | None = None


def keep_file(unit: Unit, command: KeepFile) -> str:
    """Keep a file, in a unit without the lock; its id.

    Raises ``RuleBroken``: ``import_file_empty``, ``import_file_large`` (``most`` megabytes).
    """
    unit.actor.require(PURPOSES[command.purpose])
    if not command.content.strip():
        raise RuleBroken("import_file_empty", field="file")
    if len(command.content) > MOST_BYTES:
        raise RuleBroken("import_file_large", field="file", most=MOST_BYTES // 1_000_000)
    forget_old(unit)
    mine = select(ImportFile.id).where(ImportFile.kept_by == unit.actor.id)
    newest = unit.db.scalars(mine.order_by(ImportFile.kept_at.desc(), ImportFile.id)).all()
    unit.db.execute(delete(ImportFile).where(ImportFile.id.in_(newest[MOST_KEPT - 1 :])))
    kept = ImportFile(
        id=new_id(),
        purpose=command.purpose,
        subject_id=command.subject_id,
        kept_by=unit.actor.id,
        kept_at=unit.now,
        content=command.content,
        options=as_json(command.options),
    )
    unit.db.add(kept)
    unit.db.flush()
    return kept.id


def kept_file(unit: Unit, file_id: str, purpose: str, subject_id: str | None = None) -> ImportFile:
    """A file of the actor's own that is still kept; ``NotFound('import_file_unknown')``."""
    unit.actor.require(PURPOSES[purpose])
    found = unit.db.get(ImportFile, file_id)
    if (
        found is None
        or (found.kept_by, found.purpose, found.subject_id) != (unit.actor.id, purpose, subject_id)
        or found.kept_at < unit.now - unit.settings.keep_files
    ):
        raise NotFound("import_file_unknown")
    return found


def change_options(unit: Unit, file: ImportFile, options: Any) -> None:
    """Keep what was said about a file anew."""
    file.options = as_json(options)


def discard(unit: Unit, file: ImportFile) -> None:
    """Delete a file, because it was confirmed or is not wanted."""
    unit.db.delete(file)


def kept_until(unit: Unit, file: ImportFile) -> datetime:
    """Until when a file waits to be confirmed."""
    return file.kept_at + unit.settings.keep_files


def forget_old(unit: Unit) -> None:
    """Delete every file that nobody confirmed in time."""
    unit.db.execute(
        delete(ImportFile).where(ImportFile.kept_at < unit.now - unit.settings.keep_files)
    )


def forget_what_is_old(database: Database) -> None:
    """The same, in a unit of its own, where there is any such file; for the regular work."""
    with database.reading(NOBODY) as unit:
        old = (
            select(ImportFile.id)
            .where(ImportFile.kept_at < unit.now - unit.settings.keep_files)
            .limit(1)
        )
        if unit.db.scalar(old) is None:
            return
    with database.doorstep() as unit:
        forget_old(unit)


def check_digest(digest: str, plan: Any) -> None:
    """Refuse with ``Conflict('import_changed')`` unless this is the plan that was looked at."""
    if digest != digest_of(plan):
        raise Conflict("import_changed")


# --- as text ------------------------------------------------------------------------------------


def as_json(value: Any) -> str:
    """Options or a plan as canonical JSON; bytes are left to their own digest."""
    plain = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    return json.dumps(plain, sort_keys=True, default=_plain)


def options_of(file: ImportFile, kind: type[Options]) -> Options:
    """What was said about a file; lists are tuples again."""
    return kind(**{name: _tuples(value) for name, value in json.loads(file.options).items()})


def digest_of(plan: Any) -> str:
    """SHA-256 of a plan, in hexadecimal digits: the same for the same file, options and books."""
    return hashlib.sha256(as_json(plan).encode()).hexdigest()


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, TimebankError):
        return [value.code, value.params]
    if isinstance(value, Member | HistoryImport):
        return value.id
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
