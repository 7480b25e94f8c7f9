"""Agreements with one member on their page, and what they do in the table."""

from __future__ import annotations

import re

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, choose, staff

FROM = {"from_on_day": "2", "from_on_month": "3", "from_on_year": "2026"}


def action(page: Page, name: str) -> str:
    """Where the form of an agreement's button leads."""
    found = re.search(rf'action="(/members/\w+/agreements/\w+/{name})"', page.html)
    assert found
    return found[1]


def test_proposed_signed_used_and_ended(web: Web) -> None:
    anna = web.member("Anna Bell")
    cora = staff(web, "Cora Day")
    web.sign_in(ADMIN)
    path = f"/members/{anna.member_id}/agreements"
    assert f'href="{path}"' in web.get(f"/members/{anna.member_id}").html
    assert web.post(path, {"words": "Large print"}).status == 422
    page = web.post(path, {"extra_preparation_minutes_minutes": "40", "full_session": "yes",
                           "words": "Large print", **FROM})  # fmt: skip
    assert page.status == 303
    page = web.get(path)
    assert "Waits for a second person" in page.words
    assert "Sign it" not in page.words  # not what one proposed
    session_id = web.community.session("Board", usual_preparation_minutes=20)
    assert choose(web, session_id, anna).value("lines-0-preparation_minutes") == ""
    web.new_browser()
    web.sign_in(cora)
    assert "Look at an agreement that waits to be signed" in web.get("/to-do").words
    page = web.get(path)
    sign = action(page, "sign")
    assert web.send(sign, page.hidden).status == 303
    assert "Signed" in web.get(path).words
    grid = choose(web, session_id, anna)
    assert grid.value("lines-0-preparation_minutes") == "0:40"
    assert "Agreed: 40 minutes more preparation, the whole session" in grid.words
    page = web.get(path)
    end = action(page, "end")
    assert web.send(end, page.hidden).status == 303
    assert "Ended" in web.get(path).words


def test_nobody_agrees_with_themselves_and_members_do_not_read_others(web: Web) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(ADMIN)
    own = f"/members/{web.community.admin.member_id}/agreements"
    assert "other coordinators make and sign it" in web.get(own).words
    hidden = web.get(f"/members/{anna.member_id}/agreements").hidden
    refused = web.send(own, {**hidden, "full_session": "yes", **FROM})  # fmt: skip
    assert refused.status == 403
    web.new_browser()
    web.sign_in(anna)
    assert web.get(f"/members/{anna.member_id}/agreements").status == 403
