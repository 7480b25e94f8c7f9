"""The address under which a calendar programme fetches somebody's sessions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import calendars
from timebank.unit import NOBODY
from web.access import BY_LINK, SIGNED_IN, access
from web.forms import form_key
from web.units import database, reading, run

pages = Blueprint("calendars", __name__)


@pages.get("/calendar")
@access(SIGNED_IN)
def mine() -> str:
    """My calendar's address, or the button that makes one."""
    with reading() as unit:
        found = calendars.feed(unit)
        return render_template(
            "calendars/mine.html",
            feed=found,
            address=calendars.address_of(unit, found.id) if found else None,
            key=form_key(),
        )


@pages.post("/calendar")
@access(SIGNED_IN)
def make() -> Response:
    """A new address; the one before stops."""
    run(calendars.make_feed, calendars.MakeFeed(), form_key())
    flash(_("Your calendar has an address."), "success")
    return redirect(url_for(".mine"), 303)


@pages.post("/calendar/stop")
@access(SIGNED_IN)
def stop() -> Response:
    """Stop it."""
    run(calendars.stop_feed, calendars.StopFeed(), form_key())
    flash(_("The address does not work any more."), "success")
    return redirect(url_for(".mine"), 303)


@pages.get("/calendar/<code>.ics")
@access(BY_LINK)
def feed(code: str) -> Response:
    """What the programme fetches."""
    with database().reading(NOBODY) as unit:
        found = calendars.open_feed(unit, code)
        calendars.as_person(unit, found)
        content = calendars.calendar(unit, calendars.sessions_of(unit))
    return Response(content, content_type="text/calendar; charset=utf-8")
