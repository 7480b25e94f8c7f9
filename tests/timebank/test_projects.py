"""Projects, opportunity sheets, series, the planner, and calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.timebank.test_coming import LATER, SHEET, join, published
from timebank import calendars, coming, opportunities, planner, projects, series, sessions
from timebank.crediting import AttendanceLine, Figures
from timebank.errors import Conflict, NotAllowed, NotFound, Rejected, RuleBroken
from timebank.opportunities import PublishSheet, SaveSheet, UnpublishSheet

# --- projects ---------------------------------------------------------------------------------


def add(community, **more) -> str:
    details = {
        "title": "Leaving hospital",
        "purpose": "A leaflet that people understand.",
        "on_behalf_of": "Riverside Hospital",
        "capacities": ("carer", "uses_service"),
        **more,
    }
    return str(community.do(projects.add_project, projects.AddProject(**details)).project_id)


def test_a_project_says_what_it_is_for(community):
    project_id = add(community)
    found = community.read(projects.project, project_id)
    assert projects.capacities_of(found) == ("uses_service", "carer")
    change = projects.ChangeProject(
        project_id=project_id, revision=1, title="Leaving hospital well", purpose="As before",
        on_behalf_of="Riverside Hospital", ended=True,
    )  # fmt: skip
    assert community.do(projects.change_project, change).revision == 2
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(projects.change_project, change)
    assert community.read(projects.projects) == []
    [over] = community.read(projects.projects, ended=True)
    assert over.ended_on == community.clock().date()
    with pytest.raises(RuleBroken, match="project_ended"):
        community.session(project_id=project_id)
    with pytest.raises(RuleBroken, match="choice_unknown"):
        add(community, capacities=("boss",))
    with pytest.raises(NotAllowed):
        community.do(projects.change_project, change, actor=community.member_actor("Anna"))


def test_who_should_be_here_shows_the_gaps(community):
    project_id = add(community)
    for title in ("Somebody who left hospital alone", "A district nurse"):
        community.do(projects.add_seat, projects.AddSeat(project_id=project_id, title=title))
    first, second = community.read(projects.project, project_id).seats
    mark = projects.MarkSeat(project_id=project_id, seat_id=second.id, filled=True)
    community.do(projects.mark_seat, mark)
    seats = community.read(projects.project, project_id).seats
    assert [(seat.title, seat.filled) for seat in seats] == [
        ("Somebody who left hospital alone", False),
        ("A district nurse", True),
    ]
    remove = projects.RemoveSeat(project_id=project_id, seat_id=first.id)
    community.do(projects.remove_seat, remove)
    with pytest.raises(NotFound, match="seat_unknown"):
        community.do(projects.remove_seat, remove)
    assert len(community.read(projects.project, project_id).seats) == 1


# --- the sheet --------------------------------------------------------------------------------


def test_a_sheet_with_blanks_is_not_published(community):
    session_id = community.session(on=LATER, minutes=0)
    with pytest.raises(RuleBroken, match="sheet_blank"):
        community.do(opportunities.publish_sheet, PublishSheet(session_id=session_id, revision=0))
    said = {**SHEET, "travel": ""}
    community.do(opportunities.save_sheet, SaveSheet(session_id=session_id, revision=0, **said))
    with pytest.raises(Rejected) as refused:
        community.do(opportunities.publish_sheet, PublishSheet(session_id=session_id, revision=1))
    assert {problem.field for problem in refused.value.problems} == {
        "travel", "starts_at_time", "ends_at_time", "place", "usual_minutes",
    }  # fmt: skip
    assert community.read(opportunities.whats_on) == []


def test_every_single_blank_stops_it(community):
    for name in opportunities.NEEDED:
        session_id = community.session(
            on=LATER, starts_at_time="10:00", ends_at_time="11:00", place="Library"
        )
        said = {**SHEET, name: "  "}
        community.do(opportunities.save_sheet, SaveSheet(session_id=session_id, revision=0, **said))
        with pytest.raises(RuleBroken) as refused:
            community.do(
                opportunities.publish_sheet, PublishSheet(session_id=session_id, revision=1)
            )
        assert (refused.value.code, refused.value.field) == ("sheet_blank", name)


def test_a_published_sheet_stays_whole_and_can_be_taken_back(community):
    session_id = published(community)
    anna = community.member_actor("Anna")
    assert [s.id for s in community.read(opportunities.whats_on, by=anna)] == [session_id]
    with pytest.raises(RuleBroken, match="sheet_blank"):
        community.do(
            opportunities.save_sheet,
            SaveSheet(session_id=session_id, revision=2, **{**SHEET, "access": ""}),
        )
    assert community.read(opportunities.opportunity, session_id).sheet.access == SHEET["access"]
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(
            opportunities.save_sheet, SaveSheet(session_id=session_id, revision=1, **SHEET)
        )
    join(community, session_id, anna)
    back = UnpublishSheet(session_id=session_id, revision=2)
    assert not community.do(opportunities.unpublish_sheet, back).published
    assert community.read(opportunities.whats_on, by=anna) == []
    # Who signed up still sees it; nobody else does.
    assert community.read(opportunities.opportunity, session_id, by=anna).id == session_id
    with pytest.raises(NotFound):
        community.read(opportunities.opportunity, session_id, by=community.member_actor("Bill"))


def test_social_sessions_are_published_without_hours(community):
    session_id = published(community, credited=False, minutes=0)
    found = community.read(opportunities.opportunity, session_id)
    assert planner.offered(found).total_minutes == 0
    community.clock.forward(days=20)
    assert community.read(opportunities.whats_on) == []  # over


# --- series -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "every", "days"),
    [
        (date(2026, 3, 3), "week", ["2026-03-10", "2026-03-17"]),
        (date(2026, 3, 3), "fortnight", ["2026-03-17", "2026-03-31"]),
        (date(2026, 3, 3), "four_weeks", ["2026-03-31", "2026-04-28"]),
        (date(2026, 1, 31), "month_date", ["2026-03-31", "2026-05-31"]),
        (date(2028, 2, 29), "month_date", ["2028-03-29", "2028-04-29"]),
        (date(2026, 11, 10), "month_weekday", ["2026-12-08", "2027-01-12"]),  # second Tuesday
        (date(2026, 3, 31), "month_weekday", ["2026-06-30", "2026-09-29"]),  # fifth Tuesday
    ],
)
def test_on_which_days_it_falls_again(first, every, days):
    assert [day.isoformat() for day in series.days_after(first, every, 2)] == days


def repeat(community, session_id, every="week", times=4, revision=1, **more):
    command = series.RepeatSession(
        session_id=session_id, revision=revision, every=every, times=times, **more
    )
    return community.do(series.repeat_session, command)


def test_a_session_repeats_as_sessions_of_their_own(community):
    session_id = published(community)
    made = repeat(community, session_id, leave_out=(LATER + timedelta(days=14),))
    assert made.count == 3
    first = community.read(sessions.session, session_id)
    all_of_them = community.read(series.of_series, first)
    assert [s.starts_on for s in all_of_them] == [LATER + timedelta(days=n) for n in (0, 7, 21, 28)]
    second = all_of_them[1]
    assert (second.starts_at_time, second.place, second.status) == ("10:30", "Town hall", "planned")
    # Its sheet went along, as a draft: somebody looks at it before members do.
    sheet = community.read(opportunities.opportunity, second.id).sheet
    assert (sheet.what, sheet.published_at) == (SHEET["what"], None)
    # Each can be changed alone.
    change = sessions.ChangeSession(
        session_id=second.id, revision=1, title="Reading panel in the garden",
        activity_type_id=second.activity_type_id, starts_on=second.starts_on,
        starts_at_time="11:00", ends_at_time="12:30", place="Garden",
    )  # fmt: skip
    community.do(sessions.change_session, change)
    titles = [s.title for s in community.read(series.of_series, first)]
    assert titles == ["Reading panel", "Reading panel in the garden", *["Reading panel"] * 2]
    # Again: what is there stays, only what is missing is planned.
    assert repeat(community, session_id, times=5).count == 2
    with pytest.raises(RuleBroken, match="nothing_to_repeat"):
        repeat(community, session_id, times=5)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        repeat(community, session_id, revision=7)


def test_a_series_keeps_its_hour_and_reckons_each_night(community):
    session_id = community.session(
        on=date(2026, 3, 21), minutes=0, ends_on=date(2026, 3, 22),
        starts_at_time="22:00", ends_at_time="03:00",
    )  # fmt: skip
    repeat(community, session_id, times=2)
    first = community.read(sessions.session, session_id)
    minutes = [s.usual_minutes for s in community.read(series.of_series, first)]
    assert minutes == [300, 240, 300]  # on 29 March the clocks go forward
    early = community.session(
        on=date(2026, 3, 22), starts_at_time="01:30", ends_at_time="04:00", minutes=0
    )
    with pytest.raises(RuleBroken, match="time_skipped"):
        repeat(community, early, times=1)
    assert len(community.read(series.of_series, community.read(sessions.session, early))) == 1


# --- the planner ------------------------------------------------------------------------------


def test_planned_and_recorded_hours_stand_side_by_side(community):
    session_id = community.session(
        minutes=120, usual_preparation_minutes=30, usual_travel_minutes=20, expected_people=3
    )
    found = community.read(sessions.session, session_id)
    before = community.read(planner.plan, found)
    assert (before.people, before.planned_minutes, before.actual_minutes) == (3, 3 * 170, 0)
    assert community.read(planner.plan, found, people=10).planned_minutes == 1700
    anna, bill = community.member("Anna"), community.member("Bill")
    lines = [
        AttendanceLine(
            member_id=anna.member_id,
            figures=Figures(session_minutes=120, preparation_minutes=45),
        ),
        AttendanceLine(
            member_id=bill.member_id, capacity="paid_job", figures=Figures(session_minutes=120)
        ),
    ]
    community.credit(session_id, lines=lines)
    after = community.read(planner.plan, community.read(sessions.session, session_id))
    assert (after.planned_minutes, after.actual_people, after.actual_minutes) == (510, 2, 165)
    by_component = {line.component: line for line in after.lines}
    session_line = by_component["session_minutes"]
    assert (session_line.all_minutes, session_line.actual_minutes) == (360, 240)
    assert by_component["preparation_minutes"].actual_minutes == 45


def test_nobody_expected_is_nothing_planned(community):
    session_id = community.session(minutes=120)
    found = community.read(sessions.session, session_id)
    assert community.read(planner.plan, found).people is None
    anna = community.member_actor("Anna")
    join_for = coming.JoinSession(session_id=session_id, member_id=anna.member_id)
    community.do(coming.join_session, join_for)
    assert community.read(planner.plan, found).planned_minutes == 120


# --- calendars --------------------------------------------------------------------------------


def events(content: bytes) -> list:
    # What RFC 5545 asks of a file: lines of at most 75 octets that end in CR LF.
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    parsed = Calendar.from_ical(content)
    assert parsed["version"] == "2.0"
    assert parsed["prodid"]
    assert parsed.errors == []
    found = parsed.walk("VEVENT")
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(event)
    assert len({str(event["uid"]) for event in found}) == len(found)
    return found


def test_a_calendar_shows_when_and_nothing_about_anybody(community):
    title = "Reading panel; with, odd \\ letters " + "and a long title " * 5
    session_id = community.session(
        title[:199], on=date(2026, 10, 24), ends_on=date(2026, 10, 25),
        starts_at_time="23:00", ends_at_time="03:00", place="12 Mill Lane",
    )  # fmt: skip
    found = community.read(sessions.session, session_id)
    content = community.read(calendars.calendar, [found])
    [event] = events(content)
    assert event["summary"] == title[:199].strip()
    # The clocks go back that night: 23:00 is 22:00 UTC, 03:00 is 03:00 UTC.
    assert event["dtstart"].dt == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert event["dtend"].dt == datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
    assert b"Mill Lane" not in content
    assert b"Ada" not in content
    assert b"ATTENDEE" not in content


def test_whole_days_and_what_is_called_off(community):
    days = community.session(on=date(2026, 4, 1), ends_on=date(2026, 4, 2))
    off = community.session(on=LATER, starts_at_time="10:00", minutes=45)
    community.do(sessions.cancel_session, sessions.CancelSession(session_id=off, revision=1))
    some = [community.read(sessions.session, found) for found in (days, off)]
    whole, cancelled = events(community.read(calendars.calendar, some))
    assert (whole["dtstart"].dt, whole["dtend"].dt) == (date(2026, 4, 1), date(2026, 4, 3))
    assert cancelled["status"] == "CANCELLED"
    assert cancelled["dtend"].dt - cancelled["dtstart"].dt == timedelta(minutes=45)


def titles_in(community, code) -> list[str]:
    with community.database.reading(community.actor) as unit:
        feed = calendars.open_feed(unit, code)
        calendars.as_person(unit, feed)
        return [s.title for s in calendars.sessions_of(unit)]


def test_a_feed_shows_ones_own_until_it_is_stopped(community):
    anna = community.member_actor("Anna")
    join(community, published(community), anna)
    community.session("Not hers", on=LATER)
    with pytest.raises(NotFound, match="link_unknown"):
        titles_in(community, "0" * 32 + "-abc")
    made = community.do(calendars.make_feed, calendars.MakeFeed(), actor=anna)
    code = community.read(calendars.code_of, made.feed_id)
    assert titles_in(community, code) == ["Reading panel"]
    # A coordinator's has all that is planned.
    own = community.do(calendars.make_feed, calendars.MakeFeed())
    staff_code = community.read(calendars.code_of, own.feed_id)
    assert sorted(titles_in(community, staff_code)) == ["Not hers", "Reading panel"]
    # A new address ends the old one; stopping ends the last.
    again = community.do(calendars.make_feed, calendars.MakeFeed(), actor=anna)
    with pytest.raises(NotFound, match="link_unknown"):
        titles_in(community, code)
    new_code = community.read(calendars.code_of, again.feed_id)
    assert titles_in(community, new_code) == ["Reading panel"]
    community.do(calendars.stop_feed, calendars.StopFeed(), actor=anna)
    with pytest.raises(NotFound, match="link_unknown"):
        titles_in(community, new_code)
