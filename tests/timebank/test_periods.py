"""The days on which periods end: any day of the month, any change, and judged day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timebank.schedules_by_hand import SCHEDULES, chosen, ends_on
from timebank.errors import RuleBroken
from timebank.periods import (
    Schedule,
    Version,
    checked,
    ends,
    following,
    newest,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))
HISTORIES = st.lists(st.tuples(DAYS, SCHEDULES), min_size=1, max_size=4).map(
    lambda found: [
        Version(from_on=day, schedule=schedule)
        for day, schedule in sorted(found, key=lambda pair: pair[0])
    ]
)


def governing(versions: list[Version], day: date) -> Schedule:
    """The last one chosen by that day; the first for whatever came before."""
    found = chosen([(each.from_on, each.schedule) for each in versions], day)
    return found or versions[0].schedule


def days(versions: list[Version], first: date, last: date) -> list[tuple[date, bool]]:
    return list(ends(versions, first, last))


def every(schedule: Schedule, first: date, last: date) -> list[date]:
    return [day for day, _ in days([Version(from_on=first, schedule=schedule)], first, last)]


def test_each_frequency() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert len(every(Schedule(frequency="monthly"), *year)) == 12
    assert every(Schedule(frequency="quarterly", day=15, year_month=2), *year) == [
        date(2026, 2, 15), date(2026, 5, 15), date(2026, 8, 15), date(2026, 11, 15),
    ]  # fmt: skip
    assert every(Schedule(frequency="yearly", year_month=3), *year) == [date(2026, 3, 31)]
    for frequency in ("request", "none"):
        assert every(Schedule(frequency=frequency), *year) == []


@pytest.mark.parametrize("day", [29, 30, 31])
def test_29_to_31_mean_the_last_day_in_short_and_long_months(day: int) -> None:
    kept = checked(Schedule(frequency="monthly", day=day))
    found = every(kept, date(2027, 12, 1), date(2028, 4, 30))
    assert [(end.month, end.day) for end in found] == [(12, 31), (1, 31), (2, 29), (3, 31), (4, 30)]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"frequency": "weekly"}, "choice_unknown"),
        ({"frequency": "group"}, "choice_unknown"),
        ({"day": 0}, "schedule_day_wrong"),
        ({"day": 32}, "schedule_day_wrong"),
        ({"year_month": 13}, "schedule_month_wrong"),
    ],
)
def test_what_is_no_schedule_is_refused(parts: dict[str, object], code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        checked(Schedule(**{"frequency": "monthly", **parts}))  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_what_ended_before_a_change_still_ends_there() -> None:
    """Monthly to the 10th, then from 5 March quarterly: 10 January and 10 February stay ends."""
    versions = [
        Version(from_on=date(2026, 1, 1), schedule=Schedule(frequency="monthly", day=10)),
        Version(from_on=date(2026, 3, 5), schedule=Schedule(frequency="quarterly")),
    ]
    assert [end for end, _ in ends(versions, date(2026, 1, 1), date(2026, 7, 1))] == [
        date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 31), date(2026, 6, 30),
    ]  # fmt: skip


@given(HISTORIES, DAYS, DAYS)
def test_ends_are_those_found_day_by_day(versions: list[Version], one: date, other: date) -> None:
    first, last = sorted((one, other))
    expected = [
        (day, governing(versions, day).skip_quiet)
        for day in (first + DAY * n for n in range((last - first).days + 1))
        if ends_on(governing(versions, day), day)
    ]
    assert days(versions, first, last) == expected


@given(HISTORIES, DAYS)
def test_the_newest_is_the_last_of_them(versions: list[Version], last: date) -> None:
    found = days(versions, date(2020, 1, 1), last)
    loud = [end for end, quiet in found if not quiet]
    newest_all = newest(versions, last, quiet_too=True)
    newest_loud = newest(versions, last, quiet_too=False)
    assert newest_all == (found[-1][0] if found else newest_all)
    assert newest_loud == (loud[-1] if loud else newest_loud)
    for end in (newest_all, newest_loud):
        assert end is None or end <= last


@given(HISTORIES, st.lists(st.tuples(DAYS, st.none() | SCHEDULES), max_size=4), DAYS, DAYS)
def test_ones_own_choice_stands_over_the_groups(
    group: list[Version], own: list[tuple[date, Schedule | None]], one: date, other: date
) -> None:
    own.sort(key=lambda pair: pair[0])
    first, last = sorted((one, other))
    mixed = following(own, group)
    expected = []
    for day in (first + DAY * n for n in range((last - first).days + 1)):
        schedule = chosen(own, day) or governing(group, day)
        if ends_on(schedule, day):
            expected.append((day, schedule.skip_quiet))
    assert days(mixed, first, last) == expected
