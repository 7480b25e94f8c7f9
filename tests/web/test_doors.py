"""Signing in and out, and what keeps guessers and other sites out."""

from __future__ import annotations

import re

import pytest

from tests.timebank.builders import PASSWORD
from tests.web.conftest import Page, Web
from timebank import people


def test_signs_in_by_member_number_and_by_email(web: Web) -> None:
    anna = web.member("Anna Bell", "anna@example.org")
    for name in (str(anna.number), "anna@example.org", " ANNA@example.org "):
        web.new_browser()
        assert web.sign_in(name).status == 303
        assert web.get("/").words.startswith("You have no hours yet.")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(web: Web) -> None:
    anna = web.member("Anna Bell")
    wrong, unknown = web.sign_in(anna, "not her password"), web.sign_in("99999", "not her password")
    assert (wrong.status, unknown.status) == (422, 422)
    assert wrong.words.replace(str(anna.number), "") == unknown.words.replace("99999", "")
    assert wrong.title.startswith("Error: Sign in")


def test_what_was_typed_is_kept_but_never_the_password(web: Web) -> None:
    page = web.sign_in("anna@example.org", "not her password")
    assert page.value("name_or_number") == "anna@example.org"
    assert "not her password" not in page.html


def test_says_which_box_is_empty(web: Web) -> None:
    page = web.sign_in("", "")
    assert page.status == 422
    assert 'href="#name_or_number"' in page.html
    assert "Enter your e-mail address or member number." in page.words
    assert "Enter your password." in page.words


def test_too_many_tries_close_the_door_even_to_the_right_password(web: Web) -> None:
    anna = web.member("Anna Bell")
    answers = [web.sign_in(anna, "not her password").status for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert web.sign_in(anna).status == 429
    web.community.clock.forward(minutes=16)
    assert web.sign_in(anna).status == 303


def test_goes_on_to_the_page_that_was_asked_for(web: Web) -> None:
    anna = web.member("Anna Bell")
    refused = web.get("/history?before=9")
    assert refused.status == 303
    assert refused.location == "/sign-in?next=/history?before%3D9"
    page = web.get(refused.location)
    data = {**page.hidden, "name_or_number": str(anna.number), "password": PASSWORD}
    assert web.send("/sign-in", data).location == "/history?before=9"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org/", "/\\example.org", "example.org", "/a\nb", "/\t/x"],
)
def test_never_goes_on_to_another_site(web: Web, elsewhere: str) -> None:
    anna = web.member("Anna Bell")
    hidden = web.get("/sign-in").hidden
    data = {"name_or_number": str(anna.number), "password": PASSWORD, "next": elsewhere}
    assert web.send("/sign-in", {**hidden, **data}).location == "/"


