"""Checkpoints: where the books stood at the end of each local day, kept outside the database.

A chain does not stop somebody who can rewrite all of it; a line noted elsewhere finds that out.
``checkpoints.txt`` in the data folder gets one line for each day that is over, ``2026-11-21
42:0a1b...`` (the day, the newest transaction's number and its digest), and is only ever added to.
With TIMEBANK_CHECKPOINT_TO the same lines go out by mail, where nobody here can change them.

A line is worked out from the books (the last transaction posted before the day's end), so it is
the same whenever it is written: a month switched off is caught up, line by line. What is missing
is worked out while the books are locked, so two processes never write a line twice.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from timebank.clock import from_microseconds, local_day, local_midnight, to_microseconds
from timebank.errors import RuleBroken
from timebank.models import OutboxMessage
from timebank.roles import Actor
from timebank.settings import Settings, private
from timebank.unit import Database, Unit

# The kind of their mails in the outbox; such a row belongs to no person.
KIND = "checkpoint"
FILE = "checkpoints.txt"

_LINE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{1,18}):([0-9a-f]{64})", re.ASCII)
# Enough of the file's end to hold its newest whole line.
_TAIL = 1000
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The newest transaction of a day's end (0: there was none yet), and its digest in hex."""

    day: date
    seq: int
    digest: str

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.seq}:{self.digest}"


def file_of(settings: Settings) -> Path:
    """Where an instance keeps its checkpoints."""
    return settings.data / FILE


def keep(database: Database, actor: Actor) -> int:
    """Write and mail the lines of every day that is over; how many lines the file got.

    One cheap look when there is nothing to do. Raises ``OSError`` when the file cannot be written.
    """
    with database.reading(actor) as unit:
        if not _days(unit, _newest_noted(unit)) and not _days_to_mail(unit):
            return 0
    with database.unit(actor) as unit:
        lines = of_days(unit, _days(unit, _newest_noted(unit)))
        if lines:
            _append(file_of(unit.settings), lines)
        if to_mail := _days_to_mail(unit):
            _mail_later(unit, to_mail[0], to_mail[-1])
        return len(lines)


def of_days(unit: Unit, days: Sequence[date]) -> list[Checkpoint]:
    """The checkpoints of days in their order, worked out from the books.

    Instants never decrease along the books, so the last transaction of a day is found by halving.
    """
    found: list[Checkpoint] = []
    below, head = 0, unit.book.head().seq
    for day in days:
        end = to_microseconds(local_midnight(day + _DAY, unit.zone))
        above = head + 1
        while above - below > 1:
            middle = (below + above) // 2
            if unit.book.transaction(middle).posted_at < end:
                below = middle
            else:
                above = middle
        digest = unit.book.transaction(below).digest.hex() if below else "0" * 64
        found.append(Checkpoint(day=day, seq=below, digest=digest))
    return found


def read(path: Path) -> list[Checkpoint]:
    """The lines of a checkpoint file, or of one put together from mails.

    What a crash left half-written is passed over, where the whole line follows or nothing does.
    Raises ``RuleBroken('checkpoints_unreadable')`` with the ``number`` of any other line.
    """
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    found = []
    for number, line in enumerate(lines, start=1):
        parsed = _parse(line)
        if parsed is not None:
            found.append(parsed)
        elif number < len(lines) and not lines[number].startswith(line):
            raise RuleBroken("checkpoints_unreadable", path=path.name, number=number)
    return found


def findings(unit: Unit, noted: Iterable[Checkpoint]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Lines that the books do not agree with, as codes of ``words.FINDINGS`` and parameters."""
    for each in noted:
        if each.seq == 0:
            stored: str | None = "0" * 64
        else:
            at = list(unit.book.transactions(each.seq, each.seq))
            stored = at[0].digest.hex() if at else None
        if stored is None:
            yield "checkpoint_missing", {"day": each.day, "seq": each.seq}
        elif stored != each.digest:
            yield "checkpoint_differs", {"day": each.day, "seq": each.seq, "stored": stored}


def lines_of(unit: Unit, message: OutboxMessage) -> str:
    """What a mail of this kind says: the lines of its days."""
    first, _, last = message.subject_id.partition("..")
    days = _between(date.fromisoformat(first), date.fromisoformat(last))
    return "\n".join(str(each) for each in of_days(unit, days))


# --- what is missing ------------------------------------------------------------------------


def _days(unit: Unit, newest: date | None) -> list[date]:
    """The days that are over and come after ``newest``; all since the set-up where it is None."""
    first = newest + _DAY if newest else _first_day(unit)
    return _between(first, unit.today - _DAY)


def _first_day(unit: Unit) -> date:
    """The day of the set-up, or of the first transaction where that is earlier (a sample's)."""
    began = unit.community.created_at
    if unit.book.head().seq:
        began = min(began, from_microseconds(unit.book.transaction(1).posted_at))
    return local_day(began, unit.zone)


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _newest_noted(unit: Unit) -> date | None:
    path = file_of(unit.settings)
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        whole = [_parse(line) for line in file.read().decode("ascii", "replace").splitlines()]
    return next((each.day for each in reversed(whole) if each is not None), None)


def _days_to_mail(unit: Unit) -> list[date]:
    """The days to send; when none were sent before, the newest alone."""
    if not unit.settings.checkpoint_to:
        return []
    query = select(func.max(OutboxMessage.subject_id)).where(OutboxMessage.kind == KIND)
    sent = unit.db.scalar(query)
    if sent is None:
        return _days(unit, None)[-1:]
    return _days(unit, date.fromisoformat(sent.partition("..")[2]))


# --- writing --------------------------------------------------------------------------------


def _parse(line: str) -> Checkpoint | None:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    try:
        return Checkpoint(day=date.fromisoformat(found[1]), seq=int(found[2]), digest=found[3])
    except ValueError:  # a day that no month has
        return None


def _append(path: Path, lines: Sequence[Checkpoint]) -> None:
    text = "".join(f"{each}\n" for each in lines).encode("ascii")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = not path.exists()
    with open(path, "a+b", opener=private) as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # a crash in the middle of a line: it is written anew below
                text = b"\n" + text
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if fresh and os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _mail_later(unit: Unit, first: date, last: date) -> None:
    subject_id = f"{first.isoformat()}..{last.isoformat()}"
    name = f"{KIND}:{unit.community.book_key}:{subject_id}"
    message_id = hashlib.sha256(name.encode("ascii")).hexdigest()[:32]
    unit.db.add(
        OutboxMessage(
            id=message_id,
            person_id=None,
            kind=KIND,
            subject_id=subject_id,
            message_id=f"<{message_id}@{urlsplit(unit.settings.address).hostname}>",
            status="waiting",
            created_at=unit.now,
            due_at=unit.now,
            attempts=0,
        )
    )
