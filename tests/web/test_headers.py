"""What every answer carries."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Web


@pytest.mark.parametrize(
    "path", ["/sign-in", "/", "/nothing-here", "/theme.css", "/api/openapi.json", "/link/abc"]
)
def test_every_answer_keeps_to_itself(web: Web, path: str) -> None:
    headers = web.get(path).response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_personal_pages_are_kept_nowhere(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    for path in ("/", "/history", "/choices", "/nothing-here"):
        assert web.get(path).response.headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_as_long_as_they_are_the_same(web: Web) -> None:
    page = web.get("/sign-in").html
    found = re.search(r'href="(/static/timebank\.css\?v=[0-9a-f]+)"', page)
    assert found
    assert "max-age=31536000" in web.get(found[1]).response.headers["Cache-Control"]
    assert "max-age=3600" in web.get("/static/timebank.css").response.headers["Cache-Control"]


def test_nothing_on_a_page_comes_from_elsewhere_or_stands_inside_it(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    for path in ("/", "/rewards", "/choices", "/sign-in", "/source", "/how-it-works", "/x"):
        html = web.get(path).html
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", html), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html), path


def test_the_host_header_is_believed_nowhere(web: Web) -> None:
    answer = web.browser.get("/history", headers={"Host": "evil.example"})
    assert answer.headers["Location"].startswith("/sign-in")
    assert "evil.example" not in web.browser.get("/sign-in", headers={"Host": "evil.example"}).text
