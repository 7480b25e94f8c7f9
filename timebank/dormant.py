"""Members who were not seen for long, and every attempt to reach them.

Seen is whoever attended a session, asked for something, or told somebody that they want to stay.
Nobody is let go over silence alone: see ``membership.end_membership``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, exists, func, select

from timebank import texts, trail
from timebank.clock import local_day, local_midnight
from timebank.errors import RuleBroken
from timebank.ids import new_id
from timebank.member_list import member, visible_members
from timebank.models import Attendance, ContactAttempt, Member, Redemption, Session
from timebank.tasks import Task
from timebank.unit import Unit

CHANNELS = ("phone", "mail", "text", "post", "visit", "through_others")
OUTCOMES = ("no_answer", "message_left", "came_back", "stays", "pauses", "leaves")
MONTHS = (12, 24)
_STAYS = "stays"


@dataclass(frozen=True, kw_only=True)
class NoteAttempt:
    """Somebody tried to reach a member: the way, the day, and what came of it, as codes."""

    member_id: str
    channel: str
    outcome: str
    tried_on: date


@dataclass(frozen=True, kw_only=True)
class AttemptNoted:
    """Whom it was tried to reach, and the note's id."""

    member_id: str
    attempt_id: str


def note_attempt(unit: Unit, command: NoteAttempt) -> AttemptNoted:
    """Note an attempt. Raises ``RuleBroken('day_in_future')`` and what ``texts`` raises."""
    unit.actor.require("member.change")
    found = member(unit, command.member_id)
    if command.tried_on > unit.today:
        raise RuleBroken("day_in_future", field="tried_on")
    attempt = ContactAttempt(
        id=new_id(),
        member_id=found.id,
        channel=texts.one_of(command.channel, CHANNELS, "channel"),
        outcome=texts.one_of(command.outcome, OUTCOMES, "outcome"),
        tried_on=command.tried_on,
        recorded_by=unit.actor.id,
        recorded_at=unit.now,
    )
    unit.db.add(attempt)
    unit.db.flush()
    trail.record(unit, "member.contact_tried", "member", found.id, channel=attempt.channel)
    return AttemptNoted(member_id=found.id, attempt_id=attempt.id)


def attempts(unit: Unit, member_id: str) -> Sequence[ContactAttempt]:
    """Every attempt to reach a member in the actor's sight, the newest first."""
    query = select(ContactAttempt).where(ContactAttempt.member_id == member(unit, member_id).id)
    return unit.db.scalars(
        query.order_by(ContactAttempt.tried_on.desc(), ContactAttempt.recorded_at.desc())
    ).all()


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def dormant(
    unit: Unit, months: int = MONTHS[0], *, limit: int = 50, offset: int = 0
) -> Sequence[Member]:
    """Active and paused members in sight who were not seen for so many months, by name."""
    unit.actor.require("member.view_all")
    query = _not_seen_since(unit, months_before(unit.today, months))
    return unit.db.scalars(query.order_by(Member.number).limit(limit).offset(offset)).all()


def _not_seen_since(unit: Unit, day: date) -> Select[Member]:
    attended = (
        select(Attendance.id)
        .join(Attendance.session)
        .where(Attendance.member_id == Member.id, Session.ends_on > day)
    )
    asked = select(Redemption.id).where(
        Redemption.member_id == Member.id,
        Redemption.requested_at >= local_midnight(day + timedelta(days=1), unit.zone),
    )
    stays = select(ContactAttempt.id).where(
        ContactAttempt.member_id == Member.id,
        ContactAttempt.outcome == _STAYS,
        ContactAttempt.tried_on > day,
    )
    return visible_members(unit).where(
        Member.status.in_(("active", "paused")),
        Member.joined_on <= day,
        *(~exists(each.correlate(Member)) for each in (attended, asked, stays)),
    )


def last_seen(unit: Unit, member_ids: Sequence[str]) -> dict[str, date]:
    """The last day on which each member was seen, in four queries for all."""
    joined = select(Member.id, Member.joined_on).where(Member.id.in_(member_ids))
    seen: dict[str, date] = {row.id: row.joined_on for row in unit.db.execute(joined)}
    attended = (
        select(Attendance.member_id, func.max(Session.ends_on))
        .join(Attendance.session)
        .where(Attendance.member_id.in_(member_ids), Session.ends_on <= unit.today)
        .group_by(Attendance.member_id)
    )
    stays = (
        select(ContactAttempt.member_id, func.max(ContactAttempt.tried_on))
        .where(ContactAttempt.member_id.in_(member_ids), ContactAttempt.outcome == _STAYS)
        .group_by(ContactAttempt.member_id)
    )
    asked = (
        select(Redemption.member_id, func.max(Redemption.requested_at))
        .where(Redemption.member_id.in_(member_ids))
        .group_by(Redemption.member_id)
    )
    for query in (attended, stays):
        for who, day in unit.db.execute(query):
            seen[who] = max(seen[who], day)
    for who, instant in unit.db.execute(asked):
        seen[who] = max(seen[who], local_day(instant, unit.zone))
    return seen


def ways_tried(unit: Unit, member_ids: Sequence[str]) -> dict[str, int]:
    """In how many different ways somebody tried to reach each member since they were seen."""
    since = last_seen(unit, member_ids)
    query = select(
        ContactAttempt.member_id, ContactAttempt.channel, func.max(ContactAttempt.tried_on)
    ).where(ContactAttempt.member_id.in_(member_ids), ContactAttempt.outcome != _STAYS)
    tried = dict.fromkeys(member_ids, 0)
    for who, _channel, day in unit.db.execute(
        query.group_by(ContactAttempt.member_id, ContactAttempt.channel)
    ):
        tried[who] += day >= since[who]
    return tried


def tasks(unit: Unit) -> list[Task]:
    """One task while there are members not seen for a year."""
    if not unit.actor.may("member.change"):
        return []
    since = months_before(unit.today, MONTHS[0])
    query = _not_seen_since(unit, since).with_only_columns(func.count())
    count = unit.db.scalar(query)
    if not count:
        return []
    return [
        Task(verb="reach_members", params={"count": count}, path="/members/dormant", due_on=since)
    ]
