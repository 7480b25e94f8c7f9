"""Credit a session: who came, for how long, check, confirm.

One address takes every step. What was chosen and typed travels in the form itself, and is read and
checked again at each step and at the end; nothing is kept in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import crediting, directory, people, sessions
from timebank.credit_checks import MOST_LINES
from timebank.errors import Conflict, Rejected, TimebankError, Unavailable
from timebank.figures import COMPONENTS, Figures
from timebank.models import AttendanceEntry, Member, Session
from timebank.unit import Unit
from web import grid, work_labels
from web.access import access
from web.cells import CellUnclear, cell, read_cell
from web.errors import TOP, say, status_of
from web.forms import form_key, read_whole
from web.grid import Row
from web.pages.sessions import may_be_credited, totals
from web.units import reading, run

pages = Blueprint("crediting", __name__)
Answer = Response | tuple[str, int]


@pages.get("/sessions/<session_id>/credit")
@access("session.credit")
def credit(session_id: str) -> Answer:
    """Who came: everybody who may be chosen."""
    with reading() as unit:
        session = sessions.session(unit, session_id)
        if not may_be_credited(unit, session):
            return redirect(url_for("sessions.session", session_id=session_id), 303)
        return _people_page(unit, session, [])


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
        if not entries:
            return redirect(url_for("sessions.session", session_id=session_id), 303)
        return render_template(
            "crediting/credited.html",
            session=session,
            entries=entries,
            totals=totals(entries),
            work=work_labels,
        ), 200


# --- the steps ----------------------------------------------------------------------------------


def _to_people(session_id: str) -> Answer:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        return _people_page(unit, session, grid.read_rows(request.form))


def _to_times(session_id: str) -> Answer:
    """From "who came": a row for each person ticked, with what was typed before, or the usual."""
    with reading() as unit:
        session = sessions.session(unit, session_id)
        typed = {row.member_id: row for row in grid.read_rows(request.form)}
        usual = {COMPONENTS[0]: cell(session.usual_minutes)}
        chosen = request.form.getlist("member")
        rows = [typed.get(id_) or Row(member_id=id_, cells=usual) for id_ in dict.fromkeys(chosen)]
        rows = grid.named(rows, _everybody(unit))
        if not rows:
            errors = {"member": [_("Choose at least one person.")]}
            return _people_page(unit, session, list(typed.values()), errors)
        return _times_page(session, rows, revision=_revision())


def _back_to_times(session_id: str) -> Answer:
    with reading() as unit:
        session, rows = _read(unit, session_id)
        return _times_page(session, rows, revision=_revision())


def _fill(session_id: str) -> Answer:
    """The same time for everybody, put into the cells; nothing is checked yet."""
    with reading() as unit:
        session, rows = _read(unit, session_id)
        same = {part: request.form.get(f"all-{part}", "") for part in COMPONENTS}
        errors = {}
        for part, text in same.items():
            try:
                read_cell(text)
            except CellUnclear as question:
                errors[f"all-{part}"] = [str(question)]
        if errors:
            return _times_page(session, rows, revision=_revision(), same=same,
                               errors=errors, cells=errors, status=422)  # fmt: skip
        return _times_page(session, grid.filled(rows, same), revision=_revision())


def _to_check(session_id: str) -> Answer:
    """The answers in words, or what is wrong at its row."""
    with reading() as unit:
        session, rows = _read(unit, session_id)
        checked = grid.check(rows, session_id, _revision())
        if checked.command is None:
            return _wrong(session, rows, checked)
        preview = crediting.preview_credit(unit, checked.command)
        if preview.problems:
            return _refused(unit, session, rows, checked, preview.problems)
        page = render_template(
            "crediting/check.html",
            session=session,
            rows=rows,
            preview=preview,
            revision=checked.command.revision,
            key=form_key(),
            parts=COMPONENTS,
            work=work_labels,
        )
        return page, 200


def _confirm(session_id: str) -> Answer:
    """Credit everybody, once."""
    with reading() as unit:
        session, rows = _read(unit, session_id)
    checked = grid.check(rows, session_id, _revision())
    if checked.command is None:
        return _wrong(session, rows, checked)
    try:
        run(crediting.credit_session, checked.command, form_key())
    except TimebankError as error:
        problems = error.problems if isinstance(error, Rejected) else [error]
        with reading() as unit:
            session, rows = _read(unit, session_id)
            if error.code == "key_used":
                # This very form was sent before, with other figures: say what it recorded then.
                problems = [*crediting.preview_credit(unit, checked.command).problems, error]
            return _refused(unit, session, rows, checked, problems)
    return redirect(url_for(".credited", session_id=session_id), 303)


_STEPS: dict[str, Callable[[str], Answer]] = {
    "people": _to_people,
    "times": _to_times,
    "change": _back_to_times,
    "fill": _fill,
    "check": _to_check,
    "confirm": _confirm,
}


# --- reading what was sent ----------------------------------------------------------------------


def _everybody(unit: Unit) -> dict[str, Member]:
    found = people.members(unit, limit=MOST_LINES)
    return {member.id: member for member in found}


def _read(unit: Unit, session_id: str) -> tuple[Session, list[Row]]:
    session = sessions.session(unit, session_id)
    return session, grid.named(grid.read_rows(request.form), _everybody(unit))


def _revision() -> int:
    """The session's revision as it was seen first; 0, which none is, when that was lost."""
    try:
        return read_whole(request.form.get("revision", ""))
    except ValueError:
        return 0


