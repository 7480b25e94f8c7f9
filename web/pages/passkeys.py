"""Passkeys: signing in with one, adding and removing one's own; and stopping a member's.

The browser is asked by a script (``static/passkeys.js``): it fetches the question with the form's
own mark, and sends the answer as a field of that form. Without the script the pages say so.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from timebank import passkey_door, passkeys
from timebank.errors import NotAllowed
from timebank.passkey_door import Begun
from web import sign_in as signing_in
from web.access import PUBLIC, SIGNED_IN, access
from web.errors import REFUSALS, TOP
from web.forms import Form, form_key, read_form
from web.schemas.passkeys import (
    AddPasskeySchema,
    PasskeySignInSchema,
    RemovePasskeySchema,
    StopPasskeysSchema,
)
from web.units import current_actor, database, reading, run

pages = Blueprint("passkeys", __name__)
# Where this browser's cookie keeps which question it was asked.
ASKED = "passkey"


@pages.app_context_processor
def _possible() -> dict[str, bool]:
    return {"passkeys_possible": passkey_door.place(database().settings) is not None}


# --- signing in ---------------------------------------------------------------------------------


@pages.get("/sign-in/passkey")
@access(PUBLIC)
def ask() -> tuple[str, int]:
    """One button, and the other ways to sign in."""
    return _door(Form())


@pages.post("/sign-in/passkey/begin")
@access(PUBLIC)
def begin_sign_in() -> Response:
    """What to ask the browser, as JSON; the script reads it."""
    return _asked(passkey_door.begin_sign_in(database()))


@pages.post("/sign-in/passkey")
@access(PUBLIC)
def enter() -> Answer | tuple[str, int]:
    """Sign in with the browser's answer; the same refusal whether or not the passkey is known."""
    form = _read(PasskeySignInSchema)
    if form.command is not None:
        try:
            token = passkey_door.sign_in(
                database(),
                session.pop(ASKED, ""),
                form.command["credential"],
                shared=form.command["shared"],
            )
        except NotAllowed as error:
            form.refuse(error)
            form.status = 422
        else:
            signing_in.start(token)
            return redirect("/", 303)
    return _door(form)


def _door(form: Form) -> tuple[str, int]:
    page = render_template("passkeys/sign_in.html", form=form, form_errors=form.errors)
    return page, form.status


# --- one's own ----------------------------------------------------------------------------------


@pages.get("/signing-in/passkeys")
@access(SIGNED_IN)
def mine() -> tuple[str, int]:
    """The passkeys that work, and a form for another."""
    return _list(Form())


@pages.post("/signing-in/passkeys/begin")
@access(SIGNED_IN)
def begin_adding() -> Response:
    """What to ask the browser, as JSON; the script reads it."""
    return _asked(passkeys.begin_adding(database(), current_actor(), current_user.token))


@pages.post("/signing-in/passkeys")
@access(SIGNED_IN)
def add() -> Answer | tuple[str, int]:
    """Keep the passkey that the browser made."""
    form = _read(AddPasskeySchema)
    if form.command is not None:
        try:
            passkeys.add(database(), current_actor(), session.pop(ASKED, ""), **form.command)
        except REFUSALS as error:
            form.refuse(error)
        else:
            flash(_("The passkey is added. Next time you can sign in with it."), "success")
            return redirect(url_for(".mine"), 303)
    return _list(form)


@pages.post("/signing-in/passkeys/<passkey_id>/remove")
@access(SIGNED_IN)
def remove(passkey_id: str) -> Answer:
    """Remove one."""
    form = read_form(RemovePasskeySchema, request.form, passkey_id=passkey_id)
    run(passkeys.remove_passkey, form.command, form.key)
    flash(_("The passkey does not work any more. You can delete it on your device too."), "success")
    return redirect(url_for(".mine"), 303)


def _list(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "passkeys/mine.html",
            passkeys=passkeys.of_person(unit, unit.actor.person_id or ""),
            shared=passkeys.on_shared_device(unit, current_user.token),
            form=form,
            form_errors=form.errors,
            key=form_key(),
        )
    return page, form.status


# --- a member's, who lost a device --------------------------------------------------------------


@pages.post("/members/<member_id>/passkeys/stop")
@access("card.issue")
def stop(member_id: str) -> Answer:
    """Stop all passkeys of a member."""
    form = read_form(StopPasskeysSchema, request.form, member_id=member_id)
    made = run(passkeys.stop_passkeys, form.command, form.key)
    words = ngettext(
        "%(num)s passkey does not work any more.",
        "%(num)s passkeys do not work any more.",
        made.count,
    )
    flash(words, "success")
    return redirect(url_for("sign_in_cards.offer", member_id=member_id), 303)


def _asked(begun: Begun) -> Response:
    session[ASKED] = begun.challenge_id
    return Response(begun.options, mimetype="application/json")


def _read(schema: type[Any]) -> Form:
    """The form; what is wrong with the browser's answer belongs to no box that anybody sees."""
    form = read_form(schema, request.form)
    if "credential" in form.errors:
        form.errors[TOP] = form.errors.pop("credential")
    form.values.pop("credential", None)
    return form
