"""Checking the books from a page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests.web.conftest import Web
from tests.web.work import ADMIN, staff


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.credited(web.member("Anna Bell").member_id, 60)
    web.sign_in(ADMIN)


def _head(web: Web) -> str:
    found = re.search(r"\b[0-9]+:[0-9a-f]{64}\b", web.get("/books/check").html)
    assert found
    return found[0]


def test_the_books_agree(web: Web) -> None:
    page = web.get("/books/check")
    assert page.status == 200
    assert "The books agree" in page.words
    assert "1 transaction was counted again." in page.words


def test_against_what_was_noted_before(web: Web) -> None:
    head = _head(web)
    web.credited(web.community.member("Bert Cole").member_id, 30)
    assert "They still hold everything" in web.get(f"/books/check?against={head}").words
    seq, _, digest = head.partition(":")
    other = f"{seq}:{'0' * 64}"
    page = web.get(f"/books/check?against={other}")
    assert "The books do not agree" in page.words
    assert digest != "0" * 64


def test_what_was_noted_wrongly_is_asked_for_again(web: Web) -> None:
    page = web.get("/books/check?against=12:abc")
    assert page.status == 422
    assert '<a href="#against">' in page.html
    assert page.value("against") == "12:abc"


def test_findings_are_said_in_words(web: Web) -> None:
    # A record that disagrees with the books: somebody changed what was recorded.
    with web.community.database.engine.begin() as connection:
        connection.execute(text("UPDATE attendance_entry SET credited_minutes = 61"))
    page = web.get("/books/check")
    assert "The books do not agree" in page.words
    assert "is not as it must be" in page.words or "are not as they must be" in page.words
    assert re.search(r"<ol[^>]*>\s*<li>\w", page.html)


def test_who_may_check(web: Web) -> None:
    for role, status in (("treasurer", 200), ("coordinator", 403)):
        who = staff(web, f"Somebody {role}", role)
        web.new_browser()
        web.sign_in(who)
        assert web.get("/books").status == web.get("/books/check").status == status
