"""Tokens for programs: shown once, one's own only, ended at any time."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Web
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    added = web.member("Anna Bell")
    web.sign_in(added)
    return added


def _make(web: Web) -> str:
    page = web.post("/tokens", {"label": "Garden rota"})
    assert page.status == 200
    found = re.search(r"timebank_[\w-]+", page.html)
    assert found
    return found[0]


def _api(web: Web, token: str) -> int:
    header = {"Authorization": f"Bearer {token}"}
    return web.app.test_client().get("/api/v1/me", headers=header, base_url=web.base).status_code


def test_made_shown_once_and_ended(web: Web, anna: MemberAdded) -> None:
    token = _make(web)
    assert _api(web, token) == 200
    page = web.get("/tokens")
    assert token not in page.html
    assert "Garden rota" in page.words
    path = re.search(r"/tokens/[0-9a-f]{32}/end", page.html)
    assert path
    assert web.post(path[0], page="/tokens").status == 303
    assert _api(web, token) == 401
    assert "You have no tokens." in web.get("/tokens").words


def test_it_needs_a_label(web: Web, anna: MemberAdded) -> None:
    page = web.post("/tokens", {"label": " "})
    assert page.status == 422
    assert '<a href="#label">' in page.html


def test_somebody_elses_is_not_seen_and_not_ended(web: Web, anna: MemberAdded) -> None:
    token = _make(web)
    path = re.search(r"/tokens/[0-9a-f]{32}/end", web.get("/tokens").html)
    bert = web.member("Bert Cole")
    web.new_browser()
    web.sign_in(bert)
    assert "You have no tokens." in web.get("/tokens").words
    assert path
    assert web.post(path[0], page="/tokens").status == 404
    assert _api(web, token) == 200
