"""Repeating a session: first how often, then the days to look at, then the sessions themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from timebank import series, sessions
from web import session_labels
from web.access import access
from web.errors import REFUSALS
from web.forms import Form, read_form, shown
from web.schemas.projects import RepeatSessionSchema
from web.units import reading, run

pages = Blueprint("series", __name__)


@pages.get("/sessions/<session_id>/repeat")
@access("session.plan")
def ask(session_id: str) -> tuple[str, int]:
    """How often, and how many times more."""
    with reading() as unit:
        revision = sessions.session(unit, session_id).revision
    return _page(session_id, shown(every="week", times=4, revision=revision), [])


@pages.post("/sessions/<session_id>/repeat")
@access("session.plan")
def repeat(session_id: str) -> Response | tuple[str, int]:
    """Show the days; from there, plan those that stay ticked."""
    form = _read(session_id)
    if form.command is None:
        return _page(session_id, form, [])
    days: list[date] = []
    try:
        with reading() as unit:
            days = series.new_days(unit, sessions.session(unit, session_id), form.command)
        if request.form.get("do") == "plan":
            made = run(series.repeat_session, form.command, form.key)
            said = ngettext("%(num)s session is planned.", "%(num)s sessions are planned.",
                            made.count)  # fmt: skip
            flash(said, "success")
            return redirect(url_for("sessions.session", session_id=session_id), 303)
    except REFUSALS as error:
        form.refuse(error)
    return _page(session_id, form, days)


def _read(session_id: str) -> Form:
    """The form; of the days that were shown, those whose tick was taken away are left out."""
    fields = request.form.copy()
    fields.pop("do", None)
    shown_days, ticked = fields.poplist("shown"), set(fields.poplist("day"))
    left_out: list[Any] = [text for text in shown_days if text not in ticked]
    return read_form(RepeatSessionSchema, fields, session_id=session_id, leave_out=left_out)


def _page(session_id: str, form: Form, days: list[date]) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.session(unit, session_id)
        left_out = form.command.leave_out if form.command else ()
        page = render_template(
            "series/days.html" if days else "series/ask.html",
            session=found,
            days=sorted({*days, *left_out}),
            left_out=left_out,
            form=form,
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status
