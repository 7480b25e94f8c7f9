"""Adding and changing rewards."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, staff
from timebank import rewards

BOXES = {
    "kind": "class", "title": "Pottery", "price_minutes_hours": "2", "price_minutes_minutes": "",
    "provider": "The Old Mill", "places": "6", "cost_pence": "12.50",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.sign_in(ADMIN)


def test_add(web: Web) -> None:
    added = web.post("/rewards/add", BOXES)
    assert added.status == 303
    found = web.community.read(rewards.all_rewards)[0]
    assert (found.title, found.price_minutes, found.cost_pence, found.places) == (
        "Pottery", 120, 1250, 6,
    )  # fmt: skip
    assert "Pottery" in web.get(added.location).words
    assert "0 of 6" in web.get("/rewards/all").words


def test_the_way_there(web: Web) -> None:
    reward_id = web.reward()
    assert 'href="/rewards/all"' in web.get("/rewards").html
    assert f'href="/rewards/{reward_id}/change"' in web.get(f"/rewards/{reward_id}").html
    assert 'href="/roles/grant"' in web.get("/roles").html


def test_the_neutral_information_is_beside_the_form(web: Web) -> None:
    words = web.get("/rewards/add").words
    assert "may count as income for some benefits" in words
    assert "not yet been reviewed" in words
    assert "switched off by the group’s rules" in words


def test_a_money_value_only_where_the_rules_allow_it(web: Web) -> None:
    page = web.post("/rewards/add", {**BOXES, "money_pence": "20"})
    assert page.status == 422
    assert '<a href="#money_pence">' in page.html
    web.money_rewards_on()
    assert web.post("/rewards/add", {**BOXES, "money_pence": "£20"}).status == 303
    assert web.community.read(rewards.all_rewards)[0].money_pence == 2000


def test_errors_keep_what_was_typed(web: Web) -> None:
    empty = web.post("/rewards/add", {**BOXES, "price_minutes_hours": ""})
    assert '<a href="#price_minutes">Enter how many hours it uses.</a>' in empty.html
    page = web.post("/rewards/add", {**BOXES, "title": "", "places": "six", "cost_pence": "1.5.0"})
    assert page.status == 422
    for name in ("title", "places", "cost_pence"):
        assert f'<a href="#{name}">' in page.html, name
    assert page.value("places") == "six"
    assert page.value("price_minutes_hours") == "2"


def test_change_and_take_off(web: Web) -> None:
    path = f"/rewards/{web.reward(cost_pence=1250)}/change"
    page = web.get(path)
    assert page.value("title") == "Pottery class"
    assert page.value("cost_pence") == "12.50"
    assert web.post(path, {**BOXES, "title": "Pottery for all"}).status == 303
    found = web.community.read(rewards.all_rewards)[0]
    assert (found.title, found.offered) == ("Pottery for all", False)
    assert "Not offered" in web.get("/rewards/all").words


def test_somebody_was_faster(web: Web) -> None:
    reward_id = web.reward()
    path = f"/rewards/{reward_id}/change"
    data = {**web.get(path).hidden, **BOXES, "offered": "yes"}
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    change = rewards.ChangeReward(
        reward_id=reward_id, revision=1, kind="class", title="Pots", price_minutes=180
    )
    web.community.do(rewards.change_reward, change, actor=cora)
    late = web.send(path, data)
    assert late.status == 409
    assert "Cora Day did so on 2 March 2026 at 10:00" in late.words
    assert "Title It is now Pots You typed Pottery" in late.words
    assert late.value("title") == "Pottery"
    assert web.send(path, {**late.hidden, **BOXES, "offered": "yes"}).status == 303
    assert web.community.read(rewards.all_rewards)[0].title == "Pottery"


def test_members_change_nothing(web: Web) -> None:
    anna = web.member("Anna Bell")
    reward_id = web.reward()
    web.new_browser()
    web.sign_in(anna)
    for path in ("/rewards", f"/rewards/{reward_id}", "/roles"):
        page = web.get(path).html
        assert not any(part in page for part in ("/rewards/all", "/change", "/roles/grant")), path
    for path in ("/rewards/all", "/rewards/add", f"/rewards/{reward_id}/change"):
        assert web.get(path).status == 403, path
