"""Notices: short plain mails that something happened, written to the outbox in the same unit.

A row says what it is about, never its words; ``render`` makes those when it is sent. Bodies say
nothing personal: no balance and no reward; they lead to the page that does. The one exception is
the statement itself, for a member who chose to have it in the mail.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select

from timebank import (
    checkpoints,
    communication,
    information,
    languages,
    links,
    notice_rules,
    redemption_words,
    statement_text,
)
from timebank.errors import NotFound
from timebank.ids import new_id
from timebank.models import OutboxMessage, Person, SingleUseLink, Statement
from timebank.notice_kinds import KINDS, Notice
from timebank.unit import Unit
from timebank.words import N_, Words

__all__ = [
    "KINDS", "PAPER", "Notice", "address_of", "contact", "no_longer_due", "on_paper", "render",
    "render_together", "send_later", "send_many", "send_statements", "sentences", "subject_of",
]  # fmt: skip

PAPER = notice_rules.PAPER


def send_later(unit: Unit, kind: str, person_id: str, subject_id: str) -> None:
    """Put a notice in the outbox, to go out when this unit has committed.

    It goes the person's own way (``communication``); somebody with no way at all gets none. Raises
    ``NotFound('notice_unknown')``.
    """
    send_many(unit, kind, [(person_id, subject_id)])


def send_many(unit: Unit, kind: str, about: Sequence[tuple[str, str]]) -> None:
    """``send_later`` for many ``(person_id, subject_id)`` of one kind, in a few queries."""
    if kind not in KINDS:
        raise NotFound("notice_unknown", kind=kind)
    ids = {person_id for person_id, _ in about}
    people = {
        found.id: found for found in unit.db.scalars(select(Person).where(Person.id.in_(ids)))
    }
    profiles = communication.of_people(unit, ids)
    held = _held_back(unit, ids) if kind in notice_rules.COLLECTED else {}
    for person_id, subject_id in about:
        if person_id not in people:
            continue
        channel = communication.channel_for(people[person_id], profiles.get(person_id), kind)
        if channel is not None:
            due_at = held.get((person_id, channel), unit.now)
            _put(unit, kind, channel, person_id, subject_id, due_at)


def send_statements(unit: Unit, issued: Sequence[Statement]) -> None:
    """Tell members about their statements in the way each of them chose."""
    # Statements of groups and of the pot are nobody's own.
    theirs = [(each.id, each.member) for each in issued if each.member is not None]
    profiles = communication.of_people(unit, {member.person_id for _, member in theirs})
    for statement_id, member in theirs:
        channel = communication.channel_of_statement(member, profiles.get(member.person_id))
        if channel is not None:
            kind = notice_rules.kind_on(channel, "statement_ready")
            _put(unit, kind, channel, member.person_id, statement_id, unit.now)


def _held_back(unit: Unit, person_ids: Collection[str]) -> dict[tuple[str, str], datetime]:
    """When the next step may be told to each person and channel: an hour after the last one.

    So the first is told at once, and those within the hour after it together.
    """
    query = (
        select(OutboxMessage.person_id, OutboxMessage.channel, func.max(OutboxMessage.due_at))
        .where(
            OutboxMessage.person_id.in_(person_ids),
            OutboxMessage.kind.in_(notice_rules.COLLECTED),
            OutboxMessage.channel.in_(("mail", "text")),
            OutboxMessage.attempts <= 1,
            OutboxMessage.due_at > unit.now - notice_rules.COLLECTED_WITHIN,
        )
        .group_by(OutboxMessage.person_id, OutboxMessage.channel)
    )
    return {
        (person_id, channel): last if last > unit.now else last + notice_rules.COLLECTED_WITHIN
        for person_id, channel, last in unit.db.execute(query)
        if person_id is not None
    }


def _put(
    unit: Unit, kind: str, channel: str, person_id: str, subject_id: str, due_at: datetime
) -> None:
    message_id = new_id()
    unit.db.add(
        OutboxMessage(
            id=message_id,
            person_id=person_id,
            kind=kind,
            channel=channel,
            subject_id=subject_id,
            message_id=f"<{message_id}@{urlsplit(unit.settings.address).hostname}>",
            status="waiting",
            created_at=unit.now,
            due_at=due_at,
            attempts=0,
        )
    )


def render(unit: Unit, message: OutboxMessage) -> tuple[str, str]:
    """The subject and plain-text body of one mail, in the person's language."""
    return render_together(unit, [message])


