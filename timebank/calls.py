"""Messages for people who would rather be rung: what waits is read out, and ticked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from timebank import (
    communication,
    information,
    languages,
    notices,
    redemption_words,
    statement_formats,
    statement_script,
    trail,
)
from timebank.clock import local_day
from timebank.errors import NotFound
from timebank.models import Communication, Member, OutboxMessage, Person, Statement
from timebank.statement_said import reader_of
from timebank.tasks import Task
from timebank.unit import Unit
from timebank.words import N_, Words

# When nobody answered, it is tried again the next day.
TRY_AGAIN_AFTER = timedelta(days=1)
MOST = 200


def _to_read() -> ColumnElement[bool]:
    stopped = select(Communication.person_id).where(Communication.stopped_at.is_not(None))
    return and_(
        OutboxMessage.channel == "phone",
        OutboxMessage.status == "waiting",
        OutboxMessage.person_id.not_in(stopped),
    )


@dataclass(frozen=True, kw_only=True)
class Call:
    """Somebody to ring: from when, since when something waits, how often nobody answered."""

    person: Person
    messages: int
    due_at: datetime
    since: datetime
    tried: int


def waiting(unit: Unit) -> list[Call]:
    """Who is to be rung, those who are due first."""
    unit.actor.require("message.deliver")
    due_at = func.max(OutboxMessage.due_at)
    query = (
        select(
            Person,
            func.count(),
            due_at,
            func.min(OutboxMessage.created_at),
            func.max(OutboxMessage.attempts),
        )
        .join(OutboxMessage, OutboxMessage.person_id == Person.id)
        .where(_to_read())
        .group_by(Person.id)
        .order_by(due_at, Person.id)
        .limit(MOST)
    )
    return [
        Call(person=person, messages=count, due_at=due, since=since, tried=tried)
        for person, count, due, since, tried in unit.db.execute(query)
    ]


@dataclass(frozen=True, kw_only=True)
class Script:
    """What to read out to one person, and how to ring them; ``message_ids`` are what it covers.

    ``text`` is in the person's ``language``.
    """

    person: Person
    how: str
    text: str
    language: str
    message_ids: tuple[str, ...]


def script(unit: Unit, person_id: str) -> Script:
    """Everything that waits for a person, to read out; ``NotFound('call_unknown')``."""
    unit.actor.require("message.deliver")
    messages = [
        each for each in _messages(unit, person_id) if notices.no_longer_due(unit, each) is None
    ]
    if not messages:
        raise NotFound("call_unknown")
    person = unit.db.get_one(Person, person_id)
    profile = communication.of_person(unit, person_id)
    words = Words(languages.of_person(unit, person_id))
    told = [each for each in messages if each.kind != "statement_ready"]
    parts = [
        words.say(N_("This is %(community)s."), community=unit.community.name),
        words.say(N_("Am I speaking to %(name)s?"), name=person.name),
        words.say(N_("(Go on only when it is.)")),
        "",
        *notices.sentences(told, words),
        *redemption_words.about(unit, told, words),
        *information.beside_messages(unit, told, words),
    ]
    if told:
        parts.append(words.say(N_("Shall I look up more about it, or is something not right?")))
    for message in messages:
        if message.kind == "statement_ready":
            parts += ["", _statement(unit, message)]
    return Script(
        person=person,
        how=(profile and profile.words) or "",
        text="\n".join(parts),
        language=words.language,
        message_ids=tuple(each.id for each in messages),
    )


def _messages(unit: Unit, person_id: str) -> Sequence[OutboxMessage]:
    query = (
        select(OutboxMessage)
        .where(_to_read(), OutboxMessage.person_id == person_id)
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    return unit.db.scalars(query).all()


def _statement(unit: Unit, message: OutboxMessage) -> str:
    found = unit.db.get_one(
        Statement,
        message.subject_id,
        options=[joinedload(Statement.member).joinedload(Member.person)],
    )
    made = statement_formats.FORMATS["script"].make(
        json.loads(found.content), reader_of(unit, found)
    )
    text = made.decode("utf-8")
    # What stands above the rule is for who rings about this one alone.
    return text.partition(f"{statement_script.RULE}\n")[2] or text


@dataclass(frozen=True, kw_only=True)
class ReadOut:
    """These messages were read out to the person."""

    person_id: str
    message_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NobodyAnswered:
    """The person was rung, and could not be spoken to."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class Rung:
    """Whom, and how many messages it was about."""

    person_id: str
    count: int


def read_out(unit: Unit, command: ReadOut) -> Rung:
    """Tick what was read out; what came meanwhile still waits. Harmless when it was ticked."""
    unit.actor.require("message.deliver")
    wanted = set(command.message_ids)
    read = [each for each in _messages(unit, command.person_id) if each.id in wanted]
    for message in read:
        message.status, message.sent_at, message.problem = "sent", unit.now, None
    if read:
        trail.record(unit, "call.read_out", "person", command.person_id, count=len(read))
    return Rung(person_id=command.person_id, count=len(read))


def nobody_answered(unit: Unit, command: NobodyAnswered) -> Rung:
    """Note the try; they are to be rung again the next day."""
    unit.actor.require("message.deliver")
    messages = _messages(unit, command.person_id)
    if not messages:
        raise NotFound("call_unknown")
    for message in messages:
        message.attempts += 1
        message.due_at = unit.now + TRY_AGAIN_AFTER
        message.problem = "nobody_answered"
    trail.record(unit, "call.not_answered", "person", command.person_id, count=len(messages))
    return Rung(person_id=command.person_id, count=len(messages))


def tasks(unit: Unit) -> list[Task]:
    """People to ring, from the day on which it is due."""
    if not unit.actor.may("message.deliver"):
        return []
    return [
        Task(
            verb="ring",
            path=f"/calls/{call.person.id}",
            due_on=local_day(call.due_at, unit.zone),
            subject=call.person.name,
        )
        for call in waiting(unit)
        if call.due_at <= unit.now
    ]