def test_the_cookie_is_for_this_site_only_and_worth_nothing_after_signing_out(web: Web) -> None:
    anna = web.member("Anna Bell")
    signed_in = web.sign_in(anna)
    cookie = next(
        c for c in signed_in.response.headers.getlist("Set-Cookie") if c.startswith("timebank-")
    )
    assert all(flag in cookie for flag in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"))
    kept = web.browser.get_cookie(web.app.config["SESSION_COOKIE_NAME"], domain="time.example.org")
    assert web.get("/history").status == 200
    assert web.send("/sign-out", {"csrf_token": _csrf(web.get("/history").html)}).status == 303
    assert web.get("/history").status == 303
    web.new_browser()
    web.browser.set_cookie(kept.key, kept.value, domain="time.example.org", secure=True)
    assert web.get("/history").status == 303


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(web: Web) -> None:
    web.get("/sign-in")
    before = web.browser.get_cookie(
        web.app.config["SESSION_COOKIE_NAME"], domain="time.example.org"
    ).value
    web.sign_in(web.member("Anna Bell"))
    assert (
        web.browser.get_cookie(
            web.app.config["SESSION_COOKIE_NAME"], domain="time.example.org"
        ).value
        != before
    )


def test_signing_out_everywhere_ends_the_other_browser_too(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    other = web.browser
    web.new_browser()
    web.sign_in(anna)
    assert web.post("/sign-out/everywhere", page="/signing-in").status == 303
    web.browser = other
    assert web.get("/history").status == 303


def test_a_form_without_its_token_does_nothing(web: Web) -> None:
    anna = web.member("Anna Bell")
    assert web.send("/sign-in", {"name_or_number": anna.number, "password": PASSWORD}).status == 400
    assert web.get("/history").status == 303


def test_a_form_may_stay_open_for_days(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    hidden = web.get("/choices").hidden
    web.community.clock.forward(days=3)
    data = {"choice": "pot", "statement_by": "paper"}
    assert web.send("/choices", {**hidden, **data}).status == 303


def test_a_sign_in_ends_by_itself(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    web.community.clock.forward(days=15)
    assert web.get("/history").status == 303


def test_a_role_ended_is_gone_at_the_next_page(web: Web) -> None:
    cora = web.member("Cora Lane")
    role = {"person_id": cora.person_id, "role": "coordinator"}
    web.community.do(people.grant_role, people.GrantRole(**role))
    reward_id = web.reward()
    web.credited(cora.member_id, 120)
    theirs = _asked_by(web, web.member("Ben Okafor"), reward_id)
    web.sign_in(cora)
    assert web.get(f"/redemptions/{theirs}").status == 200
    web.community.do(people.end_role, people.EndRole(**role))
    assert web.get(f"/redemptions/{theirs}").status == 404


def _asked_by(web: Web, member: people.MemberAdded, reward_id: str) -> str:
    web.credited(member.member_id, 120)
    return web.ask(reward_id, member)


def _csrf(markup: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', markup)
    assert found
    return found[1]


# --- a form sent after the sign-in ended ------------------------------------------------------


def _too_late(web: Web, **more: str) -> Page:
    """Anna's choices, sent after her sign-in ended by itself."""
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    hidden = web.get("/choices").hidden
    web.community.clock.forward(days=15)
    boxes = {"choice": "pot", "statement_by": "paper", **more}
    return web.send("/choices", {**hidden, **boxes})


def _again(web: Web, page: Page, number: int, password: str = PASSWORD) -> Page:
    data = {**page.hidden, "name_or_number": str(number), "password": password}
    return web.send("/sign-in", data)


def test_what_was_typed_is_kept_while_signing_in_again(web: Web) -> None:
    page = _too_late(web)
    assert page.status == 403
    assert "What you typed is kept on this page" in page.words
    anna = web.community.read(people.members, search="Anna")[0]
    wrong = _again(web, page, anna.number, "not her password")
    assert wrong.status == 422
    shown = _again(web, wrong, anna.number)
    assert "Here is what you were about to send" in shown.words
    assert "choice What was in it pot" in shown.words
    assert web.community.read(people.member, anna.id).choice == "accept"
    assert 'action="/choices"' in shown.html
    assert web.send("/choices", shown.hidden).status == 303
    assert web.community.read(people.member, anna.id).choice == "pot"


def test_nobody_else_gets_to_see_or_send_it(web: Web) -> None:
    page = _too_late(web)
    ben = web.member("Ben Okafor")
    signed_in = _again(web, page, ben.number)
    assert signed_in.location == "/"
    home = web.get(signed_in.location)
    assert "Somebody else had typed something here. It was not sent." in home.words
    assert "kept" not in home.html
    assert web.community.read(people.member, ben.member_id).choice == "accept"


def test_passwords_are_not_carried(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    hidden = web.get("/signing-in").hidden
    web.community.clock.forward(days=15)
    boxes = {"current_password": PASSWORD, "password": "another one of mine"}
    late = web.send("/signing-in", {**hidden, **boxes})
    assert late.status == 303
    kept = _too_late(web, password="another one of mine")
    assert kept.status == 403
    assert "another one of mine" not in kept.html


def test_a_form_from_elsewhere_is_not_kept(web: Web) -> None:
    assert _too_late(web, csrf_token="forged").status == 303
    web.new_browser()
    assert web.send("/choices", {"choice": "pot"}).status == 303


def test_a_forged_mark_leads_nowhere(web: Web) -> None:
    page = _too_late(web)
    anna = web.community.read(people.members, search="Anna")[0]
    mark = page.hidden["kept"]
    forged = {**page.hidden, "kept": mark[:-9] + ("b" if mark[-9] == "a" else "a") + mark[-8:]}
    boxes = {"name_or_number": str(anna.number), "password": PASSWORD}
    assert web.send("/sign-in", {**forged, **boxes}).location == "/"
