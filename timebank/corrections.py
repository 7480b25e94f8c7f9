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

from timebank import (
    accounts,
    after_credit,
    figures,
    proposals,
    sessions,
    taking_back,
    texts,
    trail,
)
from timebank.credit_checks import days_of
from timebank.crediting import credit_movement
from timebank.errors import Conflict, RuleBroken
from timebank.figures import CAPACITIES, CHOICES, Figures, shares
from timebank.models import Attendance, AttendanceEntry, Policy, Redemption
from timebank.roles import not_for_oneself
from timebank.unit import Unit

REASONS = ("wrong_time", "wrong_person", "not_there", "wrong_choice", "paid_job", "other")
# With these there may be no time left at all.
_NOT_THERE = ("wrong_person", "not_there")


@dataclass(frozen=True, kw_only=True)
class CorrectCredit:
    """What is right, in place of what was recorded; ``choice`` None keeps the recorded one.

    ``pot_minutes`` is the part of accepted hours that goes to the pot; None keeps the recorded one,
    as far as there are so many. ``revision`` is the attendance's as it was seen; ``words`` may be
    erased later.
    """

    attendance_id: str
    revision: int
    capacity: str
    choice: str | None
    figures: Figures
    reason: str
    pot_minutes: int | None = None
    words: str = ""


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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A correction that passed every check: what was recorded, and what will be."""

    attendance: Attendance
    old: AttendanceEntry
    choice: str
    credited_minutes: int
    pot_minutes: int
    words: str

    @property
    def to_come_minutes(self) -> int:
        """What will be in the member's account for this attendance."""
        return shares(self.choice, self.credited_minutes, self.pot_minutes)[0]

    @property
    def there_now_minutes(self) -> int:
        """What is in the member's account for this attendance."""
        stands = taking_back.standing(self.attendance)
        return taking_back.in_account(self.old) if stands else 0

    @property
    def moves_minutes(self) -> int:
        """How much the correction changes: of what is credited, or of where it went."""
        if self.choice != self.old.choice:
            return max(self.credited_minutes, self.old.credited_minutes)
        return max(
            abs(self.credited_minutes - self.old.credited_minutes),
            abs(self.to_come_minutes - self.there_now_minutes),
        )


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


def plan_of(unit: Unit, command: CorrectCredit) -> Plan:
    """Every check but the actor's role, and what the correction comes to."""
    attendance = not_own(unit, command.attendance_id)
    if attendance.session.status == "undone":
        raise RuleBroken("session_undone")
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
    # The rounding is the one that held when the session was credited: a new rule of the group
    # reaches nobody's past through a correction.
    policy = unit.db.get_one(Policy, old.policy_version)
    credited = figures.credited_minutes(command.figures, command.capacity, policy.rounding)
    pot = _pot_part(command, old, choice, credited)
    if (command.capacity, choice, command.figures, pot) == (
        old.capacity,
        old.choice,
        taking_back.figures_of(old),
        old.pot_minutes,
    ):
        raise RuleBroken("nothing_changed")
    return Plan(
        attendance=attendance,
        old=old,
        choice=choice,
        credited_minutes=credited,
        pot_minutes=pot,
        words=words,
    )


def _pot_part(command: CorrectCredit, old: AttendanceEntry, choice: str, credited: int) -> int:
    """The part for the pot that holds now: as given, or what was recorded."""
    if command.pot_minutes is None:
        return min(old.pot_minutes, credited) if choice == "accept" else 0
    figures.check_part(choice, credited, command.pot_minutes)
    return command.pot_minutes


def not_own(unit: Unit, attendance_id: str) -> Attendance:
    """The attendance, which must be somebody else's: ``NotAllowed('own_correction')``."""
    attendance = sessions.attendance(unit, attendance_id)
    not_for_oneself(unit.actor, attendance.member.person_id, "own_correction")
    return attendance


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
