"""Signing in with a link, with a card, on a shared device; the warning before it ends."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from tests.web.conftest import Web
from tests.web.work import ADMIN
from timebank import links
from timebank.models import OutboxMessage


def _link_path(web: Web) -> str:
    def read(unit) -> str:
        row = unit.db.scalars(
            select(OutboxMessage)
            .where(OutboxMessage.kind == "sign_in_link")
            .order_by(OutboxMessage.created_at.desc())
        ).first()
        return links.address_of(unit, row.subject_id).removeprefix(web.base)

    return web.community.read(read)


def _home(web: Web) -> str:
    return web.get("/").words


def test_a_link_by_email_signs_in_with_one_button(web: Web) -> None:
    web.member("Anna Bell", "anna@example.org")
    page = web.post("/sign-in/link", {"name_or_number": "anna@example.org"})
    assert page.status == 303
    assert "Look in your e-mail" in web.get(page.location).words
    path = _link_path(web)
    for _ in range(2):  # opening it, as a mail program may, changes nothing
        shown = web.get(path)
        assert "Anna Bell" in shown.words
        assert shown.response.headers["Referrer-Policy"] == "no-referrer"
    assert _home(web) == ""
    assert web.post(path).location == "/"
    assert _home(web).startswith("You have no hours yet.")
    web.new_browser()
    assert web.get(path).status == 409


def test_the_answer_is_the_same_for_nobody(web: Web) -> None:
    web.member("Anna Bell", "anna@example.org")
    somebody = web.post("/sign-in/link", {"name_or_number": "anna@example.org"})
    nobody = web.post("/sign-in/link", {"name_or_number": "nobody@example.org"})
    assert (somebody.status, somebody.location) == (nobody.status, nobody.location)


def test_asking_for_a_link_needs_a_name_and_not_too_often(web: Web) -> None:
    assert "Enter your e-mail address" in web.post("/sign-in/link").words
    for _ in range(3):
        web.post("/sign-in/link", {"name_or_number": "77"})
    refused = web.post("/sign-in/link", {"name_or_number": "77"})
    assert refused.status == 429
    assert refused.value("name_or_number") == "77"


@pytest.fixture
def card(web: Web) -> tuple[str, str]:
    """Anna's card: the member's id, and its code as it is printed."""
    anna = web.member("Anna Bell")
    web.sign_in(ADMIN)
    assert "make a new card" in web.get(f"/members/{anna.member_id}/card").words.lower()
    printed = web.get(web.post(f"/members/{anna.member_id}/card").location)
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", printed.words)
    assert found
    return anna.member_id, found[0]


def test_a_typed_card_signs_in(web: Web, card: tuple[str, str]) -> None:
    web.new_browser()
    wrong = web.post("/sign-in/card", {"code": "ABCD-EFGH-JKMN"})
    assert (wrong.status, wrong.value("code")) == (422, "ABCD-EFGH-JKMN")
    assert web.post("/sign-in/card", {"code": card[1].lower()}).location == "/"
    assert _home(web).startswith("You have no hours yet.")


def test_a_scanned_card_signs_in_with_one_button(web: Web, card: tuple[str, str]) -> None:
    address = f"{web.base}/card/{card[1]}"
    web.new_browser()
    path = address.removeprefix(web.base)
    assert web.get(path).response.headers["Referrer-Policy"] == "no-referrer"
    assert _home(web) == ""
    assert web.post(path).location == "/"
    assert _home(web).startswith("You have no hours yet.")


def test_the_printed_square_is_read_back_as_the_cards_address(
    web: Web, card: tuple[str, str]
) -> None:
    html = web.get(f"/members/{card[0]}/card/print").html
    drawn = re.search(r'<svg[^>]*width="(\d+)"[^>]*>.*?<path[^>]* d="([^"]+)"', html, re.S)
    assert drawn
    picture = _picture(drawn[2], int(drawn[1]) // 5)
    [read] = zxingcpp.read_barcodes(picture)
    assert read.text == f"{web.base}/card/{card[1]}"


def _picture(path: str, size: int) -> Image.Image:
    """Draw the rows of a path of M, m and h steps, as the square's are."""
    picture = Image.new("L", (size, size), 255)
    x, y = 0.0, 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        found = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if step == "h":
            for column in range(int(x), int(x + found[0])):
                picture.putpixel((column, int(y)), 0)
            x += found[0]
        else:
            x, y = (found[0], found[1]) if step == "M" else (x + found[0], y + found[1])
    return picture.resize((size * 8, size * 8))


def test_a_stopped_card_says_so_and_leads_to_the_box(web: Web, card: tuple[str, str]) -> None:
    web.post(f"/members/{card[0]}/card/stop", page=f"/members/{card[0]}/card")
    web.new_browser()
    page = web.post(f"/card/{card[1]}")
    assert page.status == 422
    assert "ask a coordinator for a new one" in page.words


def test_members_make_no_cards_and_see_nobodys(web: Web, card: tuple[str, str]) -> None:
    bob = web.member("Bob")
    web.new_browser()
    web.sign_in(bob)
    for path in (f"/members/{card[0]}/card", f"/members/{card[0]}/card/print"):
        assert web.get(path).status == 403
    assert web.post(f"/members/{card[0]}/card/stop", page="/signing-in").status in (403, 404)


def test_a_shared_device_is_warned_and_signed_out(web: Web) -> None:
    anna = web.member("Anna Bell")
    boxes = {"name_or_number": str(anna.number), "password": "a quiet place to think"}
    web.post("/sign-in", {**boxes, "shared": "yes"})
    assert re.search(r'data-seconds="1800"[^>]* hidden', web.get("/").html)
    web.community.clock.forward(minutes=26)
    page = web.get("/choices")
    assert 'data-seconds="240" data-warn="300">' in page.html
    assert web.send("/sign-in/stay", {**page.hidden, "next": "/choices"}).location == "/choices"
    web.community.clock.forward(minutes=29)
    assert web.get("/choices").status == 200
    web.community.clock.forward(minutes=2)
    assert web.get("/choices").status == 303


def test_signing_out_lets_the_browser_forget(web: Web) -> None:
    web.sign_in(web.member("Anna Bell"))
    page = web.post("/sign-out", page="/choices")
    assert page.response.headers["Clear-Site-Data"] == '"cache"'
