"""Calls: whom to ring, and what to read out."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import calls
from timebank.calls import ReadOut
from web.access import access
from web.forms import form_key, read_form
from web.schemas.messages import NobodyAnsweredSchema, ReadOutSchema
from web.units import reading, run

pages = Blueprint("calls", __name__)


@pages.get("/calls")
@access("message.deliver")
def waiting() -> str:
    """Everybody who is to be rung, those who are due first."""
    with reading() as unit:
        return render_template("calls/calls.html", waiting=calls.waiting(unit), now=unit.now)


@pages.get("/calls/<person_id>")
@access("message.deliver")
def script(person_id: str) -> str:
    """What to read out to one person."""
    with reading() as unit:
        return render_template(
            "calls/script.html",
            script=calls.script(unit, person_id),
            read_key=form_key(),
            later_key=form_key(),
        )


@pages.post("/calls/<person_id>/read")
@access("message.deliver")
def read(person_id: str) -> Response:
    """Tick what stood on the page; what came meanwhile still waits."""
    data = {"person_id": person_id, "message_ids": request.form.getlist("message")}
    try:
        command: ReadOut = ReadOutSchema().load(data)
    except ValidationError:
        abort(400)  # no page of ours sends this
    run(calls.read_out, command, request.form.get("key", ""))
    flash(_("Noted. Thank you for ringing."), "success")
    return redirect(url_for(".waiting"), 303)


@pages.post("/calls/<person_id>/not-answered")
@access("message.deliver")
def not_answered(person_id: str) -> Response:
    """They are to be rung again tomorrow."""
    form = read_form(NobodyAnsweredSchema, request.form, person_id=person_id)
    run(calls.nobody_answered, form.command, form.key)
    flash(_("Noted. They are on the list again tomorrow."), "success")
    return redirect(url_for(".waiting"), 303)
