"""Crediting and redeeming by keyboard alone, without JavaScript, and on a small telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.checks import sideways
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.steps import head_seq, heading, press, text
from timebank.sample_content import PASSWORD

pytestmark = pytest.mark.browser


class Mouse:
    """Somebody who points, at a page of any width."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, label: str, words: str) -> None:
        """Write into a box."""
        self.page.get_by_label(label, exact=True).fill(words)

    def tick(self, label: str) -> None:
        """Tick a box."""
        self.page.get_by_label(label).check()

    def press(self, name: str) -> None:
        """Press a button."""
        press(self.page, name)
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=True).first.click()
        self.look()

    def look(self) -> None:
        """What can be seen of each page."""


class Telephone(Mouse):
    """The same on a screen 320 pixels wide, where nothing may lie beside it."""

    def look(self) -> None:
        """Nothing scrolls sideways."""
        assert sideways(self.page) == []


class Keyboard(Mouse):
    """Somebody who has only Tab, Space and Enter, and sees where they are."""

    def fill(self, label: str, words: str) -> None:
        """Tab to the box and type over what it holds."""
        self._reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def tick(self, label: str) -> None:
        """Tab to the box and press Space."""
        self._reach(self.page.get_by_label(label))
        self.page.keyboard.press("Space")

    def press(self, name: str) -> None:
        """Tab to the button and press Enter."""
        self._enter(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        """Tab to the link and press Enter."""
        self._enter(self.page.get_by_role("link", name=name, exact=True).first)

    def _enter(self, target: Locator) -> None:
        self._reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _reach(self, target: Locator) -> None:
        wanted = target.element_handle()
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => wanted === document.activeElement", wanted):
                assert self.page.evaluate(_SEEN), f"nobody sees the focus on {target}"
                return
        raise AssertionError(f"Tab never reaches {target}")


# The box or what stands for it (a tick's label draws its square) shows that it has the focus.
_SEEN = """() => {
  const box = document.activeElement
  const drawn = [getComputedStyle(box)]
  for (const label of box.labels || []) drawn.push(getComputedStyle(label, "::before"))
  return drawn.some(style => style.boxShadow !== "none" || style.outlineStyle !== "none")
}"""

WAYS: dict[str, tuple[Callable[[Page], Mouse], dict[str, object]]] = {
    "keyboard": (Keyboard, {}),
    "no JavaScript": (Mouse, {"java_script_enabled": False}),
    "telephone": (Telephone, {"width": 320, "has_touch": True}),
}


@pytest.fixture(params=WAYS)
def hands(request: pytest.FixtureRequest, sample: Site, visit: Visit) -> Mouse:
    """One of the three at the sign-in page of the sample community."""
    kind, options = WAYS[request.param]
    page = visit(sample, **options)
    page.goto("/sign-in")
    return kind(page)


def _sign_in(hands: Mouse, name: str) -> None:
    hands.fill("E-mail address or member number", name)
    hands.fill("Password", PASSWORD)
    hands.press("Sign in")


def test_crediting_a_session(hands: Mouse, sample: Site) -> None:
    before = sample.read(head_seq)
    _sign_in(hands, "helen@example.org")
    hands.follow("Sessions")
    hands.follow("Reading panel: papers from the hospital trust")
    hands.press("Credit this session")
    hands.tick("Dorothy Clarke")
    hands.tick("Grace Okafor")
    hands.press("Go on to the time")
    hands.fill("Everybody, Preparation", "15m")
    hands.press("Fill in for everybody")
    hands.fill("Grace Okafor, Travel", "0:40")
    hands.press("Check the answers")
    assert sample.read(head_seq) == before
    hands.press("Credit 3 hours 10 minutes")
    assert heading(hands.page) == "The hours are credited"
    assert "2 people are recorded at this session." in text(hands.page)
    assert sample.read(head_seq) == before + 2


def test_redeeming_a_class(hands: Mouse, sample: Site) -> None:
    before = sample.read(head_seq)
    _sign_in(hands, "grace@example.org")
    hands.press("See what you can use them for")
    hands.follow("Watercolour for beginners")
    hands.press("Use hours for this")
    assert sample.read(head_seq) == before
    hands.press("Use 2 hours for this class")
    assert "You asked for Watercolour for beginners" in text(hands.page)
    assert "We have set 2 hours aside for this." in text(hands.page)
    assert sample.read(head_seq) == before + 1
