"""Which day a period ends on, judged day by day as a person would with a calendar on the wall."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from hypothesis import strategies as st

from timebank.periods import FREQUENCIES, Schedule, checked

SCHEDULES = st.builds(
    lambda **parts: checked(Schedule(**parts)),
    frequency=st.sampled_from(FREQUENCIES),
    day=st.integers(1, 31),
    year_month=st.integers(1, 12),
    skip_quiet=st.booleans(),
)


def ends_on(schedule: Schedule, day: date) -> bool:
    """Whether a period of this schedule ends on a day."""
    last = calendar.monthrange(day.year, day.month)[1]
    right_day = day.day == (schedule.day if schedule.day <= 28 else last)
    months = {
        "monthly": range(1, 13),
        "quarterly": [m for m in range(1, 13) if m % 3 == schedule.year_month % 3],
        "yearly": [schedule.year_month],
    }
    return right_day and day.month in months.get(schedule.frequency, ())


def chosen(choices: Sequence[tuple[date, Schedule | None]], day: date) -> Schedule | None:
    """The last choice made by a day; None when there was none, or it was "as the group does"."""
    found = [schedule for begin, schedule in choices if begin <= day]
    return found[-1] if found else None
