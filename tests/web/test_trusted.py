"""Trusted people on pages and over the API: named, acting with a banner, kept within limits."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import staff
from timebank import doors, trusted
from timebank.people import MemberAdded
from timebank.roles import MAY, MEMBER, TRUSTED_WITH_MONEY
from web.access import BY_LINK, FOR_A_MEMBER, PUBLIC, every_rule


@pytest.fixture
def dora(web: Web) -> MemberAdded:
    added = web.member("Dora Bell", "dora@example.org")
    web.credited(added.member_id, 300)
    return added


@pytest.fixture
def cara(web: Web) -> MemberAdded:
    added = web.member("Cara Fox", "cara@example.org")
    web.credited(added.member_id, 120)
    return added


def trust(web: Web, dora: MemberAdded, **more: str) -> str:
    command = trusted.TrustPerson(**{"name": "Cara", "email": "cara@example.org", **more})
    actor = web.community.actor_of(dora.person_id)
    return str(web.community.do(trusted.trust_person, command, actor=actor).trust_id)


def act(web: Web, cara: MemberAdded, trust_id: str) -> Page:
    web.sign_in(cara)
    return web.post(f"/acting/{trust_id}/start", page="/acting")


def end(web: Web, dora: MemberAdded, trust_id: str) -> None:
    actor = web.community.actor_of(dora.person_id)
    web.community.do(trusted.end_trust, trusted.EndTrust(trust_id=trust_id), actor=actor)


def test_a_member_names_somebody_and_ends_it(web: Web, dora: MemberAdded) -> None:
    web.sign_in(dora)
    assert 'href="/trusted-people"' in web.get("/choices").html
    page = web.post("/trusted-people", {"name": "Cara", "email": ""})
    assert page.status == 422
    assert "Choose what they may do." in page.words
    assert page.value("name") == "Cara"
    boxes = {"name": "Cara", "rewards": "none"}
    page = web.post("/trusted-people", {**boxes, "email": ""})
    assert 'href="#email"' in page.html
    assert web.post("/trusted-people", {**boxes, "email": "cara@example.org"}).status == 303
    page = web.get("/trusted-people")
    assert "See hours and statements" in page.words
    path = next(part for part in page.html.split('"') if part.endswith("/end"))
    assert web.post(path, page="/trusted-people").status == 303
    assert "Nobody may act for you." in web.get("/trusted-people").words
    assert web.post(path, page="/trusted-people").status == 303  # ended already: said, not broken


def test_a_coordinator_writes_it_down(web: Web, dora: MemberAdded, cara: MemberAdded) -> None:
    cora = staff(web, "Cora Day")
    web.sign_in(cora)
    path = f"/members/{dora.member_id}/trusted-people"
    assert f'href="{path}"' in web.get(f"/members/{dora.member_id}").html
    boxes = {"name": "Cara", "number": str(cara.number), "rewards": "no_money"}
    assert 'href="#how"' in web.post(path, boxes).html
    assert web.post(path, {**boxes, "how": "phone"}).status == 303
    page = web.get(path)
    assert "Cara Fox" in page.words
    assert "by phone" in page.words
    web.new_browser()
    web.sign_in(cara)
    assert web.get(path).status == 403


def test_a_card_is_printed_for_who_has_no_address(web: Web, dora: MemberAdded) -> None:
    cora = staff(web, "Cora Day")
    web.sign_in(cora)
    path = f"/members/{dora.member_id}/trusted-people"
    web.post(path, {"name": "Old Tom", "rewards": "none", "how": "in_person"})
    href = next(part for part in web.get(path).html.split('"') if part.endswith("/card"))
    assert "Make a new card" in web.get(href).words
    assert web.post(href).location == href
    page = web.get(href)
    code = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", page.words)[0]
    web.new_browser()
    assert web.post("/sign-in/card", {"code": code}).location == "/"
    assert 'href="/acting"' in web.get("/").html
    assert "Act for Dora Bell" in web.get("/acting").words


def test_acting_shows_for_whom_on_every_page_and_stops(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    trust_id = trust(web, dora)
    assert act(web, cara, trust_id).location == "/"
    for path in ("/", "/history", "/statements", "/rewards", "/redemptions", "/choices"):
        assert "You are acting for Dora Bell." in web.get(path).html, path
    assert "You have 5 hours." in web.get("/").words
    assert web.get("/choices").status == 403
    token = re.findall('name="csrf_token" value="([^"]+)"', web.get("/rewards").html)[0]
    assert web.send("/acting/stop", {"csrf_token": token}).location == "/acting"
    assert "You have 2 hours." in web.get("/").words
    assert "You are acting for" not in web.get("/").html


def test_ending_it_takes_effect_at_the_next_request(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    trust_id = trust(web, dora)
    act(web, cara, trust_id)
    assert "You have 5 hours." in web.get("/").words
    end(web, dora, trust_id)
    assert "You have 2 hours." in web.get("/").words


def test_asking_names_both_and_uses_the_members_hours(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    reward_id = web.reward(minutes=60)
    act(web, cara, trust(web, dora, rewards="no_money"))
    answer = web.post(f"/rewards/{reward_id}/redeem")
    assert answer.status == 303
    page = web.get(answer.location)
    assert "Cara Fox, for Dora Bell" in page.words
    assert web.redemption_of(dora.member_id).how == "trusted"
    assert web.community.balance(cara.member_id) == 120
    web.new_browser()
    web.sign_in(staff(web, "Tess Till", "treasurer"))
    assert "Cara Fox, for Dora Bell" in web.get("/trail").words


def test_a_page_from_before_uses_nobody_elses_hours(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    reward_id = web.reward(minutes=60)
    trust_id = trust(web, dora, rewards="no_money")
    act(web, cara, trust_id)
    path = f"/rewards/{reward_id}/redeem"
    boxes = web.get(path).hidden
    end(web, dora, trust_id)
    page = web.send(path, boxes)
    assert page.status == 409
    assert "Nothing was recorded." in page.words
    assert web.community.balance(cara.member_id) == 120
    assert web.community.balance(dora.member_id) == 300


def test_without_leave_to_ask_there_is_no_button_and_no_way(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    reward_id = web.reward(minutes=60)
    act(web, cara, trust(web, dora))
    page = web.get(f"/rewards/{reward_id}")
    assert "The member did not say that you may ask for this for them." in page.words
    assert web.get(f"/rewards/{reward_id}/redeem").status == 403


def test_vouchers_only_where_the_member_said_so(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    reward_id = web.reward("A voucher", 60, kind="voucher")
    act(web, cara, trust(web, dora, rewards="no_money"))
    assert "did not say that you may" in web.get(f"/rewards/{reward_id}").words
    page = web.post(f"/rewards/{reward_id}/redeem")
    assert page.status == 403
    assert "you may not ask for vouchers" in page.words
    assert web.community.balance(dora.member_id) == 300


def test_every_other_page_and_call_is_closed(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    """Every route, with the widest consent there is: what is not in the one table is refused."""
    act(web, cara, trust(web, dora, rewards="all"))
    csrf = re.findall('name="csrf_token" value="([^"]+)"', web.get("/").html)[0]
    actor = web.community.actor_of(cara.person_id)
    with web.community.unit(actor) as unit:
        token = doors.new_api_token(unit, cara.person_id, "mine")
    program = {"Authorization": f"Bearer {token}", "Acting-For": dora.member_id}
    closed = 0
    for route in web.app.url_map.iter_rules():
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            path = re.sub(r"<[^>]+>", "0" * 32, route.rule)
            rule = next(r for m, p, r in every_rule(web.app) if (m, p) == (method, route.rule))
            if rule in (PUBLIC, BY_LINK) or route.endpoint in FOR_A_MEMBER:
                continue
            if "<int:" in route.rule or "<form:" in route.rule:
                path = re.sub(r"<[a-z]+:[^>]+>", "1", route.rule)
                path = re.sub(r"<[^>]+>", "0" * 32, path)
            api = path.startswith("/api/")
            answer = web.browser.open(
                path, method=method, base_url=web.base,
                **({"headers": program} if api else {"data": {"csrf_token": csrf}}),
            )  # fmt: skip
            assert answer.status_code in ((403, 404) if api else (403,)), (method, path)
            closed += 1
    assert closed > 200


def test_what_is_open_is_also_allowed_by_the_table_of_roles(web: Web) -> None:
    there = {rule.endpoint for rule in web.app.url_map.iter_rules()}
    assert there >= FOR_A_MEMBER
    assert MEMBER in MAY["redemption.request_own_money"]
    assert {"account.view_own", "rewards.view"} == {
        action for action, roles in MAY.items() if trusted.TRUSTED in roles
    }
    assert "redemption.request_own_money" in {
        action for action, roles in MAY.items() if TRUSTED_WITH_MONEY in roles
    }


def test_a_program_acts_for_a_member_by_the_same_rules(
    web: Web, dora: MemberAdded, cara: MemberAdded
) -> None:
    actor = web.community.actor_of(cara.person_id)
    with web.community.unit(actor) as unit:
        token = doors.new_api_token(unit, cara.person_id, "mine")

    def call(path: str, member_id: str | None = None) -> tuple[int, dict]:  # type: ignore[type-arg]
        headers = {"Authorization": f"Bearer {token}"}
        if member_id is not None:
            headers["Acting-For"] = member_id
        answer = web.browser.get(f"/api/v1{path}", headers=headers, base_url=web.base)
        return answer.status_code, answer.get_json()

    assert call("/me/history", dora.member_id)[0] == 403
    trust_id = trust(web, dora)
    status, found = call("/me/history", dora.member_id)
    assert (status, found["items"][0]["balance_minutes"]) == (200, 300)
    assert call("/me/history")[1]["items"][0]["balance_minutes"] == 120
    assert call("/me", dora.member_id)[0] == 403
    end(web, dora, trust_id)
    assert call("/me/history", dora.member_id)[0] == 403
    assert call("/statements", dora.member_id)[0] == 403
