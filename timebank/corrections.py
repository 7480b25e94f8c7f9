"""Correct what was credited: reversal and replacement in one unit, for one person alone.

Nothing that was posted changes. The reversal mirrors the credit exactly and may leave a member
below zero, openly and without penalty; the replacement says what is right. A correction of a
correction reverses the replacement; a reversal itself is never reversed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from timebank import accounts, figures, notices, sessions, texts, trail
from timebank.credit_checks import days_of
from timebank.crediting import credit_movement
from timebank.errors import Conflict, RuleBroken
from timebank.figures import CAPACITIES, CHOICES, Figures
from timebank.models import Attendance, AttendanceEntry, Policy
from timebank.roles import not_for_oneself
from timebank.unit import Unit

REASONS = ("wrong_time", "wrong_person", "not_there", "wrong_choice", "paid_job", "other")
# With these there may be no time left at all.
_NOT_THERE = ("wrong_person", "not_there")


@dataclass(frozen=True, kw_only=True)
class CorrectCredit:
    """What is right, in place of what was recorded; ``choice`` None keeps the recorded one.

    ``revision`` is the attendance's as it was seen; ``words`` may be erased later.
    """

    attendance_id: str
    revision: int
    capacity: str
    choice: str | None
    figures: Figures
    reason: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditCorrected:
    """The new revision, what is credited now, and the member's balance afterwards."""

    attendance_id: str
    revision: int
    credited_minutes: int
    balance_minutes: int


@dataclass(frozen=True, kw_only=True)
class CorrectionPreview:
    """What the correction would do: minutes credited and the balance, each before and after."""

    attendance_id: str
    member_id: str
    choice: str
    before_minutes: int
    after_minutes: int
    balance_before_minutes: int
    balance_after_minutes: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Plan:
    attendance: Attendance
    old: AttendanceEntry
    choice: str
    credited_minutes: int
    words: str


def preview_correction(unit: Unit, command: CorrectCredit) -> CorrectionPreview:
    """The same checks as correcting, raising the same errors; posts nothing."""
    plan = _plan(unit, command)
    member_id = plan.attendance.member_id
    before = unit.book.balance(accounts.member(member_id))
    change = _in_account(plan.choice, plan.credited_minutes) - _posted_to_member(plan.old)
    warnings = figures.warnings(command.figures)
    if before + change < 0:
        warnings += ("below_zero",)
    return CorrectionPreview(
        attendance_id=plan.attendance.id,
        member_id=member_id,
        choice=plan.choice,
        before_minutes=plan.old.credited_minutes,
        after_minutes=plan.credited_minutes,
        balance_before_minutes=before,
        balance_after_minutes=before + change,
        warnings=warnings,
    )


def correct_credit(unit: Unit, command: CorrectCredit) -> CreditCorrected:
    """Correct one person's credit.

    Raises ``NotFound('attendance_unknown')``, ``NotAllowed('own_correction')``,
    ``Conflict('credit_changed')`` for a stale page, ``RuleBroken``: ``nothing_changed``,
    ``time_missing``, ``time_too_long`` and what ``texts`` raises.
    """
    plan = _plan(unit, command)
    attendance, old = plan.attendance, plan.old
    reversal_seq = _reverse(unit, plan, command.reason)
    revision = old.revision + 1
    seq = _post_anew(unit, plan, revision)
    entry = AttendanceEntry(
        attendance_id=attendance.id,
        revision=revision,
        capacity=command.capacity,
        choice=plan.choice,
        **asdict(command.figures),
        credited_minutes=plan.credited_minutes,
        policy_version=old.policy_version,
        seq=seq,
        reason=command.reason,
        words=plan.words or None,
        reversed_seq=old.seq,
        reversal_seq=reversal_seq,
        recorded_by=unit.actor.id,
        recorded_at=unit.now,
    )
    attendance.entries.append(entry)
    attendance.revision = revision
    unit.db.flush()
    if (old.seq, seq) != (None, None):
        notices.send_later(unit, "credit_corrected", attendance.member.person_id, attendance.id)
    trail.record(
        unit,
        "credit.corrected",
        "attendance",
        attendance.id,
        reason=command.reason,
        before_minutes=old.credited_minutes,
        after_minutes=plan.credited_minutes,
        revision=revision,
    )
    return CreditCorrected(
        attendance_id=attendance.id,
        revision=revision,
        credited_minutes=plan.credited_minutes,
        balance_minutes=unit.book.balance(accounts.member(attendance.member_id)),
    )


def _plan(unit: Unit, command: CorrectCredit) -> _Plan:
    """Every check, and what the correction comes to."""
    unit.actor.require("credit.correct")
    attendance = sessions.attendance(unit, command.attendance_id)
    not_for_oneself(unit.actor, attendance.member.person_id, "own_correction")
    old = attendance.entries[-1]
    if old.revision != command.revision:
        raise Conflict("credit_changed", by=old.recorded_by, at=old.recorded_at)
    texts.one_of(command.reason, REASONS, "reason")
    texts.one_of(command.capacity, CAPACITIES, "capacity")
    choice = texts.one_of(command.choice or old.choice, CHOICES, "choice")
    words = texts.clean(command.words, "words", most=texts.MOST_WORDS, required=False, lines=True)
    nothing_is_right = command.reason in _NOT_THERE or command.capacity == "paid_job"
    figures.check(
        command.figures, days=days_of(attendance.session), may_be_nothing=nothing_is_right
    )
    recorded = Figures(**{name: getattr(old, name) for name in figures.COMPONENTS})
    if (command.capacity, choice, command.figures) == (old.capacity, old.choice, recorded):
        raise RuleBroken("nothing_changed")
    # The rounding is the one that held when the session was credited: a new rule of the group
    # reaches nobody's past through a correction.
    policy = unit.db.get_one(Policy, old.policy_version)
    return _Plan(
        attendance=attendance,
        old=old,
        choice=choice,
        credited_minutes=figures.credited_minutes(
            command.figures, command.capacity, policy.rounding
        ),
        words=words,
    )


def _reverse(unit: Unit, plan: _Plan, reason: str) -> int | None:
    """Reverse what was posted, if anything was; the sequence number of the reversal."""
    if plan.old.seq is None:
        return None
    reversal = unit.book.reverse(
        plan.old.seq,
        kind=f"correction.{reason}",
        key=f"reverse:{plan.old.seq}",
        actor=unit.actor.id,
        occurred_on=plan.attendance.session.starts_on,
        posted_at=unit.posted_at,
    )
    return reversal.seq


def _post_anew(unit: Unit, plan: _Plan, revision: int) -> int | None:
    """Post what is right, if there is anything to post; its sequence number."""
    movement = credit_movement(
        plan.attendance.id,
        revision=revision,
        member_id=plan.attendance.member_id,
        choice=plan.choice,
        minutes=plan.credited_minutes,
        occurred_on=plan.attendance.session.starts_on,
        actor=unit.actor.id,
        replaces_seq=_to_replace(plan.attendance),
    )
    return None if movement is None else unit.book.post(movement, posted_at=unit.posted_at).seq


def _to_replace(attendance: Attendance) -> int | None:
    """The newest posted credit, reversed by now: also when it was undone some revisions ago."""
    return next((entry.seq for entry in reversed(attendance.entries) if entry.seq), None)


def _posted_to_member(entry: AttendanceEntry) -> int:
    return 0 if entry.seq is None else _in_account(entry.choice, entry.credited_minutes)


def _in_account(choice: str, minutes: int) -> int:
    return minutes if choice == "accept" else 0
