"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import doors
from timebank.errors import NotAllowed
from web import kept
from web import sign_in as signing_in
from web.access import PUBLIC, SIGNED_IN, access, local_path
from web.forms import Form, read_form
from web.schemas.doors import SignInSchema
from web.units import acting, current_actor, database

pages = Blueprint("doors", __name__)


@pages.get("/sign-in")
@access(PUBLIC)
def sign_in() -> str | Response:
    """The sign-in form; whoever is signed in already goes on."""
    if current_actor().person_id is not None:
        return redirect(local_path(request.args.get("next")), 303)
    return _page(Form())[0]


@pages.post("/sign-in")
@access(PUBLIC)
def enter() -> Response | tuple[str, int]:
    """Sign in; the same answer whether the name or the password was wrong."""
    boxes = request.form.copy()
    goal = local_path(boxes.pop("next", None))
    form = read_form(SignInSchema, boxes)
    if form.command is None:
        return _page(form)
    try:
        token = doors.PasswordDoor().sign_in(
            database(), form.command["name_or_number"], form.command["password"]
        )
    except NotAllowed as error:
        form.refuse(error)
        form.status = 422 if error.code == "sign_in_failed" else form.status
        return _page(form)
    signing_in.start(token)
    typed = kept.carried()
    if typed is None:
        return redirect(goal, 303)
    if typed.person_id != current_actor().person_id:
        flash(_("Somebody else had typed something here. It was not sent."), "important")
        return redirect(goal, 303)
    return render_template("doors/kept.html", kept=typed), 200


@pages.post("/sign-out")
@access(SIGNED_IN)
def sign_out() -> Response:
    """Sign this browser out."""
    signing_in.stop()
    flash(_("You have signed out."), "success")
    return redirect(url_for("doors.sign_in"), 303)


@pages.post("/sign-out/everywhere")
@access(SIGNED_IN)
def sign_out_everywhere() -> Response:
    """Sign out of every browser: a telephone was lost, or somebody else's computer used."""
    person_id = current_actor().person_id
    with acting() as unit:
        doors.sign_out_everywhere(unit, person_id or "")
    signing_in.stop()
    flash(_("You have signed out everywhere."), "success")
    return redirect(url_for("doors.sign_in"), 303)


def _page(form: Form) -> tuple[str, int]:
    goal = local_path(request.values.get("next"))
    page = render_template(
        "doors/sign_in.html",
        form=form,
        form_errors=form.errors,
        goal=goal,
        kept=kept.carried() if request.method == "POST" else None,
    )
    return page, form.status
