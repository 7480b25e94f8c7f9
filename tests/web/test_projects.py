"""Pages that plan: projects, the sheet before it is published, repeated sessions, hours."""

from __future__ import annotations

import pytest

from tests.timebank.test_coming import LATER, SHEET
from tests.timebank.test_projects import add
from tests.web.conftest import Web
from tests.web.work import ADMIN
from timebank import opportunities, organisations, projects, series, sessions


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.sign_in(ADMIN)


PROJECT = {
    "title": "Leaving hospital",
    "purpose": "A leaflet that people understand.",
    "on_behalf_of": "Riverside Hospital",
}


def test_a_project_is_added_changed_and_ended(web: Web) -> None:
    blank = web.post("/projects/add", {"title": "", "capacities": ["carer", "affected"]})
    assert blank.status == 422
    assert '<a href="#purpose">' in blank.html
    assert blank.html.count("checked") == 2  # what was ticked stays ticked
    made = web.post("/projects/add", {**PROJECT, "capacities": ["carer", "affected"]})
    page = web.get(made.location)
    assert "A carer or relative Somebody affected in another way" in page.words
    changed = web.post(f"{made.location}/change", {**PROJECT, "title": "Home well", "ended": "yes"})
    assert changed.status == 303
    assert "This project is over since 2 March 2026." in web.get(made.location).words
    assert "Home well" in web.get("/projects").words


def test_two_who_change_a_project_are_told_of_each_other(web: Web) -> None:
    project_id = add(web.community)
    path = f"/projects/{project_id}/change"
    seen = web.get(path).hidden
    web.post(path, {**PROJECT, "title": "Home well"})
    late = web.send(path, {**seen, **PROJECT, "title": "Home safe", "key": "another-key-of-mine"})
    assert late.status == 409
    assert "Home well" in late.words
    assert late.value("title") == "Home safe"


def test_who_is_missing_is_seen_while_planning(web: Web) -> None:
    project_id = add(web.community)
    path = f"/projects/{project_id}"
    assert web.post(f"{path}/seats", {"title": " "}, page=path).status == 422
    web.post(f"{path}/seats", {"title": "A night nurse"}, page=path)
    [seat] = web.community.read(projects.project, project_id).seats
    assert "1 still missing" in web.get("/projects").words
    web.post(f"{path}/seats/{seat.id}", {"do": "here"}, page=path)
    assert "Everybody is there" in web.get("/projects").words
    web.post(f"{path}/seats/{seat.id}", {"do": "remove"}, page=path)
    assert web.community.read(projects.project, project_id).seats == []
    plan = web.get(f"/sessions/plan?project={project_id}")
    assert f'value="{project_id}" selected' in plan.html


def plan(web: Web, **more: str) -> str:
    boxes = {
        "title": "Reading panel", "activity_type_id": web.community.activity(),
        "starts_on_day": "20", "starts_on_month": "3", "starts_on_year": "2026",
        "starts_at_time": "10:30", "ends_at_time": "12:00", "place": "Library", **more,
    }  # fmt: skip
    made = web.post("/sessions/plan", boxes)
    assert made.status == 303, made.words
    return made.location.rpartition("/")[2]


def test_time_follows_from_beginning_and_end_until_it_is_said(web: Web) -> None:
    session_id = plan(web)
    page = web.get(f"/sessions/{session_id}")
    assert "Friday 20 March 2026, 10:30 to 12:00" in page.words
    assert "1 hour 30 minutes" in page.words
    form = web.get(f"/sessions/{session_id}/change")
    assert (form.value("ends_at_time"), form.value("usual_minutes_hours")) == ("12:00", "")
    longer = {
        "title": "Reading panel", "activity_type_id": web.community.activity(),
        "starts_on_day": "20", "starts_on_month": "3", "starts_on_year": "2026",
        "starts_at_time": "10:30", "ends_at_time": "13:00", "place": "Library",
    }  # fmt: skip
    assert web.post(f"/sessions/{session_id}/change", longer).status == 303
    assert web.community.read(sessions.session, session_id).usual_minutes == 150


