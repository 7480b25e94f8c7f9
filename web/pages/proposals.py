"""Corrections that wait for a second person; and undoing a whole session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import corrections, directory, proposals, second_looks, session_undo, sessions
from timebank.errors import NotAllowed, TimebankError
from timebank.models import Proposal
from timebank.second_looks import AgreeCorrection, RefuseCorrection
from timebank.session_undo import UndoSession
from timebank.unit import Unit
from web import query_labels, work_labels
from web.access import access
from web.errors import REFUSALS, TOP, say
from web.forms import Form, read_form, shown
from web.schemas.proposals import (
    AgreeCorrectionSchema,
    RefuseCorrectionSchema,
    UndoSessionSchema,
)
from web.units import reading, run

pages = Blueprint("proposals", __name__)


@pages.get("/corrections")
@access("correction.agree")
def waiting() -> str:
    """Everything that waits for a second person."""
    with reading() as unit:
        found = proposals.waiting(unit)
        return render_template(
            "proposals/waiting.html",
            proposals=found,
            names=directory.names(unit, [each.proposed_by for each in found]),
            labels=query_labels,
            work=work_labels,
        )


@pages.get("/corrections/<proposal_id>")
@access("correction.agree")
def proposal(proposal_id: str) -> str:
    """One of them: what it would change, and whose turn it is."""
    return _page(proposal_id, Form())[0]


@pages.post("/corrections/<proposal_id>")
@access("correction.agree")
def decide(proposal_id: str) -> Response | tuple[str, int]:
    """Agree, which records it, or do not."""
    agrees = request.form.get("do") == "agree"
    form = Form(errors={TOP: [_("Choose what to do.")]}, status=422)
    if agrees:
        form = read_form(AgreeCorrectionSchema, request.form, proposal_id=proposal_id)
    elif request.form.get("do") == "refuse":
        form = read_form(RefuseCorrectionSchema, request.form, proposal_id=proposal_id)
    if form.command is None:
        return _page(proposal_id, form)
    try:
        made = _run(form)
    except (NotAllowed, *REFUSALS) as error:
        form.refuse(error)
        return _page(proposal_id, form)
    said = {
        "agreed": _("Agreed. It is recorded now, and the member is told."),
        "refused": _("Not agreed. Nothing was recorded."),
        "overtaken": _("It was changed in the meantime, so nothing was recorded."),
    }
    flash(said[made.status], "success" if made.status == "agreed" else "important")
    return redirect(url_for(".proposal", proposal_id=proposal_id), 303)


def _run(form: Form) -> second_looks.CorrectionDecided:
    if isinstance(form.command, AgreeCorrection):
        return run(second_looks.agree_correction, form.command, form.key)
    assert isinstance(form.command, RefuseCorrection)
    return run(second_looks.refuse_correction, form.command, form.key)


def _page(proposal_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = proposals.proposal(unit, proposal_id)
        hindrance = second_looks.hindrance(unit, found) if found.status == "waiting" else None
        page = render_template(
            "proposals/proposal.html",
            proposal=found,
            own=found.proposed_by == unit.actor.id,
            hindrance=None if hindrance is None else say(NotAllowed(hindrance)),
            names=directory.names(unit, [found.proposed_by, found.decided_by]),
            form=form,
            form_errors=form.errors,
            labels=query_labels,
            work=work_labels,
            **_effect(unit, found),
        )
    return page, form.status


def _effect(unit: Unit, found: Proposal) -> dict[str, Any]:
    """Whom it concerns and what it changes, for as long as that can be said."""
    command = second_looks.command_of(found)
    effect: dict[str, Any] = {"command": command, "preview": None, "about": None}
    if found.kind == "credit":
        attendance = sessions.attendance(unit, found.subject_id)
        effect["about"] = url_for("corrections.attendance", attendance_id=attendance.id)
        effect["title"] = f"{attendance.member.person.name}, {attendance.session.title}"
        effect["before"] = attendance.entries[-1]
    elif found.kind == "session":
        session = sessions.session(unit, found.subject_id)
        effect["about"] = url_for("sessions.session", session_id=session.id)
        effect["title"] = session.title
    else:
        effect["title"] = second_looks.standing_of(unit, found).member.person.name
        effect["before"] = second_looks.standing_of(unit, found)
    if found.kind == "credit" and found.status == "waiting":
        try:
            effect["preview"] = corrections.plan_of(unit, command)
        except TimebankError:
            effect["preview"] = None
    return effect


# --- a whole session ------------------------------------------------------------------------------


@pages.get("/sessions/<session_id>/undo")
@access("credit.correct")
def undo_form(session_id: str) -> tuple[str, int]:
    """What would be taken back from whom, before anything is."""
    with reading() as unit:
        form = shown(revision=sessions.session(unit, session_id).revision, plan_again=True)
    return _undo_page(session_id, form)


@pages.post("/sessions/<session_id>/undo")
@access("credit.correct")
def undo(session_id: str) -> Response | tuple[str, int]:
    """Take everything back in one go."""
    form = read_form(UndoSessionSchema, request.form, session_id=session_id)
    if form.command is None:
        return _undo_page(session_id, form)
    try:
        made = run(session_undo.undo_session, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _undo_page(session_id, form)
    if made.proposal_id is not None:
        flash(_("Proposed. It is undone when a second person has agreed."), "success")
        return redirect(url_for(".proposal", proposal_id=made.proposal_id), 303)
    flash(_("Everything credited for this session was taken back. Everybody is told."), "success")
    return redirect(url_for("sessions.session", session_id=made.again_id or session_id), 303)


def _undo_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        if form.stale is not None:
            form.values["revision"] = session.revision
        preview = None
        if session.status == "credited":
            command = UndoSession(
                session_id=session.id, revision=session.revision, plan_again=False
            )
            preview = session_undo.preview_undo(unit, command)
        page = render_template(
            "proposals/undo.html",
            session=session,
            preview=preview,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
