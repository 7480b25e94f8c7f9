"""When statements come: days on which periods end, from schedules and the days they were chosen.

Pure: no database. A schedule governs from a day on, until the next one does; what ended before a
change still ends where it did, so changing a schedule neither repeats a period nor skips one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from timebank.errors import RuleBroken

# ``request``: only when somebody asks; ``none``: not even then. ``group``: as the group agreed.
FREQUENCIES = ("monthly", "quarterly", "yearly", "request", "none")
OWN_FREQUENCIES = ("group", *FREQUENCIES)
LAST_DAY = 31
LONGEST_SAME_DAY = 28

_MONTHS_APART = {"monthly": 1, "quarterly": 3, "yearly": 12}
_FIRST = date(1, 1, 1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How often, and up to which day of the month; ``LAST_DAY`` is the last day of any month.

    ``year_month`` is the month in which a year ends; quarters end in it and every third month from
    it. ``skip_quiet``: a period in which nothing was recorded runs on into the next.
    """

    frequency: str
    day: int = LAST_DAY
    year_month: int = 12
    skip_quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class Version:
    """The schedule that governs from ``from_on`` on."""

    from_on: date
    schedule: Schedule


USUAL = Schedule(frequency="monthly")


def checked(schedule: Schedule) -> Schedule:
    """The schedule as it is kept: 29, 30 and 31 all mean the last day.

    Raises ``RuleBroken``: ``choice_unknown``, ``schedule_day_wrong``, ``schedule_month_wrong``.
    """
    if schedule.frequency not in FREQUENCIES:
        raise RuleBroken("choice_unknown", field="frequency")
    if not 1 <= schedule.day <= LAST_DAY:
        raise RuleBroken("schedule_day_wrong", field="day")
    if not 1 <= schedule.year_month <= 12:
        raise RuleBroken("schedule_month_wrong", field="year_month")
    return Schedule(
        frequency=schedule.frequency,
        day=schedule.day if schedule.day <= LONGEST_SAME_DAY else LAST_DAY,
        year_month=schedule.year_month,
        skip_quiet=schedule.skip_quiet,
    )


def ends(versions: Sequence[Version], first: date, last: date) -> Iterator[tuple[date, bool]]:
    """Every day from ``first`` to ``last`` on which a period ends, in order.

    With each comes whether it is left out when nothing was recorded. ``versions`` are in the order
    in which they govern; the first also governs whatever came before it.
    """
    for schedule, begin, until in _spans(versions):
        for end in _ends_of(schedule, max(begin, first), min(until, last)):
            yield end, schedule.skip_quiet


def newest(versions: Sequence[Version], last: date, *, quiet_too: bool) -> date | None:
    """The newest day up to ``last`` on which a period ends; None when there is none.

    Without ``quiet_too``: the newest on which a statement comes even if nothing was recorded.
    """
    for schedule, begin, until in reversed(list(_spans(versions))):
        if quiet_too or not schedule.skip_quiet:
            end = _newest_of(schedule, begin, min(until, last))
            if end is not None:
                return end
    return None


def following(
    own: Sequence[tuple[date, Schedule | None]], group: Sequence[Version]
) -> list[Version]:
    """A member's own choices over the group's schedule: None is "as the group does"."""
    if not own:
        return list(group)
    spans = [(_FIRST, None), *own]
    found: list[Version] = []
    for place, (begin, schedule) in enumerate(spans):
        until = spans[place + 1][0] - _DAY if place + 1 < len(spans) else date.max
        if begin > until:
            continue
        if schedule is not None:
            found.append(Version(from_on=begin, schedule=schedule))
        else:
            found += [
                Version(from_on=max(begin, start), schedule=each)
                for each, start, end in _spans(group)
                if max(begin, start) <= min(until, end)
            ]
    return found


def _spans(versions: Sequence[Version]) -> Iterator[tuple[Schedule, date, date]]:
    """Each schedule with the first and the last day it governs; those of no day are left out."""
    for place, version in enumerate(versions):
        begin = version.from_on if place else _FIRST
        last = versions[place + 1].from_on - _DAY if place + 1 < len(versions) else date.max
        if begin <= last:
            yield version.schedule, begin, last


def _ends_of(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    apart = _MONTHS_APART.get(schedule.frequency)
    if apart is None or first > last:
        return
    month = _months(first)
    month += (schedule.year_month - 1 - month) % apart
    while month <= _months(last):
        end = _day_in(month, schedule.day)
        if first <= end <= last:
            yield end
        month += apart


def _newest_of(schedule: Schedule, first: date, last: date) -> date | None:
    apart = _MONTHS_APART.get(schedule.frequency)
    if apart is None or first > last:
        return None
    month = _months(last)
    month -= (month - schedule.year_month + 1) % apart
    for each in (month, month - apart):
        if each >= 12 and first <= _day_in(each, schedule.day) <= last:
            return _day_in(each, schedule.day)
    return None


def _months(day: date) -> int:
    """Whole months since the year 0, so that January of a year is a multiple of 12."""
    return day.year * 12 + day.month - 1


def _day_in(month: int, day: int) -> date:
    """That day of a month, or its last day where the month is shorter."""
    year, of_year = divmod(month, 12)
    if day <= LONGEST_SAME_DAY:
        return date(year, of_year + 1, day)
    return date(year + (of_year + 1) // 12, (of_year + 1) % 12 + 1, 1) - _DAY
