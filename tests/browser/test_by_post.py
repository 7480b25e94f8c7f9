"""A member's month by post alone, at the coordinator's desk: letters, one back, a call; no mail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from tests.browser.steps import fine, follow, heading, leave_by, press, text
from tests.timebank.pdf_reading import words_of

pytestmark = pytest.mark.browser
HELEN = "helen@example.org"


def test_letters_posted_one_back_and_a_call(sample: Site, visit: Visit) -> None:
    before = len(sample.mails.mails)
    page = visit(sample)
    sign_in(page, HELEN)
    page.goto("/to-do")
    follow(page, "Letters")
    assert "Dorothy Clarke" in text(page)
    fine(page)
    press(page, "Make today’s letters")
    answer = page.request.get(page.url + "/letters.pdf")
    words = words_of(answer.body())
    assert "14 Mill Lane" in words
    assert "Statement: " in words
    fine(page)
    press(page, "These were posted")
    assert "Posted" in text(page)
    fine(page)
    row = page.get_by_role("row").filter(has_text="Dorothy Clarke")
    leave_by(row.get_by_role("button", name="It came back"))
    assert "Came back" in text(page)
    _ask_and_ring(page)
    sample.tick()
    late = sample.mails.envelopes[before:]
    assert not any("dorothy" in to for _sender, receivers in late for to in receivers)


def _ask_and_ring(page: Page) -> None:
    page.goto("/to-do")
    follow(page, "Ask how to reach somebody whose post or mail came back")
    assert heading(page) == "How to be in touch"
    assert "Something we sent came back" in text(page)
    page.get_by_label("By telephone: somebody rings and reads it out").check()
    page.get_by_label("Read out loud").check()
    press(page, "Save")
    page.goto("/calls")
    fine(page)
    follow(page, "Dorothy Clarke")
    assert "Am I speaking to Dorothy Clarke?" in text(page)
    assert "Line 1" in text(page)
    fine(page)
    press(page, "I have read it out")
    assert "Dorothy Clarke" not in text(page)
