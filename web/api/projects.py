"""Projects: what sessions are for, and who should be in the room."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import projects
from timebank.models import Project
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.projects import (
    AddProjectSchema,
    AddSeatSchema,
    ChangeProjectSchema,
    MarkSeatSchema,
    RemoveSeatSchema,
)

blp = Blueprint("projects", __name__, description="Projects, and who should be in them")
KEPT = shapes.of_result(projects.ProjectKept)


class SeatShape(Schema):
    """A kind of experience that should be in the room, and whether it is."""

    id = shapes.text()
    title = shapes.text()
    filled = shapes.yes_no()


class ProjectShape(Schema):
    """A project. ``capacities`` are codes of as what people are asked; send ``revision`` back with
    a change."""

    id = shapes.text()
    title = shapes.text()
    purpose = shapes.text()
    on_behalf_of = shapes.text()
    capacities = fields.List(fields.String(), required=True)
    ended_on = shapes.day_or_none()
    organisation_id = shapes.text_or_none()
    seats = fields.List(fields.Nested(SeatShape), required=True)
    revision = shapes.whole()


class ProjectsShape(Schema):
    """The projects that go on."""

    items = fields.List(fields.Nested(ProjectShape), required=True)


def project_json(found: Project) -> dict[str, Any]:
    """A project; to be called while the unit is open."""
    said = {name: getattr(found, name) for name in ProjectShape().fields}
    return said | {"capacities": list(projects.capacities_of(found)), "seats": list(found.seats)}


@blp.route("/projects")
@access("session.view_all")
@blp.response(200, ProjectsShape)
def list_projects() -> dict[str, Any]:
    """List the projects that go on."""
    with units.reading() as unit:
        return {"items": [project_json(found) for found in projects.projects(unit)]}


@blp.route("/projects", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(AddProjectSchema)
@blp.response(201, KEPT)
def add_project(command: projects.AddProject) -> projects.ProjectKept:
    """Add a project."""
    return run(projects.add_project, command, keyed=False)


@blp.route("/projects/<id:project_id>")
@access("session.view_all")
@blp.response(200, ProjectShape)
def read_project(project_id: str) -> dict[str, Any]:
    """Read a project."""
    with units.reading() as unit:
        return project_json(projects.project(unit, project_id))


@blp.route("/projects/<id:project_id>", methods=["PUT"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(ChangeProjectSchema)
@blp.response(200, KEPT)
def change_project(command: projects.ChangeProject, project_id: str) -> projects.ProjectKept:
    """Put a project right, end it, or take it up again."""
    return run(projects.change_project, command, keyed=False)


@blp.route("/projects/<id:project_id>/seats", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(AddSeatSchema)
@blp.response(201, KEPT)
def add_seat(command: projects.AddSeat, project_id: str) -> projects.ProjectKept:
    """Add to who should be in the room. Name nobody."""
    return run(projects.add_seat, command, keyed=False)


@blp.route("/projects/<id:project_id>/seats/<id:seat_id>", methods=["PUT"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(MarkSeatSchema)
@blp.response(200, KEPT)
def mark_seat(command: projects.MarkSeat, project_id: str, seat_id: str) -> projects.ProjectKept:
    """Say whether that experience is in the room."""
    return run(projects.mark_seat, command, keyed=False)


@blp.route("/projects/<id:project_id>/seats/<id:seat_id>/remove", methods=["POST"])
@access("session.plan")
@blp.may_be_keyed
@blp.arguments(RemoveSeatSchema)
@blp.response(200, KEPT)
def remove_seat(
    command: projects.RemoveSeat, project_id: str, seat_id: str
) -> projects.ProjectKept:
    """Take it off the list."""
    return run(projects.remove_seat, command, keyed=False)
