"""The pictures of the documents, drawn anew: `python3 run.py pictures`. No test collects this."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import Visit, sign_in
from tests.browser.site import Site

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def test_home(sample: Site, visit: Visit) -> None:
    """A member's home page in the sample community, with what lies above the fold."""
    page = visit(sample, width=880)
    sign_in(page, "grace@example.org")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.screenshot(path=PICTURES / "home.png", clip={"x": 0, "y": 0, "width": 880, "height": 760})
