"""The main pages of a member as a screen reader has them, in forced colours, and by Tab alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit, copied, sign_in
from tests.browser.places import ROLES
from tests.browser.site import Site

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/history", "/statements", "/rewards", "/redemptions", "/gifts/give", "/queries/new",
    "/choices", "/choices/contact", "/my-data", "/opportunities", "/listings/mine",
)  # fmt: skip
OWN_HOURS = re.compile("You have .* (hour|minute)")
# Forms that are refused when they are sent as they stand.
REFUSED = ("/gifts/give", "/queries/new")


@pytest.fixture(scope="module")
def looked_at(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample community, for looking only."""
    yield from copied(sample_folder, tmp_path_factory.mktemp("aloud") / "data")


# --- what is read ----------------------------------------------------------------------------


class Tree:
    """The accessibility tree of a page, as Chromium gives it to a screen reader."""

    def __init__(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        every = session.send("Accessibility.getFullAXTree")["nodes"]
        self.by_id = {each["nodeId"]: each for each in every}
        self.nodes = [each for each in every if not each["ignored"]]
        session.detach()

    def of(self, *roles: str) -> list[dict[str, Any]]:
        """The nodes of these roles, in the order in which they are read."""
        return [each for each in self.nodes if each["role"]["value"] in roles]

    @staticmethod
    def said(node: dict[str, Any], what: str = "name") -> str:
        """A node's name, or its description."""
        return str(node.get(what, {}).get("value", "")).strip()

    @staticmethod
    def has(node: dict[str, Any], name: str) -> Any:
        """A property: "level", "invalid", "focused"."""
        found = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
        return found.get(name)

    def below(self, node: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Everything inside a node."""
        for child in (self.by_id[each] for each in node.get("childIds", [])):
            if not child["ignored"]:
                yield child
            yield from self.below(child)


BOXES = ("textbox", "checkbox", "radio", "combobox", "spinbutton", "searchbox", "listbox")


def wrong_aloud(page: Page) -> list[str]:
    """What would mislead somebody who listens to the page."""
    tree, found = Tree(page), []
    levels = [tree.has(each, "level") for each in tree.of("heading")]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} main headings")
    found += [f"a heading {b} after {a}" for a, b in pairwise(levels)
              if b > a + 1]  # fmt: skip
    heading = [tree.said(each) for each in tree.of("heading") if tree.has(each, "level") == 1]
    title = page.title().removeprefix("Error: ")
    # How many hours somebody has is not for the names of tabs, which a browser keeps.
    if heading and not OWN_HOURS.match(heading[0]) and not title.startswith(heading[0]):
        found.append(f"the title {title!r} begins with other words than {heading[0]!r}")
    for role in ("main", "banner", "contentinfo"):
        if len(tree.of(role)) != 1:
            found.append(f"{len(tree.of(role))} landmarks {role}")
    ways = [tree.said(each) for each in tree.of("navigation")]
    if not all(ways) or len(set(ways)) < len(ways):
        found.append(f"landmarks without a name of their own: {ways}")
    found += [f"a {each['role']['value']} without a name" for each in
              tree.of(*BOXES, "button", "link", "image") if not tree.said(each)]  # fmt: skip
    for table in tree.of("table", "grid"):
        inside = {each["role"]["value"] for each in tree.below(table)}
        if not {"columnheader", "rowheader"} & inside or not tree.said(table):
            found.append(f"a table without headers or name: {tree.said(table)!r}")
    return found


@pytest.fixture
def member(looked_at: Site, visit: Visit) -> Page:
    """A member's browser."""
    page = visit(looked_at)
    sign_in(page, ROLES["member"])
    return page


def test_the_main_pages_read_sensibly(member: Page) -> None:
    wrong = []
    for path in PAGES:
        member.goto(path)
        wrong += [f"{path}: {each}" for each in wrong_aloud(member)]
    assert "\n".join(wrong) == ""


def test_a_page_that_misleads_is_named(page: Page) -> None:
    page.set_content(
        "<html lang=en><title>Other</title><nav></nav><nav></nav><main><h1>One</h1><h3>Three</h3>"
        "<input><table><tr><td>1<td>2<tr><td>3<td>4</table></main>"
    )
    found = "\n".join(wrong_aloud(page))
    for part in ("a heading 3 after 1", "begins with other", "banner", "textbox without a name"):
        assert part in found
    assert "landmarks without a name" in found


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_wrong_is_read_first_and_at_its_box(member: Page, path: str) -> None:
    member.goto(path)
    with member.expect_navigation():
        member.locator("main form[method=post] button[type=submit]").first.click()
    assert wrong_aloud(member) == []
    tree = Tree(member)
    (main,) = tree.of("main")
    first = next(each for each in tree.below(main) if each["role"]["value"] in ("alert", "heading"))
    assert first["role"]["value"] == "alert"
    assert member.evaluate("document.activeElement.className").startswith("govuk-error-summary")
    links = [tree.said(each) for each in tree.below(first) if each["role"]["value"] == "link"]
    described = " ".join(
        tree.said(each, "description") for each in tree.of(*BOXES, "group", "radiogroup")
    )
    assert links
    assert [words for words in links if words not in described] == []


# --- what is seen ------------------------------------------------------------------------------

# Where the focus is: seen at all, inside the window, and with nothing over it.
_FOCUS = """() => {
  const box = document.activeElement
  if (!box || box === document.body) return null
  const label = box.matches("input[type=radio], input[type=checkbox]") && box.labels[0]
  const drawn = [getComputedStyle(box)]
  if (label) drawn.push(getComputedStyle(label, "::before"))
  const wrong = []
  const marked = drawn.some(style => style.outlineStyle !== "none" || style.boxShadow !== "none"
    || style.borderStyle !== "none" && parseFloat(style.borderWidth) > 2)
  if (!marked) wrong.push("shows no focus")
  const area = box.getBoundingClientRect()
  const x = Math.min(Math.max(area.left + area.width / 2, 0), innerWidth - 1)
  const y = area.top + Math.min(area.height / 2, innerHeight / 2)
  if (area.bottom <= 0 || area.top >= innerHeight) wrong.push("is outside the window")
  const over = document.elementFromPoint(x, y)
  if (over && !box.contains(over) && !over.contains(box) && !(label && label.contains(over)))
    wrong.push("lies under " + over.outerHTML.slice(0, 80))
  const name = box.outerHTML.slice(0, 100)
  return {name, wrong: wrong.map(each => name + " " + each)}
}"""


@pytest.mark.parametrize(("width", "forced"), [(1280, "none"), (320, "active")])
def test_the_focus_is_always_seen(looked_at: Site, visit: Visit, width: int, forced: Any) -> None:
    page = visit(looked_at, width=width, forced_colors=forced)
    sign_in(page, ROLES["member"])
    wrong = []
    for path in PAGES:
        page.goto(path)
        stops = 0
        for _ in range(60):
            page.keyboard.press("Tab")
            found = page.evaluate(_FOCUS)
            if found is None:
                break
            stops += 1
            wrong += [f"{path}: {each}" for each in found["wrong"]]
        assert stops > 5, path
    assert "\n".join(dict.fromkeys(wrong)) == ""


# Words and the edges of boxes and buttons in the colours that the person chose.
_FORCED = """() => {
  const wrong = []
  const boxes = "main :is(input, select, textarea, button, .govuk-button)"
  for (const box of document.querySelectorAll(boxes)) {
    if (box.type === "hidden" || !box.checkVisibility()) continue
    const style = getComputedStyle(box)
    if (box.matches("[type=radio], [type=checkbox]")) continue
    if (style.borderStyle === "none" || parseFloat(style.borderWidth) === 0)
      wrong.push("no edge: " + box.outerHTML.slice(0, 100))
    if (style.forcedColorAdjust === "none") wrong.push("keeps its own colours")
  }
  return wrong
}"""


def test_boxes_and_buttons_have_an_edge_in_forced_colours(looked_at: Site, visit: Visit) -> None:
    page = visit(looked_at, forced_colors="active")
    sign_in(page, ROLES["member"])
    wrong = []
    for path in PAGES:
        page.goto(path)
        wrong += [f"{path}: {each}" for each in page.evaluate(_FORCED)]
    assert "\n".join(dict.fromkeys(wrong)) == ""
