"""A statement in its other forms, for its member and for those who look after statements."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.timebank.pdf_reading import words_of
from tests.web.conftest import Web
from tests.web.work import ADMIN
from timebank import statements
from timebank.people import MemberAdded
from timebank.statement_formats import FORMATS

CSS = Path(__file__).resolve().parents[2] / "web" / "static" / "timebank.css"
SUMMARY = (
    "On 31 March 2026 you had 2 hours 30 minutes. You can use 1 hour 30 minutes of it."
    " 1 hour is set aside for what you asked for."
)


@pytest.fixture
def anna(web: Web) -> MemberAdded:
    """Anna, signed in, with a statement for March that has a money value."""
    web.money_rewards_on()
    added = web.member("Anna Bell")
    web.credited(added.member_id, 150)
    web.ask(web.reward("High street voucher", 60, kind="voucher", money_pence=2000), added)
    web.community.clock.forward(days=35)
    with web.community.unit() as unit:
        statements.issue(unit, date(2026, 3, 31))
    web.sign_in(added)
    return added


def _path(web: Web, member: MemberAdded) -> str:
    (found,) = web.community.read(statements.of_member, member.member_id)
    return f"/statements/{found.id}"


@pytest.mark.parametrize("code", FORMATS)
def test_every_form_is_a_file_under_a_name_that_tells_nothing(
    web: Web, anna: MemberAdded, code: str
) -> None:
    path = _path(web, anna)
    answer = web.get(f"{path}/{code}").response
    assert answer.status_code == 200
    assert answer.mimetype == FORMATS[code].content_type
    name = re.search(r'filename="([^"]+)"', answer.headers["Content-Disposition"])
    assert name
    assert re.fullmatch(r"statement-[0-9A-Z]{4}-[0-9A-Z]{4}[a-z.-]+", name[1])
    assert name[1].endswith(FORMATS[code].ending)
    assert answer.headers["Cache-Control"] == "no-store"
    assert web.get(f"{path}/{code}").response.data == answer.data
    text = words_of(answer.data) if answer.data.startswith(b"%PDF") else answer.data.decode()
    text = " ".join(text.split())
    assert "2 hours 30 minutes" in text
    assert code == "easy-read" or SUMMARY in text
    assert "£20" not in text
    assert "20 pounds" not in text
    assert web.get(f"{path}/{code}?money=yes").response.data != answer.data


def test_the_statement_leads_to_every_form(web: Web, anna: MemberAdded) -> None:
    path = _path(web, anna)
    page = web.get(path)
    assert "In another form" in page.words
    links = set(re.findall(rf'href="({path}/[^"]+)"', page.html))
    wanted = {f"{path}/{code}" for code in FORMATS}
    wanted |= {f"{path}/large-print/page", f"{path}/easy-read/page"}
    assert links == wanted | {f"{each}?money=yes" for each in wanted}
    assert all(web.get(each).status == 200 for each in links)


def test_large_print_as_a_page(web: Web, anna: MemberAdded) -> None:
    page = web.get(f"{_path(web, anna)}/large-print/page")
    assert SUMMARY in page.words
    assert "<table" not in page.html
    assert "£20" not in page.words
    assert page.words.count("Then you could use") == 2
    assert "£20" in web.get(f"{_path(web, anna)}/large-print/page?money=yes").words


def test_nothing_in_the_large_print_page_is_under_16_point() -> None:
    """16 point are 21.33 pixels; a rem is 16."""
    css = CSS.read_text("utf-8")
    sizes = re.findall(
        r"\.tb-(?:large-print|easy-read)\b[^{}]*\{[^{}]*font-size: ([\d.]+)(\w+)", css
    )
    assert len(sizes) >= 8
    for number, unit in sizes:
        assert float(number) * {"rem": 16 * 0.75, "pt": 1}[unit] >= 16


def test_easy_read_as_a_page_says_its_pictures(web: Web, anna: MemberAdded) -> None:
    page = web.get(f"{_path(web, anna)}/easy-read/page")
    assert "Set aside means kept for you." in page.words
    pictures = re.findall(r'role="img" aria-label="([^"]+)"', page.html)
    assert {"A clock", "A lock", "A plus sign", "A telephone"} <= set(pictures)
    assert page.html.count('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"') == len(
        pictures
    )
    assert "style=" not in page.html


def test_those_who_look_after_statements_get_the_same(web: Web, anna: MemberAdded) -> None:
    path = _path(web, anna)
    own = {code: web.get(f"{path}/{code}").response.data for code in FORMATS}
    web.new_browser()
    web.sign_in(ADMIN)
    assert {code: web.get(f"{path}/{code}").response.data for code in FORMATS} == own
    assert web.get(f"{path}/large-print/page").status == 200


def test_other_peoples_and_other_forms_are_not_found(web: Web, anna: MemberAdded) -> None:
    path = _path(web, anna)
    assert web.get(f"{path}/braille-please").status == 404
    assert web.get(f"/statements/{'0' * 32}/pdf").status == 404
    web.new_browser()
    web.sign_in(web.member("Bo Lind"))
    for form in (*FORMATS, "large-print/page", "easy-read/page"):
        assert web.get(f"{path}/{form}").status == 404
