"""Who is coming to a session, and who arrived, for those who run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from timebank import arrivals, check_in, coming, people, places, sessions, sign_in_sheet
from timebank.member_list import TAKING_PART
from timebank.models import Member
from timebank.unit import Unit
from web import session_labels
from web import sign_in as signing_in
from web.access import access
from web.carrying_out import carried_out
from web.errors import REFUSALS
from web.forms import Form, form_key, read_form
from web.schemas.coming import (
    CloseCheckInSchema,
    JoinSessionSchema,
    LeaveSessionSchema,
    NoteArrivalSchema,
    NoteCodesSchema,
    OpenCheckInSchema,
    UndoArrivalSchema,
)
from web.squares import square
from web.units import reading, run

pages = Blueprint("coming", __name__)
MOST_FOUND = 20
# What a button does to one person's place.
_STEPS: dict[str, tuple[Any, Callable[..., Any]]] = {
    "join": (JoinSessionSchema, coming.join_session),
    "leave": (LeaveSessionSchema, coming.leave_session),
    "arrive": (NoteArrivalSchema, arrivals.note_arrival),
    "undo": (UndoArrivalSchema, arrivals.undo_arrival),
}


@pages.get("/sessions/<session_id>/coming")
@access("coming.manage")
def who(session_id: str) -> tuple[str, int]:
    """Everybody on the list, with what would help them, and the ways to note who is there."""
    return _page(session_id, Form())


@pages.post("/sessions/<session_id>/coming")
@access("coming.manage")
def add(session_id: str) -> Response | tuple[str, int]:
    """Put somebody on the list, or note that they are there, by name or number."""
    do = "arrive" if request.form.get("do") == "arrive" else "join"
    form = Form(key=form_key(), values={"who": request.form.get("who", "").strip(), "do": do})
    member_id = request.form.get("member_id", "")
    if not member_id:
        with reading() as unit:
            found = _looked_up(unit, form.values["who"])
        if len(found) != 1:
            if not found:
                form.error("who", _("Nobody is found. Try part of the name, or the number."))
            return _page(session_id, form, found)
        member_id = found[0].id
    return _step(session_id, member_id, do, form)


@pages.post("/sessions/<session_id>/coming/<member_id>")
@access("coming.manage")
def move(session_id: str, member_id: str) -> Response | tuple[str, int]:
    """One person: here, not here after all, or off the list."""
    do = request.form.get("do", "")
    form = Form(key=form_key())
    if do not in _STEPS:
        return _page(session_id, form)
    return _step(session_id, member_id, do, form)


@pages.post("/sessions/<session_id>/codes")
@access("coming.manage")
def codes(session_id: str) -> Response | tuple[str, int]:
    """Enter the codes that were ticked on paper."""
    form = read_form(NoteCodesSchema, request.form, session_id=session_id)
    noted = carried_out(form, arrivals.note_codes)
    if noted is not None:
        said = ngettext("%(num)s person is noted as here.", "%(num)s people are noted as here.",
                        noted.new + noted.before)  # fmt: skip
        flash(said, "success")
        return redirect(url_for(".who", session_id=session_id), 303)
    return _page(session_id, form)


@pages.get("/sessions/<session_id>/sign-in-sheet.pdf")
@access("coming.manage")
def paper(session_id: str) -> Response:
    """The sign-in sheet to print; ``?large=yes`` in large print."""
    with reading() as unit:
        when = session_labels.when(sessions.session(unit, session_id))
        large = request.args.get("large") == "yes"
        content = sign_in_sheet.pdf(unit, session_id, when=when, large=large)
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="sign-in-sheet.pdf"'
    return response


@pages.get("/sessions/<session_id>/check-in")
@access("coming.manage")
def door(session_id: str) -> tuple[str, int]:
    """The page at the door: open it here, open it elsewhere, close it."""
    return _door_page(session_id, Form())


@pages.post("/sessions/<session_id>/check-in")
@access("coming.manage")
def open_door(session_id: str) -> Response | tuple[str, int]:
    """Open the page; on this device it signs the coordinator out first. Or close it."""
    do, form = request.form.get("do", ""), Form(key=form_key())
    ids = {"session_id": session_id}
    try:
        if do == "close":
            run(check_in.close_check_in, CloseCheckInSchema().load(ids), form.key)
            flash(_("Checking in is closed."), "success")
        else:
            opened = run(check_in.open_check_in, OpenCheckInSchema().load(ids), form.key)
            if do == "here":
                with reading() as unit:
                    code = check_in.code_of(unit, opened.page_id or "")
                signing_in.stop()
                return redirect(url_for("check_in.page", code=code), 303)
    except REFUSALS as error:
        form.refuse(error)
        return _door_page(session_id, form)
    return redirect(url_for(".door", session_id=session_id), 303)


def _looked_up(unit: Unit, words: str) -> list[Member]:
    """Active members whose name, number or e-mail address this may be."""
    if not words:
        return []
    found = people.members(unit, search=words, limit=MOST_FOUND)
    active = [member for member in found if member.status in TAKING_PART]
    numbered = [member for member in active if str(member.number) == words]
    return numbered or active


def _step(session_id: str, member_id: str, do: str, form: Form) -> Response | tuple[str, int]:
    schema, function = _STEPS[do]
    try:
        command = schema().load({"session_id": session_id, "member_id": member_id})
        changed = run(function, command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _page(session_id, form)
    waits = do == "join" and changed.status == "waiting"
    said = {
        "join": _("They are on the waiting list.") if waits else _("They are on the list."),
        "leave": _("They are off the list."),
        "arrive": _("They are noted as here."),
        "undo": _("They are not noted as here any more."),
    }
    flash(said[do], "success")
    return redirect(url_for(".who", session_id=session_id), 303)


def _page(session_id: str, form: Form, found: list[Member] | None = None) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        rows = coming.signed_up(unit, session_id)
        page = render_template(
            "coming/coming.html",
            session=session,
            rows={
                status: [row for row in rows if row.status == status]
                for status in ("coming", "withdrawn")
            }
            | {"waiting": sorted((r for r in rows if r.status == "waiting"), key=lambda r: r.turn)},
            here=sum(row.arrived_at is not None for row in rows),
            left=places.free(unit, session),
            begun=session.starts_on <= unit.today,
            over=session.ends_on < unit.today,
            called_off=session.status in coming.CALLED_OFF,
            found=found or [],
            form=form,
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status


def _door_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        opened = check_in.open_page(unit, session_id)
        address = check_in.address_of(unit, opened.id) if opened else None
        page = render_template(
            "coming/door.html",
            session=session,
            address=address,
            square=square(address, _("Square to point a phone’s camera at")) if address else None,
            begun=session.starts_on <= unit.today <= session.ends_on,
            form=form,
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status
