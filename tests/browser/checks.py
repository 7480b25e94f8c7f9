"""What is asked of every page: axe, no sideways scrolling on a small telephone, a good title."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}

_AXE = """tags => axe.run({runOnly: tags, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.html.slice(0, 200)} (${node.failureSummary})`)))"""

# What reaches past the right edge, unless it scrolls inside a box of its own.
_WIDER = """() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  return [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > width + 1)
    .map(e => e.outerHTML.slice(0, 120)).slice(0, 5)
    .concat(["the page scrolls sideways"])
}"""


def axe(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice, one line each."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_AXE, TAGS)
    return [f"axe {line}" for line in found]


def sideways(page: Page) -> list[str]:
    """What makes a page scroll sideways at 320 pixels; the page is left at its width."""
    before = page.viewport_size or WIDE
    page.set_viewport_size(NARROW)
    found: list[str] = page.evaluate(_WIDER)
    page.set_viewport_size(before)
    return [f"at 320 px: {line}" for line in found]


def problems(page: Page) -> list[str]:
    """Everything that is wrong with the page that is open, one line each."""
    found = axe(page) + sideways(page)
    return [f"{page.title()}: {line}" for line in found]


class Watch:
    """Notes what a browser should never do: ask elsewhere, or complain on its console."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.noticed: list[str] = []

    def over(self, page: Page) -> Page:
        """Watch one page; returns it."""
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.noticed.append(f"script: {error}"))
        return page

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:")):
            self.noticed.append(f"asked elsewhere: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium notes each refused form as a resource that failed to load.
        refused = message.text.startswith("Failed to load resource") and "/static/" not in (
            message.location.get("url", "")
        )
        if message.type in ("error", "warning") and not refused:
            self.noticed.append(f"console: {message.text}")
