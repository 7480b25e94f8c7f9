"""One's own way in: the password, other browsers, and the way to tokens."""

from __future__ import annotations

import pytest

from tests.timebank.builders import PASSWORD
from tests.web.conftest import Web
from tests.web.work import ADMIN, staff
from timebank.people import MemberAdded

NEW = "three new words together"


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell")
    web.sign_in(added)
    return added


def _change(web: Web, current: str = PASSWORD, new: str = NEW) -> int:
    boxes = {"current_password": current, "password": new}
    return web.post("/signing-in", boxes).status


def test_a_new_password_signs_out_everywhere_else(web: Web, anna: MemberAdded) -> None:
    here = web.browser
    web.new_browser()
    web.sign_in(anna)
    there, web.browser = web.browser, here
    web.community.clock.forward(days=1)
    assert "You chose it on 2 March 2026." in web.get("/signing-in").words
    assert _change(web) == 303
    page = web.get("/signing-in")
    assert "Your password is changed." in page.words
    assert "You chose it on 3 March 2026." in page.words
    web.browser = there
    assert web.get("/history").status == 303
    assert web.sign_in(anna).status == 422
    assert web.sign_in(anna, NEW).status == 303


def test_it_needs_the_password_that_holds(web: Web, anna: MemberAdded) -> None:
    page = web.post("/signing-in", {"current_password": "not hers at all", "password": NEW})
    assert page.status == 422
    assert '<a href="#current_password">This is not your password.' in page.html
    assert NEW not in page.html
    assert [_change(web, "not hers at all") for _ in range(9)] == [422] * 9
    assert _change(web) == 429
    web.new_browser()
    web.community.clock.forward(minutes=16)
    assert web.sign_in(anna).status == 303


@pytest.mark.parametrize("new", ["", "short", "x" * 1001])
def test_a_password_that_cannot_be_is_refused(web: Web, anna: MemberAdded, new: str) -> None:
    page = web.post("/signing-in", {"current_password": PASSWORD, "password": new})
    assert page.status == 422
    assert 'href="#password"' in page.html
    web.new_browser()
    assert web.sign_in(anna).status == 303


def test_the_way_there_for_everybody(web: Web, anna: MemberAdded) -> None:
    assert 'href="/signing-in"' in web.get("/choices").html
    cora = staff(web, "Cora Day")
    for who in (ADMIN, cora):
        web.new_browser()
        web.sign_in(who)
        # The name at the top of every page leads there.
        assert '<a class="govuk-link" href="/signing-in">' in web.get("/sessions").html
    assert 'href="/tokens"' in web.get("/signing-in").html
    assert 'href="/api/"' in web.get("/tokens").html
    web.new_browser()
    assert web.get("/signing-in").status == 303