# --- pages --------------------------------------------------------------------------------------


def _people_page(
    unit: Unit, session: Session, rows: Sequence[Row], errors: dict[str, list[str]] | None = None
) -> tuple[str, int]:
    there = {entry.attendance.member_id for entry in sessions.attendances(unit, session.id)}
    everybody = _everybody(unit).values()
    may = [m for m in everybody if m.status == "active" and m.id not in there
           and m.person_id != unit.actor.person_id]  # fmt: skip
    page = render_template(
        "crediting/people.html",
        session=session,
        members=may,
        chosen={row.member_id for row in rows},
        rows=rows,
        there=len(there),
        own=unit.actor.member_id is not None,
        revision=request.form.get("revision") or session.revision,
        key=form_key(),
        parts=COMPONENTS,
        form_errors=errors or {},
    )
    return page, 422 if errors else 200


def _times_page(
    session: Session,
    rows: Sequence[Row],
    *,
    revision: int,
    errors: dict[str, list[str]] | None = None,
    cells: dict[str, list[str]] | None = None,
    same: dict[str, str] | None = None,
    status: int = 200,
    overtaken: dict[str, Any] | None = None,
) -> tuple[str, int]:
    page = render_template(
        "crediting/times.html",
        session=session,
        rows=rows,
        revision=revision,
        # After a refusal for being late the old key is spent: the next click means something new.
        key=uuid4().hex if status == 409 else form_key(),
        form_errors=errors or {},
        cells=cells or {},
        same=same or {},
        overtaken=overtaken,
        parts=COMPONENTS,
        work=work_labels,
    )
    return page, status


def _wrong(session: Session, rows: Sequence[Row], checked: grid.Checked) -> tuple[str, int]:
    return _times_page(session, rows, revision=_revision(), errors=checked.summary,
                       cells=checked.cells, status=422)  # fmt: skip


def _refused(
    unit: Unit,
    session: Session,
    rows: Sequence[Row],
    checked: grid.Checked,
    problems: Sequence[TimebankError],
) -> tuple[str, int]:
    """The domain's refusals at their rows; a stale page is told who was faster, and goes on."""
    stale = next((each for each in problems if each.code == "session_changed"), None)
    if isinstance(stale, Conflict):
        return _overtaken(unit, session, rows, stale)
    grid.refuse(checked, rows, problems)
    status = max(status_of(each) for each in problems)
    status = status if isinstance(problems[0], Unavailable) else min(status, 422)
    return _times_page(session, rows, revision=_revision(), errors=checked.summary,
                       cells=checked.cells, status=status)  # fmt: skip


def _overtaken(
    unit: Unit, session: Session, rows: Sequence[Row], stale: Conflict
) -> tuple[str, int]:
    """Who credited meanwhile, when, and what differs; the others' rows stay to be credited now."""
    entries = sessions.attendances(unit, session.id)
    recorded = {entry.attendance.member_id: entry for entry in entries}
    by = stale.params["by"]
    told = {
        "by": directory.names(unit, [by])[by],
        "at": stale.params["at"],
        "both": [(row, recorded[row.member_id], _differs(row, recorded[row.member_id]))
                 for row in rows if row.member_id in recorded],
        "others": [entry for entry in entries
                   if entry.attendance.member_id not in {row.member_id for row in rows}],
    }  # fmt: skip
    left = [row for row in rows if row.member_id not in recorded]
    return _times_page(
        session,
        left,
        revision=session.revision,
        errors={TOP: [say(stale)]},
        status=409,
        overtaken=told,
    )


def _differs(row: Row, entry: AttendanceEntry) -> bool:
    """Whether what was typed is not what somebody else recorded."""
    try:
        typed = Figures(**{part: read_cell(row.cells.get(part, "")) for part in COMPONENTS})
    except CellUnclear:
        return True
    recorded = Figures(**{part: getattr(entry, part) for part in COMPONENTS})
    same = (typed, row.capacity, row.choice or row.standing)
    return same != (recorded, entry.capacity, entry.choice)
