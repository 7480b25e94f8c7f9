"""What follows a session, each part as the coordinator wishes: asking whether the hours are right,
thanks, how it was, and a word with people afterwards.

``begin`` starts what is wanted and was not started yet; doing it twice does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from timebank import (
    communication,
    links,
    notices,
    role_holders,
    sessions,
    texts,
    trail,
    wellbeing,
)
from timebank.errors import NotFound
from timebank.ids import new_id
from timebank.models import (
    Attendance,
    Member,
    Person,
    Session,
    SessionFollowUp,
    SingleUseLink,
    ThankYou,
)
from timebank.unit import Unit

FEEDBACK = "feedback"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to follow a session; ``revision`` 0 when nobody has said anything yet."""

    ask_right: bool = True
    ask_feedback: bool = False
    thank: bool = False
    wellbeing_by_id: str | None = None
    words: str | None = None
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class PlanFollowUp:
    """Say what is to follow a session; ``revision`` is as it was seen.

    ``words`` say in one sentence what people did, for the thanks. ``wellbeing_by_id`` is a person
    with a role, who alone is reminded to ask how people are.
    """

    session_id: str
    revision: int
    ask_right: bool
    ask_feedback: bool
    thank: bool
    wellbeing_by_id: str | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowUpPlanned:
    """The session, and the new revision."""

    session_id: str
    revision: int


def of_session(unit: Unit, session_id: str) -> Wanted:
    """What is to follow a session; asking whether it is right is usual."""
    row = unit.db.get(SessionFollowUp, session_id)
    if row is None:
        return Wanted()
    return Wanted(
        ask_right=row.ask_right,
        ask_feedback=row.ask_feedback,
        thank=row.thank,
        wellbeing_by_id=row.wellbeing_by_id,
        words=row.words,
        revision=row.revision,
    )


def plan_follow_up(unit: Unit, command: PlanFollowUp) -> FollowUpPlanned:
    """Say what is to follow; after a session was credited it begins at once.

    Raises ``NotFound``: ``session_unknown``, ``person_unknown``; ``Conflict('changed_meanwhile')``
    and what ``texts`` raises.
    """
    unit.actor.require("follow_up.plan")
    session = sessions.session(unit, command.session_id)
    words = texts.clean(command.words, "words", most=300, required=False)
    if command.wellbeing_by_id is not None:
        check_named(unit, command.wellbeing_by_id)
    row = unit.db.get(SessionFollowUp, session.id)
    if (0 if row is None else row.revision) != command.revision:
        raise trail.changed(unit, session.id)
    if row is None:
        row = SessionFollowUp(session_id=session.id, revision=0)
        unit.db.add(row)
    row.ask_right, row.ask_feedback = command.ask_right, command.ask_feedback
    row.thank, row.wellbeing_by_id = command.thank, command.wellbeing_by_id
    row.words = words or None
    row.revision += 1
    unit.db.flush()
    trail.record(unit, "session.follow_up_planned", "session", session.id, revision=row.revision)
    if session.status == "credited":
        begin(unit, session, of_session(unit, session.id))
    return FollowUpPlanned(session_id=session.id, revision=row.revision)


def check_named(unit: Unit, person_id: str) -> None:
    """The person must hold a role today: ``NotFound('person_unknown')`` otherwise."""
    if person_id not in {person.id for person, _ in role_holders.roles_held(unit)}:
        raise NotFound("person_unknown", field="wellbeing_by_id")


def begin(unit: Unit, session: Session, wanted: Wanted) -> None:
    """Start what is wanted for everybody who was there, and was not started yet."""
    if not (wanted.thank or wanted.ask_feedback or wanted.wellbeing_by_id):
        return
    if wanted.wellbeing_by_id is not None:
        wellbeing.begin(unit, session, wanted.wellbeing_by_id)
    there = _there(unit, session.id)
    if wanted.thank:
        _thank(unit, session, there, wanted.words)
    if wanted.ask_feedback:
        _ask_feedback(unit, session, there)


def _there(unit: Unit, session_id: str) -> Sequence[Member]:
    query = (
        select(Member)
        .join(Attendance, Attendance.member_id == Member.id)
        .join(Member.person)
        .where(Attendance.session_id == session_id, Person.name != "")
        .order_by(Member.number)
    )
    return unit.db.scalars(query).all()


def _thank(unit: Unit, session: Session, there: Sequence[Member], words: str | None) -> None:
    """A message to who takes one, a card for the others; nothing to who wants nothing."""
    profiles = communication.of_people(unit, {member.person_id for member in there})
    thanked = set(
        unit.db.scalars(select(ThankYou.member_id).where(ThankYou.session_id == session.id))
    )
    for member in there:
        if member.id in thanked or member.person_id == unit.actor.person_id:
            continue
        profile = profiles.get(member.person_id)
        if profile is not None and (profile.no_news or profile.channel == "none"):
            continue
        by_mail = communication.channel_for(member.person, profile, "thanks") in ("mail", "text")
        thanks = ThankYou(
            id=new_id(), session_id=session.id, member_id=member.id,
            way="mail" if by_mail else "card", words=words,
            status="sent" if by_mail else "waiting", asked_by=unit.actor.id, asked_at=unit.now,
            done_by=unit.actor.id if by_mail else None, done_at=unit.now if by_mail else None,
        )  # fmt: skip
        unit.db.add(thanks)
        if by_mail:
            notices.send_later(unit, "thanks", member.person_id, thanks.id)


def _ask_feedback(unit: Unit, session: Session, there: Sequence[Member]) -> None:
    asked = set(
        unit.db.scalars(
            select(SingleUseLink.person_id).where(
                SingleUseLink.purpose == FEEDBACK, SingleUseLink.subject_id == session.id
            )
        )
    )
    for member in there:
        if member.person_id in asked:
            continue
        link = links.make(unit, FEEDBACK, person_id=member.person_id, subject_id=session.id)
        notices.send_later(unit, "feedback_asked", member.person_id, link.id)
