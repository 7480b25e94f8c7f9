"""Check a statement without signing in: its number, closing hours and receipt together."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from timebank import statement_check
from timebank.errors import NotAllowed
from web.access import PUBLIC, access
from web.forms import Form, read_form
from web.schemas.statements import CheckStatementSchema
from web.units import database

pages = Blueprint("checking", __name__)


@pages.get("/check-statement")
@access(PUBLIC)
def ask() -> tuple[str, int]:
    """The three boxes."""
    return _page(Form())


@pages.post("/check-statement")
@access(PUBLIC)
def check() -> tuple[str, int]:
    """One of two answers, and no word more."""
    form = read_form(CheckStatementSchema, request.form)
    if form.command is None:
        return _page(form)
    try:
        together = statement_check.belongs_together(database(), form.command)
    except NotAllowed as error:
        form.refuse(error)
        return _page(form)
    answer = _("These three belong together") if together else _("They do not")
    return _page(form, answer=answer, together=together)


def _page(form: Form, **context: object) -> tuple[str, int]:
    page = render_template("checking/check.html", form=form, form_errors=form.errors, **context)
    return page, form.status
