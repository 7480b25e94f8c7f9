"""Crediting a session in three steps, by somebody who makes mistakes and is not alone."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, check, choose, queries, staff, times
from timebank import coming, drafts, sent_lines, sessions
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell")


@pytest.fixture
def bert(web: Web) -> MemberAdded:
    return web.member("Bert Cole", choice="pot")


@pytest.fixture
def session_id(web: Web) -> str:
    """A session of two hours, and the administrator signed in to credit it."""
    planned = web.community.session("Leaflet group", minutes=120)
    web.sign_in(ADMIN)
    return planned


def _confirm(web: Web, session_id: str, page: Page) -> Page:
    return web.send(f"/sessions/{session_id}/credit", {**page.hidden, "do": "confirm"})


def _entry(web: Web, session_id: str, member: MemberAdded) -> object:
    entries = web.community.read(sessions.attendances, session_id)
    return next(e for e in entries if e.attendance.member_id == member.member_id)


def test_the_whole_way(web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded) -> None:
    page = choose(web, session_id, anna, bert)
    assert page.value("lines-0-session_minutes") == "2:00"  # the session's usual time
    page = check(web, session_id, page, {
        anna.member_id: {"session_minutes": "2:00", "travel_minutes": "20m"},
        bert.member_id: {"session_minutes": "1:30"},
    })  # fmt: skip
    assert page.status == 200
    assert "Session 2 hours, Travel 20 minutes" in page.words
    assert "Into their accounts 2 hours 20 minutes" in page.words
    assert "To the community pot 1 hour 30 minutes" in page.words
    assert web.community.balance(anna.member_id) == 0  # nothing has happened yet
    done = _confirm(web, session_id, page)
    assert (done.status, done.location) == (303, f"/sessions/{session_id}/credited")
    assert web.community.balance(anna.member_id) == 140
    assert web.community.balance(bert.member_id) == 0
    words = web.get(done.location).words
    assert "The hours are credited" in words
    assert "2 people are recorded" in words


def test_sent_twice_it_is_credited_once(web: Web, session_id: str, anna: MemberAdded) -> None:
    page = choose(web, session_id, anna)
    page = check(web, session_id, page, {anna.member_id: {"session_minutes": "2:00"}})
    assert _confirm(web, session_id, page).status == 303
    assert _confirm(web, session_id, page).status == 303
    assert web.community.balance(anna.member_id) == 120


def test_sent_again_with_other_figures_it_says_what_was_recorded(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    page = choose(web, session_id, anna)
    page = check(web, session_id, page, {anna.member_id: {"session_minutes": "2:00"}})
    assert _confirm(web, session_id, page).status == 303
    # Back in the browser, and another time typed.
    changed = {**page.hidden, "do": "confirm", "lines-0-session_minutes": "3:00"}
    late = web.send(f"/sessions/{session_id}/credit", changed)
    assert late.status == 409
    assert "Anna Bell Recorded 2 hours You typed Session 3:00 Compared Differs" in late.words
    assert web.community.balance(anna.member_id) == 120
    # Somebody else added to the old form is credited under a key of its own.
    both = {**page.hidden, "do": "confirm", "lines-1-member_id": bert.member_id,
            "lines-1-session_minutes": "1:00", "lines-1-choice": "accept"}  # fmt: skip
    late = web.send(f"/sessions/{session_id}/credit", both)
    assert late.hidden["key"] != page.hidden["key"]
    rows = {bert.member_id: {"session_minutes": "1:00", "choice": "accept"}}
    assert _confirm(web, session_id, check(web, session_id, late, rows)).status == 303
    assert web.community.balance(bert.member_id) == 60


def test_a_bare_number_is_asked_about_at_its_row(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    page = choose(web, session_id, anna, bert)
    page = check(web, session_id, page, {
        anna.member_id: {"session_minutes": "2:00", "travel_minutes": "20"},
        bert.member_id: {"session_minutes": "1:15", "choice": "accept", "capacity": "paid_job"},
    })  # fmt: skip
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert '<a href="#lines-0-travel_minutes">Anna Bell, Travel: Is 20 minutes' in page.html
    assert 'aria-describedby="lines-0-travel_minutes-error"' in page.html
    # Everything that was typed is still there.
    assert page.value("lines-0-travel_minutes") == "20"
    assert page.value("lines-1-session_minutes") == "1:15"
    assert re.search(r'name="lines-1-capacity" value="paid_job"[^>]* checked', page.html)
    assert '<option value="accept" selected>' in page.html


def test_the_groups_rules_stand_at_their_rows(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    page = choose(web, session_id, anna, bert)
    page = check(web, session_id, page, {
        anna.member_id: {"session_minutes": ""},
        bert.member_id: {"session_minutes": "23:00", "travel_minutes": "2:00"},
    })  # fmt: skip
    assert page.status == 422
    assert '<a href="#lines-0-session_minutes">Anna Bell, Session: ' in page.html
    assert '<a href="#lines-1-session_minutes">Bert Cole, Session: ' in page.html
    assert web.community.read(sessions.attendances, session_id) == []


def test_a_long_time_is_warned_about_and_may_be_right(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    page = choose(web, session_id, anna)
    page = check(web, session_id, page, {anna.member_id: {"session_minutes": "13:00"}})
    assert "Anna Bell: More than 12 hours for one thing." in page.words
    assert _confirm(web, session_id, page).status == 303
    assert web.community.balance(anna.member_id) == 780


def test_back_and_forth_keeps_what_was_typed(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    path = f"/sessions/{session_id}/credit"
    page = choose(web, session_id, anna)
    page = check(web, session_id, page, {anna.member_id: {"session_minutes": "0:50"}})
    page = web.send(path, {**page.hidden, "do": "people"})
    assert page.words.count("Anna Bell") == 1
    assert f'value="{anna.member_id}" checked' in page.html
    both = [anna.member_id, bert.member_id]
    page = web.send(path, {**page.hidden, "do": "times", "member": both})
    assert page.value("lines-0-session_minutes") == "0:50"  # Anna's, as typed
    assert page.value("lines-1-session_minutes") == "2:00"  # Bert's, the usual


def test_the_same_time_for_everybody(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    path = f"/sessions/{session_id}/credit"
    page = choose(web, session_id, anna, bert)
    sent = {**page.hidden, "do": "fill", "all-travel_minutes": "15m", "all-session_minutes": ""}
    sent |= {"lines-0-session_minutes": "2:00", "lines-1-session_minutes": "1:00"}
    page = web.send(path, sent)
    assert page.value("lines-0-travel_minutes") == page.value("lines-1-travel_minutes") == "15m"
    assert page.value("lines-1-session_minutes") == "1:00"
    unclear = web.send(path, {**sent, "all-travel_minutes": "15"})
    assert unclear.status == 422
    assert unclear.value("all-travel_minutes") == "15"


def test_nobody_chosen(web: Web, session_id: str) -> None:
    page = choose(web, session_id)
    assert page.status == 422
    assert "Choose at least one person." in page.words


def test_ones_own_hours_wait_for_somebody_else(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    own_id = web.community.admin.member_id
    own = MemberAdded(member_id=own_id, person_id="", number=0, link_id=None)
    assert "kept until somebody else confirms them" in choose(web, session_id).words
    page = choose(web, session_id, anna, own)
    page = check(web, session_id, page, {
        anna.member_id: {"session_minutes": "1:00"}, own_id: {"session_minutes": "2:00"},
    })  # fmt: skip
    assert "Yourself Kept until somebody else confirms it" in page.words
    assert "Waits for somebody else" in page.words
    done = web.get(_confirm(web, session_id, page).location)
    assert "1 person waits for somebody else to confirm it" in done.words.replace(
        "The time of ", ""
    )
    assert web.community.balance(own_id) == 0
    assert web.community.balance(anna.member_id) == 60
    [waits] = web.community.read(sent_lines.waiting, session_id=session_id)
    assert (waits.member_id, waits.session_minutes) == (own_id, 120)


def test_how_somebody_took_part_fills_in_the_usual_time(
    web: Web, anna: MemberAdded, bert: MemberAdded
) -> None:
    planned = web.community.session(
        "Board", usual_preparation_minutes=30, usual_travel_minutes=20, usual_follow_up_minutes=45
    )
    web.sign_in(ADMIN)
    path = f"/sessions/{planned}/credit"
    page = choose(web, planned, anna, bert)
    assert page.value("lines-0-travel_minutes") == "0:20"
    assert page.value("lines-0-preparation_minutes") == ""
    # Anna chaired; Bert too, but his preparation was typed by hand and stays.
    sent = times(page, {
        anna.member_id: {"involvement": "chaired"},
        bert.member_id: {"involvement": "chaired", "preparation_minutes": "5m"},
    })  # fmt: skip
    page = web.send(path, {**sent, "lines-0-session_minutes": "2:00", "lines-1-session_minutes":
                    "2:00", "lines-0-travel_minutes": "0:20", "lines-1-travel_minutes": "0:10",
                    "do": "totals"})  # fmt: skip
    assert page.value("lines-0-preparation_minutes") == "0:30"
    assert page.value("lines-0-follow_up_minutes") == "0:45"
    assert page.value("lines-1-preparation_minutes") == "5m"
    assert page.value("lines-1-travel_minutes") == "0:10"
    assert "Everybody together 6 hours 35 minutes" in page.words


def test_a_part_to_the_pot(web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded) -> None:
    page = choose(web, session_id, anna, bert)
    both = {"session_minutes": "2:00", "pot_minutes": "3:00"}
    wrong = check(web, session_id, page, {anna.member_id: both, bert.member_id: both})
    assert wrong.status == 422
    assert "there is only 2 hours to share" in wrong.words
    # Bert gives everything as usual; a part makes it a part this time.
    page = check(web, session_id, page, {
        anna.member_id: {"session_minutes": "2:00", "pot_minutes": "30m"},
        bert.member_id: {"session_minutes": "2:00", "pot_minutes": "1:00"},
    })  # fmt: skip
    assert "Their account, and 30 minutes to the pot" in page.words
    assert _confirm(web, session_id, page).status == 303
    assert web.community.balance(anna.member_id) == 90
    assert web.community.balance(bert.member_id) == 60
    assert "Their account, and 1 hour to the pot" in web.get(f"/sessions/{session_id}").words


def test_a_session_on_line_has_no_column_for_travel(web: Web, anna: MemberAdded) -> None:
    planned = web.community.session("Video call", online=True)
    web.sign_in(ADMIN)
    page = choose(web, planned, anna)
    assert page.status == 200
    assert 'name="lines-0-session_minutes"' in page.html
    assert 'name="lines-0-travel_minutes"' not in page.html


def test_those_who_came_last_time_are_ticked_by_a_button(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    web.community.credit(session_id, [anna.member_id])
    web.community.clock.forward(days=7)
    next_id = web.community.session("Leaflet group")
    path = f"/sessions/{next_id}/credit"
    page = web.get(path)
    assert "Tick the 1 person who came on 2 March 2026" in page.words
    assert " checked" not in page.html
    page = web.send(path, {**page.hidden, "do": "last"})
    assert f'value="{anna.member_id}" checked' in page.html
    assert f'value="{bert.member_id}" checked' not in page.html


def test_those_who_said_they_would_come_are_ticked(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    web.community.do(coming.join_session, coming.JoinSession(
        session_id=session_id, member_id=anna.member_id))  # fmt: skip
    page = web.get(f"/sessions/{session_id}/credit")
    assert f'value="{anna.member_id}" checked' in page.html
    assert f'value="{bert.member_id}" checked' not in page.html
    assert "Ticked are those who signed in or said they would come" in page.words


# --- drafts -----------------------------------------------------------------------------------


def test_a_closed_browser_loses_nothing(web: Web, session_id: str, anna: MemberAdded) -> None:
    page = choose(web, session_id, anna)
    sent = times(page, {anna.member_id: {"session_minutes": "half past", "travel_minutes": "7m"}})
    kept = web.send(f"/sessions/{session_id}/credit", {**sent, "do": "save"})
    assert "Kept as a draft at 10:00." in kept.words
    web.new_browser()
    web.sign_in(ADMIN)
    page = web.get(f"/sessions/{session_id}/credit")
    assert "It is as you left it" in page.words
    assert page.value("lines-0-session_minutes") == "half past"
    assert page.value("lines-0-travel_minutes") == "7m"
    # And away with it.
    assert web.post(f"/sessions/{session_id}/credit/draft/drop",
                    page=f"/sessions/{session_id}/credit").status == 303  # fmt: skip
    assert "Who came?" in web.get(f"/sessions/{session_id}/credit").words


def test_the_script_keeps_what_is_typed(web: Web, session_id: str, anna: MemberAdded) -> None:
    page = choose(web, session_id, anna)
    sent = times(page, {anna.member_id: {"session_minutes": "1:11"}})
    answer = web.send(f"/sessions/{session_id}/credit/draft", sent)
    assert answer.response.get_json() == {"said": "Kept as a draft at 10:00."}
    assert web.get(f"/sessions/{session_id}/credit").value("lines-0-session_minutes") == "1:11"


def test_a_colleague_sees_who_is_at_it_and_may_go_on(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    path = f"/sessions/{session_id}/credit"
    page = choose(web, session_id, anna)
    web.send(path, {**times(page, {anna.member_id: {"session_minutes": "1:11"}}), "do": "save"})
    cora = staff(web, "Cora Day")
    web.community.clock.forward(minutes=20)
    web.new_browser()
    web.sign_in(cora)
    page = web.get(path)
    assert "Ada Marsh is filling this in too, since 2 March 2026 at 10:00" in page.words
    assert "Who came?" in page.words
    assert web.send(f"{path}/draft/take", page.hidden).status == 303
    page = web.get(path)
    assert page.value("lines-0-session_minutes") == "1:11"
    # Credited, it is nobody's draft any more.
    page = check(web, session_id, page, {anna.member_id: {"session_minutes": "1:11"}})
    assert _confirm(web, session_id, page).status == 303
    assert web.community.read(drafts.drafts, session_id) == []


def test_somebody_was_faster(
    web: Web, session_id: str, anna: MemberAdded, bert: MemberAdded
) -> None:
    cora = staff(web, "Cora Day")
    page = choose(web, session_id, anna, bert)
    page = check(web, session_id, page, {
        anna.member_id: {"session_minutes": "1:00"},
        bert.member_id: {"session_minutes": "2:00"},
    })  # fmt: skip
    # Cora credits Anna with something else while the check page is open.
    actor = web.community.actor_of(cora.person_id)
    web.community.credit(session_id, [anna.member_id], minutes=90, actor=actor)
    late = _confirm(web, session_id, page)
    assert late.status == 409
    assert "Cora Day did so on 2 March 2026 at 10:00" in late.words
    told = "Anna Bell Recorded 1 hour 30 minutes You typed Session 1:00 Compared Differs"
    assert told in late.words
    assert web.community.balance(anna.member_id) == 90
    # Bert's row is still there, as typed, and can be credited now.
    assert late.value("lines-0-session_minutes") == "2:00"
    page = check(web, session_id, late, {bert.member_id: {"session_minutes": "2:00"}})
    assert _confirm(web, session_id, page).status == 303
    assert web.community.balance(anna.member_id) == 90
    assert _entry(web, session_id, bert).credited_minutes == 120  # type: ignore[attr-defined]


def test_a_session_still_to_come_has_no_form(web: Web, session_id: str) -> None:
    from datetime import timedelta

    day = web.community.clock().date() + timedelta(days=3)
    planned = web.community.session("Later", on=day)
    page = web.get(f"/sessions/{planned}/credit")
    assert page.status == 303
    assert "It can be credited once it has taken place" in web.get(page.location).words


def test_a_kind_that_is_not_credited_says_why(web: Web, session_id: str) -> None:
    planned = web.community.session("Tea", credited=False)
    page = web.get(f"/sessions/{planned}/credit")
    assert page.status == 303
    words = web.get(page.location).words
    assert "No hours are credited" in words
    assert "so hours are not counted" in words


def test_three_hundred_people_in_one_form(web: Web, session_id: str) -> None:
    everybody = [web.community.member(f"Member {number:03}") for number in range(300)]

    def run(session: str, people: list[MemberAdded]) -> tuple[int, int]:
        page = choose(web, session, *people)
        rows = {each.member_id: {"session_minutes": "1:30"} for each in people}
        with queries(web) as checking:
            page = check(web, session, page, rows)
        assert page.status == 200
        with queries(web) as crediting:
            assert _confirm(web, session, page).status == 303
        return len(checking), len(crediting)

    many = run(session_id, everybody)
    few = run(web.community.session("Few", minutes=60), everybody[:3])
    # Not one query more for each person: the outbox has no rows, nobody has an e-mail.
    assert many[0] == few[0]
    assert many[1] - few[1] < 20
    assert all(web.community.balance(each.member_id) >= 90 for each in everybody[:20])


def test_figures_changed_between_the_steps_are_checked_again(
    web: Web, session_id: str, anna: MemberAdded
) -> None:
    page = choose(web, session_id, anna)
    page = check(web, session_id, page, {anna.member_id: {"session_minutes": "2:00"}})
    forged = {**page.hidden, "do": "confirm", "lines-0-session_minutes": "25:00"}
    assert web.send(f"/sessions/{session_id}/credit", forged).status == 422
    assert web.community.balance(anna.member_id) == 0


def test_a_treasurer_credits_nothing(web: Web, session_id: str) -> None:
    theo = staff(web, "Theo Ward", "treasurer")
    web.new_browser()
    web.sign_in(theo)
    assert web.get(f"/sessions/{session_id}/credit").status == 403
    assert "Credit this session" not in web.get(f"/sessions/{session_id}").words
