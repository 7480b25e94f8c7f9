"""Members, for those who look after them."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN, queries, staff
from timebank import people
from timebank.people import MemberAdded


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, with 90 minutes; the administrator is signed in."""
    added = web.member("Anna Bell", "anna@example.org", phone="01632 960001")
    web.credited(added.member_id, 90)
    web.sign_in(ADMIN)
    return added


def test_search(web: Web, anna: MemberAdded) -> None:
    web.member("Bert Cole")
    assert "Anna Bell" in web.get("/members").words
    assert "Bert Cole" not in web.get("/members?q=anna").words
    assert "Anna Bell" in web.get(f"/members?q={anna.number}").words
    nobody = web.get("/members?q=%3Cb%3E%25")
    assert nobody.status == 200
    assert "Nobody was found" in nobody.words
    assert "<b>" not in nobody.html


def test_a_long_list_comes_in_pages_with_the_same_queries(web: Web, anna: MemberAdded) -> None:
    web.get("/members")
    with queries(web) as few:
        web.get("/members")
    for number in range(60):
        web.community.member(f"Person {number:02}")
    with queries(web) as many:
        first = web.get("/members")
    assert len(many) == len(few)
    assert "Person 59" not in first.words
    assert 'href="/members?page=2"' in first.html
    assert "Person 59" in web.get("/members?page=2").words
    assert web.get("/members?page=0&q=x").status == web.get("/members?page=²").status == 200


def test_a_member_in_words(web: Web, anna: MemberAdded) -> None:
    words = web.get(f"/members/{anna.member_id}").words
    assert "Can use now 1 hour 30 minutes" in words
    assert "Community meeting on 2 March 2026: 1 hour 30 minutes" in words
    assert "1 hour 30 minutes added" in words
    assert "anna@example.org" in words
    assert "01632 960001" in words


def test_a_treasurer_sees_hours_and_no_contacts(web: Web, anna: MemberAdded) -> None:
    theo = staff(web, "Theo Ward", "treasurer")
    web.new_browser()
    web.sign_in(theo)
    page = web.get(f"/members/{anna.member_id}")
    assert "Can use now 1 hour 30 minutes" in page.words
    assert "01632 960001" not in page.html
    assert web.get("/members/add").status == 403


def _add(web: Web, **boxes: str) -> Page:
    usual = {"statement_by": "link", "choice": "accept"}
    return web.post("/members/add", {**usual, **boxes})


def test_add_with_an_address_mails_where_mail_goes_out(web: Web, anna: MemberAdded) -> None:
    added = _add(web, name="Dora Eve", email="dora@example.org")
    assert added.status == 303
    # No mail server is set here, so the link is shown to be handed over.
    assert "/invitation/" in added.location


def test_add_without_an_address_shows_the_link_once(web: Web, anna: MemberAdded) -> None:
    added = _add(web, name="Dora Eve")
    page = web.get(added.location)
    assert "Dora Eve is on file as member" in page.words
    address = re.search(r"https://time\.example\.org(/link/[^\s<]+)", page.html)
    assert address
    web.new_browser()
    assert "Dora Eve" in web.get(address[1]).html
    web.post(address[1], {"password": "correct horse battery"})
    web.new_browser()
    web.sign_in(ADMIN)
    assert "This link was used" in web.get(added.location).words


def test_only_who_made_a_link_sees_it(web: Web, anna: MemberAdded) -> None:
    added = _add(web, name="Dora Eve")
    cora = staff(web, "Cora Day")
    web.new_browser()
    web.sign_in(cora)
    page = web.get(added.location)
    assert "/link/" not in page.html


def test_a_link_is_not_shown_on_another_members_page(web: Web, anna: MemberAdded) -> None:
    link_id = _add(web, name="Dora Eve").location.rpartition("/")[2]
    assert "/link/" not in web.get(f"/members/{anna.member_id}/invitation/{link_id}").html


