"""Giving and ending roles, and people on file who are no members."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Web
from tests.web.work import ADMIN, staff


@pytest.fixture(autouse=True)
def _signed_in(web: Web) -> None:
    web.sign_in(ADMIN)


def test_give_and_end_a_role(web: Web) -> None:
    anna = web.member("Anna Bell")
    sent = web.post("/roles/grant", {"person_id": anna.person_id, "role": "treasurer"})
    assert sent.status == 303
    assert "Anna Bell Role Treasurer" in web.get("/roles/grant").words
    assert "treasurer" in web.community.actor_of(anna.person_id).roles
    path = f"/roles/end?person={anna.person_id}&role=treasurer"
    assert "End the role of Anna Bell?" in web.get(path).words
    assert web.post("/roles/end", page=path).status == 303
    assert "treasurer" not in web.community.actor_of(anna.person_id).roles


def test_nobody_changes_their_own(web: Web) -> None:
    own = web.community.admin.person_id
    page = web.get("/roles/grant")
    assert "another administrator ends it" in page.words
    assert f"person={own}" not in page.html
    refused = web.post("/roles/grant", {"person_id": own, "role": "treasurer"})
    assert refused.status == 403
    ending = web.post("/roles/end", page=f"/roles/end?person={own}&role=administrator")
    assert ending.status == 403
    assert "administrator" in web.community.actor_of(own).roles


def test_nothing_chosen_and_a_role_held_already(web: Web) -> None:
    page = web.post("/roles/grant", {"person_id": ""})
    assert page.status == 422
    assert '<a href="#person_id">' in page.html
    assert '<a href="#role">' in page.html
    cora = staff(web, "Cora Day")
    held = web.post("/roles/grant", {"person_id": cora.person_id, "role": "coordinator"})
    assert held.status == 422
    assert '<a href="#role">' in held.html
    assert f'<option value="{cora.person_id}" selected>' in held.html


def test_somebody_who_is_no_member(web: Web) -> None:
    assert web.post("/people/add", {"name": ""}).status == 422
    added = web.post("/people/add", {"name": "Tess Trust"})
    assert added.status == 303
    page = web.get(added.location)
    assert "https://time.example.org/link/" in page.html
    assert "Tess Trust" in web.get("/roles/grant").html
    assert "Tess Trust" not in web.get("/members").words


def test_made_up_addresses(web: Web) -> None:
    nobody = "0" * 32
    for path in (
        "/roles/end", f"/roles/end?person={nobody}&role=treasurer",
        f"/roles/end?person={web.community.admin.person_id}&role=king",
        f"/people/{nobody}/invitation/{nobody}",
    ):  # fmt: skip
        assert web.get(path).status == 404, path


def test_a_treasurer_who_is_no_member_gets_a_new_password_link(web: Web) -> None:
    web.post("/people/add", {"name": "Theo Marsh"}, page="/people/add")
    theo = re.search(
        r'<option value="([0-9a-f]{32})"[^>]*>Theo Marsh', web.get("/roles/grant").html
    )
    assert theo is not None
    nobody = web.post("/people/invite", page="/roles/grant")
    assert nobody.status == 422
    assert '<a href="#invited">' in nobody.html
    made = web.post("/people/invite", {"invited": theo[1]}, page="/roles/grant")
    assert made.status == 303
    assert "Whoever opens this link first can sign in as Theo Marsh" in web.get(made.location).words
