"""Real elapsed minutes: days on which the clocks change, over midnight, and other time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.timebank.builders import Community
from timebank import session_times, sessions
from timebank.errors import RuleBroken
from timebank.session_times import Span

LONDON = ZoneInfo("Europe/London")


def span(day: date, begins: str, ends: str, last: date | None = None) -> Span:
    return Span(starts_on=day, ends_on=last or day, starts_at_time=begins, ends_at_time=ends)


@pytest.mark.parametrize(
    ("zone", "times", "minutes"),
    [
        ("Europe/London", span(date(2026, 6, 10), "10:30", "12:00"), 90),
        # Forward on 29 March 2026 at 01:00, back on 25 October 2026 at 02:00.
        (
            "Europe/London",
            span(date(2026, 3, 28), "23:00", "03:00", date(2026, 3, 29)),
            3 * 60,
        ),
        (
            "Europe/London",
            span(date(2026, 10, 24), "23:00", "03:00", date(2026, 10, 25)),
            5 * 60,
        ),
        ("Europe/London", span(date(2026, 10, 25), "00:30", "01:30"), 60),
        ("Europe/London", span(date(2026, 10, 25), "01:45", "01:15"), 30),  # the second 01:15
        ("Europe/London", span(date(2026, 6, 10), "22:00", "01:00", date(2026, 6, 11)), 180),
        # Lord Howe Island moves its clocks by half an hour, on 4 October 2026.
        (
            "Australia/Lord_Howe",
            span(date(2026, 10, 3), "23:00", "04:00", date(2026, 10, 4)),
            4 * 60 + 30,
        ),
        # New York goes back a week after London.
        (
            "America/New_York",
            span(date(2026, 10, 24), "23:00", "03:00", date(2026, 10, 25)),
            4 * 60,
        ),
    ],
)
def test_the_minutes_that_really_pass(zone, times, minutes):
    session_times.check(times, ZoneInfo(zone))
    assert session_times.elapsed_minutes(times, ZoneInfo(zone)) == minutes


def test_what_is_not_known_has_no_length():
    day = date(2026, 6, 10)
    assert session_times.elapsed_minutes(span(day, "10:00", ""), LONDON) is None
    assert session_times.elapsed_minutes(span(day, "", ""), LONDON) is None
    # Two days of workshops are attended in parts: the nights between are nobody's time.
    two_days = span(day, "10:00", "16:00", date(2026, 6, 11))
    assert session_times.elapsed_minutes(two_days, LONDON) is None


@pytest.mark.parametrize(
    ("times", "code", "field"),
    [
        (span(date(2026, 6, 10), "12:00", "10:00"), "ends_before_it_begins", "ends_at_time"),
        (span(date(2026, 6, 10), "12:00", "12:00"), "ends_before_it_begins", "ends_at_time"),
        (span(date(2026, 6, 10), "", "10:00"), "end_without_start", "starts_at_time"),
        (span(date(2026, 3, 29), "01:30", "04:00"), "time_skipped", "starts_at_time"),
        (span(date(2026, 3, 29), "00:30", "01:30"), "time_skipped", "ends_at_time"),
        (span(date(2026, 6, 10), "9:30", ""), "time_of_day_wrong", "starts_at_time"),
        (span(date(2026, 6, 10), "09:30", "24:00"), "time_of_day_wrong", "ends_at_time"),
    ],
)
def test_times_that_cannot_be_are_refused(times, code, field):
    with pytest.raises(RuleBroken) as refused:
        session_times.check(times, LONDON)
    assert (refused.value.code, refused.value.field) == (code, field)


def plan(community: Community, **what) -> str:
    command = sessions.PlanSession(
        title="Night walk", activity_type_id=community.activity(), **what
    )
    return str(community.do(sessions.plan_session, command).session_id)


@pytest.mark.parametrize(
    ("first", "last", "minutes"),
    [
        (date(2025, 3, 29), date(2025, 3, 30), 180),  # the clocks go forward that night
        (date(2025, 10, 25), date(2025, 10, 26), 300),  # and back
        (date(2025, 11, 8), date(2025, 11, 9), 240),
    ],
)
def test_a_session_over_midnight_is_credited_with_the_time_that_passed(
    community, first, last, minutes
):
    session_id = plan(
        community, starts_on=first, ends_on=last, starts_at_time="23:00", ends_at_time="03:00"
    )
    found = community.read(sessions.session, session_id)
    assert found.usual_minutes == minutes
    anna = community.member("Anna Bell")
    community.credit(session_id, [anna.member_id], minutes=found.usual_minutes)
    assert community.balance(anna.member_id) == minutes
    [line] = community.read(lambda unit: unit.book.history(f"member:{anna.member_id}")).postings
    # It is told of by the day on which it began, whatever the clocks did.
    assert line.occurred_on == first


def test_another_time_zone_decides_both_days_and_minutes(database, tmp_path: Path):
    built = Community(
        database,
        tmp_path / "data",
        now=datetime(2026, 10, 4, 12, 0, tzinfo=UTC),
        TIMEBANK_TIME_ZONE="Australia/Lord_Howe",
    )
    try:
        session_id = plan(
            built, starts_on=date(2026, 10, 3), ends_on=date(2026, 10, 4),
            starts_at_time="23:00", ends_at_time="04:00",
        )  # fmt: skip
        found = built.read(sessions.session, session_id)
        assert found.usual_minutes == 4 * 60 + 30
        assert session_times.begins_at(found, built.settings.zone) == datetime(
            2026, 10, 3, 12, 30, tzinfo=UTC
        )
        anna = built.member("Anna Bell")
        built.credit(session_id, [anna.member_id], minutes=found.usual_minutes)
        assert built.balance(anna.member_id) == 270
    finally:
        built.close()


def test_what_a_coordinator_says_goes_before_the_reckoning(community):
    day = date(2026, 3, 1)
    times = {"starts_at_time": "10:00", "ends_at_time": "13:00"}
    with_lunch = plan(community, starts_on=day, usual_minutes=120, **times)
    assert community.read(sessions.session, with_lunch).usual_minutes == 120
    found = community.read(sessions.session, plan(community, starts_on=day, **times))
    assert found.usual_minutes == 180
    changed = sessions.ChangeSession(
        session_id=found.id, revision=1, title="Night walk", starts_on=day,
        activity_type_id=found.activity_type_id, starts_at_time="10:00", ends_at_time="14:00",
    )  # fmt: skip
    community.do(sessions.change_session, changed)
    assert community.read(sessions.session, found.id).usual_minutes == 240
