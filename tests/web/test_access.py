"""Who may open what: every route has a rule, and every rule holds."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.timebank.builders import PASSWORD
from tests.web.conftest import Web
from timebank.roles import MAY
from web.access import (
    BY_LINK,
    PUBLIC,
    SIGNED_IN,
    RuleMissing,
    access,
    every_rule,
    guard,
    local_path,
)

# Everything that may be opened without signing in, so that a new one is noticed.
OPEN_TO_ALL = {
    "/set-up", "/theme.css", "/healthz", "/sign-in", "/sign-in/link", "/sign-in/card",
    "/sign-in/passkey", "/sign-in/passkey/begin", "/language",
    "/check-statement", "/check-certificate", "/metrics", "/static/<path:filename>",
    "/join", "/join/thank-you", "/how-it-works", "/roles", "/accessibility", "/privacy",
    "/source", "/source/timebank.tar.gz",
    "/api/", "/api/openapi.json",
}  # fmt: skip


def _fill(path: str) -> str:
    """A path pattern with made-up ids in place of its parts."""
    import re

    return re.sub(r"<[^>]+>", "0" * 32, path)


def test_every_route_has_a_rule_that_exists(web: Web) -> None:
    rules = list(every_rule(web.app))
    assert len(rules) > 20
    assert all(rule in {PUBLIC, SIGNED_IN, BY_LINK, *MAY} for _, _, rule in rules)


def test_what_is_open_to_all_is_listed(web: Web) -> None:
    assert {path for _, path, rule in every_rule(web.app) if rule == PUBLIC} == OPEN_TO_ALL


def test_only_single_use_links_are_opened_by_link(web: Web) -> None:
    assert {path for _, path, rule in every_rule(web.app) if rule == BY_LINK} == {
        "/link/<code>",
        "/check-in/<code>",
        "/calendar/<code>.ics",
        "/card/<code>",
        "/no-thanks/<code>",
    }


def test_everything_else_asks_to_sign_in_first(web: Web) -> None:
    csrf = web.get("/sign-in").hidden["csrf_token"]
    for method, path, rule in every_rule(web.app):
        if rule in (PUBLIC, BY_LINK):
            continue
        answer = web.browser.open(
            _fill(path), method=method, base_url=web.base, data={"csrf_token": csrf}
        )
        if path.startswith("/api/"):
            assert answer.status_code == 401, path
        else:
            assert answer.status_code == 303, path
            assert answer.headers["Location"].startswith("/sign-in"), path


def test_a_member_without_a_role_gets_no_further_than_their_own(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    csrf = web.get("/choices").hidden["csrf_token"]
    for method, path, rule in every_rule(web.app):
        if path.startswith("/api/") or rule not in MAY or "member" in MAY[rule]:
            continue
        answer = web.browser.open(
            _fill(path), method=method, base_url=web.base, data={"csrf_token": csrf}
        )
        assert answer.status_code == 403, (method, path)


def test_a_rule_opens_to_its_roles_and_to_nobody_else(web: Web) -> None:
    web.app.add_url_rule("/proof", "proof", access("books.prove")(lambda: "the books"))
    web.app.add_url_rule("/mine", "mine", access(SIGNED_IN)(lambda: "signed in"))
    web.sign_in(web.member("Anna Bell"))
    assert (web.get("/proof").status, web.get("/mine").status) == (403, 200)
    web.new_browser()
    web.sign_in("ada@example.org")
    assert web.get("/proof").html == "the books"


def test_reading_pages_changes_nothing(web: Web) -> None:
    """Every page without an id in its address, read by an administrator who is a member."""
    from sqlalchemy import func, select

    from timebank.models import Base

    web.sign_in("ada@example.org", PASSWORD)

    def counts() -> dict[str, int]:
        with web.community.database.reading(web.community.actor) as unit:
            return {
                table.name: unit.connection.scalar(select(func.count()).select_from(table))
                for table in Base.metadata.sorted_tables
            }

    before = counts()
    for method, path, _rule in every_rule(web.app):
        if method == "GET" and "<" not in path and not path.startswith("/api/"):
            assert web.get(path).status in (200, 303, 404), path
    assert counts() == before


def test_the_application_does_not_start_with_a_route_without_a_rule() -> None:
    app = Flask("bare")
    access(PUBLIC)(app.view_functions["static"])
    guard(app)
    app.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(RuleMissing, match="GET /open"):
        guard(app)


def test_a_rule_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(RuleMissing):
        access("members.everything")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/history?before=3", "/history?before=3"),
        ("/", "/"),
        ("", "/"),
        (None, "/"),
        ("//example.org", "/"),
        ("/\\example.org", "/"),
        ("https://example.org", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
    ],
)
def test_only_paths_of_this_site_are_gone_to(text: str | None, path: str) -> None:
    assert local_path(text) == path