def test_times_and_places_that_cannot_be_are_said_at_their_box(web: Web) -> None:
    boxes = {
        "title": "Reading panel", "activity_type_id": web.community.activity(),
        "starts_on_day": "20", "starts_on_month": "3", "starts_on_year": "2026",
        "starts_at_time": "10:30", "ends_at_time": "10:00", "places": "12",
    }  # fmt: skip
    refused = web.post("/sessions/plan", boxes)
    assert refused.status == 422
    assert '<a href="#ends_at_time">' in refused.html
    assert refused.value("places") == "12"
    refused = web.post("/sessions/plan", {**boxes, "ends_at_time": "11:00", "places": "none"})
    assert '<a href="#places">' in refused.html


def test_a_session_keeps_its_partner_when_it_is_changed(web: Web) -> None:
    north = web.community.do(
        organisations.add_organisation, organisations.AddOrganisation(name="North")
    ).organisation_id
    session_id = plan(web, organisation_id=north)
    form = web.get(f"/sessions/{session_id}/change")
    assert f'value="{north}" selected' in form.html


def test_a_sheet_is_written_looked_at_and_published(web: Web) -> None:
    session_id = plan(web)
    path = f"/sessions/{session_id}"
    saved = web.post(f"{path}/sheet", {**SHEET, "travel": ""})
    assert saved.location == f"{path}/publish"
    look = web.get(f"{path}/publish")
    assert "It cannot be published yet." in look.words
    assert f'href="{path}/sheet#travel"' in look.html
    assert "Publish it" not in look.words
    web.post(f"{path}/sheet", {**SHEET, "rewards": "You must attend, and are paid in hours."})
    look = web.get(f"{path}/publish")
    assert "look at these words again: must attend, are paid" in look.words
    web.post(f"{path}/sheet", SHEET)
    assert "look at these words" not in web.get(f"{path}/publish").words
    assert web.post(f"{path}/publish", {"do": "publish"}).status == 303
    assert web.community.read(opportunities.opportunity, session_id).sheet.published_at
    # Whole it stays, also when it is changed; and it can be taken back.
    blank = web.post(f"{path}/sheet", {**SHEET, "what": ""})
    assert (blank.status, '<a href="#what">' in blank.html) == (422, True)
    assert web.post(f"{path}/publish", {"do": "unpublish"}).status == 303
    assert "Reading panel" not in web.get("/opportunities").words


def test_a_stale_sheet_is_not_saved_over_another(web: Web) -> None:
    session_id = plan(web)
    path = f"/sessions/{session_id}/sheet"
    seen = web.get(path).hidden
    web.post(path, SHEET)
    late = web.send(path, {**seen, **SHEET, "what": "Something else", "key": "a-key-of-my-own"})
    assert late.status == 409
    assert SHEET["what"] in late.words
    assert "Something else" in late.words


def test_a_session_is_repeated_on_the_days_that_stay_ticked(web: Web) -> None:
    session_id = plan(web)
    path = f"/sessions/{session_id}/repeat"
    wrong = web.post(path, {"every": "", "times": "none"})
    assert wrong.status == 422
    assert {'<a href="#every">' in wrong.html, '<a href="#times">' in wrong.html} == {True}
    days = web.post(path, {"every": "week", "times": "3"})
    assert "Friday 27 March 2026" in days.words
    assert "Friday 10 April 2026" in days.words
    shown = ["2026-03-27", "2026-04-03", "2026-04-10"]
    send = {**days.hidden, "shown": shown, "day": shown[:2], "do": "plan"}
    assert web.send(path, send).status == 303
    found = web.community.read(sessions.session, session_id)
    assert [s.starts_on.isoformat() for s in web.community.read(series.of_series, found)] == [
        LATER.isoformat(), "2026-03-27", "2026-04-03",
    ]  # fmt: skip
    assert web.send(path, send).status == 303  # the same click again plans nothing twice
    assert len(web.community.read(series.of_series, found)) == 3
    assert "3 sessions" in web.get(f"/sessions/{session_id}").words


def test_hours_are_reckoned_for_any_number_of_people(web: Web) -> None:
    session_id = plan(web, expected_people="4", usual_preparation_minutes_minutes="30")
    page = web.get(f"/sessions/{session_id}/hours")
    assert "Credited, as planned 8 hours" in page.words
    assert (
        "Credited, as planned 20 hours" in web.get(f"/sessions/{session_id}/hours?people=10").words
    )
    for odd in ("x", "-1", "0", "99999999999"):
        assert web.get(f"/sessions/{session_id}/hours?people={odd}").status == 200
