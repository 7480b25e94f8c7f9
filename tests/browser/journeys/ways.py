"""A journey is written once and taken in several ways: other languages, no JavaScript, a telephone.

Steps name what stands on a page by its English message id. The way says it in its own language, by
the product's own catalogue, so that a journey finds a page whose words were not translated alike.

    visitor.follow("Change your choices")
    visitor.press("Use %(hours)s for this class", hours=Minutes(120))
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.checks import _WIDER
from timebank import languages
from timebank.words import Words


@dataclass(frozen=True, kw_only=True)
class Way:
    """In which language, with or without JavaScript, on a screen of which width."""

    language: str = languages.ENGLISH
    scripts: bool = True
    width: int = 1280


def ways() -> dict[str, Way]:
    """English with JavaScript, English without on a telephone, and each other language there is."""
    others = {languages.name_in(code, "en"): Way(language=code) for code in languages.found()[1:]}
    return {"English": Way(), "no JavaScript": Way(scripts=False, width=320), **others}


class Minutes(int):
    """A time that is said in the way's language: "2 hours"."""


class Told(str):
    """Words inside other words that are a message id themselves."""


class Visitor:
    """Somebody at a page, who reads the way's language and notes what no page may do."""

    def __init__(self, page: Page, way: Way) -> None:
        self.page = page
        self.way = way
        self.words = Words(way.language)

    # --- words ----------------------------------------------------------------------------------

    def say(self, text: str, /, **params: Any) -> str:
        """A message id in the way's language; what is none (a title, a name) as it is."""
        told = {name: self._told(value) for name, value in params.items()}
        said = self.words.say(text, **told) if told else self.words.template(text)
        return " ".join(said.split())

    def _told(self, value: Any) -> Any:
        if isinstance(value, Minutes):
            return self.words.duration(value)
        if isinstance(value, Told):
            return self.say(value)
        return self.words.day(value) if isinstance(value, date) else value

    @property
    def text(self) -> str:
        """What stands between the menu and the footer, white space made one."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def heading(self) -> str:
        """The page's one main heading."""
        return " ".join(self.page.get_by_role("heading", level=1).inner_text().split())

    def reads(self, text: str, /, **params: Any) -> None:
        """This stands on the page."""
        said = self.say(text, **params)
        assert said in self.text, f"{said!r} is not on {self.page.url}: {self.text}"

    def reads_not(self, text: str, /, **params: Any) -> None:
        """This does not."""
        said = self.say(text, **params)
        assert said not in self.text, f"{said!r} is on {self.page.url}"

    def arrived(self, heading: str, /, **params: Any) -> None:
        """The page's main heading is this."""
        found, said = self.heading, self.say(heading, **params)
        assert found == said, f"{found!r} instead of {said!r}: {self.text}"

    def refused(self, text: str, /, **params: Any) -> None:
        """The page came back with an error: it says so in its title and sums it up first."""
        assert self.page.title().startswith(self.say("Error:")), self.text
        summary = " ".join(self.page.locator(".govuk-error-summary").inner_text().split())
        said = self.say(text, **params)
        assert said in summary, f"{said!r} is not in {summary!r}"

    # --- moving about ---------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(path)
        self.look()

    def press(self, text: str, /, **params: Any) -> None:
        """Press a button, or the link that looks like one, and wait for the page after it."""
        self.leave_by(self.button(text, **params))

    def follow(self, text: str, /, **params: Any) -> None:
        """Follow the first link that begins with these words."""
        begins = re.compile("^" + re.escape(self.say(text, **params)))
        self.leave_by(self.page.get_by_role("link", name=begins).first)

    def leave_by(self, target: Locator) -> None:
        """Click what leads to another page, and wait for that."""
        with self.page.expect_navigation():
            target.click()
        self.look()

    def look(self) -> None:
        """What holds for every page on the way."""
        found = self.page.locator("html").get_attribute("lang")
        assert found == self.way.language, f"{self.page.url} is in {found}"
        assert self.page.get_by_role("heading", level=1).count() == 1, self.page.url
        if self.way.width == 320:
            assert self.page.evaluate(_WIDER) == [], self.page.url

    # --- forms ----------------------------------------------------------------------------------

    def button(self, text: str, /, **params: Any) -> Locator:
        """The button in the page's main part."""
        said = self.say(text, **params)
        return self.page.locator("main").get_by_role("button", name=said, exact=True)

    def box(self, label: str, /, **params: Any) -> Locator:
        """The field with this label."""
        return self.page.locator("main").get_by_label(self.say(label, **params), exact=True)

    def fill(self, label: str, words: str) -> None:
        """Write into a box."""
        self.box(label).fill(words)

    def choose(self, label: str, /, **params: Any) -> None:
        """Choose one of several, or tick a box."""
        self.box(label, **params).check()

    def leave_out(self, label: str) -> None:
        """Take a tick away."""
        self.box(label).uncheck()

    def fill_time(self, legend: str, hours: int, minutes: int) -> None:
        """Write a time into its two boxes."""
        group = self.page.get_by_role("group", name=self.say(legend))
        group.get_by_label(self.say("Hours"), exact=True).fill(str(hours))
        group.get_by_label(self.say("Minutes"), exact=True).fill(str(minutes))

    def fill_day(self, legend: str, day: date) -> None:
        """Write a day into its three boxes."""
        group = self.page.get_by_role("group", name=self.say(legend))
        for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(self.say(part), exact=True).fill(str(number))
