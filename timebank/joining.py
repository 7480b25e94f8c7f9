"""How somebody joins: they ask, somebody talks with them, they agree to the code of conduct.

An application is a person on file who is no member yet. What is kept of a conversation are the
agreed fields alone: no room for health, and references as codes, with nobody named. A member's
later conversations and steps are recorded in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from timebank import organisations, people, texts, throttle, trail
from timebank.clock import local_day
from timebank.errors import NotFound, RuleBroken
from timebank.figures import CHOICES
from timebank.ids import new_id
from timebank.member_list import member_of_person
from timebank.models import Application, Conversation, JoiningStep, Member, Person
from timebank.tasks import MOST, Task
from timebank.unit import Unit

CAME_BY = ("online", "phone", "in_person")
HEARD_FROM = ("", "friend", "organisation", "leaflet", "event", "online", "other")
# What is needed before somebody becomes a member, beside a conversation.
NEEDED = ("conduct",)
STEPS = ("conduct", "reference", "group_activity")
REFERENCE_FROM = ("employer", "organisation", "neighbour", "teacher", "other")
HOURS_FOR = ("not_said", "training", "class", "voucher", "charity", "pot", "keep", "none")
HOW = ("in_person", "phone", "video")
ANSWER_WITHIN = timedelta(days=7)
REVIEW_AFTER = timedelta(days=365)
MOST_APPLICATIONS = 20  # from the public page, by everybody together in a quarter of an hour


@dataclass(frozen=True, kw_only=True)
class Apply:
    """Somebody asks to join. ``adult``: they say that they are 18 or over."""

    name: str
    email: str | None = None
    phone: str | None = None
    came_by: str = "online"
    heard_from: str = ""
    adult: bool = False
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The application; there is nothing in it that says whether somebody was on file before."""

    application_id: str


def apply(unit: Unit, command: Apply) -> Applied:
    """Put an application on file, from anybody or by somebody who adds members for them.

    Raises ``RuleBroken``: ``contact_missing``, ``adults_only`` and what ``texts`` raises;
    ``NotAllowed('applications_throttled')`` for the public page.
    """
    by_staff = unit.actor.may("member.add")
    came_by = texts.one_of(command.came_by, CAME_BY, "came_by")
    if not by_staff:
        came_by = "online"
        throttle.count(unit, "apply", most=MOST_APPLICATIONS, code="applications_throttled")
    if not command.adult:
        raise RuleBroken("adults_only", field="adult")
    email, phone = texts.email(command.email), texts.optional(command.phone, "phone", most=50)
    if email is None and phone is None:
        raise RuleBroken("contact_missing", field="phone")
    same = unit.db.scalar(select(Person.id).where(Person.email == email)) if email else None
    person = people.new_person(unit, command.name, None if same else email, phone, None)
    application = Application(
        id=new_id(),
        person=person,
        organisation_id=organisations.chosen(unit, command.organisation_id) if by_staff else None,
        status="open",
        came_by=came_by,
        heard_from=texts.one_of(command.heard_from, HEARD_FROM, "heard_from"),
        same_email_id=same,
        applied_at=unit.now,
        revision=1,
    )
    unit.db.add(application)
    unit.db.flush()
    trail.record(unit, "application.made", "application", application.id, came_by=came_by)
    return Applied(application_id=application.id)


# --- what is recorded on the way ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NoteStep:
    """A step was taken: ``detail`` is who a reference is from, and else empty."""

    person_id: str
    step: str
    done_on: date
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class NoteConversation:
    """What was agreed in a conversation; ``review_on`` None is a year later."""

    person_id: str
    held_on: date
    how: str
    hours_for: str = "not_said"
    interests_words: str = ""
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Noted:
    """Of whom something was noted, and the note's id."""

    person_id: str
    note_id: str


