"""What a correction comes to: every check, with nothing posted.

Reached through ``corrections``.
"""

from __future__ import annotations

from dataclasses import dataclass

from timebank import figures, sessions, taking_back, texts
from timebank.credit_checks import days_of
from timebank.errors import Conflict, RuleBroken
from timebank.figures import CAPACITIES, CHOICES, Figures, shares
from timebank.models import Attendance, AttendanceEntry, Policy
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
