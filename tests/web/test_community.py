"""The group's own details and rules."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, staff
from timebank import community

LOOKS = {"name": "Hillside", "brand_colour": "#1d5c4b", "contact_name": "Ada Marsh"}
RULES = {
    "rounding": "up_15", "money_rewards": "yes", "advice_contact": "Law Centre, 020 7946 0001",
    "information_reviewed_by": "Law Centre", "information_reviewed_on_day": "1",
    "information_reviewed_on_month": "3", "information_reviewed_on_year": "2026",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.sign_in(ADMIN)


def test_change_the_details(web: Web) -> None:
    assert web.get("/community/change").value("brand_colour") == "#6b3a6e"
    approver = web.community.member("Tess Trust", "tess@example.org").person_id
    sent = web.post("/community/change", {**LOOKS, "second_approver_id": approver})
    assert sent.status == 303
    words = web.get("/community").words
    assert "Hillside" in words
    assert "#1d5c4b" in words
    assert "Second approver Tess Trust" in words
    assert "#1d5c4b" in web.get("/theme.css").html


@pytest.mark.parametrize("colour", ["#ffee00", "purple", "", "#12345"])
def test_a_colour_that_cannot_be_used_is_refused(web: Web, colour: str) -> None:
    page = web.post("/community/change", {**LOOKS, "brand_colour": colour})
    assert page.status == 422
    assert '<a href="#brand_colour">' in page.html
    assert page.value("name") == "Hillside"
    assert page.value("brand_colour") == colour
    assert web.community.read(lambda unit: unit.community.name) == "Riverside Time Bank"


def test_a_version_of_the_rules_is_added(web: Web) -> None:
    assert web.post("/community/policy", RULES).status == 303
    rules = web.community.read(community.policy)
    assert (rules.version, rules.rounding, rules.money_rewards) == (2, "up_15", True)
    words = web.get("/community").words
    assert "Up to the next quarter of an hour" in words
    assert "By Law Centre on 1 March 2026" in words
    assert "Every version" in words


def test_money_values_need_advice_and_a_review(web: Web) -> None:
    page = web.post("/community/policy", {**RULES, "advice_contact": ""})
    assert page.status == 422
    assert '<a href="#advice_contact">' in page.html
    assert page.value("information_reviewed_by") == "Law Centre"
    later = web.post("/community/policy", {**RULES, "information_reviewed_on_day": "9"})
    assert later.status == 422
    assert '<a href="#information_reviewed_on">' in later.html
    assert web.community.read(community.policy).version == 1


def test_everything_missing_is_said_at_its_box(web: Web) -> None:
    empty = web.post("/community/policy", {"rounding": "none", "money_rewards": "yes"})
    assert empty.status == 422
    for box in ("advice_contact", "information_reviewed_by", "information_reviewed_on"):
        assert f'<a href="#{box}">' in empty.html, box


def test_two_who_change_the_details_at_once(web: Web) -> None:
    hidden = web.get("/community/change").hidden
    assert web.send("/community/change", {**hidden, **LOOKS}).status == 303
    tess = web.community.member("Tess Trust").person_id
    boxes = {**LOOKS, "name": "Hilltop", "second_approver_id": tess}
    late = web.send("/community/change", {**hidden, **boxes, "key": "another-key"})
    assert late.status == 409
    assert "Ada Marsh did so on 2 March 2026 at 10:00" in late.words
    assert "Name of the group It is now Hillside You typed Hilltop" in late.words
    assert "Second approver It is now Nobody You typed Tess Trust" in late.words
    assert "Colour It is now" not in late.words
    assert late.value("name") == "Hilltop"
    assert web.send("/community/change", {**late.hidden, **boxes}).status == 303


def test_two_who_agree_rules_at_once(web: Web) -> None:
    hidden = web.get("/community/policy").hidden
    web.money_rewards_on()
    late = web.send("/community/policy", {**hidden, **RULES})
    assert late.status == 409
    assert "Rounding It is now Not at all: every minute counts as it is You typed Up" in late.words
    assert "When It is now 2 March 2026 You typed 1 March 2026" in late.words
    assert web.community.read(community.policy).version == 2
    assert web.send("/community/policy", {**late.hidden, **RULES}).status == 303
    assert web.community.read(community.policy).version == 3


def test_only_administrators(web: Web) -> None:
    cora = staff(web, "Cora Day")
    web.new_browser()
    web.sign_in(cora)
    for path in ("/community", "/community/change", "/community/policy", "/roles/grant"):
        assert web.get(path).status == 403, path
