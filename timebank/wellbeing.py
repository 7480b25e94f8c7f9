"""A word with people after a session: a reminder that only one named person sees.

It says whom to ask and by when, and nothing about how anybody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from timebank import role_holders, sessions, trail
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Member, Session, WellbeingFollowUp
from timebank.tasks import MOST, Task
from timebank.unit import Unit

DUE_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class AskWellbeing:
    """Remind ``for_id`` to ask how somebody is after a session; ``attendance_id`` is theirs."""

    attendance_id: str
    for_id: str


@dataclass(frozen=True, kw_only=True)
class MarkAsked:
    """The named person has asked; nothing else is written down."""

    follow_up_id: str


@dataclass(frozen=True, kw_only=True)
class WellbeingMoved:
    """The reminder."""

    follow_up_id: str


def begin(unit: Unit, session: Session, for_id: str) -> None:
    """Remind one person about everybody at a session, once."""
    query = select(WellbeingFollowUp.id).where(
        WellbeingFollowUp.session_id == session.id,
        WellbeingFollowUp.member_id.is_(None),
        WellbeingFollowUp.for_id == for_id,
    )
    if unit.db.scalars(query).first() is None:
        _add(unit, session, None, for_id)


def ask_wellbeing(unit: Unit, command: AskWellbeing) -> WellbeingMoved:
    """Remind one person about one member.

    Raises ``NotFound``: ``attendance_unknown``, ``person_unknown``.
    """
    unit.actor.require("follow_up.plan")
    found = sessions.attendance(unit, command.attendance_id)
    if command.for_id not in {person.id for person, _ in role_holders.roles_held(unit)}:
        raise NotFound("person_unknown", field="for_id")
    if command.for_id == found.member.person_id:
        raise RuleBroken("own_follow_up", field="for_id")
    return WellbeingMoved(
        follow_up_id=_add(unit, found.session, found.member_id, command.for_id).id
    )


def _add(unit: Unit, session: Session, member_id: str | None, for_id: str) -> WellbeingFollowUp:
    added = WellbeingFollowUp(
        id=new_id(), session_id=session.id, member_id=member_id, for_id=for_id,
        due_on=max(session.ends_on, unit.today) + timedelta(days=DUE_DAYS),
        asked_by=unit.actor.id, done_at=None,
    )  # fmt: skip
    unit.db.add(added)
    unit.db.flush()
    trail.record(unit, "follow_up.asked", "follow_up", added.id)
    return added


def mark_asked(unit: Unit, command: MarkAsked) -> WellbeingMoved:
    """The reminder is done with; ``NotFound('follow_up_unknown')`` for anybody else's."""
    found = next((each for each in mine(unit) if each.id == command.follow_up_id), None)
    if found is None:
        raise NotFound("follow_up_unknown")
    found.done_at = unit.now
    trail.record(unit, "follow_up.done", "follow_up", found.id)
    return WellbeingMoved(follow_up_id=found.id)


def mine(unit: Unit) -> Sequence[WellbeingFollowUp]:
    """This actor's own reminders that are not done, by day."""
    query = (
        select(WellbeingFollowUp)
        .where(WellbeingFollowUp.for_id == unit.actor.id, WellbeingFollowUp.done_at.is_(None))
        .options(joinedload(WellbeingFollowUp.member).joinedload(Member.person))
        .order_by(WellbeingFollowUp.due_on, WellbeingFollowUp.id)
    )
    return unit.db.scalars(query).all()


def sessions_of(unit: Unit, found: Sequence[WellbeingFollowUp]) -> dict[str, Session]:
    """The session of each reminder, by the reminder's id."""
    ids = {each.session_id for each in found}
    known = {each.id: each for each in unit.db.scalars(select(Session).where(Session.id.in_(ids)))}
    return {each.id: known[each.session_id] for each in found}


def to_ask(unit: Unit) -> list[Task]:
    """The named person's reminders; nobody else's."""
    return [
        Task(
            verb="ask_how_people_are",
            path="/follow-ups",
            due_on=each.due_on,
            subject=each.member.person.name if each.member else "",
        )
        for each in mine(unit)[:MOST]
    ]
