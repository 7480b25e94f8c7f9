"""Checking a statement without signing in."""

from __future__ import annotations

from datetime import date

import pytest

from tests.web.conftest import Page, Web
from timebank import statements
from timebank.models import Statement
from timebank.statement_content import receipt

PATH = "/check-statement"


@pytest.fixture
def issued(web: Web) -> Statement:
    """Anna's statement of March, over 2 hours 30 minutes."""
    anna = web.member("Anna Bell")
    web.credited(anna.member_id, 150)
    web.community.clock.forward(days=35)
    with web.community.unit() as unit:
        statements.issue(unit, date(2026, 3, 31))
    return web.community.read(statements.of_member, anna.member_id)[0]  # type: ignore[no-any-return]


def _check(web: Web, number: str, hours: str, minutes: str, code: str, **more: str) -> Page:
    boxes = {"reference": number, "closing_minutes_hours": hours, "receipt": code}
    return web.post(PATH, {**boxes, "closing_minutes_minutes": minutes, **more})


def test_the_two_answers(web: Web, issued: Statement) -> None:
    code = receipt(issued.content_sha256)
    right = _check(web, issued.reference, "2", "30", code)
    assert right.status == 200
    assert "These three belong together" in right.title
    assert "These three belong together" in right.words
    wrong = _check(web, issued.reference, "2", "31", code)
    assert "They do not" in wrong.words
    assert "belong together" not in wrong.words
    below = _check(web, issued.reference, "2", "30", code, below_zero="yes")
    assert "They do not" in below.words


def test_no_answer_says_more_than_the_other(web: Web, issued: Statement) -> None:
    """An unknown number and a wrong receipt get the same page, but for what was typed."""
    code = receipt(issued.content_sha256)
    number = _check(web, "2345-6789", "2", "30", code)
    hours = _check(web, issued.reference, "3", "30", code)
    assert number.words.replace("2345-6789", "") == hours.words.replace(issued.reference, "")
    assert "Anna" not in hours.html
    assert number.response.headers["Cache-Control"] == "no-store"


def test_boxes_left_empty_are_named(web: Web) -> None:
    page = _check(web, "", "", "", "")
    assert page.status == 422
    for box in ("reference", "closing_minutes", "receipt"):
        assert f'href="#{box}"' in page.html


def test_too_many_tries(web: Web, issued: Statement) -> None:
    answers = [_check(web, issued.reference, "1", "0", "x").status for _ in range(11)]
    assert answers == [200] * 10 + [429]
    page = _check(web, issued.reference, "2", "30", receipt(issued.content_sha256))
    assert "Wait 15 minutes" in page.html
    web.community.clock.forward(minutes=16)
    page = _check(web, issued.reference, "2", "30", receipt(issued.content_sha256))
    assert "These three belong together" in page.words


def test_statements_lead_to_it(web: Web, issued: Statement) -> None:
    assert f'href="{PATH}"' in web.get("/sign-in").html
