"""Everything on file about one person, to take away: tables with headings, in words.

For the person, or for who changes members' details. Nobody else is named in it, but for those with
whom somebody exchanged or gave hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from timebank import (
    accounts,
    choice_words,
    languages,
    my_choices,
    people,
    skills,
    statement_text,
)
from timebank.clock import local_day
from timebank.models import (
    Attendance,
    Communication,
    Conversation,
    Exchange,
    Gift,
    JoiningStep,
    Listing,
    Member,
    Passkey,
    Query,
    QueryMessage,
    Redemption,
    RoleHeld,
    SentTime,
    Session,
    SignIn,
    SignUp,
    Statement,
    ThankYou,
    Trust,
)
from timebank.statement_lines import in_words
from timebank.unit import Unit
from timebank.words import N_, Words

_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table: ``name`` is its file's, ``title`` what it is called."""

    name: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


def sheets(unit: Unit, member_id: str) -> list[Sheet]:
    """Every table, empty ones too. ``NotFound('member_unknown')`` outside the actor's scope."""
    if member_id != unit.actor.member_id:
        unit.actor.require("member.change")
    member = people.member(unit, member_id)
    words = Words(languages.of_person(unit, member.person_id))
    return [
        Sheet(
            name=name,
            title=words.say(title),
            headings=tuple(words.say(heading) for heading in headings),
            rows=tuple(tuple(_plain(unit, words, cell) for cell in row) for row in rows),
        )
        for name, title, headings, rows in _tables(unit, words, member)
    ]


_Table = tuple[str, str, tuple[str, ...], Iterator[tuple[Any, ...]]]


def _tables(unit: Unit, words: Words, member: Member) -> Iterator[_Table]:
    yield (
        "details",
        N_("Your details"),
        (N_("What"), N_("On file")),
        ((words.say(what), on_file) for what, on_file in _details(unit, member)),
    )
    headings: tuple[str, ...] = (
        N_("Day"), N_("Recorded on"), N_("What happened"), N_("Minutes"), N_("Minutes afterwards"),
    )  # fmt: skip
    yield "hours", N_("Every change to your hours"), headings, _history(unit, words, member)
    headings = (
        N_("Day"), N_("Session"), N_("Capacity"), N_("Choice"), N_("At the session, minutes"),
        N_("Preparation, minutes"), N_("Travel, minutes"), N_("Minutes and agenda, minutes"),
        N_("Follow-up, minutes"), N_("Credited, minutes"), N_("Recorded on"), N_("Note"),
    )  # fmt: skip
    yield "sessions", N_("Sessions you were at"), headings, _attendances(unit, member)
    headings = (
        N_("Reference"), N_("Reward"), N_("Minutes"), N_("Asked for on"), N_("Status"), N_("Note"),
    )  # fmt: skip
    yield "requests", N_("What you asked for"), headings, _redemptions(unit, member)
    headings = (
        N_("Reference"), N_("From"), N_("To"), N_("Minutes"), N_("Day"), N_("Status"), N_("Note"),
    )  # fmt: skip
    yield "gifts", N_("Hours given and received"), headings, _gifts(unit, words, member)
    headings = (
        N_("Reference"), N_("What"), N_("Gave time"), N_("Got help"), N_("Minutes"), N_("Status"),
        N_("Note"),
    )  # fmt: skip
    yield "exchanges", N_("Exchanges"), headings, _exchanges(unit, member)
    headings = (N_("Day"), N_("About"), N_("Chosen"), N_("Before that"), N_("Recorded by"))
    yield "choices", N_("What you chose, and when"), headings, _choices(unit, words, member)
    headings = (N_("What"), N_("Note"), N_("Added on"))
    yield "skills", N_("What you can do"), headings, _skills(unit, member)
    headings = (N_("Kind"), N_("What"), N_("Note"), N_("Status"))
    yield "listings", N_("Offers and wishes"), headings, _listings(unit, member)
    headings = (N_("Reference"), N_("From"), N_("Until"), N_("Minutes at the end"))
    yield "statements", N_("Statements"), headings, _statements(unit, member)
    headings = (N_("Reference"), N_("Day"), N_("Kind"), N_("Words"))
    yield "queries", N_("Questions about your hours"), headings, _queries(unit, member)
    headings = (N_("Day"), N_("What"), N_("Details"))
    yield (
        "other",
        N_("What else is on file"),
        headings,
        ((day, words.say(what), details) for day, what, details in _others(unit, member)),
    )


