"""A member's statements on the page and as plain text."""

from __future__ import annotations

from datetime import date

import pytest

from tests.web.conftest import Page, Web
from timebank import statements
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, signed in, with statements for March and April."""
    web.money_rewards_on()
    added = web.member("Anna Bell")
    web.credited(added.member_id, 150)
    web.ask(web.reward("High street voucher", 60, kind="voucher", money_pence=2000), added)
    web.community.clock.forward(days=65)
    with web.community.unit() as unit:
        statements.issue(unit, date(2026, 4, 30))
    web.sign_in(added)
    return added


def _open(web: Web, member: MemberAdded, index: int = -1) -> str:
    """The path of one of a member's statements, the first by default."""
    return f"/statements/{web.community.read(statements.of_member, member.member_id)[index].id}"


def test_the_list_leads_to_each_statement(web: Web, anna: MemberAdded) -> None:
    page = web.get("/statements")
    assert page.words.index("April 2026") < page.words.index("March 2026")
    assert f'href="{_open(web, anna)}"' in page.html


def test_a_statement_begins_with_a_sentence_and_explains_each_line(
    web: Web, anna: MemberAdded
) -> None:
    page = web.get(_open(web, anna))
    assert page.title.startswith("Statement: 1 March 2026 to 31 March 2026")
    words = page.words
    assert (
        "On 31 March 2026 you had 2 hours 30 minutes. You can use 1 hour 30 minutes of it."
        " 1 hour is set aside for what you asked for." in words
    )
    assert "Community meeting on 2 March 2026: 2 hours 30 minutes" in words
    assert "Set aside for High street voucher on 2 March 2026" in words
    table = page.html[page.html.index("<table") : page.html.index("</table>")]
    assert "£" not in table
    assert "£20" in words[words.index("Money values") :]


def test_an_empty_month_says_so(web: Web, anna: MemberAdded) -> None:
    assert "Nothing was recorded in this time." in web.get(_open(web, anna, 0)).words


def test_it_reads_the_same_for_ever(web: Web, anna: MemberAdded) -> None:
    path = _open(web, anna)
    before = web.get(path).words, web.get(f"{path}.txt").html
    web.credited(anna.member_id, 60)
    assert (web.get(path).words, web.get(f"{path}.txt").html) == before


def test_plain_text_to_keep(web: Web, anna: MemberAdded) -> None:
    text: Page = web.get(f"{_open(web, anna)}.txt")
    assert text.response.mimetype == "text/plain"
    assert "attachment" in text.response.headers["Content-Disposition"]
    assert "On 31 March 2026 you had 2 hours 30 minutes." in " ".join(text.html.split())
    assert text.response.headers["Cache-Control"] == "no-store"


def test_other_peoples_statements_are_not_found(web: Web, anna: MemberAdded) -> None:
    theirs = _open(web, web.community.admin)
    assert web.get(theirs).status == web.get(f"{theirs}.txt").status == 404
    assert web.get(f"/statements/{'0' * 32}").status == 404
