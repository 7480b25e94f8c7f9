"""What the codes about projects, sheets, places and calendars are called on pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from timebank import planner
from timebank.models import Session
from timebank.words import N_
from web.filters import duration
from web.work_labels import COMPONENTS

PROJECT_CAPACITIES = {
    "uses_service": N_("Somebody who uses the service"),
    "may_use_service": N_("Somebody who may come to use it"),
    "carer": N_("A carer or relative"),
    "affected": N_("Somebody affected in another way"),
    "practitioner": N_("Somebody whose work it is"),
}
EVERY = {
    "week": N_("Every week"),
    "fortnight": N_("Every two weeks"),
    "four_weeks": N_("Every four weeks"),
    "month_date": N_("Every month, on the same date"),
    "month_weekday": N_("Every month, on the same weekday (such as the second Tuesday)"),
}
# The parts of a sheet as members read them, in this order.
SHEET = {
    "what": N_("What it is"),
    "preparation": N_("What to prepare"),
    "travel": N_("Help with travel"),
    "access": N_("Access and comfort"),
    "rewards": N_("How we say thank you"),
    "content_note": N_("What may be hard to hear"),
}
SHEET_HINTS = {
    "what": N_("What people will do there, and what comes of it."),
    "preparation": N_("What to read or bring, and how long that takes. If nothing, say so."),
    "travel": N_("How people can get there, what is booked or paid back, and how to ask for it."),
    "access": N_("Steps, toilets, hearing loop, interpreter, breaks, a quiet place, masks."),
    "rewards": N_("Hours, and what else there is: food, a training place, a certificate."),
    "content_note": N_("Optional. People can leave at any time and need give no reason."),
}
# What keeps a sheet from being published, and where it is filled in.
BLANKS = {
    **{name: title for name, title in SHEET.items() if name != "content_note"},
    "starts_at_time": N_("Begins at"),
    "ends_at_time": N_("Ends at"),
    "place": N_("Place"),
    "usual_minutes": N_("Usual time for each person"),
}
SIGN_UP_STATUSES = {
    "coming": N_("Coming"),
    "waiting": N_("Waiting for a place"),
    "withdrawn": N_("Not coming"),
}
SIGN_UP_COLOURS = {"coming": "green", "waiting": "yellow", "withdrawn": "grey"}


def weekday(day: date) -> str:
    """ "Tuesday 8 December 2026"."""
    return format_date(day, "EEEE d MMMM y")


def when(session: Session) -> str:
    """The day and times of day of a session: "Thursday 6 August 2026, 10:30 to 12:00"."""
    begins, ends = session.starts_at_time, session.ends_at_time
    first = weekday(session.starts_on)
    if session.ends_on != session.starts_on:
        first = f"{first}, {begins}" if begins else first
        last = weekday(session.ends_on)
        last = f"{last}, {ends}" if ends else last
        return _("%(first)s to %(last)s", first=first, last=last)
    if not begins:
        return first
    if not ends:
        return f"{first}, {begins}"
    return _("%(day)s, %(begins)s to %(ends)s", day=first, begins=begins, ends=ends)


def offered(session: Session) -> dict[str, Any]:
    """The hours a session offers each person: lines by component, and their total."""
    each = planner.offered(session)
    lines = [
        (_(title), duration(getattr(each, name)))
        for name, title in COMPONENTS.items()
        if getattr(each, name)
    ]
    return {"lines": lines, "total_minutes": each.total_minutes}
