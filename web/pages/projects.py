"""Projects: what sessions are for, their hours as planned and recorded, and who should be there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import coming, planner, projects, sessions
from timebank.models import Project, Session
from web import session_labels, work_labels
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, form_key, read_form, shown
from web.overtaken import in_words, overtaken
from web.schemas.projects import (
    AddProjectSchema,
    AddSeatSchema,
    ChangeProjectSchema,
    MarkSeatSchema,
    RemoveSeatSchema,
)
from web.session_form import owners
from web.units import reading, run

pages = Blueprint("projects", __name__)
BOXES = ("title", "purpose", "on_behalf_of", "revision")


@pages.get("/projects")
@access("session.view_all")
def all_projects() -> str:
    """The projects that go on, and those that are over."""
    with reading() as unit:
        return render_template(
            "projects/projects.html",
            going_on=projects.projects(unit),
            over=projects.projects(unit, ended=True),
        )


@pages.get("/projects/add")
@access("session.plan")
def new() -> tuple[str, int]:
    """The form for a new project."""
    return _add_page(shown(capacities=[]))


@pages.post("/projects/add")
@access("session.plan")
def add() -> Response | tuple[str, int]:
    """Add it."""
    form = _read(AddProjectSchema)
    kept = carried_out(form, projects.add_project)
    if kept is not None:
        flash(_("The project is added."), "success")
        return redirect(url_for(".project", project_id=kept.project_id), 303)
    return _add_page(form)


@pages.get("/projects/<project_id>")
@access("session.view_all")
def project(project_id: str) -> str:
    """One project: what it is for, who should be there, and its sessions."""
    return _project_page(project_id, Form())[0]


@pages.get("/projects/<project_id>/change")
@access("session.plan")
def edit(project_id: str) -> tuple[str, int]:
    """A project as it stands, to be put right."""
    with reading() as unit:
        form = shown(**_details(projects.project(unit, project_id)))
    return _change_page(project_id, form)


@pages.post("/projects/<project_id>/change")
@access("session.plan")
def change(project_id: str) -> Response | tuple[str, int]:
    """Put it right, or end it."""
    form = _read(ChangeProjectSchema, project_id=project_id)
    if carried_out(form, projects.change_project) is not None:
        flash(_("The project is changed."), "success")
        return redirect(url_for(".project", project_id=project_id), 303)
    return _change_page(project_id, form)


@pages.post("/projects/<project_id>/seats")
@access("session.plan")
def add_seat(project_id: str) -> Response | tuple[str, int]:
    """Add to who should be there."""
    form = read_form(AddSeatSchema, request.form, project_id=project_id)
    if carried_out(form, projects.add_seat) is not None:
        return redirect(url_for(".project", project_id=project_id, _anchor="seats"), 303)
    return _project_page(project_id, form)


@pages.post("/projects/<project_id>/seats/<seat_id>")
@access("session.plan")
def seat(project_id: str, seat_id: str) -> Response:
    """Say that somebody with this experience is there or missing, or take it off the list."""
    ids = {"project_id": project_id, "seat_id": seat_id}
    if request.form.get("do") == "remove":
        run(projects.remove_seat, RemoveSeatSchema().load(ids), form_key())
    else:
        filled = request.form.get("do") == "here"
        run(projects.mark_seat, MarkSeatSchema().load({**ids, "filled": filled}), form_key())
    return redirect(url_for(".project", project_id=project_id, _anchor="seats"), 303)


def _read(schema: type, **fixed: Any) -> Form:
    """The form with all the boxes that are ticked."""
    ticked = request.form.getlist("capacities")
    form = read_form(schema, request.form, capacities=ticked, **fixed)
    form.values["capacities"] = ticked
    return form


def _details(found: Project) -> dict[str, Any]:
    now = {name: getattr(found, name) for name in BOXES}
    return {
        **now,
        "capacities": list(projects.capacities_of(found)),
        "ended": found.ended_on is not None,
    }


def _add_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "projects/add.html",
            form=form,
            form_errors=form.errors,
            labels=session_labels,
            owners=owners(unit, None),
        )
    return page, form.status


def _change_page(project_id: str, form: Form) -> tuple[str, int]:
    titles = {
        "title": _("Name"),
        "purpose": _("Purpose"),
        "on_behalf_of": _("On whose behalf people are asked"),
        "capacities": _("As what people are asked"),
        "ended": _("The project is over"),
    }

    def say(name: str, value: Any) -> str:
        if name == "capacities":
            words = [_(session_labels.PROJECT_CAPACITIES[code]) for code in value]
            return ", ".join(words) or _("Nothing")
        return in_words(name, value)

    with reading() as unit:
        found = projects.project(unit, project_id)
        page = render_template(
            "projects/change.html",
            project=found,
            overtaken=overtaken(unit, form, _details(found), titles, say),
            form=form,
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status


def _project_page(project_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = projects.project(unit, project_id)
        query = sessions.visible_sessions(unit).where(Session.project_id == found.id)
        of_project = unit.db.scalars(query.order_by(Session.starts_on, Session.id)).all()
        plans = planner.plans(unit, of_project)
        taking_place = [plans[s.id] for s in of_project if s.status not in coming.CALLED_OFF]
        page = render_template(
            "projects/project.html",
            project=found,
            capacities=projects.capacities_of(found),
            sessions=[(session, plans[session.id]) for session in of_project],
            planned_minutes=sum(plan.planned_minutes for plan in taking_place),
            actual_minutes=sum(plan.actual_minutes for plan in taking_place),
            form=form,
            form_errors=form.errors,
            labels=session_labels,
            work=work_labels,
        )
    return page, form.status
