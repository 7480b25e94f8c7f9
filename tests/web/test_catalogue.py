"""The catalogue with filters, two thousand rewards, part-funded ones, and waiting lists."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, insert

from tests.web.conftest import Web
from tests.web.work import ADMIN
from timebank.ids import new_id
from timebank.models import Reward


@pytest.fixture
def anna(web: Web):
    added = web.member("Anna Bell")
    web.credited(added.member_id, 120)
    return added


def test_filters_narrow_and_say_when_nothing_fits(web: Web, anna) -> None:
    web.reward("Pottery class", 60, place="The Old Mill")
    web.reward("Boat trip", 600, kind="experience", online=True)
    web.sign_in(anna)
    assert "Boat trip" in web.get("/rewards").words
    for query in ("now=yes", "kind=class", "near=mill"):
        words = web.get(f"/rewards?{query}").words
        assert "Pottery class" in words
        assert "Boat trip" not in words
    assert "Boat trip" in web.get("/rewards?online=yes").words
    assert "Nothing on offer fits this" in web.get("/rewards?near=nowhere").words
    assert web.get("/rewards?kind=bogus").status == 200


def test_what_is_still_to_be_paid_stands_wherever_it_is_chosen(web: Web, anna) -> None:
    path = f"/rewards/{web.reward('Yoga', 60, member_pays_pence=250, access='Step-free')}"
    web.sign_in(anna)
    assert "You still pay £2.50." in web.get("/rewards").words
    for page in (path, path + "/redeem"):
        words = web.get(page).words
        assert "You still pay £2.50 to The Old Mill." in words
        assert "Step-free" in words


def test_two_thousand_rewards_cost_no_more_queries_than_twenty(web: Web, anna) -> None:
    web.sign_in(anna)

    def add(number: int) -> None:
        with web.community.unit() as unit:
            unit.db.execute(insert(Reward), [
                {"id": new_id(), "kind": "class", "title": f"Class {n:04}", "description": "",
                 "provider": "", "price_minutes": 60, "places": 3, "charity_number": "",
                 "offered": True, "revision": 1}
                for n in range(number)])  # fmt: skip

    def queries(path: str) -> int:
        seen: list[str] = []
        engine = web.app.extensions["timebank"].engine

        def note(_c, _cursor, statement, *_rest) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert web.get(path).status == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    add(60)
    few = [queries("/rewards"), queries("/rewards?now=yes&near=class")]
    add(1940)
    assert [queries("/rewards"), queries("/rewards?now=yes&near=class")] == few
    assert len(re.findall(r'<li class="tb-card">', web.get("/rewards?page=40").html)) == 50


def test_waits_for_a_place_and_takes_it(web: Web, anna) -> None:
    bob = web.member("Bob Carr")
    web.credited(bob.member_id, 120)
    reward_id = web.reward("Pottery class", 60, places=1)
    redemption_id = web.ask(reward_id, bob)
    web.sign_in(anna)
    path = f"/rewards/{reward_id}"
    assert "Join the waiting list" in web.get(path).words
    web.post(path + "/wait", page=path)
    assert "You are next." in web.get(path).words
    assert "On the waiting list. It holds no hours." in web.get("/redemptions").words
    web.new_browser()
    web.sign_in(bob)
    web.post(f"/redemptions/{redemption_id}/cancel")
    web.new_browser()
    web.sign_in(anna)
    page = web.get(path)
    assert "A place has come free. We keep it for you until" in page.words
    assert web.post(path + "/redeem").status == 303
    assert "1 hour" in web.get("/").words


def test_somebody_on_the_phone_is_put_on_a_list(web: Web, anna) -> None:
    bob = web.member("Bob Carr")
    web.credited(bob.member_id, 120)
    reward_id = web.reward("Pottery class", 60, places=1)
    web.ask(reward_id, bob)
    web.sign_in(ADMIN)
    check = f"/members/{anna.member_id}/redeem/{reward_id}"
    wait = f"/members/{anna.member_id}/wait/{reward_id}"
    assert "Choose how they asked you." in web.post(wait, page=check).words
    assert web.post(wait, {"how": "phone"}, page=check).status == 303
    assert "Anna Bell is on the waiting list." in web.get(check).words
