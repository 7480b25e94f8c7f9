"""Add time to what is recorded about somebody at a session: form, check, confirm."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import directory, late_time, sessions
from timebank.figures import COMPONENTS
from timebank.late_time import LatePreview
from web import work_labels
from web.access import access
from web.errors import REFUSALS
from web.figures_form import as_typed, read_with_figures
from web.forms import Form, shown
from web.schemas.late_time import AddLateTimeSchema
from web.units import reading, run

pages = Blueprint("late_time", __name__)


@pages.get("/attendances/<attendance_id>/add-time")
@access("session.credit")
def form(attendance_id: str) -> tuple[str, int]:
    """How much time is added, by component."""
    return _form_page(attendance_id, shown())


@pages.post("/attendances/<attendance_id>/add-time")
@access("session.credit")
def add(attendance_id: str) -> Response | tuple[str, int]:
    """Check what it comes to; then confirm, or change the answers."""
    filled = read_with_figures(AddLateTimeSchema, request.form, attendance_id=attendance_id)
    do = request.form.get("do", "check")
    if do == "change":
        filled.errors, filled.status = {}, 200
    if filled.command is None or do == "change":
        return _form_page(attendance_id, filled)
    try:
        if do != "confirm":
            with reading() as unit:
                preview = late_time.preview_late_time(unit, filled.command)
            return _check_page(attendance_id, filled, preview)
        run(late_time.add_late_time, filled.command, filled.key)
    except REFUSALS as error:
        filled.refuse(error)
        return _form_page(attendance_id, filled)
    flash(_("The time is added. It stands on the next statement."), "success")
    return redirect(url_for("corrections.attendance", attendance_id=attendance_id), 303)


def _form_page(attendance_id: str, filled: Form) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.attendance(unit, attendance_id)
        now = found.entries[-1]
        by = filled.stale.params["by"] if filled.stale is not None else None
        if filled.stale is not None:
            # What was typed stays; sending it again adds it to what is recorded now.
            filled.values["revision"] = now.revision
        page = render_template(
            "late_time/form.html",
            attendance=found,
            session=found.session,
            person=found.member.person,
            now=now,
            own=found.member_id == unit.actor.member_id,
            last_on=late_time.last_day(unit, found.session),
            over=late_time.last_day(unit, found.session) < unit.today,
            overtaken_by=directory.names(unit, [by]).get(by or ""),
            stale=filled.stale is not None,
            form=filled,
            form_errors=filled.errors,
            parts=[part for part in COMPONENTS if part != "travel_minutes"
                   or not found.session.online],
            work=work_labels,
        )  # fmt: skip
    return page, filled.status


def _check_page(attendance_id: str, filled: Form, preview: LatePreview) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.attendance(unit, attendance_id)
        page = render_template(
            "late_time/check.html",
            attendance=found,
            session=found.session,
            person=found.member.person,
            now=found.entries[-1],
            added=filled.command.figures,
            preview=preview,
            key=filled.key,
            typed=as_typed(request.form),
            parts=COMPONENTS,
            work=work_labels,
        )
    return page, 200
