"""Projects: what sessions are for, on whose behalf people are asked, and who should be there.

"Who should be here" lists kinds of experience and whether they are in the room: gaps show while
there is time to fill them. It never names anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from timebank import organisations, texts, trail
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Project, ProjectSeat
from timebank.unit import Unit

# As what people are asked: the words that letters about their involvement use.
CAPACITIES = ("uses_service", "may_use_service", "carer", "affected", "practitioner")
MOST_SEATS = 50
MOST_PURPOSE = 1000


# --- reading ----------------------------------------------------------------------------------


def visible_projects(unit: Unit) -> Select[Project]:
    """The projects this actor may see: all, or those of the actor's organisations."""
    unit.actor.require("session.view_all")
    query = select(Project).options(selectinload(Project.seats))
    if unit.actor.organisations is not None:
        query = query.where(Project.organisation_id.in_(unit.actor.organisations))
    return query


def projects(unit: Unit, *, ended: bool = False) -> Sequence[Project]:
    """Projects by title: those that go on, or with ``ended`` those that are over."""
    over = Project.ended_on.is_not(None)
    query = visible_projects(unit).where(over if ended else ~over)
    return unit.db.scalars(query.order_by(func.lower(Project.title), Project.id)).all()


def project(unit: Unit, project_id: str) -> Project:
    """One project; ``NotFound('project_unknown')`` when there is none in the actor's scope."""
    query = visible_projects(unit).where(Project.id == project_id)
    found = unit.db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("project_unknown", field="project_id")
    return found


def capacities_of(found: Project) -> tuple[str, ...]:
    """The codes of ``CAPACITIES`` that a project asks people as."""
    return tuple(code for code in found.capacities.split(",") if code)


def chosen(unit: Unit, project_id: str | None) -> str | None:
    """The project of something new, which must be one that goes on, or None.

    Raises ``NotFound('project_unknown')``, ``RuleBroken('project_ended')``.
    """
    if project_id is None:
        return None
    found = project(unit, project_id)
    if found.ended_on is not None:
        raise RuleBroken("project_ended", field="project_id")
    return found.id


# --- adding and changing ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ProjectDetails:
    """What is said of a project; ``capacities`` are codes of ``CAPACITIES``."""

    title: str
    purpose: str
    on_behalf_of: str
    capacities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AddProject(ProjectDetails):
    """A new project, of an organisation or of the whole group."""

    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeProject(ProjectDetails):
    """Put a project right, end it, or take it up again; ``revision`` is as it was seen."""

    project_id: str
    revision: int
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class ProjectKept:
    """The project and its revision."""

    project_id: str
    revision: int


def add_project(unit: Unit, command: AddProject) -> ProjectKept:
    """Add a project. Raises what ``texts`` and ``organisations.chosen`` raise."""
    unit.actor.require("session.plan")
    new = Project(
        id=new_id(),
        ended_on=None,
        organisation_id=organisations.chosen(unit, command.organisation_id),
        revision=1,
        **_checked(command),
    )
    unit.db.add(new)
    unit.db.flush()
    trail.record(unit, "project.added", "project", new.id)
    return ProjectKept(project_id=new.id, revision=1)


def change_project(unit: Unit, command: ChangeProject) -> ProjectKept:
    """Change a project. Raises ``Conflict('changed_meanwhile')`` and as adding."""
    unit.actor.require("session.plan")
    found = project(unit, command.project_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    for name, value in _checked(command).items():
        setattr(found, name, value)
    if command.ended != (found.ended_on is not None):
        found.ended_on = unit.today if command.ended else None
    found.revision += 1
    trail.record(unit, "project.changed", "project", found.id, revision=found.revision)
    return ProjectKept(project_id=found.id, revision=found.revision)


def _checked(command: ProjectDetails) -> dict[str, Any]:
    for code in command.capacities:
        texts.one_of(code, CAPACITIES, "capacities")
    ordered = [code for code in CAPACITIES if code in command.capacities]
    return {
        "title": texts.clean(command.title, "title"),
        "purpose": texts.clean(command.purpose, "purpose", most=MOST_PURPOSE, lines=True),
        "on_behalf_of": texts.clean(command.on_behalf_of, "on_behalf_of"),
        "capacities": ",".join(ordered),
    }


# --- who should be here -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AddSeat:
    """A kind of experience that should be in the room: "somebody who uses a wheelchair"."""

    project_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class MarkSeat:
    """Say whether that experience is in the room."""

    project_id: str
    seat_id: str
    filled: bool


@dataclass(frozen=True, kw_only=True)
class RemoveSeat:
    """Take a seat off the list."""

    project_id: str
    seat_id: str


def add_seat(unit: Unit, command: AddSeat) -> ProjectKept:
    """Add a seat, empty, at the end of the list. Raises ``RuleBroken('too_many_seats')``."""
    unit.actor.require("session.plan")
    found = project(unit, command.project_id)
    if len(found.seats) >= MOST_SEATS:
        raise RuleBroken("too_many_seats", field="title", most=MOST_SEATS)
    position = max((seat.position for seat in found.seats), default=0) + 1
    seat = ProjectSeat(
        id=new_id(), project_id=found.id, position=position,
        title=texts.clean(command.title, "title"), filled=False,
    )  # fmt: skip
    unit.db.add(seat)
    trail.record(unit, "seat.added", "project", found.id, seat=seat.id)
    return _kept(found)


def mark_seat(unit: Unit, command: MarkSeat) -> ProjectKept:
    """Mark a seat. Raises ``NotFound('seat_unknown')``."""
    found, seat = _seat(unit, command.project_id, command.seat_id)
    seat.filled = command.filled
    trail.record(unit, "seat.marked", "project", found.id, seat=seat.id)
    return _kept(found)


def remove_seat(unit: Unit, command: RemoveSeat) -> ProjectKept:
    """Remove a seat. Raises ``NotFound('seat_unknown')``."""
    found, seat = _seat(unit, command.project_id, command.seat_id)
    unit.db.delete(seat)
    trail.record(unit, "seat.removed", "project", found.id, seat=seat.id)
    return _kept(found)


def _seat(unit: Unit, project_id: str, seat_id: str) -> tuple[Project, ProjectSeat]:
    unit.actor.require("session.plan")
    found = project(unit, project_id)
    for seat in found.seats:
        if seat.id == seat_id:
            return found, seat
    raise NotFound("seat_unknown")


def _kept(found: Project) -> ProjectKept:
    """Seats are no part of the project's revision: two people may fill in the list at once."""
    return ProjectKept(project_id=found.id, revision=found.revision)