def note_step(unit: Unit, command: NoteStep) -> Noted:
    """Note a step. Raises ``NotFound('person_unknown')``, ``RuleBroken('day_in_future')``."""
    person = in_sight(unit, command.person_id)
    step = texts.one_of(command.step, STEPS, "step")
    allowed = REFERENCE_FROM if step == "reference" else ("",)
    _not_to_come(unit, command.done_on, "done_on")
    row = JoiningStep(
        id=new_id(),
        person_id=person.id,
        step=step,
        detail=texts.one_of(command.detail, allowed, "detail"),
        done_on=command.done_on,
        recorded_by=unit.actor.id,
        recorded_at=unit.now,
    )
    unit.db.add(row)
    unit.db.flush()
    trail.record(unit, "joining.step", "person", person.id, step=step)
    return Noted(person_id=person.id, note_id=row.id)


def note_conversation(unit: Unit, command: NoteConversation) -> Noted:
    """Note a conversation; older ones stay. Raises as ``note_step`` and
    ``RuleBroken('review_before_conversation')``.
    """
    person = in_sight(unit, command.person_id)
    _not_to_come(unit, command.held_on, "held_on")
    review_on = command.review_on or command.held_on + REVIEW_AFTER
    if review_on <= command.held_on:
        raise RuleBroken("review_before_conversation", field="review_on")
    row = Conversation(
        id=new_id(),
        person_id=person.id,
        held_on=command.held_on,
        how=texts.one_of(command.how, HOW, "how"),
        hours_for=texts.one_of(command.hours_for, HOURS_FOR, "hours_for"),
        interests_words=texts.clean(
            command.interests_words, "interests_words", most=500, required=False, lines=True
        ),
        review_on=review_on,
        recorded_by=unit.actor.id,
        recorded_at=unit.now,
    )
    unit.db.add(row)
    unit.db.flush()
    trail.record(unit, "joining.conversation", "person", person.id)
    return Noted(person_id=person.id, note_id=row.id)


def _not_to_come(unit: Unit, day: date, field: str) -> None:
    if day > unit.today:
        raise RuleBroken("day_in_future", field=field)


def in_sight(unit: Unit, person_id: str) -> Person:
    """Somebody this actor looks after: a member in sight, or one who asks to join."""
    unit.actor.require("member.change")
    found = member_of_person(unit, person_id)
    if found is not None:
        return found.person
    asks = unit.db.scalars(_visible(unit).where(Application.person_id == person_id)).one_or_none()
    if asks is None:
        raise NotFound("person_unknown")
    return asks.person


def steps(unit: Unit, person_id: str) -> Sequence[JoiningStep]:
    """The steps somebody took, the first one first."""
    query = select(JoiningStep).where(JoiningStep.person_id == in_sight(unit, person_id).id)
    return unit.db.scalars(query.order_by(JoiningStep.done_on, JoiningStep.recorded_at)).all()


def conversations(unit: Unit, person_id: str) -> Sequence[Conversation]:
    """Every conversation with somebody, the newest first."""
    query = select(Conversation).where(Conversation.person_id == in_sight(unit, person_id).id)
    return unit.db.scalars(
        query.order_by(Conversation.held_on.desc(), Conversation.recorded_at.desc())
    ).all()


# --- deciding -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Admit:
    """The applicant becomes a member; ``revision`` is the application's as it was seen."""

    application_id: str
    revision: int
    statement_by: str = "link"
    choice: str = "accept"
    no_money_rewards: bool = False


@dataclass(frozen=True, kw_only=True)
class CloseApplication:
    """It comes to nothing: they changed their mind, or do not answer."""

    application_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class ApplicationClosed:
    """The application and its new revision."""

    application_id: str
    revision: int


