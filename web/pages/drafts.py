"""Drafts of a session's table: kept while one types, taken over from a colleague, thrown away."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import drafts, sessions
from web import drafting, grid
from web.access import access
from web.units import doorstep, reading
from web.work_labels import time_of_day

pages = Blueprint("drafts", __name__)


@pages.post("/sessions/<session_id>/credit/draft")
@access("session.credit")
def save(session_id: str) -> Response:
    """Keep what the page's script sends every so often; says when it was kept."""
    kept = drafting.save(session_id, "times", grid.read_rows(request.form))
    said = "" if kept is None else _("Kept as a draft at %(time)s.", time=time_of_day(kept))
    return jsonify({"said": said})


@pages.post("/sessions/<session_id>/credit/draft/take")
@access("session.credit")
def take(session_id: str) -> Response:
    """Go on with a copy of what a colleague has so far; theirs stays with them."""
    with reading() as unit:
        session = sessions.session(unit, session_id)
        found = drafts.drafts(unit, session_id)
    wanted = request.form.get("person", "")
    theirs = next((each for each in found if each.person_id == wanted), None)
    if theirs is not None:
        with doorstep() as unit:
            drafts.save(
                unit, session.id, step=theirs.step, session_revision=theirs.session_revision,
                rows=theirs.rows,
            )  # fmt: skip
    return redirect(url_for("crediting.credit", session_id=session_id), 303)


@pages.post("/sessions/<session_id>/credit/draft/drop")
@access("session.credit")
def drop(session_id: str) -> Response:
    """Begin again: forget one's own draft."""
    with reading() as unit:
        sessions.session(unit, session_id)
    drafting.drop(session_id)
    return redirect(url_for("crediting.credit", session_id=session_id), 303)
