"""Sessions: the activities for which hours are credited, planned here and credited elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from timebank import organisations, places, projects, scope, session_times, texts, trail
from timebank.activities import activity_type, activity_types
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Attendance, AttendanceEntry, Member, Person, Session
from timebank.people import visible_ids
from timebank.unit import Unit

__all__ = [
    "CancelSession", "ChangeSession", "PlanSession", "SessionChanged", "SessionPlanned",
    "activity_types", "attendance", "attendances", "cancel_session", "change_session",
    "plan_session", "session", "sessions", "visible_session_ids", "visible_sessions",
]  # fmt: skip

STATUSES = ("planned", "credited", "cancelled", "undone")
MOST_DAYS = 31
# What the grid offers for each component, in the order of the components.
USUAL = (
    "usual_minutes", "usual_preparation_minutes", "usual_travel_minutes",
    "usual_paperwork_minutes", "usual_follow_up_minutes",
)  # fmt: skip


# --- reading ----------------------------------------------------------------------------------


def visible_sessions(unit: Unit) -> Select[Session]:
    """The sessions this actor may see: all, those of the actor's organisations, or those at which
    they were recorded.
    """
    query = select(Session).options(joinedload(Session.activity_type))
    if unit.actor.may("session.view_all"):
        if (limited := unit.actor.organisations) is not None:
            return query.where(scope.sessions_within(limited))
        return query
    own = select(Attendance.session_id).where(Attendance.member_id == unit.actor.member_id)
    return query.where(Session.id.in_(own))


def session(unit: Unit, session_id: str) -> Session:
    """One session; ``NotFound('session_unknown')`` when there is none in the actor's scope."""
    found = unit.db.scalars(visible_sessions(unit).where(Session.id == session_id)).one_or_none()
    if found is None:
        raise NotFound("session_unknown", session=session_id)
    return found


def sessions(
    unit: Unit, *, limit: int = 50, offset: int = 0, status: str | None = None
) -> Sequence[Session]:
    """Sessions, the newest day first; ``status`` keeps only those of one of ``STATUSES``."""
    query = visible_sessions(unit).order_by(Session.starts_on.desc(), Session.title, Session.id)
    if status is not None:
        query = query.where(Session.status == status)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def visible_session_ids(unit: Unit) -> Select[str]:
    """The ids of ``visible_sessions``, to look into other tables with."""
    return visible_sessions(unit).with_only_columns(Session.id)


def _current_entries(unit: Unit) -> Select[AttendanceEntry]:
    """What is recorded now, one entry for each attendance of the people this actor may see."""
    return (
        select(AttendanceEntry)
        .join(AttendanceEntry.attendance)
        .join(Attendance.member)
        .join(Member.person)
        .where(
            AttendanceEntry.revision == Attendance.revision,
            Member.id.in_(visible_ids(unit)),
            Attendance.session_id.in_(visible_session_ids(unit)),
        )
        .options(
            contains_eager(AttendanceEntry.attendance)
            .contains_eager(Attendance.member)
            .contains_eager(Member.person)
        )
        .execution_options(populate_existing=True)
    )


def attendances(unit: Unit, session_id: str) -> Sequence[AttendanceEntry]:
    """Who was at a session, in one list by name; each entry leads to its attendance and member."""
    query = _current_entries(unit).where(Attendance.session_id == session_id)
    return unit.db.scalars(query.order_by(func.lower(Person.name), Member.number)).all()


def attendance(unit: Unit, attendance_id: str) -> Attendance:
    """One attendance with its session and entries, oldest first.

    Raises ``NotFound('attendance_unknown')``.
    """
    query = (
        select(Attendance)
        .join(Attendance.member)
        .join(Member.person)
        .where(
            Attendance.id == attendance_id,
            Member.id.in_(visible_ids(unit)),
            Attendance.session_id.in_(visible_session_ids(unit)),
        )
        .options(
            contains_eager(Attendance.member).contains_eager(Member.person),
            joinedload(Attendance.session).joinedload(Session.activity_type),
            selectinload(Attendance.entries),
        )
        .execution_options(populate_existing=True)
    )
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("attendance_unknown", attendance=attendance_id)
    return found


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


# --- finding what an import means -------------------------------------------------------------


def by_import_key(unit: Unit, import_key: str) -> Session | None:
    """The session that an import made, if this actor may see it."""
    query = visible_sessions(unit).where(Session.import_key == import_key)
    return unit.db.scalars(query).one_or_none()


def by_title(unit: Unit, title: str, day: date) -> Sequence[Session]:
    """The sessions of one title that begin on one day and were not cancelled, in scope."""
    query = visible_sessions(unit).where(
        Session.title == title,
        Session.starts_on == day,
        Session.status.not_in(("cancelled", "undone")),
    )
    return unit.db.scalars(query).all()
