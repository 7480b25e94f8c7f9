"""One attendance with all that was ever recorded about it, and putting a credit right."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import corrections, directory, proposals, sessions
from timebank.errors import Conflict, TimebankError
from timebank.figures import COMPONENTS
from timebank.models import Attendance, AttendanceEntry
from timebank.unit import Unit
from web import labels, work_labels
from web.access import access
from web.errors import REFUSALS
from web.filters import duration
from web.forms import AROUND, Form, read_form, shown
from web.schemas.corrections import CorrectCreditSchema
from web.schemas.crediting import FiguresSchema
from web.units import reading, run

pages = Blueprint("corrections", __name__)


@pages.get("/attendances/<attendance_id>")
@access("session.view_all")
def attendance(attendance_id: str) -> str:
    """What is recorded now, and every earlier version of it."""
    with reading() as unit:
        found = sessions.attendance(unit, attendance_id)
        return render_template("attendances/attendance.html", **_facts(unit, found))


@pages.get("/attendances/<attendance_id>/correct")
@access("credit.correct")
def form(attendance_id: str) -> str:
    """The figures as they are recorded, to be put right."""
    with reading() as unit:
        found = sessions.attendance(unit, attendance_id)
        old = found.entries[-1]
        filled = shown(
            revision=old.revision, capacity=old.capacity, choice=old.choice,
            **{part: getattr(old, part) for part in COMPONENTS},
            pot_minutes=old.pot_minutes,
        )  # fmt: skip
        return _form_page(unit, found, filled)[0]


@pages.post("/attendances/<attendance_id>/correct")
@access("credit.correct")
def correct(attendance_id: str) -> Response | tuple[str, int]:
    """Check, with the effect on the balance in words; then confirm, or change the answers."""
    filled = _read(attendance_id)
    do = request.form.get("do", "check")
    if filled.command is None or do == "change":
        if do == "change":
            filled.errors, filled.status = {}, 200
        return _again(attendance_id, filled)
    try:
        if do == "confirm":
            made = run(corrections.correct_credit, filled.command, filled.key)
        else:
            return _check_page(attendance_id, filled)
    except REFUSALS as error:
        filled.refuse(error)
        return _again(attendance_id, filled, error)
    if made.proposal_id is not None:
        flash(_("Proposed. It is recorded when a second person has agreed."), "success")
        return redirect(url_for("proposals.proposal", proposal_id=made.proposal_id), 303)
    flash(_("The credit is put right. The member is told, and it stands on the next statement."),
          "success")  # fmt: skip
    return redirect(url_for(".attendance", attendance_id=attendance_id), 303)


def _read(attendance_id: str) -> Form:
    """Both halves of the form: the five lengths of time, and the rest."""
    figures = read_form(FiguresSchema, request.form)
    whole = read_form(
        CorrectCreditSchema,
        request.form,
        attendance_id=attendance_id,
        figures=asdict(figures.command) if figures.command else {},
    )
    if figures.errors:
        whole.errors = {**figures.errors, **whole.errors}
        whole.command, whole.status = None, 422
    return whole


def _facts(unit: Unit, found: Attendance) -> dict[str, Any]:
    recorders = directory.names(unit, [entry.recorded_by for entry in found.entries])
    return {
        "attendance": found,
        "session": found.session,
        "person": found.member.person,
        "entries": found.entries,
        "now": found.entries[-1],
        "recorders": recorders,
        "own": found.member_id == unit.actor.member_id,
        "waits": proposals.about(unit, "credit", found.id),
        "labels": labels,
        "parts": COMPONENTS,
        "work": work_labels,
    }


def _again(attendance_id: str, filled: Form, error: TimebankError | None = None) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.attendance(unit, attendance_id)
        told = None
        if isinstance(error, Conflict) and error.code == "credit_changed":
            old = found.entries[-1]
            told = {
                "by": directory.names(unit, [old.recorded_by])[old.recorded_by],
                "at": old.recorded_at,
                "rows": differences(old, filled),
            }
            # What was typed stays; sending it again now means it in the light of this.
            filled.values["revision"] = old.revision
        return _form_page(unit, found, filled, told)


def differences(old: AttendanceEntry, filled: Form) -> list[tuple[str, str, str]]:
    """``(what, recorded now, typed)`` in words, for each thing that differs."""
    command = filled.command
    rows = [
        (work_labels.named(work_labels.COMPONENTS, part), duration(getattr(old, part)),
         duration(getattr(command.figures, part)))
        for part in COMPONENTS
    ]  # fmt: skip
    for title, table, name in (
        (_("Came in"), work_labels.CAPACITIES_SHORT, "capacity"),
        (_("Hours go to"), work_labels.CHOICES_SHORT, "choice"),
    ):
        typed = getattr(command, name) or getattr(old, name)
        rows.append((title, work_labels.named(table, getattr(old, name)),
                     work_labels.named(table, typed)))  # fmt: skip
    return [row for row in rows if row[1] != row[2]]


def _form_page(
    unit: Unit, found: Attendance, filled: Form, overtaken: dict[str, Any] | None = None
) -> tuple[str, int]:
    page = render_template(
        "attendances/correct.html",
        form=filled,
        form_errors=filled.errors,
        overtaken=overtaken,
        **_facts(unit, found),
    )
    return page, filled.status


def _check_page(attendance_id: str, filled: Form) -> tuple[str, int]:
    with reading() as unit:
        preview = corrections.preview_correction(unit, filled.command)
        found = sessions.attendance(unit, attendance_id)
        page = render_template(
            "attendances/check.html",
            preview=preview,
            command=filled.command,
            form=filled,
            typed=[(name, text) for name, text in request.form.items()
                   if name not in AROUND | {"do"}],
            **_facts(unit, found),
        )  # fmt: skip
    return page, 200
