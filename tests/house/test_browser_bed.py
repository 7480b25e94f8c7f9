"""The browser of the tests is a real one, and it stays on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

pytestmark = pytest.mark.browser


class OnePage(BaseHTTPRequestHandler):
    """Answers everything with one page."""

    def do_GET(self) -> None:
        """Send the page."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<!doctype html><title>Tŷ</title><h1>Croeso</h1>".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the test's own output is enough."""


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), OnePage) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_of_this_machine_opens(page, address):
    page.goto(address)
    assert page.get_by_role("heading", name="Croeso").is_visible()
    assert page.title() == "Tŷ"


def test_the_browser_reaches_nobody_else(page, address):
    page.goto(address)
    outcome = page.evaluate(
        "fetch('http://example.org/', {mode: 'no-cors'}).then(() => 'left', e => 'stayed')"
    )
    assert outcome == "stayed"
