"""What is put together once: for each content of its own, and never with another's token."""

from __future__ import annotations

import re

from tests.web.conftest import Web
from web import parts


def header(markup: str) -> str:
    found = re.search(r"<header.*?</header>", markup, re.S)
    assert found is not None
    return found[0]


def tokens(markup: str) -> set[str]:
    return set(re.findall(r'name="csrf_token" value="([^"]+)"', markup))


def test_two_people_see_their_own_names_and_tokens(web: Web) -> None:
    seen = {}
    for name in ("Anna Bell", "Bob Carr", "Anna <i>"):
        web.new_browser()
        web.sign_in(web.member(name))
        seen[name] = web.get("/").html
        again = web.get("/").html
        assert tokens(header(again)) <= tokens(again)
        assert len(tokens(again)) == 1
    assert "Anna Bell" in header(seen["Anna Bell"])
    assert "Bob Carr" in header(seen["Bob Carr"])
    assert "Anna Bell" not in seen["Bob Carr"]
    assert "Anna &lt;i&gt;" in header(seen["Anna <i>"])
    assert len({*tokens(seen["Anna Bell"]), *tokens(seen["Bob Carr"])}) == 2


def test_a_form_in_the_header_can_be_sent(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    web.get("/")
    token = next(iter(tokens(header(web.get("/history").html))))
    assert web.send("/sign-out", {"csrf_token": token}).status == 303
    assert web.get("/history").status == 303


def test_the_menu_says_where_one_is(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    for _ in range(2):
        for path, label in (("/", "My hours"), ("/history", "History"), ("/rewards", "Rewards")):
            current = re.findall(r'aria-current="true">([^<]+)<', header(web.get(path).html))
            assert current == [label]


def test_who_is_not_signed_in_gets_no_cookie_for_reading(web: Web) -> None:
    for _ in range(2):
        page = web.get("/how-it-works")
        assert page.status == 200
        assert "Set-Cookie" not in page.response.headers


def test_a_new_name_of_the_group_is_seen_at_once(web: Web) -> None:
    from timebank.models import Community

    assert "Riverside Time Bank" in header(web.get("/sign-in").html)
    with web.community.unit() as unit:
        unit.db.get_one(Community, 1).name = "Hillside"
    assert "Hillside" in header(web.get("/sign-in").html)


def test_it_does_not_grow_without_end(web: Web) -> None:
    with web.app.app_context():
        for number in range(2 * parts.MOST + 5):
            assert parts.once(number, lambda number=number: number) == number
        assert len(web.app.extensions["timebank.parts"]) <= parts.MOST
