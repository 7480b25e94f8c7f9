"""Offers, wishes and exchanges on the pages."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Page, Web
from tests.web.work import ADMIN
from timebank import accounts
from timebank.people import MemberAdded

DAY = {"done_on_day": "2", "done_on_month": "3", "done_on_year": "2026"}


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    return web.member("Anna Bell", phone="020 7946 0111")


@pytest.fixture
def bob(web: Web) -> MemberAdded:
    added = web.member("Bob Carr")
    web.credited(added.member_id, 120)
    return added


def as_(web: Web, who: MemberAdded | str) -> None:
    web.new_browser()
    web.sign_in(who)


def minutes(web: Web, member: MemberAdded) -> int:
    account = accounts.member(member.member_id)
    return web.community.read(lambda unit: unit.book.balance(account))


def offer(web: Web, anna: MemberAdded) -> str:
    """Anna enters the directory and offers something; its address."""
    as_(web, anna)
    entry = f"/members/{anna.member_id}/listings/entry"
    hidden = web.get("/listings/mine").hidden
    web.send(entry, {**hidden, "shown": "yes", "show_phone": "yes"})
    refused = web.send(f"/members/{anna.member_id}/listings", {**hidden, "title_words": ""})
    assert refused.status == 422
    assert "Say in a few words what it is." in refused.words
    boxes = {"kind": "offer", "title_words": "Gardening", "words": "Weeding and pots"}
    web.send(f"/members/{anna.member_id}/listings", {**hidden, "key": "k" * 32, **boxes})
    found = re.search(r"/listings/[0-9a-f]{32}", web.get("/listings").html)
    assert found
    return found[0]


def report(web: Web, where: str, **more: str) -> Page:
    hidden = {k: v for k, v in web.get(where).hidden.items() if k in ("csrf_token", "revision")}
    key = {"key": (more.get("minutes_minutes", "") + "x" * 32)[:32]}
    return web.send(f"{where}/report", {**hidden, **key, **DAY, **more})


def test_two_members_exchange_time(web: Web, anna: MemberAdded, bob: MemberAdded) -> None:
    path = offer(web, anna)
    as_(web, bob)
    assert "Anna Bell offers this" in web.get(path).words
    where = web.post(path + "/ask", {"words": "On Saturday?"}, page=path).location
    assert "020 7946 0111" not in web.get(where).words
    as_(web, anna)
    page = web.get(where)
    assert "On Saturday?" in page.words
    hidden = {k: page.hidden[k] for k in ("csrf_token", "revision")}
    web.send(where + "/answer", {**hidden, "key": "a" * 32, "agree": "yes"})
    assert report(web, where, minutes_hours="1", minutes_minutes="").status == 303
    as_(web, bob)
    assert "020 7946 0111" in web.get(where).words
    wrong = report(web, where, minutes_minutes="x")
    assert wrong.status == 422
    assert wrong.value("minutes_minutes") == "x"
    assert "asked to say the same" in _after(web, report(web, where, minutes_minutes="50"))
    assert minutes(web, anna) == 0
    assert "the minutes have moved" in _after(web, report(web, where, minutes_minutes="60"))
    assert (minutes(web, anna), minutes(web, bob)) == (60, 60)
    assert "For time that another member gave you" in web.get("/history").words


def _after(web: Web, page: Page) -> str:
    assert page.status == 303
    return web.get(page.location).words


def test_a_coordinator_helps_on_the_phone(web: Web, anna: MemberAdded, bob: MemberAdded) -> None:
    as_(web, ADMIN)
    page = web.get(f"/members/{anna.member_id}/listings")
    assert "What Anna Bell offers and would like" in page.words
    assert web.get("/exchanges/all").status == 200
    as_(web, bob)
    assert web.get(f"/members/{anna.member_id}/listings").status == 403
    assert web.get("/exchanges/all").status == 403
