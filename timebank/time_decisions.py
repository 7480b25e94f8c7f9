"""What others do with time that was sent in: confirm it, ask about it, or decline it."""

from __future__ import annotations

from dataclasses import dataclass

from timebank import community, late_time, notices, sent_lines, texts
from timebank.credit_checks import AttendanceLine, check_line
from timebank.credit_posting import plan_line, record
from timebank.errors import RuleBroken
from timebank.figures import figures_of
from timebank.models import SentTime
from timebank.roles import not_for_oneself
from timebank.sent_time import TimeSent, as_it_stands, attendance_of, checked_revision, move
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class ConfirmTime:
    """Confirm what somebody else sent in; ``revision`` is as it was seen."""

    sent_time_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class TimeConfirmed:
    """What the person has now for that session, and how much more that is."""

    sent_time_id: str
    attendance_id: str
    credited_minutes: int
    added_minutes: int


@dataclass(frozen=True, kw_only=True)
class AskAboutTime:
    """Ask the person about it; ``question`` is theirs to read."""

    sent_time_id: str
    revision: int
    question: str


@dataclass(frozen=True, kw_only=True)
class DeclineTime:
    """Do not count it; ``reason`` is for the person to read."""

    sent_time_id: str
    revision: int
    reason: str


def confirm_time(unit: Unit, command: ConfirmTime) -> TimeConfirmed:
    """Confirm it: it becomes an attendance, or is added to what is recorded.

    Raises ``NotAllowed('own_time')``, ``Conflict('sent_time_changed')``, and what crediting raises.
    """
    return confirm(unit, _somebody_elses(unit, command.sent_time_id, command.revision))


def ask_about_time(unit: Unit, command: AskAboutTime) -> TimeSent:
    """Ask about it; it goes on waiting, for the person's answer."""
    found = _somebody_elses(unit, command.sent_time_id, command.revision)
    found.question_words = texts.clean(
        command.question, "question", most=texts.MOST_WORDS, lines=True
    )
    move(unit, found, "asked")
    notices.send_later(unit, "time_asked", found.member.person_id, found.id)
    return as_it_stands(found)


def decline_time(unit: Unit, command: DeclineTime) -> TimeSent:
    """Decline it, with a reason the person can read."""
    found = _somebody_elses(unit, command.sent_time_id, command.revision)
    reason = texts.clean(command.reason, "reason", most=texts.MOST_WORDS, lines=True)
    return decline(unit, found, reason)


def confirm(unit: Unit, found: SentTime) -> TimeConfirmed:
    """Confirm for commands that decided that the actor may."""
    session = found.session
    if session.status not in ("planned", "credited"):
        raise RuleBroken("session_cancelled")
    there = attendance_of(unit, session.id, found.member_id)
    if there is not None:
        added = late_time.add(unit, there, figures_of(found))
        attendance_id, credited, more = there.id, added.credited_minutes, added.added_minutes
    else:
        attendance_id, credited = _record(unit, found)
        more = credited
    found.decided_by, found.decided_at = unit.actor.id, unit.now
    move(unit, found, "confirmed", attendance=attendance_id)
    return TimeConfirmed(
        sent_time_id=found.id,
        attendance_id=attendance_id,
        credited_minutes=credited,
        added_minutes=more,
    )


def decline(unit: Unit, found: SentTime, reason: str | None) -> TimeSent:
    """Decline for commands that decided that the actor may."""
    found.question_words = reason
    found.decided_by, found.decided_at = unit.actor.id, unit.now
    move(unit, found, "declined")
    notices.send_later(unit, "time_declined", found.member.person_id, found.id)
    return as_it_stands(found)


def _record(unit: Unit, found: SentTime) -> tuple[str, int]:
    """The attendance that it becomes, and what it comes to."""
    policy = community.policy(unit)
    line = AttendanceLine(
        member_id=found.member_id,
        involvement=found.involvement,
        capacity=found.capacity,
        choice=found.choice,
        pot_minutes=found.pot_minutes,
        figures=figures_of(found),
    )
    check_line(found.session, line, found.choice, policy.rounding)
    planned = plan_line(0, line, found.member, policy.rounding)
    [attendance_id] = record(unit, found.session, [planned], policy.version)
    found.session.status = "credited"
    found.session.revision += 1
    return attendance_id, planned.credited_minutes


def _somebody_elses(unit: Unit, sent_time_id: str, revision: int) -> SentTime:
    unit.actor.require("time.confirm")
    found = sent_lines.sent(unit, sent_time_id)
    not_for_oneself(unit.actor, found.member.person_id, "own_time")
    return checked_revision(unit, found, revision)
