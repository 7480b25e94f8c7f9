"""How each person hears from the group: channel, form, language, who else is copied in.

Whoever was never asked gets mail where there is an address, and statements on paper otherwise. The
row is a person's, so that it can be erased with them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update

from timebank import choice_notes, languages, notice_rules, texts, trail
from timebank.errors import NotAllowed, RuleBroken
from timebank.member_list import member
from timebank.models import Communication, Member, OutboxMessage, Person
from timebank.unit import Unit

CHANNELS = ("mail", "text", "post", "phone", "none")
FORMS = ("standard", "large_print", "easy_read", "script", "braille")


def of_person(unit: Unit, person_id: str) -> Communication | None:
    """How a person wants to hear from us; None when they were not asked."""
    return unit.db.get(Communication, person_id)


def codes(row: Communication | None, person: Person) -> dict[str, str]:
    """How somebody is reached, by topic; for who was not asked, what happens without an answer."""
    return {
        "channel": row.channel if row else "mail" if person.email else "none",
        "form": row.form if row else "standard",
        "language": person.language or "",
        "copied": choice_notes.yes_no(row and row.copy_email),
        "no_news": choice_notes.yes_no(row and row.no_news),
    }


def of_people(unit: Unit, person_ids: Collection[str]) -> dict[str, Communication]:
    """The same for many, in one query, by person."""
    query = select(Communication).where(Communication.person_id.in_(person_ids))
    return {found.person_id: found for found in unit.db.scalars(query)}


def channel_for(person: Person, profile: Communication | None, kind: str) -> str | None:
    """Which way a message of a kind goes to a person; None for no way at all."""
    mail = "mail" if person.email else None
    if kind in notice_rules.NEWS and profile is not None and profile.no_news:
        return None
    if profile is None:
        return mail
    if kind in notice_rules.LINK_ONLY and profile.channel != "text":
        return mail
    return None if profile.channel == "none" else profile.channel


def reaches(unit: Unit, person: Person, channel: str) -> None:
    """Refuse a channel for which something is missing.

    Raises ``RuleBroken``: ``channel_needs_email``, ``channel_needs_phone``,
    ``channel_needs_address``, ``texts_not_set_up``; each at the field ``channel``.
    """
    needs = {"mail": "email", "text": "phone", "phone": "phone", "post": "address"}.get(channel)
    if needs is not None and not getattr(person, needs):
        raise RuleBroken(f"channel_needs_{needs}", field="channel")
    if channel == "text" and not unit.settings.text_url:
        raise RuleBroken("texts_not_set_up", field="channel")


@dataclass(frozen=True, kw_only=True)
class ChangeCommunication:
    """How a member wants to hear from us, by the member or by a coordinator for them.

    ``revision`` is that of the row as it was seen, 0 when there was none. ``words`` say how to ring
    them. Nobody is copied in (``copy_email``) who the member did not agree to: ``copy_agreed``.
    """

    member_id: str | None = None
    revision: int
    channel: str
    form: str
    language: str | None = None
    words: str | None
    copy_name: str | None
    copy_email: str | None
    copy_agreed: bool
    no_news: bool


@dataclass(frozen=True, kw_only=True)
class CommunicationChanged:
    """Whose it is, and its new revision."""

    member_id: str
    revision: int


def change_communication(unit: Unit, command: ChangeCommunication) -> CommunicationChanged:
    """Change how somebody hears from us; what waits for them goes the new way.

    Whatever had come back is forgotten: it is tried anew. Raises ``Conflict('changed_meanwhile')``
    and what ``reaches`` raises.
    """
    found = _member(unit, command.member_id)
    row = of_person(unit, found.person_id)
    if command.revision != (row.revision if row is not None else 0):
        raise trail.changed(unit, found.id)
    texts.one_of(command.channel, CHANNELS, "channel")
    reaches(unit, found.person, command.channel)
    before = codes(row, found.person)
    languages.keep(unit, found.person, command.language)
    if row is None:
        row = Communication(person_id=found.person_id, revision=0)
        unit.db.add(row)
    row.channel = command.channel
    row.form = texts.one_of(command.form, FORMS, "form")
    row.words = texts.optional(command.words, "words", most=500, lines=True)
    _copy(unit, row, command)
    row.no_news = command.no_news
    row.stopped_at = None
    row.revision += 1
    unit.db.flush()
    for topic, said in codes(row, found.person).items():
        choice_notes.note(unit, found.id, topic, before[topic], said)
    _reroute(unit, found, row)
    trail.record(
        unit, "member.communication_changed", "member", found.id,
        channel=row.channel, form=row.form, revision=row.revision,
    )  # fmt: skip
    return CommunicationChanged(member_id=found.id, revision=row.revision)


def _member(unit: Unit, member_id: str | None) -> Member:
    wanted = member_id or unit.actor.member_id
    if wanted is None:
        raise NotAllowed("role_lacking", action="choices.change_own")
    own = wanted == unit.actor.member_id
    unit.actor.require("choices.change_own" if own else "member.change")
    return member(unit, wanted)


def _copy(unit: Unit, row: Communication, command: ChangeCommunication) -> None:
    email = texts.email(command.copy_email, "copy_email")
    name = texts.optional(command.copy_name, "copy_name")
    if email is not None and name is None:
        raise RuleBroken("text_missing", field="copy_name")
    if email is None and name is not None:
        raise RuleBroken("text_missing", field="copy_email")
    if email is not None and not command.copy_agreed:
        raise RuleBroken("copy_needs_consent", field="copy_agreed")
    if (name, email) != (row.copy_name, row.copy_email):
        row.copy_agreed_on = unit.today if email else None
    row.copy_name, row.copy_email = name, email


def _reroute(unit: Unit, found: Member, row: Communication) -> None:
    """Let what waits for somebody, and nobody is sending just now, go the way they want."""
    waiting = unit.db.scalars(
        select(OutboxMessage).where(
            OutboxMessage.person_id == found.person_id,
            OutboxMessage.status == "waiting",
            OutboxMessage.leased_until.is_(None),
        )
    )
    for message in waiting:
        by_kind = notice_rules.plain_kind(message.kind)
        if by_kind == "statement_ready":
            channel = channel_of_statement(found, row)
        else:
            channel = channel_for(found.person, row, by_kind)
        if channel is None:
            message.status, message.problem = "cancelled", "not_wanted"
            continue
        message.kind = notice_rules.kind_on(channel, by_kind)
        message.channel, message.collected_in = channel, None


def channel_of_statement(found: Member, row: Communication | None) -> str | None:
    """Which way a statement goes: for who takes mail, as they chose for statements."""
    if row is None or row.channel == "mail":
        on_paper = found.statement_by == "paper" or not found.person.email
        return "post" if on_paper else "mail"
    return None if row.channel == "none" else row.channel


@dataclass(frozen=True, kw_only=True)
class NoteReturned:
    """A mail or text to a member came back to the group: nothing more goes that way for now."""

    member_id: str


@dataclass(frozen=True, kw_only=True)
class ReturnedNoted:
    """Whom to ask how they can be reached."""

    member_id: str


def note_returned(unit: Unit, command: NoteReturned) -> ReturnedNoted:
    """Stop what goes to a member until somebody has asked them; harmless when it was noted."""
    unit.actor.require("member.change")
    found = member(unit, command.member_id)
    row = of_person(unit, found.person_id)
    if row is None or row.stopped_at is None:
        stop(unit, found.person_id)
        trail.record(unit, "mail.returned", "member", found.id)
    return ReturnedNoted(member_id=found.id)


def stop(unit: Unit, person_id: str) -> None:
    """Nothing goes to a person any more until somebody has looked into it: something came back."""
    row = of_person(unit, person_id)
    if row is None:
        person = unit.db.get_one(Person, person_id)
        row = Communication(
            person_id=person_id,
            channel="mail" if person.email else "post",
            form="standard",
            no_news=False,
            revision=0,
        )
        unit.db.add(row)
    row.stopped_at = unit.now
    row.revision += 1
    unit.db.execute(
        update(OutboxMessage)
        .where(OutboxMessage.person_id == person_id, OutboxMessage.status == "waiting")
        .values(problem="came_back")
    )
