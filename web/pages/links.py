"""Single-use links: choose a password, or decide and hand over as the second approver.

Opening the page changes nothing, so that a mail program that looks ahead spends no link; only the
button does. The address is never logged and sends no referrer.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import approvals, doors, link_door, links, people, time_approver, time_by_link
from timebank.errors import NotFound, TimebankError
from timebank.figures import COMPONENTS
from timebank.unit import NOBODY
from web import asked_links, labels, work_labels
from web import sign_in as signing_in
from web.access import BY_LINK, access
from web.errors import REFUSALS, say, status_of
from web.forms import Form, read_form
from web.schemas.doors import ChoosePasswordSchema, SharedSchema
from web.schemas.redemptions import DecideByLinkSchema
from web.schemas.sent_time import TimeByLinkSchema
from web.units import database

pages = Blueprint("links", __name__)


@pages.get("/link/<code>")
@access(BY_LINK)
def link(code: str) -> tuple[str, int]:
    """What the link is for, with one button or two."""
    return _page(code, Form())


@pages.post("/link/<code>")
@access(BY_LINK)
def use(code: str) -> Response | tuple[str, int]:
    """Do what the link is for, once."""
    try:
        with database().reading(NOBODY) as unit:
            purpose = links.open_link(unit, code).purpose
        if purpose == "password":
            return _choose_password(code)
        if purpose == link_door.PURPOSE:
            return _sign_in(code)
        if purpose in asked_links.PURPOSES:
            return _answer(code, purpose)
        if purpose == time_approver.PURPOSE:
            return _confirm_time(code)
        return _decide(code)
    except (NotFound, *REFUSALS) as error:
        return _closed(error)


def _answer(code: str, purpose: str) -> tuple[str, int]:
    made = asked_links.use(code, purpose)
    return _page(code, made) if isinstance(made, Form) else made


def _sign_in(code: str) -> Response:
    form = read_form(SharedSchema, request.form)
    shared = bool(form.command and form.command["shared"])
    signing_in.start(link_door.enter(database(), code, shared=shared))
    return redirect("/", 303)


def _choose_password(code: str) -> Response | tuple[str, int]:
    form = read_form(ChoosePasswordSchema, request.form)
    if form.command is None:
        return _page(code, form)
    try:
        doors.choose_password(database(), code, form.command["password"])
    except REFUSALS as error:
        if error.field is None:
            raise
        form.refuse(error)
        return _page(code, form)
    flash(_("Your password is saved. Sign in with it now."), "success")
    return redirect(url_for("doors.sign_in"), 303)


def _decide(code: str) -> Response | tuple[str, int]:
    form = read_form(DecideByLinkSchema, request.form)
    if form.command is None:
        return _page(code, form)
    with database().unit(NOBODY) as unit:
        asked = approvals.question(unit, code)
        moved = approvals.decide_by_link(unit, code, form.command["decision"])
    page = render_template("links/decided.html", status=moved.status, question=asked, labels=labels)
    return page, 200


def _confirm_time(code: str) -> tuple[str, int]:
    form = read_form(TimeByLinkSchema, request.form)
    if form.command is None:
        return _page(code, form)
    with database().unit(NOBODY) as unit:
        asked = time_by_link.question(unit, code)
        decided = time_by_link.decide(unit, code, form.command["decision"])
        status = decided.status
    return render_template("links/time_decided.html", status=status, question=asked), 200


def _page(code: str, form: Form) -> tuple[str, int]:
    try:
        with database().reading(NOBODY) as unit:
            found = links.open_link(unit, code)
            context: dict[str, Any] = {"form": form, "form_errors": form.errors, "labels": labels}
            if found.purpose == "password":
                name = people.person_name(unit, found.person_id)
                page = render_template("links/password.html", name=name, **context)
            elif found.purpose in asked_links.PURPOSES:
                page = asked_links.page(unit, code, found.purpose, form)
            elif found.purpose == link_door.PURPOSE:
                name = people.person_name(unit, found.person_id)
                page = render_template("links/sign_in.html", name=name, **context)
            elif found.purpose == time_approver.PURPOSE:
                asked = time_by_link.question(unit, code)
                page = render_template(
                    "links/time.html", question=asked, parts=COMPONENTS, work=work_labels,
                    **context,
                )  # fmt: skip
            else:
                asked = approvals.question(unit, code)
                page = render_template("links/decide.html", question=asked, **context)
            return page, form.status
    except TimebankError as error:
        return _closed(error)


def _closed(error: TimebankError) -> tuple[str, int]:
    """The link cannot be used, and what to do then."""
    return render_template("links/closed.html", problem=say(error)), status_of(error)
