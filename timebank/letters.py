"""Letters: what waits for people by post, printed as one file a day, posted, and ticked.

Everything that waits for a person goes into one envelope. Whoever's letter came back gets nothing
more by post until somebody has asked how to reach them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import joinedload

from timebank import communication, notices, trail
from timebank.clock import local_day
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Communication, Letter, Member, OutboxMessage, Person
from timebank.tasks import Task
from timebank.unit import Unit

# So many envelopes in one file; what is left goes into the next.
IN_ONE_FILE = 100
# Printed and not posted for so long, they are asked about.
REMIND_AFTER = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Somebody for whom letters wait: how many, and since when."""

    person: Person
    messages: int
    since: datetime


def _to_print() -> ColumnElement[bool]:
    stopped = select(Communication.person_id).where(Communication.stopped_at.is_not(None))
    return and_(
        OutboxMessage.channel == "post",
        OutboxMessage.status == "waiting",
        OutboxMessage.person_id.not_in(stopped),
    )


def waiting(unit: Unit, limit: int = IN_ONE_FILE) -> list[Envelope]:
    """Who waits for a letter, the longest first."""
    unit.actor.require("message.deliver")
    since = func.min(OutboxMessage.created_at)
    query = (
        select(Person, func.count(), since)
        .join(OutboxMessage, OutboxMessage.person_id == Person.id)
        .where(_to_print())
        .group_by(Person.id)
        .order_by(since, Person.id)
        .limit(limit)
    )
    return [
        Envelope(person=person, messages=count, since=first)
        for person, count, first in unit.db.execute(query)
    ]


def how_many(unit: Unit) -> int:
    """For how many people letters wait to be printed."""
    query = select(func.count(OutboxMessage.person_id.distinct())).where(_to_print())
    return unit.db.scalar(query) or 0


@dataclass(frozen=True, kw_only=True)
class PrintLetters:
    """Make the letters of today: one file with an envelope's worth for each person who waits."""


@dataclass(frozen=True, kw_only=True)
class LettersPrinted:
    """The file's id, None when nothing waited; how many letters are in it, and wait for another."""

    run_id: str | None
    count: int
    left: int


def print_letters(unit: Unit, command: PrintLetters) -> LettersPrinted:
    """Put what waits into letters, ``IN_ONE_FILE`` at most. Nothing in them is printed twice."""
    envelopes = waiting(unit)
    messages = _messages_for(unit, [each.person.id for each in envelopes])
    run_id, place = new_id(), 0
    for envelope in envelopes:
        fresh = _fresh(unit, messages.get(envelope.person.id, []))
        if not fresh:
            continue
        place += 1
        letter = Letter(
            id=new_id(),
            run_id=run_id,
            place=place,
            person_id=envelope.person.id,
            status="printed",
            printed_by=unit.actor.id,
            printed_at=unit.now,
        )
        unit.db.add(letter)
        for message in fresh:
            message.status, message.letter_id = "printed", letter.id
    unit.db.flush()
    if place:
        trail.record(unit, "letters.printed", "letters", run_id, count=place)
    return LettersPrinted(run_id=run_id if place else None, count=place, left=how_many(unit))