def _details(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    person = member.person
    yield N_("Name"), person.name
    yield N_("E-mail"), person.email
    yield N_("Phone"), person.phone
    yield N_("Address"), person.address
    yield N_("What helps you take part"), person.needs
    yield N_("Language"), languages.own_name(person.language) if person.language else None
    yield N_("Member number"), member.number
    yield N_("Joined on"), member.joined_on
    yield N_("Status"), member.status
    yield N_("Hours you are credited"), member.choice
    yield N_("No rewards with a money value"), member.no_money_rewards
    yield N_("Statements"), member.statement_by
    yield N_("First page without a figure"), member.quiet_balance
    found = unit.db.get(Communication, person.id)
    if found is not None:
        yield N_("How we reach you"), found.channel
        yield N_("What you can read"), found.form
        yield N_("How to ring you"), found.words
        yield N_("Copied to"), found.copy_name
        yield N_("Copied to, e-mail"), found.copy_email


def _history(unit: Unit, words: Words, member: Member) -> Iterator[tuple[Any, ...]]:
    account, before = accounts.member(member.id), None
    while True:
        page = unit.book.history(account, limit=_PAGE, before=before)
        for line in in_words(unit, page.postings):
            said = statement_text.line(words, line.text_code, line.params, line.occurred_on)
            yield (
                line.occurred_on, line.recorded_on, said, line.amount_minutes, line.balance_minutes,
            )  # fmt: skip
        if len(page.postings) < _PAGE:
            return
        before = page.postings[-1].account_seq


def _attendances(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    query = (
        select(Attendance)
        .where(Attendance.member_id == member.id)
        .options(joinedload(Attendance.session), joinedload(Attendance.entries))
        .order_by(Attendance.id)
    )
    found = sorted(unit.db.scalars(query).unique(), key=lambda each: each.session.starts_on)
    for each in found:
        for entry in each.entries:
            yield (
                each.session.starts_on, each.session.title, entry.capacity, entry.choice,
                entry.session_minutes, entry.preparation_minutes, entry.travel_minutes,
                entry.paperwork_minutes, entry.follow_up_minutes, entry.credited_minutes,
                entry.recorded_at, entry.words,
            )  # fmt: skip


def _redemptions(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    query = (
        select(Redemption)
        .where(Redemption.member_id == member.id)
        .order_by(Redemption.requested_at, Redemption.id)
    )
    for each in unit.db.scalars(query):
        yield (
            each.reference, each.title, each.price_minutes, each.requested_at, each.status,
            each.words,
        )  # fmt: skip


def _gifts(unit: Unit, words: Words, member: Member) -> Iterator[tuple[Any, ...]]:
    query = (
        select(Gift)
        .where(or_(Gift.member_id == member.id, Gift.to_member_id == member.id))
        .options(
            joinedload(Gift.member).joinedload(Member.person),
            joinedload(Gift.to_member).joinedload(Member.person),
        )
        .order_by(Gift.given_at, Gift.id)
    )
    for each in unit.db.scalars(query):
        pot = words.say(N_("The community pot"))
        to = each.to_member.person.name if each.to_member else pot
        yield (
            each.reference, each.member.person.name, to, each.given_minutes, each.given_at,
            each.status, each.words,
        )  # fmt: skip


def _exchanges(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    query = (
        select(Exchange)
        .where(or_(Exchange.giver_id == member.id, Exchange.receiver_id == member.id))
        .options(
            joinedload(Exchange.giver).joinedload(Member.person),
            joinedload(Exchange.receiver).joinedload(Member.person),
        )
        .order_by(Exchange.asked_at, Exchange.id)
    )
    for each in unit.db.scalars(query):
        yield (
            each.reference, each.title_words, each.giver.person.name, each.receiver.person.name,
            each.giver_minutes, each.status, each.words,
        )  # fmt: skip


def _choices(unit: Unit, words: Words, member: Member) -> Iterator[tuple[Any, ...]]:
    """What holds now comes first, with an empty place where it was never changed."""
    standing = my_choices.standing(unit, member.id)
    made = my_choices.history(unit, member.id)
    who = my_choices.who(unit, member, [each.made_by for each in made])

    def row(day: datetime | None, topic: str, said: str, was: str, by: str) -> tuple[Any, ...]:
        title = words.say(choice_words.TITLES[topic])
        before = choice_words.say(words, topic, was) if was else ""
        return day, title, choice_words.say(words, topic, said), before, by

    for one in standing:
        if one.since is None:
            yield row(None, one.topic, one.said, "", "")
    for each in made:
        by = who[each.made_by] or member.person.name
        yield row(each.made_at, each.topic, each.said, each.was, by)


def _skills(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    for each in skills.of_member(unit, member.id):
        yield each.title_words, each.words, each.added_at


def _listings(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    query = select(Listing).where(Listing.member_id == member.id).order_by(Listing.listed_at)
    for each in unit.db.scalars(query):
        yield each.kind, each.title_words, each.words, each.status


def _statements(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    query = (
        select(Statement)
        .where(Statement.account == accounts.member(member.id))
        .order_by(Statement.until_on)
    )
    for each in unit.db.scalars(query):
        yield each.reference, each.from_on, each.until_on, each.closing_minutes


def _queries(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    query = (
        select(Query.reference, QueryMessage)
        .join(QueryMessage, QueryMessage.query_id == Query.id)
        .where(Query.member_id == member.id)
        .order_by(QueryMessage.at, QueryMessage.id)
    )
    for reference, each in unit.db.execute(query):
        yield reference, each.at, each.kind, each.words


def _others(unit: Unit, member: Member) -> Iterator[tuple[Any, ...]]:
    """Roles, sign-ups, thanks, and what was noted when somebody joined."""
    person_id = member.person_id
    for role in unit.db.scalars(select(RoleHeld).where(RoleHeld.person_id == person_id)):
        yield role.from_on, N_("Role"), role.role
    for step in unit.db.scalars(select(JoiningStep).where(JoiningStep.person_id == person_id)):
        yield step.done_on, N_("Step on joining"), step.step
    for talk in unit.db.scalars(select(Conversation).where(Conversation.person_id == person_id)):
        yield talk.held_on, N_("Conversation"), talk.interests_words
    for sent in unit.db.scalars(select(SentTime).where(SentTime.member_id == member.id)):
        yield sent.sent_at, N_("Time you sent in"), sent.words
    query = (
        select(Session.starts_on, Session.title)
        .join(SignUp, SignUp.session_id == Session.id)
        .where(SignUp.member_id == member.id)
    )
    for starts_on, title in unit.db.execute(query):
        yield starts_on, N_("Signed up for a session"), title
    for thanks in unit.db.scalars(select(ThankYou).where(ThankYou.member_id == member.id)):
        yield "", N_("Thanks"), thanks.words
    for trust in unit.db.scalars(select(Trust).where(Trust.member_id == member.id)):
        yield trust.recorded_at, N_("May act for you"), trust.called_words
    for key in unit.db.scalars(select(Passkey).where(Passkey.person_id == person_id)):
        yield key.added_at, N_("Passkey"), key.label
    for row in unit.db.scalars(select(SignIn).where(SignIn.person_id == person_id)):
        yield row.expires_at, N_("Signed in until"), row.way


def _plain(unit: Unit, words: Words, cell: Any) -> str | int:
    """A cell as text or a whole number: days as ISO, nothing as empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return words.say(N_("Yes") if cell else N_("No"))
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime):
        return local_day(cell, unit.zone).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
