"""The page at the door of a session: somebody types their code or number, and is noted as there.

It knows nobody: it names nobody, lists nobody, leads nowhere else, and keeps nothing of whoever
typed before. The address is never logged.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import check_in
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken, TimebankError
from timebank.unit import NOBODY
from web import session_labels
from web.access import BY_LINK, access
from web.errors import say, status_of
from web.forms import Form, read_form
from web.schemas.coming import DoorSchema
from web.units import database

pages = Blueprint("check_in", __name__)
# What the page says after a code, by what stands in its address; no word of whose it was.
DONE = ("in", "before")


@pages.get("/check-in/<code>")
@access(BY_LINK)
def page(code: str) -> tuple[str, int]:
    """One box and one button, and whether the last code was understood."""
    return _page(code, Form())


@pages.post("/check-in/<code>")
@access(BY_LINK)
def enter(code: str) -> Response | tuple[str, int]:
    """Note whoever typed this, and empty the box for the next."""
    form = read_form(DoorSchema, request.form)
    if form.command is None:
        return _page(code, form)
    try:
        new = check_in.check_in(database(), code, form.command["code"])
    except (RuleBroken, NotAllowed) as error:
        form.refuse(error)
        form.values = {}
        return _page(code, form)
    except (NotFound, Conflict) as error:
        return _closed(error)
    return redirect(url_for(".page", code=code, done="in" if new else "before"), 303)


def _page(code: str, form: Form) -> tuple[str, int]:
    try:
        with database().reading(NOBODY) as unit:
            _opened, session = check_in.page_of(unit, code)
            done = request.args.get("done")
            page = render_template(
                "check_in/page.html",
                session=session,
                code=code,
                done=done if done in DONE and not form.errors else None,
                form=form,
                form_errors=form.errors,
                labels=session_labels,
                **_NOTHING_ELSE,
            )
            return page, form.status
    except TimebankError as error:
        return _closed(error)


# The frame's ways to elsewhere, which this page does not have.
_NOTHING_ELSE = {"navigation": [], "person_name": None, "sign_in_url": None, "ending": None}


def _closed(error: TimebankError) -> tuple[str, int]:
    page = render_template("check_in/closed.html", problem=say(error), **_NOTHING_ELSE)
    return page, status_of(error)
