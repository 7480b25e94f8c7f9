"""Giving hours on the pages: choose, check, confirm; give back; help somebody; the pot."""

from __future__ import annotations

import pytest

from tests.timebank.builders import PASSWORD
from tests.web.conftest import Page, Web
from tests.web.work import ADMIN
from timebank import accounts
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell")
    web.credited(added.member_id, 120)
    return added


@pytest.fixture
def bob(web: Web) -> MemberAdded:
    return web.member("Bob Carr")


def boxes(bob: MemberAdded, **more: str) -> dict[str, str]:
    found = {
        "to": "member",
        "number": str(bob.number),
        "name": "Bob",
        "given_minutes_minutes": "45",
    }
    return found | {"given_minutes_hours": "", "words": "Thank you", "check": "yes"} | more


def minutes(web: Web, member: MemberAdded) -> int:
    account = accounts.member(member.member_id)
    return web.community.read(lambda unit: unit.book.balance(account))


def confirm(web: Web, page: Page, path: str = "/gifts/give") -> Page:
    return web.send(path, page.hidden)


def test_gives_after_a_check_and_the_confirmation_can_be_bookmarked(web, anna, bob) -> None:
    web.sign_in(anna)
    check = web.post("/gifts/give", boxes(bob))
    assert check.status == 200
    assert "You are giving 45 minutes to Bob, member" in check.words
    assert "Afterwards you can use 1 hour 15 minutes." in check.words
    assert minutes(web, bob) == 0
    done = confirm(web, check)
    assert done.status == 303
    assert confirm(web, check).location == done.location  # sent twice, given once
    assert (minutes(web, anna), minutes(web, bob)) == (75, 45)
    for _ in range(2):
        assert "45 minutes given" in web.get(done.location).words
    assert "Given to Bob Carr" in web.get("/gifts").words
    web.new_browser()
    web.sign_in(bob)
    page = web.get(done.location)
    assert "Thank you" in page.words
    back = web.send(done.location + "/refuse", page.hidden)
    assert "The hours have gone back." in web.get(back.location).words
    assert (minutes(web, anna), minutes(web, bob)) == (120, 0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"number": "x"}, "Enter their member number, in digits."),
        ({"name": ""}, "Enter their first name"),
        ({"name": "Anna"}, "There is no member with this number and name."),
        ({"number": "999"}, "There is no member with this number and name."),
        ({"to": ""}, "Choose whom the hours go to."),
        ({"given_minutes_hours": "3"}, "This is more than can be given."),
        ({"given_minutes_minutes": ""}, "Enter how much time to give."),
        ({"given_minutes_minutes": "0"}, "Enter how much time to give."),
        ({"given_minutes_minutes": "1.5"}, "Enter the time in whole minutes."),
        ({"words": "x" * 3000}, "Enter at most"),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_what_was_typed_is_kept(
    web, anna, bob, wrong, says
) -> None:
    web.sign_in(anna)
    page = web.post("/gifts/give", boxes(bob, **wrong))
    assert page.status == 422
    assert says in page.words
    assert page.value("name") == wrong.get("name", "Bob")
    assert minutes(web, anna) == 120


def test_the_pot_needs_no_number(web, anna, bob) -> None:
    web.sign_in(anna)
    check = web.post("/gifts/give", boxes(bob, to="pot", number="", name=""))
    assert "45 minutes to the community pot" in check.words
    confirm(web, check)
    assert "45 minutes" in web.get("/pot").words
    assert minutes(web, anna) == 75


def test_somebody_on_the_phone_is_helped(web, anna, bob) -> None:
    web.sign_in(ADMIN)
    path = f"/members/{anna.member_id}/give"
    assert "Choose how they asked you." in web.post(path, boxes(bob)).words
    check = web.post(path, boxes(bob, how="phone"))
    assert "Read this to Anna Bell" in check.words
    done = confirm(web, check, path)
    page = web.get(done.location)
    undone = web.send(done.location + "/undo", page.hidden)
    assert "The gift is undone" in web.get(undone.location).words
    assert minutes(web, anna) == 120


def test_nobody_else_opens_a_gift(web, anna, bob) -> None:
    web.sign_in(anna)
    done = confirm(web, web.post("/gifts/give", boxes(bob)))
    cleo = web.member("Cleo")
    web.new_browser()
    web.sign_in(cleo)
    assert web.get(done.location).status == 404
    assert web.get(f"/members/{anna.member_id}/give").status == 403


def test_two_people_decide_on_hours_from_the_pot(web, anna, bob) -> None:
    web.sign_in(anna)
    confirm(web, web.post("/gifts/give", boxes(bob, to="pot")))
    cora = web.member("Cora", "cora@example.org")
    web.community.do(*_coordinator(cora))
    web.new_browser()
    web.sign_in(ADMIN)
    path = f"/members/{bob.member_id}/from-pot"
    assert web.post(path, {"granted_minutes_hours": "9"}).status == 422
    made = web.post(path, {"granted_minutes_minutes": "30", "words": "A class"})
    page = web.get(made.location)
    assert "Somebody else has to decide this" in page.words
    web.new_browser()
    web.send("/sign-in", {**web.get("/sign-in").hidden,
             "name_or_number": "cora@example.org", "password": PASSWORD})  # fmt: skip
    assert "Decide on hours from the pot" in web.get("/to-do").words
    page = web.get(made.location)
    agreed = web.send(made.location, {**page.hidden, "agree": "yes"})
    assert "The hours have moved." in web.get(agreed.location).words
    assert minutes(web, bob) == 30
    web.new_browser()
    web.sign_in(bob)
    assert "From the community pot" in web.get("/history").words
    assert web.get(made.location).status == 403


def _coordinator(member: MemberAdded):
    from timebank import people

    return people.grant_role, people.GrantRole(person_id=member.person_id, role="coordinator")
