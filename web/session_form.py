"""The form about a session: what it offers to choose from, and how its boxes are called."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from timebank import organisations, projects, session_times, sessions
from timebank.models import Session
from timebank.unit import Unit
from web.overtaken import in_words

BOXES = (
    "title", "activity_type_id", "project_id", "organisation_id", "starts_on", "ends_on",
    "starts_at_time", "ends_at_time", "place", "places", "expected_people", "usual_minutes",
    "online", "usual_preparation_minutes", "usual_travel_minutes", "usual_paperwork_minutes",
    "usual_follow_up_minutes",
)  # fmt: skip
Choices = list[tuple[str, str]]


def choices(unit: Unit, found: Session | None = None) -> dict[str, Choices]:
    """The options of each box that has some, by the box's name; empty where there are none.

    What ``found`` has already stays to be chosen, although it may have ended.
    """
    return {
        "activity_type_id": _kinds(unit),
        "project_id": _projects(unit, found.project_id if found else None),
        "organisation_id": owners(unit, found.organisation_id if found else None),
    }


def _kinds(unit: Unit) -> Choices:
    kinds = [("", _("Choose one"))]
    for kind in sessions.activity_types(unit):
        name = kind.name if kind.credited else _("%(name)s (not credited)", name=kind.name)
        kinds.append((kind.id, name))
    return kinds


def _projects(unit: Unit, now: str | None) -> Choices:
    found = [(each.id, each.title) for each in projects.projects(unit)]
    found += [
        (each.id, each.title) for each in projects.projects(unit, ended=True) if each.id == now
    ]
    return [("", _("None")), *found] if found else []


def owners(unit: Unit, now: str | None) -> Choices:
    """Whose something new can be: the whole group's, or a partner's; empty without partners.

    ``now`` is the id of one that it has already, which may have ended.
    """
    found = [
        (each.id, each.name)
        for each in organisations.organisations(unit, ended=True)
        if each.ended_on is None or each.id == now
    ]
    if not found:
        return []
    whole = [] if unit.actor.organisations is not None else [("", _("The whole group"))]
    return [*whole, *found]


def details(found: Session) -> dict[str, Any]:
    """What the boxes of a planned session hold; one day has no last day beside it."""
    now = {name: getattr(found, name) for name in (*BOXES, "revision")}
    return now | {"ends_on": found.ends_on if found.ends_on != found.starts_on else None}


def shown_details(unit: Unit, found: Session) -> dict[str, Any]:
    """The same as first shown: time that follows from beginning and end goes on following."""
    follows = found.usual_minutes == session_times.elapsed_minutes(found, unit.zone)
    return details(found) | ({"usual_minutes": None} if follows else {})


def say(offered: dict[str, Choices], name: str, value: Any) -> str:
    """One value of the form in words."""
    if value and name in offered:
        return dict(offered[name]).get(value, _("Something else"))
    return in_words(name, value)


def titles() -> dict[str, str]:
    """What each box is called where two versions are compared."""
    return {
        "title": _("Title"),
        "activity_type_id": _("Kind of activity"),
        "project_id": _("Project"),
        "organisation_id": _("Whose session it is"),
        "starts_on": _("Day"),
        "ends_on": _("Last day"),
        "starts_at_time": _("Begins at"),
        "ends_at_time": _("Ends at"),
        "place": _("Place"),
        "places": _("Places"),
        "expected_people": _("People expected"),
        "usual_minutes": _("Usual time for each person"),
        "online": _("On-line"),
        "usual_preparation_minutes": _("Usual preparation"),
        "usual_travel_minutes": _("Usual travel"),
        "usual_paperwork_minutes": _("Usual time for minutes or agenda"),
        "usual_follow_up_minutes": _("Usual follow-up"),
    }
