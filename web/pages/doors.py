"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from timebank import doors, link_door, sign_ins
from timebank.errors import NotAllowed
from web import kept
from web import sign_in as signing_in
from web.access import PUBLIC, SIGNED_IN, access, local_path
from web.forms import Form, read_form
from web.schemas.doors import AskLinkSchema, SignInSchema
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
            database(),
            form.command["name_or_number"],
            form.command["password"],
            shared=form.command["shared"],
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


@pages.get("/sign-in/link")
@access(PUBLIC)
def ask_link() -> tuple[str, int]:
    """Where to ask for a link by e-mail; afterwards what to do next."""
    return _ask_page(Form())


@pages.post("/sign-in/link")
@access(PUBLIC)
def send_link() -> Response | tuple[str, int]:
    """Send a link; the same answer whether or not anybody has this address."""
    form = read_form(AskLinkSchema, request.form)
    if form.command is not None:
        try:
            link_door.ask(database(), form.command["name_or_number"])
        except NotAllowed as error:
            form.refuse(error)
        else:
            return redirect(url_for(".ask_link", asked="yes"), 303)
    return _ask_page(form)


def _ask_page(form: Form) -> tuple[str, int]:
    asked = request.method == "GET" and "asked" in request.args
    page = render_template("doors/ask_link.html", form=form, form_errors=form.errors, asked=asked)
    return page, form.status


@pages.post("/sign-in/stay")
@access(SIGNED_IN)
def stay() -> Response:
    """Somebody is still there: the sign-in lasts as long again."""
    with database().doorstep() as unit:
        sign_ins.stay(unit, current_user.token)
    return redirect(local_path(request.form.get("next")), 303)


@pages.post("/sign-out")
@access(SIGNED_IN)
def sign_out() -> Response:
    """Sign this browser out."""
    signing_in.stop()
    flash(_("You have signed out."), "success")
    return _forgotten(redirect(url_for("doors.sign_in"), 303))


@pages.post("/sign-out/everywhere")
@access(SIGNED_IN)
def sign_out_everywhere() -> Response:
    """Sign out of every browser: a telephone was lost, or somebody else's computer used."""
    person_id = current_actor().person_id
    with acting() as unit:
        doors.sign_out_everywhere(unit, person_id or "")
    signing_in.stop()
    flash(_("You have signed out everywhere."), "success")
    return _forgotten(redirect(url_for("doors.sign_in"), 303))


def _forgotten(response: Response) -> Response:
    """Let the browser keep nothing, so that its Back button shows nothing either."""
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


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