def admit(unit: Unit, command: Admit) -> people.MemberAdded:
    """Make a member of an applicant.

    Raises ``Conflict('changed_meanwhile')``; ``RuleBroken``: ``application_settled``,
    ``conversation_missing``, ``conduct_missing``; ``NotAllowed('own_application')``.
    """
    found = _open(unit, command.application_id, command.revision)
    if not conversations(unit, found.person_id):
        raise RuleBroken("conversation_missing")
    taken = {each.step for each in steps(unit, found.person_id)}
    for needed in NEEDED:
        if needed not in taken:
            raise RuleBroken(f"{needed}_missing")
    added = people.new_member(
        unit,
        found.person,
        statement_by=texts.one_of(command.statement_by, people.STATEMENTS_BY, "statement_by"),
        choice=texts.one_of(command.choice, CHOICES, "choice"),
        no_money_rewards=command.no_money_rewards,
    )
    organisations.link(unit, added, found.organisation_id)
    found.status = "joined"
    found.revision += 1
    link_id = people.invite(unit, found.person)
    trail.record(unit, "application.joined", "application", found.id, member=added.id)
    return people.MemberAdded(
        member_id=added.id, person_id=found.person_id, number=added.number, link_id=link_id
    )


def close_application(unit: Unit, command: CloseApplication) -> ApplicationClosed:
    """Close an application; the contacts given with it are erased at once. Raises as ``admit``."""
    found = _open(unit, command.application_id, command.revision)
    for name in ("email", "phone", "address", "needs"):
        setattr(found.person, name, None)
    found.person.name = ""
    for each in conversations(unit, found.person_id):
        each.interests_words = ""
    found.status = "closed"
    found.revision += 1
    trail.record(unit, "application.closed", "application", found.id)
    return ApplicationClosed(application_id=found.id, revision=found.revision)


def _open(unit: Unit, application_id: str, revision: int) -> Application:
    unit.actor.require("member.add")
    found = application(unit, application_id)
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    if found.status != "open":
        raise RuleBroken("application_settled")
    return found


def _visible(unit: Unit) -> Select[Application]:
    query = select(Application).join(Application.person).options(contains_eager(Application.person))
    if (limited := unit.actor.organisations) is not None:
        query = query.where(Application.organisation_id.in_(limited))
    return query


def application(unit: Unit, application_id: str) -> Application:
    """One application in the actor's scope; else ``NotFound('application_unknown')``."""
    unit.actor.require("member.add")
    query = _visible(unit).where(Application.id == application_id)
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("application_unknown")
    return found


def application_of(unit: Unit, person_id: str) -> Application:
    """A person's application in the actor's scope; else ``NotFound('application_unknown')``."""
    unit.actor.require("member.add")
    found = unit.db.scalars(_visible(unit).where(Application.person_id == person_id)).one_or_none()
    if found is None:
        raise NotFound("application_unknown")
    return found


def applications(unit: Unit, *, limit: int = 50, offset: int = 0) -> Sequence[Application]:
    """Open applications in the actor's scope, the longest waiting first."""
    unit.actor.require("member.add")
    query = _visible(unit).where(Application.status == "open")
    query = query.order_by(Application.applied_at, Application.id)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


# --- what waits ---------------------------------------------------------------------------------


def tasks(unit: Unit) -> list[Task]:
    """Applications to answer within a week, and conversations to hold again."""
    if not (unit.actor.may("member.add") and unit.actor.may("member.change")):
        return []
    asked = [
        Task(
            verb="answer_application",
            subject=each.person.name,
            path=f"/applications/{each.id}",
            due_on=local_day(each.applied_at, unit.zone) + ANSWER_WITHIN,
        )
        for each in applications(unit, limit=MOST)
    ]
    return asked + _reviews(unit)


def _reviews(unit: Unit) -> list[Task]:
    """Members whose newest conversation was to be followed by another by now."""
    newest = (
        select(Conversation.person_id, func.max(Conversation.review_on).label("review_on"))
        .group_by(Conversation.person_id)
        .subquery()
    )
    query = (
        people.visible_members(unit)
        .join(newest, newest.c.person_id == Member.person_id)
        .where(Member.status == "active", newest.c.review_on <= unit.today)
        .add_columns(newest.c.review_on)
        .order_by(newest.c.review_on)
        .limit(MOST)
    )
    return [
        Task(
            verb="talk_again",
            subject=member.person.name,
            path=f"/people/{member.person_id}/conversation",
            due_on=review_on,
        )
        for member, review_on in unit.db.execute(query)
    ]
