"""Correct what was credited: reversal and replacement in one unit, for one person alone.

Nothing that was posted changes. The reversal mirrors the credit exactly and may leave a member
below zero, openly and without penalty; the replacement says what is right. A correction of a
correction reverses the replacement; a reversal itself is never reversed. More than the group's
limit waits for a second person (``proposals``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from timebank import accounts, after_credit, figures, proposals, taking_back, trail
from timebank.correction_plan import REASONS, CorrectCredit, Plan, not_own, plan_of
from timebank.crediting import credit_movement
from timebank.models import Attendance, AttendanceEntry, Redemption
from timebank.unit import Unit

__all__ = [
    "CorrectCredit", "CorrectionPreview", "CreditCorrected", "Plan", "REASONS", "Used",
    "carry_out", "correct_credit", "not_own", "plan_of", "preview_correction", "used_since",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CreditCorrected:
    """The revision, what is credited, and the member's balance, each as it is afterwards.

    ``proposal_id`` is there when nothing was posted yet, because a second person must agree.
    """

    attendance_id: str
    revision: int
    credited_minutes: int
    balance_minutes: int
    proposal_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CorrectionPreview:
    """What the correction would do: minutes credited and the balance, each before and after.

    ``used`` is what the member asked for since with these hours: it stays as it is.
    ``needs_second``: it would wait until a second person agrees.
    """

    attendance_id: str
    member_id: str
    choice: str
    before_minutes: int
    after_minutes: int
    balance_before_minutes: int
    balance_after_minutes: int
    used: tuple[Used, ...]
    needs_second: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Used:
    """One thing that a member asked for: what, how it stands, and the hours it takes."""

    title: str
    reference: str
    status: str
    price_minutes: int


def preview_correction(unit: Unit, command: CorrectCredit) -> CorrectionPreview:
    """The same checks as correcting, raising the same errors; posts nothing."""
    unit.actor.require("credit.correct")
    plan = plan_of(unit, command)
    member_id = plan.attendance.member_id
    before = unit.book.balance(accounts.member(member_id))
    change = plan.to_come_minutes - plan.there_now_minutes
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
        used=used_since(unit, plan.attendance),
        needs_second=proposals.above_limit(unit, plan.moves_minutes),
        warnings=warnings,
    )


def used_since(unit: Unit, attendance: Attendance) -> tuple[Used, ...]:
    """What the member asked for since these hours were credited and still has, oldest first."""
    query = (
        select(Redemption)
        .where(
            Redemption.member_id == attendance.member_id,
            Redemption.requested_at >= attendance.entries[0].recorded_at,
            Redemption.status.not_in(("declined", "cancelled")),
        )
        .order_by(Redemption.requested_at, Redemption.id)
    )
    return tuple(
        Used(
            title=found.title,
            reference=found.reference,
            status=found.status,
            price_minutes=found.price_minutes,
        )
        for found in unit.db.scalars(query)
    )


def correct_credit(unit: Unit, command: CorrectCredit) -> CreditCorrected:
    """Correct one person's credit, or propose it where a second person must agree.

    Raises ``NotFound('attendance_unknown')``, ``NotAllowed('own_correction')``,
    ``Conflict('credit_changed')`` for a stale page, ``Conflict('proposal_waiting')``,
    ``RuleBroken``: ``session_undone``, ``nothing_changed``, ``time_missing``, ``time_too_long`` and
    what ``texts`` raises.
    """
    unit.actor.require("credit.correct")
    plan = plan_of(unit, command)
    if not proposals.above_limit(unit, plan.moves_minutes):
        return carry_out(unit, command)
    details = {
        name: getattr(command, name) for name in ("capacity", "choice", "reason", "pot_minutes")
    }
    made = proposals.propose(
        unit, "credit", plan.attendance.id,
        revision=command.revision, words=plan.words, minutes=plan.moves_minutes,
        details={**details, "figures": asdict(command.figures)},
    )  # fmt: skip
    return CreditCorrected(
        attendance_id=plan.attendance.id,
        revision=plan.old.revision,
        credited_minutes=plan.old.credited_minutes,
        balance_minutes=unit.book.balance(accounts.member(plan.attendance.member_id)),
        proposal_id=made.id,
    )


def carry_out(unit: Unit, command: CorrectCredit) -> CreditCorrected:
    """Post a correction; for commands that have decided that the actor may."""
    plan = plan_of(unit, command)
    attendance, old = plan.attendance, plan.old
    had_standing = taking_back.standing(attendance)
    taken = taking_back.reverse(unit, [attendance], command.reason)[attendance.id]
    seq = _post_anew(unit, plan, old.revision + max(1, len(taken)), had_standing)
    taking_back.write(
        unit, attendance, taken, command.figures,
        capacity=command.capacity, choice=plan.choice, credited_minutes=plan.credited_minutes,
        pot_minutes=plan.pot_minutes, seq=seq, reason=command.reason, words=plan.words or None,
    )  # fmt: skip
    unit.db.flush()
    if (old.seq, seq) != (None, None):
        after_credit.tell_corrected(unit, [attendance])
    trail.record(
        unit,
        "credit.corrected",
        "attendance",
        attendance.id,
        reason=command.reason,
        before_minutes=old.credited_minutes,
        after_minutes=plan.credited_minutes,
        revision=attendance.revision,
    )
    return CreditCorrected(
        attendance_id=attendance.id,
        revision=attendance.revision,
        credited_minutes=plan.credited_minutes,
        balance_minutes=unit.book.balance(accounts.member(attendance.member_id)),
    )


def _post_anew(
    unit: Unit, plan: Plan, revision: int, taken: Sequence[AttendanceEntry]
) -> int | None:
    """Post what is right, if there is anything to post; its sequence number."""
    movement = credit_movement(
        plan.attendance.id,
        revision=revision,
        member_id=plan.attendance.member_id,
        choice=plan.choice,
        minutes=plan.credited_minutes,
        pot_minutes=plan.pot_minutes,
        occurred_on=plan.attendance.session.starts_on,
        actor=unit.actor.id,
        replaces_seq=taken[0].seq if taken else _undone(plan.attendance),
    )
    return None if movement is None else unit.book.post(movement, posted_at=unit.posted_at).seq


def _undone(attendance: Attendance) -> int | None:
    """The newest posted credit, when everything was taken back some revisions ago."""
    return next((entry.seq for entry in reversed(attendance.entries) if entry.seq), None)
