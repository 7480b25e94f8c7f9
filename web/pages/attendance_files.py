"""Who was at a session, from a file or from pasted lines: put in, look, decide, credit."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import attendance_import, imports, sessions
from timebank.attendance_import import ImportOptions, ImportPlan
from timebank.errors import Rejected, RuleBroken, TimebankError
from timebank.models import ImportFile
from timebank.unit import Unit
from web import import_forms, work_labels
from web.access import access
from web.errors import REFUSALS, errors_from, status_of
from web.filters import duration
from web.forms import form_key, read_form, read_minutes
from web.import_forms import Told
from web.pages.sessions import may_be_credited
from web.schemas.imports import ConfirmAttendanceFileSchema
from web.units import doorstep, reading, run

pages = Blueprint("attendance_files", __name__)
Answer = Response | tuple[str, int]


@pages.get("/sessions/<session_id>/file")
@access("session.credit")
def new(session_id: str) -> Answer:
    """The form to put a file or lines in."""
    with reading() as unit:
        if not may_be_credited(unit, sessions.session(unit, session_id)):
            return redirect(url_for("sessions.session", session_id=session_id), 303)
    return _upload_page(session_id, {})


@pages.post("/sessions/<session_id>/file")
@access("session.credit")
def put_in(session_id: str) -> Answer:
    """Keep it, and go on to looking at it."""
    try:
        options = _said(ImportOptions(session_id=session_id, minutes=_usual(session_id)))
        command = imports.KeepFile(
            purpose="attendance",
            content=import_forms.uploaded(),
            options=replace(options, encoding=import_forms.encoding()),
            subject_id=session_id,
        )
        with doorstep() as unit:
            sessions.session(unit, session_id)
            file_id = imports.keep_file(unit, command)
    except RuleBroken as error:
        return _upload_page(session_id, errors_from(error))
    return redirect(url_for(".file", session_id=session_id, file_id=file_id), 303)


@pages.get("/sessions/<session_id>/file/<file_id>")
@access("session.credit")
def file(session_id: str, file_id: str) -> Answer:
    """What each line of the file would record."""
    return _file_page(session_id, file_id)


@pages.post("/sessions/<session_id>/file/<file_id>")
@access("session.credit")
def step(session_id: str, file_id: str) -> Answer:
    """Say more about the file, drop it, or record what it holds."""
    do = request.form.get("do")
    if do == "confirm":
        return _confirm(session_id, file_id)
    said = _decided if do == "decide" else _said
    try:
        there = import_forms.answered(file_id, "attendance", ImportOptions, said, session_id)
    except RuleBroken as error:
        return _file_page(session_id, file_id, error)
    if not there:
        flash(_("The file is deleted. Nothing was recorded."), "success")
        return redirect(url_for("sessions.session", session_id=session_id), 303)
    return redirect(url_for(".file", session_id=session_id, file_id=file_id), 303)


def _confirm(session_id: str, file_id: str) -> Answer:
    form = read_form(
        ConfirmAttendanceFileSchema, request.form, session_id=session_id, file_id=file_id
    )
    try:
        if form.command is None:
            raise RuleBroken("import_changed")
        run(attendance_import.confirm_attendance_file, form.command, form.key)
    except REFUSALS as error:
        return _file_page(session_id, file_id, error)
    flash(_("Everybody in the file is recorded. The file is deleted."), "success")
    return redirect(url_for("crediting.credited", session_id=session_id), 303)


# --- what was said ------------------------------------------------------------------------------


def _said(options: ImportOptions) -> ImportOptions:
    """The options as the form has them. Raises ``RuleBroken('minutes_not_whole')``."""
    form = request.form
    try:
        minutes = read_minutes(form.get("minutes_hours", ""), form.get("minutes_minutes", ""))
    except ValueError:
        raise RuleBroken("minutes_not_whole", field="minutes") from None
    return replace(
        options,
        minutes=minutes if "minutes_hours" in form else options.minutes,
        encoding=import_forms.chosen("encoding", import_forms.ENCODINGS, options.encoding),
        dates=import_forms.chosen("dates", import_forms.DAYS, options.dates),
        create_members="create_members" in form,
        leave_out="leave_out" in form,
    )


def _decided(options: ImportOptions) -> ImportOptions:
    return replace(options, who=import_forms.decisions(options.who))


def _usual(session_id: str) -> int | None:
    with reading() as unit:
        return sessions.session(unit, session_id).usual_minutes or None


# --- pages --------------------------------------------------------------------------------------


def _upload_page(session_id: str, errors: dict[str, list[str]]) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        typed = import_forms.usual(lines="", encoding="utf-8", dates="iso")
        page = render_template(
            "attendance_files/new.html",
            session=session,
            typed=typed,
            minutes=_minutes_typed() or session.usual_minutes,
            create_members="create_members" in request.form,
            encodings=import_forms.ENCODINGS,
            days=import_forms.DAYS,
            most=imports.MOST_BYTES // 1_000_000,
            form_errors=errors,
        )
    return page, 422 if errors else 200


def _minutes_typed() -> dict[str, str] | None:
    if "minutes_hours" not in request.form:
        return None
    return {part: request.form.get(f"minutes_{part}", "") for part in ("hours", "minutes")}


def _file_page(
    session_id: str, file_id: str, refusal: TimebankError | None = None
) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        kept = imports.kept_file(unit, file_id, "attendance", session_id)
        options = imports.options_of(kept, ImportOptions)
        plan, unreadable = _plan(unit, kept, options)
        status = status_of(refusal) if refusal is not None else 200
        may_add = unit.actor.may("member.add")
        page = render_template(
            "attendance_files/file.html",
            session=session,
            file=kept,
            options=options,
            minutes=_minutes_typed() or options.minutes,
            plan=plan,
            lines=_in_words(plan) if plan else [],
            problems=import_forms.to_put_right(plan.problems) if plan else [],
            asked=import_forms.questions(
                plan.questions if plan else (), options.who, may_add=may_add
            ),
            digest=imports.digest_of(plan) if plan else "",
            encodings=import_forms.ENCODINGS,
            days=import_forms.DAYS,
            most_shown=import_forms.MOST_SHOWN,
            kept_until=imports.kept_until(unit, kept),
            may_add=may_add,
            key=form_key(),
            form_errors=import_forms.refused(refusal or unreadable),
        )
    return page, status


def _plan(
    unit: Unit, kept: ImportFile, options: ImportOptions
) -> tuple[ImportPlan | None, TimebankError | None]:
    """The plan, or why the file as a whole cannot be read."""
    try:
        return attendance_import.plan_import(unit, kept.content, options), None
    except (RuleBroken, Rejected) as error:
        return None, error


def _in_words(plan: ImportPlan) -> list[Told]:
    """Every line of the file, in its order, and what would be done with it."""
    lines = [
        Told(
            line=row.line,
            who=row.name if row.member_id else _("%(name)s (new)", name=row.name),
            what=_("Paid job, no hours") if row.capacity == "paid_job" else _(
                "%(time)s: %(where)s", time=duration(row.credited_minutes),
                where=work_labels.named(work_labels.CHOICES_SHORT, row.choice)),
        )
        for row in plan.rows
    ]  # fmt: skip
    lines += [Told(line=line, who=name, what=_("Recorded before, left alone"))
              for line, name in plan.already_lines]  # fmt: skip
    lines += import_forms.told((*plan.left_out, *plan.problems))
    return sorted(lines, key=lambda each: each.line)