def _messages_for(unit: Unit, person_ids: Sequence[str]) -> dict[str, list[OutboxMessage]]:
    query = (
        select(OutboxMessage)
        .where(_to_print(), OutboxMessage.person_id.in_(person_ids))
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    found: dict[str, list[OutboxMessage]] = {}
    for message in unit.db.scalars(query):
        found.setdefault(message.person_id or "", []).append(message)
    return found


def _fresh(unit: Unit, messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    """Those still worth telling; the others are let go, with the reason."""
    fresh = []
    for message in messages:
        if (why := notices.no_longer_due(unit, message)) is None:
            fresh.append(message)
        else:
            message.status, message.problem = "cancelled", why
    return fresh


# --- the files of the last days -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Run:
    """One file of letters: when it was made, and how many were posted and came back."""

    run_id: str
    printed_at: datetime
    letters: int
    posted: int
    returned: int


def runs(unit: Unit, limit: int = 30) -> list[Run]:
    """The newest files of letters."""
    unit.actor.require("message.deliver")
    printed_at = func.max(Letter.printed_at)
    query = (
        select(
            Letter.run_id,
            printed_at,
            func.count(),
            func.count(Letter.posted_at),
            func.count(Letter.returned_at),
        )
        .group_by(Letter.run_id)
        .order_by(printed_at.desc(), Letter.run_id)
        .limit(limit)
    )
    return [
        Run(run_id=run_id, printed_at=at, letters=count, posted=posted, returned=returned)
        for run_id, at, count, posted, returned in unit.db.execute(query)
    ]


def letters(unit: Unit, run_id: str) -> Sequence[Letter]:
    """The letters of one file in their order; ``NotFound('letter_unknown')``."""
    unit.actor.require("message.deliver")
    query = (
        select(Letter)
        .where(Letter.run_id == run_id)
        .options(joinedload(Letter.person))
        .order_by(Letter.place)
    )
    found = unit.db.scalars(query).all()
    if not found:
        raise NotFound("letter_unknown")
    return found


@dataclass(frozen=True, kw_only=True)
class PostLetters:
    """These letters of a file were posted, or handed over."""

    run_id: str
    letter_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LettersPosted:
    """How many were ticked now; those ticked before are not counted again."""

    run_id: str
    count: int


def post_letters(unit: Unit, command: PostLetters) -> LettersPosted:
    """Tick letters: what is in them counts as sent."""
    wanted = set(command.letter_ids)
    chosen = [each for each in letters(unit, command.run_id) if each.id in wanted]
    if len(chosen) != len(wanted):
        raise NotFound("letter_unknown")
    now = [each for each in chosen if each.status == "printed"]
    for letter in now:
        letter.status, letter.posted_at = "posted", unit.now
    unit.db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.letter_id.in_([each.id for each in now]))
        .values(status="sent", sent_at=unit.now)
    )
    if now:
        trail.record(unit, "letters.posted", "letters", command.run_id, count=len(now))
    return LettersPosted(run_id=command.run_id, count=len(now))


@dataclass(frozen=True, kw_only=True)
class ReturnLetter:
    """A letter that was posted came back."""

    letter_id: str


@dataclass(frozen=True, kw_only=True)
class LetterReturned:
    """Whose it was: nothing more goes to them by post until they were asked."""

    letter_id: str
    person_id: str


def return_letter(unit: Unit, command: ReturnLetter) -> LetterReturned:
    """Note a letter that came back; what was in it waits again, for wherever it is to go.

    Raises ``RuleBroken('letter_not_posted')`` and ``Conflict('changed_meanwhile')``.
    """
    unit.actor.require("message.deliver")
    letter = unit.db.get(Letter, command.letter_id)
    if letter is None:
        raise NotFound("letter_unknown")
    if letter.status == "returned":
        raise Conflict("changed_meanwhile", by=unit.actor.id, at=letter.returned_at)
    if letter.status != "posted":
        raise RuleBroken("letter_not_posted")
    letter.status, letter.returned_at = "returned", unit.now
    unit.db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.letter_id == letter.id)
        .values(status="waiting", letter_id=None, sent_at=None, problem="came_back")
    )
    communication.stop(unit, letter.person_id)
    trail.record(unit, "letter.returned", "person", letter.person_id)
    return LetterReturned(letter_id=letter.id, person_id=letter.person_id)


# --- to do --------------------------------------------------------------------------------------


def tasks(unit: Unit) -> list[Task]:
    """Letters to print; printed ones to post; people whose post came back."""
    if not unit.actor.may("message.deliver"):
        return []
    found = []
    if envelopes := waiting(unit, 1):
        count = how_many(unit)
        due_on = local_day(envelopes[0].since, unit.zone)
        found.append(
            Task(verb="print_letters", path="/letters", due_on=due_on, params={"count": count})
        )
    late = select(Letter.run_id, func.count(), func.min(Letter.printed_at)).where(
        Letter.status == "printed", Letter.printed_at <= unit.now - REMIND_AFTER
    )
    for run_id, count, printed_at in unit.db.execute(late.group_by(Letter.run_id)):
        found.append(
            Task(
                verb="post_letters",
                path=f"/letters/{run_id}",
                due_on=local_day(printed_at, unit.zone),
                params={"count": count},
            )
        )
    return [*found, *_came_back(unit)]


def _came_back(unit: Unit) -> list[Task]:
    query = (
        select(Member.id, Person.name, Communication.stopped_at)
        .join(Member.person)
        .join(Communication, Communication.person_id == Person.id)
        .where(Communication.stopped_at.is_not(None))
    )
    return [
        Task(
            verb="ask_how_to_reach",
            path=f"/members/{member_id}/contact",
            due_on=local_day(stopped_at, unit.zone),
            subject=name,
        )
        for member_id, name, stopped_at in unit.db.execute(query)
        if stopped_at is not None
    ]
