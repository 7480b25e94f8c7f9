"""Hours from before the books: entering a list, and the second person who confirms it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import directory, openings, people
from timebank.errors import NotAllowed
from timebank.member_list import TAKING_PART
from web import query_labels, work_labels
from web.access import access
from web.cells import CellUnclear, read_cell
from web.errors import REFUSALS, TOP, say
from web.forms import Form, read_form, shown
from web.schemas.openings import (
    ConfirmOpeningSchema,
    EnterOpeningSchema,
    WithdrawOpeningSchema,
)
from web.units import reading, run

pages = Blueprint("openings", __name__)
CELL = "hours-of-"


@pages.get("/openings")
@access("opening.view")
def lists() -> str:
    """Every list, and what came from before and from starting, told apart from credits."""
    with reading() as unit:
        found = openings.openings(unit)
        return render_template(
            "openings/lists.html",
            lists=found,
            totals=openings.totals(unit),
            names=directory.names(unit, [each.entered_by for each in found]),
            labels=query_labels,
            work=work_labels,
        )


@pages.get("/openings/enter")
@access("opening.enter")
def form() -> str:
    """Every member with a cell for their hours from before."""
    with reading() as unit:
        filled = shown(as_of_on=unit.today)
    return _form_page(filled)[0]


@pages.post("/openings/enter")
@access("opening.enter")
def enter() -> Response | tuple[str, int]:
    """Keep the list until somebody else confirms it."""
    lines, unclear = _lines()
    filled = read_form(EnterOpeningSchema, request.form, lines=lines)
    if unclear:
        filled.errors = {**filled.errors, **unclear}
        filled.errors.pop("lines", None)
        filled.command, filled.status = None, 422
    if filled.command is not None:
        try:
            made = run(openings.enter_opening, filled.command, filled.key)
        except REFUSALS as error:
            filled.refuse(error)
            _at_cells(filled, lines, getattr(error, "problems", [error]))
        else:
            flash(_("The list is kept. It is recorded when a second person has confirmed it."),
                  "success")  # fmt: skip
            return redirect(url_for(".opening", list_id=made.list_id), 303)
    return _form_page(filled)


def _lines() -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """The cells with hours in them, as the schema's lines; and what cannot be read."""
    lines, unclear = [], {}
    for name, text in request.form.items():
        if not name.startswith(CELL):
            continue
        try:
            minutes = read_cell(text)
        except CellUnclear as error:
            unclear[name] = [str(error)]
            continue
        if minutes:
            lines.append({"member_id": name.removeprefix(CELL), "minutes": minutes})
    return lines, unclear


def _at_cells(filled: Form, lines: list[dict[str, Any]], problems: list[Any]) -> None:
    """Put what is wrong with a line at its cell."""
    for problem in problems:
        if (line := problem.params.get("line")) is not None:
            filled.errors.pop(problem.field or TOP, None)
            filled.errors.setdefault(CELL + lines[line]["member_id"], []).append(say(problem))


def _form_page(filled: Form) -> tuple[str, int]:
    with reading() as unit:
        members = [each for each in people.every_member(unit) if each.status in TAKING_PART]
        page = render_template(
            "openings/enter.html",
            members=sorted(members, key=lambda each: each.person.name.lower()),
            cell=CELL,
            form=filled,
            form_errors=filled.errors,
        )
    return page, filled.status


@pages.get("/openings/<list_id>")
@access("opening.view")
def opening(list_id: str) -> str:
    """One list: its total, each line, and whether this person may confirm it."""
    return _page(list_id, Form())[0]


@pages.post("/openings/<list_id>")
@access("opening.confirm")
def decide(list_id: str) -> Response | tuple[str, int]:
    """Confirm the total, or take the list back."""
    boxes = request.form.copy()
    confirms = boxes.pop("do", "") == "confirm"
    schema = ConfirmOpeningSchema if confirms else WithdrawOpeningSchema
    filled = read_form(schema, boxes, list_id=list_id)
    if filled.command is not None:
        try:
            if confirms:
                run(openings.confirm_opening, filled.command, filled.key)
            else:
                run(openings.withdraw_opening, filled.command, filled.key)
        except (NotAllowed, *REFUSALS) as error:
            filled.refuse(error)
        else:
            flash(_("Confirmed. The hours are in the accounts, and everybody is told.")
                  if confirms else _("The list is taken back. Nothing was recorded."),
                  "success")  # fmt: skip
            return redirect(url_for(".opening", list_id=list_id), 303)
    return _page(list_id, filled)


def _page(list_id: str, filled: Form) -> tuple[str, int]:
    with reading() as unit:
        found = openings.opening(unit, list_id)
        hindrance = openings.hindrance(unit, found) if found.status == "waiting" else None
        page = render_template(
            "openings/opening.html",
            opening=found,
            hindrance=None if hindrance is None else say(NotAllowed(hindrance)),
            names=directory.names(unit, [found.entered_by, found.decided_by]),
            form=filled,
            form_errors=filled.errors,
            labels=query_labels,
            work=work_labels,
        )
    return page, filled.status
