"""What was recorded about one person's time at one session, and the rules about it: no database.

Every hour counts the same: nothing here, or anywhere, weighs one person's minutes against
another's. Rounding happens once per person per session, on the total and never per component.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from timebank.errors import RuleBroken
from timebank.texts import whole_minutes

CAPACITIES = ("own_time", "paid_job")
CHOICES = ("accept", "decline", "pot")
ROUNDINGS = ("none", "nearest_15", "up_15")

MINUTES_A_DAY = 24 * 60
LONG_MINUTES = 12 * 60
STEP_MINUTES = 15


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The five components of somebody's time, in whole minutes."""

    session_minutes: int = 0
    preparation_minutes: int = 0
    travel_minutes: int = 0
    paperwork_minutes: int = 0
    follow_up_minutes: int = 0

    @property
    def total_minutes(self) -> int:
        """All components together, not rounded."""
        return int(sum(astuple(self)))


NOTHING = Figures()
COMPONENTS = tuple(field.name for field in fields(Figures))


def figures_of(row: object) -> Figures:
    """The five components of a row that has columns of their names."""
    return Figures(**{name: getattr(row, name) for name in COMPONENTS})


def rounded(total_minutes: int, rounding: str) -> int:
    """The total under a policy's rounding: ``none``, ``nearest_15`` (half goes up), ``up_15``."""
    if rounding == "nearest_15":
        return (total_minutes * 2 + STEP_MINUTES) // (STEP_MINUTES * 2) * STEP_MINUTES
    if rounding == "up_15":
        return -(-total_minutes // STEP_MINUTES) * STEP_MINUTES
    return total_minutes


def credited_minutes(figures: Figures, capacity: str, rounding: str) -> int:
    """What the time comes to: nothing for a paid job, otherwise the rounded total."""
    return 0 if capacity == "paid_job" else rounded(figures.total_minutes, rounding)


def shares(choice: str, credited_minutes: int, pot_minutes: int = 0) -> tuple[int, int]:
    """Where credited minutes go: into the member's account, and to the community pot."""
    if choice == "accept":
        return credited_minutes - pot_minutes, pot_minutes
    return 0, credited_minutes if choice == "pot" else 0


def check_part(choice: str, credited_minutes: int, pot_minutes: int) -> None:
    """Refuse a part for the pot that is more than there is, or beside another choice.

    Raises ``RuleBroken``: ``pot_part_too_much``, ``pot_part_not_accepted`` and ``minutes_*``.
    """
    whole_minutes(pot_minutes, "pot_minutes")
    if pot_minutes and choice != "accept":
        raise RuleBroken("pot_part_not_accepted", field="pot_minutes")
    if pot_minutes > credited_minutes:
        raise RuleBroken(
            "pot_part_too_much",
            field="pot_minutes",
            given_minutes=pot_minutes,
            most_minutes=credited_minutes,
        )


def check(figures: Figures, *, days: int, may_be_nothing: bool) -> None:
    """Refuse figures that cannot be: ``days`` is how many days the session spans.

    Raises ``RuleBroken``: ``minutes_*`` for one component (its name is the field),
    ``time_too_long`` for more than 24 hours of session and travel a day, ``time_missing``.
    """
    for name in COMPONENTS:
        whole_minutes(getattr(figures, name), name)
    there_minutes = figures.session_minutes + figures.travel_minutes
    if there_minutes > MINUTES_A_DAY * days:
        raise RuleBroken(
            "time_too_long",
            field="session_minutes",
            given_minutes=there_minutes,
            most_minutes=MINUTES_A_DAY * days,
        )
    if figures.total_minutes == 0 and not may_be_nothing:
        raise RuleBroken("time_missing", field="session_minutes")


def warnings(figures: Figures) -> tuple[str, ...]:
    """Codes of what is allowed but should be looked at again: ``time_long``."""
    long = any(getattr(figures, name) > LONG_MINUTES for name in COMPONENTS)
    return ("time_long",) if long else ()
