"""The headers that every answer carries: nothing from elsewhere, nothing kept by a browser.

Scripts, styles, fonts and pictures come from this site only and never from inside a page. Pages
are personal, so no browser or proxy keeps them; files in ``static`` are named with their age and
may be kept for a year.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Endpoints whose answers are the same for everybody and hold nothing of anybody.
SHARED = frozenset({"static", "start.theme_css"})
# Their address holds a code that works once: it goes to nobody, not even to ourselves.
SECRET_ADDRESS = frozenset(
    {
        "links.link",
        "links.use",
        "sign_in_cards.scanned",
        "sign_in_cards.enter_scanned",
        "check_in.page",
        "check_in.enter",
        "calendars.feed",
    }
)
A_YEAR = 365 * 24 * 3600


def register(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer of the application."""

    def add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        secret = request.endpoint in SECRET_ADDRESS
        response.headers["Referrer-Policy"] = "no-referrer" if secret else "same-origin"
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        if request.endpoint not in SHARED:
            response.headers["Cache-Control"] = "no-store"
            response.headers.add("Vary", "Cookie")
        return response

    app.after_request(add)
