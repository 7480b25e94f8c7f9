"""Declining thanks and the like, from a mail and without signing in."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from timebank import news
from timebank.news import DeclineNews
from timebank.unit import NOBODY
from web.access import BY_LINK, access
from web.units import database, reading

pages = Blueprint("news", __name__)


@pages.get("/no-thanks/<code>")
@access(BY_LINK)
def ask(code: str) -> str:
    """One button; opening the page changes nothing."""
    with reading() as unit:
        news.person_of(unit, code)
    return render_template("news/news.html", code=code, done=False)


@pages.post("/no-thanks/<code>")
@access(BY_LINK)
def decline(code: str) -> str | Response:
    """Note the wish. A mail program posts here by itself, without this site's forms (RFC 8058)."""
    with database().unit(NOBODY) as unit:
        news.decline_news(unit, DeclineNews(code=code))
    return render_template("news/news.html", code=code, done=True)
