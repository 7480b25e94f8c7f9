"""The record of who did what to which thing, and when. Names are looked up when it is shown."""

from __future__ import annotations

import json
from datetime import date

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from timebank import directory, trail
from timebank.models import TrailEvent
from web import work_labels
from web.access import access
from web.filters import day
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
        found = list(trail.latest(unit, limit=A_PAGE + 1, before=int(before) if usable else None))
        events, more = found[:A_PAGE], len(found) > A_PAGE
        subjects = directory.subjects(unit, events)
        return render_template(
            "trail/trail.html",
            events=events,
            named=directory.names(
                unit, [*(event.actor for event in events), *map(_for_person, events)]
            ),
            for_person=_for_person,
            about=lambda event: _about(event, subjects),
            older=url_for(".latest", before=events[-1].id) if more else None,
            newest=url_for(".latest") if usable else None,
            actions=ACTIONS,
            work=work_labels,
        )


def _for_person(event: TrailEvent) -> str | None:
    """Whom it was done for, by somebody they trust; None for nearly everything."""
    found: str | None = json.loads(event.details).get("for_person")
    return found


def _about(event: TrailEvent, subjects: dict[tuple[str, str], str]) -> str:
    """What a row is about, in words; a period is its last day."""
    if event.subject == "period":
        return day(date.fromisoformat(event.subject_id))
    if event.subject == "policy":
        return _("Version %(number)s", number=event.subject_id)
    return subjects.get((event.subject, event.subject_id), "")
