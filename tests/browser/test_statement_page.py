"""A statement on the screen: at 400 % zoom, in a screen reader's order, and in large print."""

from __future__ import annotations

from playwright.sync_api import Page
from sqlalchemy import select

from tests.browser.checks import problems
from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site
from timebank.models import Member, Person, Statement
from timebank.unit import Unit

# A window 1280 pixels wide at 400 %.
ZOOMED = 320
# What is hidden from sight on purpose is one pixel wide.
_CLIPPED = """() => [...document.querySelectorAll("main *")]
  .filter(e => e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).overflow !== "visible")
  .map(e => e.outerHTML.slice(0, 120))"""
_SMALLEST = """selector => Math.min(...[...document.querySelectorAll(`${selector} *`)]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .map(e => parseFloat(getComputedStyle(e).fontSize)))"""


def with_most_lines(unit: Unit) -> str:
    """Grace's statement with the most lines."""
    query = select(Statement).join(Member).join(Person).where(Person.name == "Grace Okafor")
    return max(unit.db.scalars(query), key=lambda found: found.last_seq - (found.first_seq or 0)).id


def opened(visit: Visit, site: Site, path: str, width: int) -> Page:
    page = visit(site, width=width)
    sign_in(page, "grace@example.org")
    page.goto(site.address + path)
    return page


def test_zoomed_to_400_per_cent_and_read_out_in_order(sample: Site, visit: Visit) -> None:
    path = f"/statements/{sample.read(with_most_lines)}"
    wide = opened(visit, sample, path, 1280)
    zoomed = opened(visit, sample, path, ZOOMED)
    assert problems(zoomed) == []
    assert zoomed.evaluate(_CLIPPED) == []
    for page in (wide, zoomed):
        read = page.locator("main").aria_snapshot()
        parts = (
            'heading "Statement:', "you had", "At the start", "What happened", "added",
            "In this time you gave", "At the end", "Receipt", "Is something not right?",
            "In another form",
        )  # fmt: skip
        places = [read.index(part) for part in parts]
        assert places == sorted(places)


def test_large_print_on_the_screen_has_nothing_smaller(sample: Site, visit: Visit) -> None:
    """18 point are 24 pixels."""
    path = f"/statements/{sample.read(with_most_lines)}/large-print/page"
    for width in (1280, ZOOMED):
        page = opened(visit, sample, path, width)
        assert page.evaluate(_SMALLEST, ".tb-large-print") >= 24
        assert page.evaluate(_CLIPPED) == []
