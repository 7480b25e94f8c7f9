"""When statements come: chosen by members, agreed by the group, held back, asked for, foreseen."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.web.conftest import Web
from timebank import pauses, schedules, statements
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell", "anna@example.org")


def in_june(web: Web) -> None:
    web.community.clock.set(datetime(2026, 6, 20, 12, tzinfo=UTC))


def as_coordinator(web: Web) -> None:
    web.new_browser()
    web.sign_in("ada@example.org")


def standing(web: Web, member: MemberAdded) -> schedules.Standing:
    found: schedules.Standing = web.community.read(schedules.standing, member.member_id)
    return found


def test_a_member_chooses_and_sees_what_holds(web: Web, anna: MemberAdded) -> None:
    web.sign_in(anna)
    assert "Every month, up to the last day" in web.get("/choices").words
    page = web.get("/choices/statements")
    assert 'value="group" checked' in page.html
    data = {"frequency": "quarterly", "day": "15", "skip_quiet": "yes"}
    assert web.post("/choices/statements", data).status == 303
    said = "Every three months, up to day 15 of the month; not when nothing was recorded"
    assert said in web.get("/choices").words
    again = web.get("/choices/statements").html
    assert 'value="quarterly" checked' in again
    assert '<option value="15" selected' in again


def test_what_was_typed_stays_and_the_error_stands_at_its_box(web: Web, anna: MemberAdded) -> None:
    web.sign_in(anna)
    page = web.post("/choices/statements", {"frequency": "weekly", "day": "40"})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert "Choose how often statements come." in page.words
    assert 'href="#day"' in page.html
    assert standing(web, anna).choice == "group"


def test_a_choice_made_meanwhile_by_telephone_is_shown(web: Web, anna: MemberAdded) -> None:
    web.sign_in(anna)
    hidden = web.get("/choices/statements").hidden
    web.community.do(
        schedules.choose_schedule,
        schedules.ChooseSchedule(revision=1, frequency="none", member_id=anna.member_id),
    )
    late = web.send("/choices/statements", {**hidden, "frequency": "yearly", "day": "31"})
    assert late.status == 409
    assert "How often It is now None at all You typed Once a year" in late.words
    sent = web.send("/choices/statements", {**late.hidden, "frequency": "yearly", "day": "31"})
    assert sent.status == 303
    assert standing(web, anna).choice == "yearly"


def test_a_coordinator_chooses_pauses_and_resumes_for_a_member(web: Web, anna: MemberAdded) -> None:
    as_coordinator(web)
    path = f"/members/{anna.member_id}/schedule"
    web.post(path, {"frequency": "monthly", "day": "10"})
    assert standing(web, anna).schedule.day == 10
    assert "Choose when my" not in web.get(path).words
    for step, paused in (("pause", True), ("resume", False)):
        assert web.send(f"{path}/{step}", web.get(path).hidden).location == path
        found = web.community.read(pauses.paused, anna.member_id)
        assert (found is not None) is paused
    web.send(f"{path}/pause", web.get(path).hidden)
    assert "have been paused since 2 March 2026" in web.get(path).words
    web.new_browser()
    web.sign_in(anna)
    assert "Your statements are paused" in web.get("/choices/statements").words
    assert web.send(f"{path}/resume", web.get("/choices/statements").hidden).status in (403, 404)


def test_a_statement_now_is_made_once(web: Web, anna: MemberAdded) -> None:
    web.credited(anna.member_id, 90)
    web.sign_in(anna)
    early = web.send("/statements/request", web.get("/statements").hidden)
    assert "There is nothing to tell yet." in web.get(early.location).words
    in_june(web)
    web.sign_in(anna)
    hidden = web.get("/statements").hidden
    sent = [web.send("/statements/request", hidden) for _ in range(2)]
    assert sent[0].location == sent[1].location
    page = web.get(sent[0].location)
    assert "1 June 2026 to 19 June 2026" in page.words
    found = web.community.read(statements.of_member, anna.member_id)
    assert [s.until_on for s in found] == [
        date(2026, 6, 19), date(2026, 5, 31), date(2026, 4, 30), date(2026, 3, 31),
    ]  # fmt: skip


def test_a_statement_now_for_somebody_who_rings_up(web: Web, anna: MemberAdded) -> None:
    in_june(web)
    as_coordinator(web)
    path = f"/members/{anna.member_id}"
    sent = web.send(f"{path}/statements/request", web.get(f"{path}/schedule").hidden)
    assert "Member number" in web.get(sent.location).words


def test_the_group_agrees_a_schedule_pauses_and_resumes(web: Web, anna: MemberAdded) -> None:
    as_coordinator(web)
    page = web.get("/statements/schedule")
    assert "Now it is: Every month, up to the last day." in page.words
    data = {"frequency": "yearly", "day": "31", "year_month": "3"}
    assert web.post("/statements/schedule", data).status == 303
    assert "Once a year, up to the last day of the month" in web.get("/statements/schedule").words
    stale = web.send("/statements/schedule", {**page.hidden, **data, "key": "another-key-1"})
    assert stale.status == 409
    in_june(web)
    as_coordinator(web)
    web.send("/statements/pause", web.get("/statements/schedule").hidden)
    assert "Statements are paused" in web.get("/statements/issue").words
    refused = web.post("/statements/issue", {"until_on": "2026-03-31"})
    assert refused.status == 422
    assert "Statements are paused. Resume them first." in refused.words
    web.send("/statements/resume", web.get("/statements/schedule").hidden)
    sent = web.post("/statements/issue", {"until_on": "2026-03-31"})
    assert "2 statements are issued" in web.get(sent.location).words


def test_the_dry_run_names_people_and_changes_nothing(web: Web, anna: MemberAdded) -> None:
    in_june(web)
    as_coordinator(web)
    page = web.get("/statements/due")
    assert page.words.count("Anna Bell (102)") == 3
    later = web.get("/statements/due?until=2026-06-30")
    assert later.words.count("Anna Bell (102)") == 4
    for odd in ("2999-01-01", "x", "' OR 1=1"):
        assert web.get(f"/statements/due?until={odd}").words.count("Anna Bell (102)") == 3
    assert web.community.read(statements.of_member, anna.member_id) == []
    web.new_browser()
    web.sign_in(anna)
    assert web.get("/statements/due").status == 403


def test_every_member_may_read_the_pots_statement_and_it_names_nobody(
    web: Web, anna: MemberAdded
) -> None:
    giver = web.community.member("Gil Fox", choice="pot")
    web.community.credit(web.community.session("A small meeting"), [giver.member_id], minutes=90)
    in_june(web)
    with web.community.unit(web.community.console) as unit:
        statements.issue(unit, date(2026, 5, 31))
    web.sign_in(anna)
    (found,) = web.community.read(statements.of_pot)
    assert "1 hour 30 minutes" in web.get("/pot/statements").words
    page = web.get(f"/statements/{found.id}")
    assert "The community pot had 1 hour 30 minutes on 31 March 2026." in page.words
    assert "Given to the pot on 2 March 2026" in page.words
    for words in ("Gil", "A small meeting"):
        assert words not in page.words
    for form in ("large-print/page", "easy-read/page", "script", "csv", "braille", "text"):
        answer = web.get(f"/statements/{found.id}/{form}")
        assert answer.status == 200, form
        text = answer.words or answer.response.text
        assert "1 hour 30 minutes" in " ".join(text.split()), form
