"""Tokens with which a program of one's own acts with one's own roles. Shown once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import doors
from web.access import SIGNED_IN, access
from web.errors import REFUSALS
from web.forms import Form, read_form
from web.schemas.doors import NewTokenSchema
from web.units import acting, current_actor, reading

pages = Blueprint("tokens", __name__)


@pages.get("/tokens")
@access(SIGNED_IN)
def tokens() -> tuple[str, int]:
    """One's own tokens that still work."""
    return _page(Form())


@pages.post("/tokens")
@access(SIGNED_IN)
def new() -> tuple[str, int]:
    """Make one, and show it this once: no page can show it again."""
    form = read_form(NewTokenSchema, request.form)
    if form.command is not None:
        label = form.command["label"]
        try:
            with acting() as unit:
                token = doors.new_api_token(unit, current_actor().person_id or "", label)
        except REFUSALS as error:
            form.refuse(error)
        else:
            return render_template("tokens/made.html", token=token, label=label), 200
    return _page(form)


@pages.post("/tokens/<token_id>/end")
@access(SIGNED_IN)
def end(token_id: str) -> Response:
    """End one of one's own tokens."""
    with acting() as unit:
        doors.revoke_api_token(unit, token_id)
    flash(_("The token is ended. Programs that used it are refused from now on."), "success")
    return redirect(url_for(".tokens"), 303)


def _page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "tokens/tokens.html",
            tokens=doors.api_tokens(unit),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
