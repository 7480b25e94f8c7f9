"""Sessions: the activities for which hours are credited, planned here and credited elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from timebank import organisations, places, projects, session_times, texts, trail
from timebank.activities import activity_type, activity_types
from timebank.errors import Conflict, RuleBroken
from timebank.ids import new_id
from timebank.models import Session
from timebank.session_list import (
    STATUSES,
    attendance,
    attendances,
    by_import_key,
    by_title,
    session,
    sessions,
    visible_session_ids,
    visible_sessions,
)
from timebank.unit import Unit

__all__ = [
    "STATUSES", "USUAL", "CancelSession", "ChangeSession", "PlanSession", "SessionChanged",
    "SessionPlanned", "activity_types", "attendance", "attendances", "by_import_key", "by_title",
    "cancel_session", "change_session", "plan_session", "session", "sessions",
    "visible_session_ids", "visible_sessions",
]  # fmt: skip

MOST_DAYS = 31
# What the grid offers for each component, in the order of the components.
USUAL = (
    "usual_minutes", "usual_preparation_minutes", "usual_travel_minutes",
    "usual_paperwork_minutes", "usual_follow_up_minutes",
)  # fmt: skip


# --- planning ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SessionDetails:
    """What is said about a session to come, or one that was; ``ends_on`` None is the same day.

    ``usual_minutes`` of 0 means the time from beginning to end, where both are known.
    """

    title: str
    activity_type_id: str
    starts_on: date
    ends_on: date | None = None
    starts_at_time: str = ""
    ends_at_time: str = ""
    place: str = ""
    places: int | None = None
    expected_people: int | None = None
    project_id: str | None = None
    usual_minutes: int = 0
    online: bool = False
    usual_preparation_minutes: int = 0
    usual_travel_minutes: int = 0
    usual_paperwork_minutes: int = 0
    usual_follow_up_minutes: int = 0
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlanSession(SessionDetails):
    """Plan a session; ``import_key`` is how an import knows its own again."""

    import_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class SessionPlanned:
    """The new session's id."""

    session_id: str


def plan_session(unit: Unit, command: PlanSession) -> SessionPlanned:
    """Plan a session.

    Raises ``RuleBroken``: ``ends_before_start``, ``session_too_long``, ``time_of_day_wrong`` and
    what ``texts`` raises; ``Conflict('session_imported')`` for an import key that is there.
    """
    unit.actor.require("session.plan")
    details = _checked(unit, command)
    same = select(Session.id).where(Session.import_key == command.import_key)
    if command.import_key is not None and unit.db.scalar(same) is not None:
        raise Conflict("session_imported")
    planned = Session(
        id=new_id(),
        status="planned",
        revision=1,
        planned_by=unit.actor.id,
        planned_at=unit.now,
        import_key=command.import_key,
        organisation_id=organisations.chosen(unit, command.organisation_id),
        project_id=projects.chosen(unit, command.project_id),
        **details,
    )
    unit.db.add(planned)
    unit.db.flush()
    trail.record(unit, "session.planned", "session", planned.id)
    return SessionPlanned(session_id=planned.id)


def _checked(unit: Unit, command: SessionDetails) -> dict[str, Any]:
    """The columns that planning and changing fill."""
    ends_on = command.ends_on or command.starts_on
    if ends_on < command.starts_on:
        raise RuleBroken("ends_before_start", field="ends_on")
    if (ends_on - command.starts_on).days >= MOST_DAYS:
        raise RuleBroken("session_too_long", field="ends_on", most=MOST_DAYS)
    span = session_times.Span(
        starts_on=command.starts_on,
        ends_on=ends_on,
        starts_at_time=command.starts_at_time.strip(),
        ends_at_time=command.ends_at_time.strip(),
    )
    session_times.check(span, unit.zone)
    return {
        "title": texts.clean(command.title, "title"),
        "activity_type_id": activity_type(unit, command.activity_type_id).id,
        **asdict(span),
        "places": places.checked(command.places, "places"),
        "expected_people": places.checked(command.expected_people, "expected_people"),
        "place": texts.clean(command.place, "place", required=False),
        "online": command.online,
        **_usual_minutes(command, session_times.elapsed_minutes(span, unit.zone)),
    }


def _usual_minutes(command: SessionDetails, elapsed_minutes: int | None) -> dict[str, int]:
    if command.online and command.usual_travel_minutes:
        raise RuleBroken("online_no_travel", field="usual_travel_minutes")
    usual = {name: texts.whole_minutes(getattr(command, name), name) for name in USUAL}
    return usual | {"usual_minutes": usual["usual_minutes"] or elapsed_minutes or 0}


@dataclass(frozen=True, kw_only=True)
class ChangeSession(SessionDetails):
    """Put right what was planned, before anybody is credited; ``revision`` is as it was seen."""

    session_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class CancelSession:
    """Call a planned session off; it stays on file and waits for nothing any more."""

    session_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class SessionChanged:
    """The session, how it stands now, and its new revision."""

    session_id: str
    status: str
    revision: int


def change_session(unit: Unit, command: ChangeSession) -> SessionChanged:
    """Change a planned session.

    Raises ``Conflict('changed_meanwhile')`` when it is not as it was looked at; ``RuleBroken``:
    ``session_credited``, ``session_cancelled``, and as ``plan_session``.
    """
    found = _still_planned(unit, command.session_id, command.revision)
    before = where_and_when(found)
    for name, value in _checked(unit, command).items():
        setattr(found, name, value)
    if command.organisation_id != found.organisation_id:  # it may keep one that has ended
        found.organisation_id = organisations.chosen(unit, command.organisation_id)
    if command.project_id != found.project_id:
        found.project_id = projects.chosen(unit, command.project_id)
    found.revision += 1
    trail.record(unit, "session.changed", "session", found.id, revision=found.revision)
    places.fill(unit, found)
    if where_and_when(found) != before:
        places.tell(unit, found, "session_moved")
    return _as_it_stands(found)


def cancel_session(unit: Unit, command: CancelSession) -> SessionChanged:
    """Cancel a planned session. Raises as ``change_session``."""
    found = _still_planned(unit, command.session_id, command.revision)
    found.status = "cancelled"
    found.revision += 1
    trail.record(unit, "session.cancelled", "session", found.id, revision=found.revision)
    places.tell(unit, found, "session_called_off")
    return _as_it_stands(found)


def where_and_when(found: Session) -> tuple[object, ...]:
    """What somebody who is coming must know; when it changes they are told."""
    return (
        found.starts_on, found.ends_on, found.starts_at_time, found.ends_at_time,
        found.place, found.online,
    )  # fmt: skip


def _still_planned(unit: Unit, session_id: str, revision: int) -> Session:
    unit.actor.require("session.plan")
    found = session(unit, session_id)
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    if found.status == "credited":
        raise RuleBroken("session_credited")
    if found.status == "cancelled":
        raise RuleBroken("session_cancelled")
    if found.status == "undone":
        raise RuleBroken("session_undone")
    return found


def _as_it_stands(found: Session) -> SessionChanged:
    return SessionChanged(session_id=found.id, status=found.status, revision=found.revision)
