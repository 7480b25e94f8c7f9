"""The record of who did what to which thing, and when. Names are looked up when it is shown."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from timebank import directory, trail
from web import work_labels
from web.access import access
from web.trail_labels import ACTIONS
from web.units import reading

pages = Blueprint("trail", __name__)
A_PAGE = 50


@pages.get("/trail")
@access("trail.view")
def latest() -> str:
    """The newest first, a page at a time."""
    before = request.args.get("before", "")
    usable = before.isascii() and before.isdecimal() and len(before) < 16
    with reading() as unit:
        found = list(
            trail.latest(unit, limit=A_PAGE + 1, before=int(before) if usable else None)
        )
        events, more = found[:A_PAGE], len(found) > A_PAGE
        subjects = directory.subjects(unit, events)
        return render_template(
            "trail/trail.html",
            events=events,
            named=directory.names(unit, [event.actor for event in events]),
            subjects=subjects,
            older=url_for(".latest", before=events[-1].id) if more else None,
            newest=url_for(".latest") if usable else None,
            actions=ACTIONS,
            work=work_labels,
        )
