"""How often statements come: the group's schedule, and members' own choices.

Rows are only added, each from the day it was chosen on, so what ended before stays as it was (see
``periods``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank import choice_notes, people, trail
from timebank.errors import Conflict, NotAllowed, RuleBroken
from timebank.marks import N_
from timebank.models import StatementSchedule
from timebank.periods import (
    LAST_DAY,
    OWN_FREQUENCIES,
    USUAL,
    Schedule,
    Version,
    checked,
    following,
)
from timebank.unit import Unit
from timebank.words import Words

GROUP = "group"
_EVER = date(1, 1, 1)

Own = list[tuple[date, Schedule | None]]


# --- the group's schedule -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AgreeSchedule:
    """How often statements come to whoever chose nothing else, from today on.

    ``follows_id`` is the number of the schedule in force as it was seen, 0 before the first.
    """

    follows_id: int
    frequency: str
    day: int
    year_month: int
    skip_quiet: bool


@dataclass(frozen=True, kw_only=True)
class ScheduleAgreed:
    """The number of the schedule now in force."""

    schedule_id: int


def agree_schedule(unit: Unit, command: AgreeSchedule) -> ScheduleAgreed:
    """Put a schedule in force for the group; what ended before today still ends where it did.

    Raises ``Conflict('changed_meanwhile')`` when another came into force meanwhile, and what
    ``periods.checked`` raises.
    """
    unit.actor.require("statement.schedule")
    now = _newest(unit, None)
    if now is not None and now.id != command.follows_id:
        raise Conflict("changed_meanwhile", by=now.actor, at=now.recorded_at)
    added = _add(unit, None, command.frequency, checked(_schedule_in(command)))
    trail.record(unit, "schedule.agreed", "schedule", str(added.id), frequency=added.frequency)
    return ScheduleAgreed(schedule_id=added.id)


def _schedule_in(command: AgreeSchedule) -> Schedule:
    return Schedule(
        frequency=command.frequency, day=command.day, year_month=command.year_month,
        skip_quiet=command.skip_quiet,
    )  # fmt: skip


def agreed(unit: Unit) -> tuple[int, Schedule]:
    """The group's schedule in force, with its number: 0 and every month before the first."""
    now = _newest(unit, None)
    return (0, USUAL) if now is None else (now.id, _schedule(now))


def group_versions(unit: Unit) -> list[Version]:
    """Every schedule the group had, in the order in which they govern."""
    query = (
        select(StatementSchedule)
        .where(StatementSchedule.member_id.is_(None))
        .order_by(StatementSchedule.from_on, StatementSchedule.id)
    )
    rows = unit.db.scalars(query)
    first = Version(from_on=_EVER, schedule=USUAL)
    return [first, *(Version(from_on=row.from_on, schedule=_schedule(row)) for row in rows)]


# --- a member's own -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ChooseSchedule:
    """How often a member's statements come, by the member or (``member_id``) for them.

    ``frequency`` may be ``group``: then ``day`` and ``skip_quiet`` are the group's. ``revision``
    is the member's as it was seen.
    """

    revision: int
    frequency: str
    day: int = LAST_DAY
    skip_quiet: bool = False
    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScheduleChosen:
    """Whose it is, and the member's new revision."""

    member_id: str
    revision: int


