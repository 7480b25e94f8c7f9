"""The set-up page of a new instance, its colours, and whether it is well."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community as communities
from timebank import doors
from timebank.errors import Conflict
from timebank.unit import NOBODY
from web import sign_in, theme
from web.access import PUBLIC, access
from web.errors import REFUSALS
from web.forms import Form, read_form, shown
from web.frame import community
from web.schemas.community import SetUpSchema
from web.schemas.doors import SetUpCodeSchema
from web.units import database, reading

pages = Blueprint("start", __name__)
_SECRET = frozenset(SetUpCodeSchema().load_fields)
_ORDER = ("setup_code", *SetUpSchema().load_fields, "password")


@pages.get("/set-up")
@access(PUBLIC)
def set_up() -> str | Response:
    """The form that begins a community; afterwards it leads to the home page."""
    if community() is not None:
        return redirect(url_for("account.home"), 303)
    return _page(shown(brand_colour=theme.DEFAULT_BRAND_COLOUR, admin_is_member=True))[0]


@pages.post("/set-up")
@access(PUBLIC)
def begin() -> Response | tuple[str, int]:
    """Set the community up, if the code is the terminal's, and sign its administrator in."""
    if community() is not None:
        raise Conflict("already_set_up")
    form, secrets = _read()
    if form.errors or secrets is None:
        return _page(form)
    try:
        password_hash = doors.hash_password(secrets["password"])
        with database().unit(NOBODY) as unit:
            communities.set_up(unit, form.command, password_hash)
        token = doors.PasswordDoor().sign_in(
            database(), form.command.admin_email, secrets["password"]
        )
    except REFUSALS as error:
        form.refuse(error)
        return _page(form)
    sign_in.start(token)
    flash(_("Your time bank is ready."), "success")
    return redirect(url_for("account.home"), 303)


def _read() -> tuple[Form, dict[str, str] | None]:
    """Both halves of the form, the community's and the secrets, with every error in their order."""
    boxes, codes = request.form.copy(), request.form.copy()
    for name in request.form:
        (boxes if name in _SECRET else codes).poplist(name)
    secrets, form = read_form(SetUpCodeSchema, codes), read_form(SetUpSchema, boxes)
    form.values["setup_code"] = code = codes.get("setup_code", "")
    if theme.check_brand_colour(boxes.get("brand_colour", "")) == "brand_colour.too_light":
        form.error(
            "brand_colour", _("White letters cannot be read on this colour. Choose a darker one.")
        )
    if code and not communities.check_setup_code(database().settings, code):
        form.error(
            "setup_code",
            _(
                "This is not the code on the terminal. Type it as it stands there;"
                " capitals and spaces do not matter."
            ),
        )
    found = {**secrets.errors, **form.errors}
    form.errors = {name: found[name] for name in sorted(found, key=_place)}
    form.status = 422 if form.errors else 200
    return form, secrets.command


def _place(name: str) -> int:
    """Where a box stands on the page; the error summary follows."""
    return _ORDER.index(name) if name in _ORDER else -1


def _page(form: Form) -> tuple[str, int]:
    return render_template("start/set_up.html", form=form, form_errors=form.errors), form.status


@pages.get("/theme.css")
@access(PUBLIC)
def theme_css() -> Response:
    """The community's colours as a style sheet."""
    found = community()
    response = Response(theme.theme_css(found.brand_colour if found else None), mimetype="text/css")
    response.headers["Cache-Control"] = "max-age=60"
    return response


@pages.get("/healthz")
@access(PUBLIC)
def health() -> Response:
    """ "ok" when the database answers; for whoever watches over the server."""
    with reading() as unit:
        communities.is_set_up(unit)
    return Response("ok\n", mimetype="text/plain")
