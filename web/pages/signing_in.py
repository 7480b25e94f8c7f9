"""One's own way in: change the password, sign out everywhere, tokens for programs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from timebank import doors
from timebank.errors import NotAllowed
from timebank.models import Password
from web.access import SIGNED_IN, access
from web.errors import REFUSALS
from web.forms import Form, read_form
from web.schemas.doors import ChangePasswordSchema
from web.units import current_actor, database, reading

pages = Blueprint("signing_in", __name__)


@pages.get("/signing-in")
@access(SIGNED_IN)
def mine() -> tuple[str, int]:
    """The password form, and what else there is."""
    return _page(Form())


@pages.post("/signing-in")
@access(SIGNED_IN)
def change_password() -> Response | tuple[str, int]:
    """Change the password; this browser stays signed in and every other one does not."""
    form = read_form(ChangePasswordSchema, request.form)
    if form.command is not None:
        try:
            doors.change_password(
                database(),
                current_actor().person_id or "",
                form.command["current_password"],
                form.command["password"],
                keep=current_user.token,
            )
        except (NotAllowed, *REFUSALS) as error:
            form.refuse(error)
            form.status = 422 if error.code == "password_wrong" else form.status
        else:
            flash(_("Your password is changed. Everywhere else you are signed out."), "success")
            return redirect(url_for(".mine"), 303)
    return _page(form)


def _page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        row = unit.db.get(Password, unit.actor.person_id)
        page = render_template(
            "signing_in/mine.html",
            changed_at=row.changed_at if row else None,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