def choose_schedule(unit: Unit, command: ChooseSchedule) -> ScheduleChosen:
    """Choose from today on; what ended before still ends where it did, and nothing comes twice.

    Raises ``Conflict('changed_meanwhile')`` when the member is not as they were looked at, and
    ``RuleBroken``: ``choice_unknown``, ``schedule_day_wrong``.
    """
    member_id = command.member_id or unit.actor.member_id
    if member_id is None:
        raise NotAllowed("role_lacking", action="choices.change_own")
    own = member_id == unit.actor.member_id
    unit.actor.require("choices.change_own" if own else "member.change")
    found = people.member(unit, member_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    if command.frequency not in OWN_FREQUENCIES:
        raise RuleBroken("choice_unknown", field="frequency")
    group = agreed(unit)[1]
    schedule = group
    if command.frequency != GROUP:
        schedule = checked(
            Schedule(
                frequency=command.frequency, day=command.day, year_month=group.year_month,
                skip_quiet=command.skip_quiet,
            )
        )  # fmt: skip
    now = standing(unit, found.id)
    _add(unit, found.id, command.frequency, schedule)
    choice_notes.note(
        unit, found.id, "frequency",
        as_code(now.choice, now.schedule), as_code(command.frequency, schedule),
    )  # fmt: skip
    found.revision += 1
    trail.record(
        unit, "member.schedule_chosen", "member", found.id,
        frequency=command.frequency, revision=found.revision,
    )  # fmt: skip
    return ScheduleChosen(member_id=found.id, revision=found.revision)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How often a member's statements come: the choice made, and the schedule it comes to."""

    choice: str
    schedule: Schedule


def standing(unit: Unit, member_id: str) -> Standing:
    """What holds for a member in the actor's scope; ``NotFound`` otherwise."""
    people.member(unit, member_id)
    now = _newest(unit, member_id)
    if now is None or now.frequency == GROUP:
        return Standing(choice=GROUP, schedule=agreed(unit)[1])
    return Standing(choice=now.frequency, schedule=_schedule(now))


def versions_of(unit: Unit, member_id: str) -> list[Version]:
    """Every schedule that governs a member's statements, in order."""
    own = own_choices(unit, [member_id]).get(member_id, [])
    return following(own, group_versions(unit))


def own_choices(unit: Unit, member_ids: Collection[str] | None = None) -> dict[str, Own]:
    """The choices of the members who ever made one (or of some of them), in order."""
    query = select(StatementSchedule).where(StatementSchedule.member_id.is_not(None))
    if member_ids is not None:
        query = query.where(StatementSchedule.member_id.in_(member_ids))
    found: dict[str, Own] = {}
    for row in unit.db.scalars(query.order_by(StatementSchedule.from_on, StatementSchedule.id)):
        schedule = None if row.frequency == GROUP else _schedule(row)
        found.setdefault(row.member_id or "", []).append((row.from_on, schedule))
    return found


# --- rows and words -----------------------------------------------------------------------------


def _newest(unit: Unit, member_id: str | None) -> StatementSchedule | None:
    whose = StatementSchedule.member_id
    query = (
        select(StatementSchedule)
        .where(whose.is_(None) if member_id is None else whose == member_id)
        .order_by(StatementSchedule.from_on.desc(), StatementSchedule.id.desc())
        .limit(1)
    )
    return unit.db.scalars(query).first()


def _add(
    unit: Unit, member_id: str | None, frequency: str, schedule: Schedule
) -> StatementSchedule:
    added = StatementSchedule(
        member_id=member_id, from_on=unit.today, frequency=frequency, day=schedule.day,
        year_month=schedule.year_month, skip_quiet=schedule.skip_quiet, actor=unit.actor.id,
        recorded_at=unit.now,
    )  # fmt: skip
    unit.db.add(added)
    unit.db.flush()
    return added


def _schedule(row: StatementSchedule) -> Schedule:
    return Schedule(
        frequency=row.frequency, day=row.day, year_month=row.year_month, skip_quiet=row.skip_quiet
    )


_SAID = {
    "monthly": (
        N_("Every month, up to the last day"), N_("Every month, up to day %(day)s of the month"),
    ),
    "quarterly": (
        N_("Every three months, up to the last day of the month"),
        N_("Every three months, up to day %(day)s of the month"),
    ),
    "yearly": (
        N_("Once a year, up to the last day of the month"),
        N_("Once a year, up to day %(day)s of the month"),
    ),
    "request": (N_("Only when asked for"),) * 2,
    "none": (N_("None at all"),) * 2,
}  # fmt: skip


def as_code(choice: str, schedule: Schedule) -> str:
    """A member's choice as one code: ``group``, or ``quarterly:15`` with the day, and ``:quiet``
    where a period without anything recorded has none."""
    if choice in (GROUP, "request", "none"):
        return choice
    return f"{choice}:{schedule.day}" + (":quiet" if schedule.skip_quiet else "")


def say_code(words: Words, code: str) -> str:
    """A code of ``as_code`` in words."""
    if code == GROUP:
        return words.say(N_("As the group does"))
    frequency, *more = code.split(":")
    day = int(more[0]) if more else LAST_DAY
    return say(words, Schedule(frequency=frequency, day=day, skip_quiet="quiet" in more))


def say(words: Words, schedule: Schedule) -> str:
    """A schedule in words: "Every month, up to the last day"."""
    last, other = _SAID[schedule.frequency]
    text = words.say(last if schedule.day == LAST_DAY else other, day=str(schedule.day))
    if schedule.skip_quiet and schedule.frequency not in ("request", "none"):
        return words.say(N_("%(schedule)s; not when nothing was recorded"), schedule=text)
    return text