def render_together(unit: Unit, messages: Sequence[OutboxMessage]) -> tuple[str, str]:
    """The subject and body of one mail about one or several things."""
    first = messages[0]
    words = Words(languages.of_person(unit, first.person_id))
    if first.kind == checkpoints.KIND:
        return _checkpoint(unit, first, words)
    person = unit.db.get_one(Person, first.person_id)
    parts = [words.say(N_("Dear %(name)s,"), name=person.name)]
    for message in messages:
        notice = KINDS[message.kind]
        parts += [words.say(paragraph) for paragraph in notice.paragraphs]
        parts.append(address_of(unit, message))
        if message.kind == "statement_ready":
            parts += _statement_itself(unit, message.subject_id, words)
    parts.append(contact(unit, words))
    parts.append(unit.community.name)
    return subject_of(messages, words), "\n\n".join(parts) + "\n"


def on_paper(unit: Unit, messages: Sequence[OutboxMessage], words: Words) -> list[str]:
    """What a letter says: the sentences, and whom to ask for more."""
    ask = words.say(N_("Ask us, and we tell you the rest."))
    about = redemption_words.about(unit, messages, words)
    besides = information.beside_messages(unit, messages, words)
    return [*sentences(messages, words), *about, *besides, ask, contact(unit, words)]


def sentences(messages: Sequence[OutboxMessage], words: Words) -> list[str]:
    """What can be said without a link: a paragraph that ends with a colon leads to one."""
    said = [
        words.say(paragraph)
        for message in messages
        for paragraph in KINDS[notice_rules.plain_kind(message.kind)].paragraphs
        if not paragraph.endswith(":")
    ]
    # Several credits say the same sentence once.
    return list(dict.fromkeys(said))


def subject_of(messages: Sequence[OutboxMessage], words: Words) -> str:
    """A short subject: of the one thing, or that there are several."""
    if len(messages) > 1:
        return words.say(N_("Several things for you to see"))
    return words.say(KINDS[messages[0].kind].subject)


def _checkpoint(unit: Unit, message: OutboxMessage, words: Words) -> tuple[str, str]:
    parts = [
        words.say(N_("This is where the books of %(name)s stood."), name=unit.community.name),
        checkpoints.lines_of(unit, message),
        words.say(
            N_(
                "Please keep this mail. If anybody ever doubts the books, a line of it shows"
                " whether their history was changed afterwards."
            )
        ),
    ]
    subject = words.say(N_("Checkpoint of the books, %(days)s"), days=message.subject_id)
    return subject, "\n\n".join(parts) + "\n"


def no_longer_due(unit: Unit, message: OutboxMessage) -> str | None:
    """Why a waiting notice should not go out any more, as a code; None when it should."""
    if unit.now - message.created_at > notice_rules.fresh_for(message.kind):
        return "too_old"
    if message.kind == checkpoints.KIND:
        return None
    notice = KINDS.get(notice_rules.plain_kind(message.kind))
    if notice is None:
        return "notice_unknown"
    if notice.path is None:
        link = unit.db.get(SingleUseLink, message.subject_id)
        if link is None or link.spent_at is not None:
            return "link_spent"
        if link.expires_at <= unit.now:
            return "link_late"
    return None


def address_of(unit: Unit, message: OutboxMessage) -> str:
    """The address of the page that a message leads to."""
    path = KINDS[notice_rules.plain_kind(message.kind)].path
    if path is None:
        return links.address_of(unit, message.subject_id)
    return unit.settings.address + path.replace("%s", message.subject_id)


def _statement_itself(unit: Unit, statement_id: str, words: Words) -> list[str]:
    statement = unit.db.get_one(Statement, statement_id)
    if statement.member is None or statement.member.statement_by != "mail":
        return []
    text = statement_text.plain(json.loads(statement.content))
    return [words.say(N_("You asked us to put it in the mail too. Here it is:")), text.rstrip()]


def contact(unit: Unit, words: Words) -> str:
    """Whom to ask, and for another form: a sentence that stands in every message."""
    community = unit.community
    ways = ", ".join(way for way in (community.contact_phone, community.contact_email) if way)
    return words.say(
        N_("If you have a question, or would like this in another form, ask %(name)s: %(ways)s."),
        name=community.contact_name,
        ways=ways,
    )