def test_errors_keep_what_was_typed(web: Web, anna: MemberAdded) -> None:
    page = _add(web, name=" ", email="nobody", phone="123")
    assert page.status == 422
    assert page.title.startswith("Error:")
    assert '<a href="#name">' in page.html
    assert '<a href="#email">' in page.html
    assert page.value("email") == "nobody"
    assert page.value("phone") == "123"
    taken = _add(web, name="Another", email="ANNA@example.org")
    assert taken.status == 409
    assert '<a href="#email">' in taken.html


def test_change_details(web: Web, anna: MemberAdded) -> None:
    path = f"/members/{anna.member_id}/change"
    assert web.get(path).value("name") == "Anna Bell"
    boxes = {
        "name": "Anna Belling", "email": "", "statement_by": "paper", "needs": "Large print",
        "address": "1 High Street\nTown",
    }  # fmt: skip
    assert web.post(path, boxes).status == 303
    page = web.get(f"/members/{anna.member_id}")
    assert "Anna Belling" in page.words
    assert "1 High Street<br>Town" in page.html
    refused = web.post(path, {**boxes, "statement_by": "mail"})
    assert refused.status == 422
    assert '<a href="#statement_by">' in refused.html


def test_somebody_was_faster(web: Web, anna: MemberAdded) -> None:
    path = f"/members/{anna.member_id}"
    boxes = {
        "name": "Anna Bell", "email": "anna@example.org", "phone": "01632 960002",
        "statement_by": "link",
    }  # fmt: skip
    details = {**web.get(f"{path}/change").hidden, **boxes}
    choices = {**web.get(f"{path}/choices").hidden, "choice": "decline", "statement_by": "paper"}
    cora = web.community.actor_of(staff(web, "Cora Day").person_id)
    web.community.do(people.change_choices, people.ChangeChoices(
        revision=1, choice="pot", no_money_rewards=True, statement_by="mail",
        member_id=anna.member_id,
    ), actor=cora)  # fmt: skip
    late = web.send(f"{path}/change", details)
    assert late.status == 409
    assert "Cora Day did so on 2 March 2026 at 10:00" in late.words
    assert "Phone number It is now 01632 960001 You typed 01632 960002" in late.words
    assert "Statements It is now By e-mail, in full You typed By e-mail, as a link" in late.words
    assert late.value("phone") == "01632 960002"
    also = web.send(f"{path}/choices", choices)
    assert also.status == 409
    assert "Hours credited It is now Community pot You typed No hours" in also.words
    assert "No rewards with a money value It is now Yes You typed No" in also.words
    # Whoever has read that may go on: what the page holds now was seen.
    assert web.send(f"{path}/change", {**late.hidden, **boxes}).status == 303
    assert web.community.read(people.member, anna.member_id).person.phone == "01632 960002"


def test_an_administrators_address_is_not_a_coordinators_to_change(web: Web) -> None:
    cora = staff(web, "Cora Day")
    web.sign_in(cora)
    path = f"/members/{web.community.admin.member_id}"
    boxes = {"name": "Ada Marsh", "email": "cora@example.org", "statement_by": "link"}
    refused = web.post(f"{path}/change", boxes)
    assert refused.status == 403
    assert refused.value("email") == "cora@example.org"
    assert web.post(f"{path}/invite", page=path).status == 403


def test_choices_by_telephone(web: Web, anna: MemberAdded) -> None:
    path = f"/members/{anna.member_id}/choices"
    boxes = {"choice": "pot", "statement_by": "paper", "no_money_rewards": "yes"}
    assert web.post(path, boxes).status == 303
    member = web.community.read(people.member, anna.member_id)
    assert (member.choice, member.statement_by, member.no_money_rewards) == ("pot", "paper", True)


def test_an_unknown_member_is_not_found(web: Web, anna: MemberAdded) -> None:
    for path in ("/members/" + "0" * 32, "/members/x/change", "/members/x/redeem"):
        assert web.get(path).status == 404, path


def test_members_see_nobody(web: Web, anna: MemberAdded) -> None:
    web.new_browser()
    web.sign_in(anna)
    for path in ("", "/add", f"/{anna.member_id}", f"/{anna.member_id}/change"):
        assert web.get("/members" + path).status == 403, path
