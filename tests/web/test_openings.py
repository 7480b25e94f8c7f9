"""Hours from before, on pages: entered, confirmed by a second person, put right."""

from __future__ import annotations

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, staff
from timebank.people import MemberAdded

DAY = {"as_of_on_day": "31", "as_of_on_month": "1", "as_of_on_year": "2026"}


def _send(web: Web, page: Page, **boxes: str) -> Page:
    return web.send("/openings/enter", {**page.hidden, **DAY, **boxes})


def entered(web: Web, *members: MemberAdded) -> str:
    """A list of ten hours for each, entered by the administrator; its page."""
    web.sign_in(ADMIN)
    cells = {f"hours-of-{each.member_id}": "10:00" for each in members}
    total = {"total_minutes_hours": str(10 * len(members)), "total_minutes_minutes": "0"}
    done = _send(web, web.get("/openings/enter"), **cells, **total)
    assert done.status == 303, done.words
    return done.location


def test_a_list_is_entered_and_confirmed_by_somebody_else(web: Web) -> None:
    anna, ben = web.member("Anna Bell"), web.member("Ben Okafor")
    path = entered(web, anna, ben)
    assert "You entered this list, so somebody else" in web.get(path).words
    web.new_browser()
    web.sign_in(staff(web, "Cora Day", "treasurer"))
    assert "Check a list of hours from before, 20 hours in all" in web.get("/to-do").words
    page = web.get(path)
    assert "Anna Bell" in page.words
    wrong = web.send(path, {**page.hidden, "total_minutes_hours": "19", "do": "confirm"})
    assert wrong.status == 422
    assert "The lines come to 20 hours, and you gave 19 hours." in wrong.words
    right = {**page.hidden, "total_minutes_hours": "20", "do": "confirm"}
    assert web.send(path, right).status == 303
    assert web.send(path, right).status == 303
    assert web.community.balance(anna.member_id) == 600
    assert (
        "Brought forward People 2 Hours, as first recorded 20 hours" in web.get("/openings").words
    )


def test_what_is_wrong_stands_at_its_cell_and_is_kept(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(ADMIN)
    cell = f"hours-of-{anna.member_id}"
    page = _send(web, web.get("/openings/enter"), **{cell: "90", "total_minutes_hours": "1"})
    assert page.status == 422
    assert f'href="#{cell}"' in page.html
    assert page.value(cell) == "90"
    page = _send(web, page, **{cell: "90m", "total_minutes_hours": "1"})
    assert "The lines come to 1 hour 30 minutes, and you gave 1 hour." in page.words
    assert _send(web, page, total_minutes_hours="1").status == 422


def test_hours_from_before_are_put_right(web: Web) -> None:
    anna = web.member("Anna Bell")
    path = entered(web, anna)
    web.new_browser()
    web.sign_in(staff(web, "Cora Day"))
    page = web.get(path)
    web.send(path, {**page.hidden, "total_minutes_hours": "10", "do": "confirm"})
    line = f"/members/{anna.member_id}/postings/1"
    assert f'href="{line}/correct"' in web.get(line).html
    form = web.get(f"{line}/correct")
    assert form.value("minutes_hours") == "10"
    boxes = {"minutes_hours": "9", "minutes_minutes": "30", "reason": "wrong_time"}
    check = web.send(f"{line}/correct", {**form.hidden, **boxes, "do": "check"})
    assert "The account afterwards 9 hours 30 minutes" in check.words
    assert web.community.balance(anna.member_id) == 600
    again = web.send(f"{line}/correct", {**check.hidden, "do": "change"})
    assert again.value("minutes_minutes") == "30"
    done = web.send(f"{line}/correct", {**check.hidden, "do": "confirm"})
    assert (done.status, web.community.balance(anna.member_id)) == (303, 570)
    words = web.get(line).words
    assert "What belongs together" in words
    assert "taken back, because the time was not right" in words
    stale = web.send(f"{line}/correct", {**check.hidden, "minutes_hours": "8", "do": "confirm",
                                         "key": "s" * 32})  # fmt: skip
    assert stale.status == 409
