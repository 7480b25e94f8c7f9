"""Credit a session: who came, for how long, check, confirm.

One address takes every step. What was chosen and typed travels in the form itself, and is read and
checked again at each step and at the end. On the way it is kept as a draft too (``web.drafting``),
so that a closed browser loses nothing; ``web.credit_pages`` draws what is shown.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import crediting, sent_lines, sessions
from timebank.errors import Rejected, TimebankError
from timebank.figures import COMPONENTS
from timebank.models import Session
from timebank.unit import Unit
from web import credit_pages, drafting, grid, offers, work_labels
from web.access import access
from web.cells import CellUnclear, read_cell
from web.credit_pages import everybody, seen_revision
from web.forms import form_key
from web.grid import Row
from web.pages.sessions import may_be_credited, totals
from web.units import reading, run

pages = Blueprint("crediting", __name__)
Answer = Response | tuple[str, int]


@pages.get("/sessions/<session_id>/credit")
@access("session.credit")
def credit(session_id: str) -> Answer:
    """Who came; or what the coordinator left half filled in, as it was."""
    with reading() as unit:
        session = sessions.session(unit, session_id)
        if not may_be_credited(unit, session):
            return redirect(url_for("sessions.session", session_id=session_id), 303)
        own = drafting.own(unit, session)
        rows = _named(unit, drafting.rows_of(own)) if own else []
        if own and own.step == "times" and rows:
            return credit_pages.times_page(unit, session, rows, resumed=own)
        return credit_pages.people_page(unit, session, rows, resumed=own)


@pages.post("/sessions/<session_id>/credit")
@access("session.credit")
def step(session_id: str) -> Answer:
    """The next step, or back to an earlier one with everything that was typed."""
    return _STEPS.get(request.form.get("do", ""), _to_people)(session_id)


@pages.get("/sessions/<session_id>/credited")
@access("session.view_all")
def credited(session_id: str) -> Answer:
    """What was credited for this session; bookmarked, it shows what is recorded now."""
    with reading() as unit:
        session = sessions.session(unit, session_id)
        entries = sessions.attendances(unit, session_id)
        waiting = sent_lines.waiting(unit, session_id=session_id)
        if not entries and not waiting:
            return redirect(url_for("sessions.session", session_id=session_id), 303)
        return render_template(
            "crediting/credited.html",
            session=session,
            entries=entries,
            waiting=waiting,
            totals=totals(entries),
            work=work_labels,
        ), 200


# --- the steps ----------------------------------------------------------------------------------


def _to_people(session_id: str) -> Answer:
    drafting.save(session_id, "people", grid.read_rows(request.form))
    with reading() as unit:
        session, rows = _read(unit, session_id)
        return credit_pages.people_page(unit, session, rows)


def _as_last_time(session_id: str) -> Answer:
    """Tick those who came the last time, beside whoever is ticked already."""
    with reading() as unit:
        session, rows = _read(unit, session_id)
        return credit_pages.people_page(unit, session, rows, as_last_time=True)


def _to_times(session_id: str) -> Answer:
    """From "who came": a row for each person ticked, with what was typed before, or the usual."""
    typed = {row.member_id: row for row in grid.read_rows(request.form)}
    chosen = dict.fromkeys(request.form.getlist("member"))
    with reading() as unit:
        session = sessions.session(unit, session_id)
        rows = _named(unit, [typed.get(id_) or Row(member_id=id_) for id_ in chosen])
        rows = offers.offer(session, rows, offers.agreed(unit, session, rows))
        if not rows:
            errors = {"member": [_("Choose at least one person.")]}
            return credit_pages.people_page(unit, session, list(typed.values()), errors)
        page = credit_pages.times_page(unit, session, rows)
    drafting.save(session_id, "times", rows)
    return page


def _back_to_times(session_id: str) -> Answer:
    """The table again: from the check page, or to work out the totals, or to keep a draft."""
    kept = drafting.save(session_id, "times", grid.read_rows(request.form))
    with reading() as unit:
        session, rows = _offered(unit, session_id)
        return credit_pages.times_page(unit, session, rows, kept=kept)


def _fill(session_id: str) -> Answer:
    """The same time for everybody, put into the cells; nothing is checked yet."""
    with reading() as unit:
        session, rows = _offered(unit, session_id)
        same = {part: request.form.get(f"all-{part}", "") for part in COMPONENTS}
        errors = {}
        for part, text in same.items():
            try:
                read_cell(text)
            except CellUnclear as question:
                errors[f"all-{part}"] = [str(question)]
        if errors:
            return credit_pages.times_page(
                unit, session, rows, same=same, errors=errors, cells=errors, status=422
            )
        return credit_pages.times_page(unit, session, grid.filled(rows, same))


def _to_check(session_id: str) -> Answer:
    """The answers in words, or what is wrong at its row."""
    drafting.save(session_id, "times", grid.read_rows(request.form))
    with reading() as unit:
        session, rows = _offered(unit, session_id)
        checked = grid.check(rows, session_id, seen_revision())
        if checked.command is None:
            return credit_pages.wrong(unit, session, rows, checked)
        preview = crediting.preview_credit(unit, checked.command)
        if preview.problems:
            return credit_pages.refused(unit, session, rows, checked, preview.problems)
        return credit_pages.check_page(session, rows, preview, checked.command.revision)


def _confirm(session_id: str) -> Answer:
    """Credit everybody, once."""
    with reading() as unit:
        session, rows = _read(unit, session_id)
        checked = grid.check(rows, session_id, seen_revision())
        if checked.command is None:
            return credit_pages.wrong(unit, session, rows, checked)
    try:
        run(crediting.credit_session, checked.command, form_key())
    except TimebankError as error:
        problems = error.problems if isinstance(error, Rejected) else [error]
        with reading() as unit:
            session, rows = _read(unit, session_id)
            if error.code == "key_used":
                # This very form was sent before, with other figures: say what it recorded then.
                problems = [*crediting.preview_credit(unit, checked.command).problems, error]
            return credit_pages.refused(unit, session, rows, checked, problems)
    drafting.drop(session_id)
    return redirect(url_for(".credited", session_id=session_id), 303)


_STEPS: dict[str, Callable[[str], Answer]] = {
    "people": _to_people,
    "last": _as_last_time,
    "times": _to_times,
    "change": _back_to_times,
    "totals": _back_to_times,
    "save": _back_to_times,
    "fill": _fill,
    "check": _to_check,
    "confirm": _confirm,
}


# --- reading what was sent ----------------------------------------------------------------------


def _named(unit: Unit, rows: list[Row]) -> list[Row]:
    return grid.named(rows, everybody(unit), own_id=unit.actor.member_id)


def _read(unit: Unit, session_id: str) -> tuple[Session, list[Row]]:
    session = sessions.session(unit, session_id)
    return session, _named(unit, grid.read_rows(request.form))


def _offered(unit: Unit, session_id: str) -> tuple[Session, list[Row]]:
    """The rows as sent; who took part otherwise than before has what that offers."""
    session, rows = _read(unit, session_id)
    return session, offers.offer(session, rows, offers.agreed(unit, session, rows))
