"""One member's hour through the pages, on both engines: credited, used, called off, on paper."""

from __future__ import annotations

from datetime import date

from tests.web.conftest import Web
from timebank import statements


def test_an_hour_through_the_pages(web_on_both: Web) -> None:
    web = web_on_both
    anna = web.member("Anna Bell", "anna@example.org")
    web.credited(anna.member_id, 150)
    reward_id = web.reward("Pottery class", 120, places=1)
    assert web.sign_in("anna@example.org", "not her password").status == 422
    assert web.sign_in("anna@example.org").status == 303
    assert web.get("/").words.startswith("You have 2 hours 30 minutes. You can use all of it.")
    asked = web.post(f"/rewards/{reward_id}/redeem")
    assert asked.status == 303
    assert "All places are taken." in web.get("/rewards").words
    assert web.post(f"{asked.location}/cancel").status == 303
    assert "1 place left." in web.get("/rewards").words
    assert web.post("/choices", {"choice": "pot", "statement_by": "link"}).status == 303
    assert web.get("/history").html.count('scope="row"') == 3
    web.community.clock.forward(days=31)
    with web.community.unit() as unit:
        statements.issue(unit, date(2026, 3, 31))
    web.sign_in(anna)  # the first sign-in has ended by then
    statement = web.community.read(statements.of_member, anna.member_id)[0]
    page = web.get(f"/statements/{statement.id}")
    assert "On 31 March 2026 you had 2 hours 30 minutes. You can use all of it." in page.words
    assert web.get(f"/redemptions/{'g' * 32}").status == 404
    assert web.get("/redemptions/%00").status == 404
    assert web.get("/rewards?x=%00").status == 404
    assert web.get("/statements/%F0%9F%98%80").status == 404
    assert web.get("/history?before=99999999999999999999").status == 200
