"""Statements, for those who issue and print them: what is due, all that were issued, paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import communication, directory, pauses, statement_text, statements
from timebank.statement_holders import in_content
from timebank.statements import DueStatement, IssueStatements, PrintStatement
from timebank.unit import Unit
from web.access import access
from web.errors import REFUSALS, TOP
from web.filters import day, words
from web.forms import Form
from web.message_labels import CHANNELS_SHORT
from web.pages.statements import in_words
from web.paging import paged
from web.schemas.fields import Day
from web.units import acting, reading, run
from web.work_labels import named

pages = Blueprint("issuing", __name__)


@pages.get("/statements/issued")
@access("statement.view_all")
def issued() -> str:
    """Every statement, the newest first, or the one with a reference that somebody read out."""
    wanted = request.args.get("q", "").strip()[:40]
    with reading() as unit:
        page = paged(lambda limit, offset: directory.statements(
            unit, reference=wanted, limit=limit, offset=offset))  # fmt: skip
        return render_template("issuing/issued.html", page=page, wanted=wanted)


@pages.get("/statements/issue")
@access("statement.issue")
def due() -> tuple[str, int]:
    """The periods whose statements can be issued."""
    return _due_page(Form())


@pages.post("/statements/issue")
@access("statement.issue")
def issue() -> Response | tuple[str, int]:
    """Issue every statement due up to the day chosen."""
    form = Form(key=request.form.get("key", ""))
    try:
        until_on = Day().deserialize(request.form.get("until_on"))
    except ValidationError:
        form.error("until_on", _("Choose a day."))
        return _due_page(form)
    try:
        made = run(statements.issue_statements, IssueStatements(until_on=until_on), form.key)
    except REFUSALS as error:
        form.refuse(error)
        form.errors = {TOP: [words for each in form.errors.values() for words in each]}
        return _due_page(form)
    flash(_("%(count)s statements are issued, up to %(day)s.", count=made.count,
            day=day(until_on)), "success")  # fmt: skip
    return redirect(url_for(".issued"), 303)


@pages.get("/statements/due")
@access("statement.view_all")
def foreseen() -> str:
    """Who would get which statement by a day: nothing is issued by looking."""
    with reading() as unit:
        yesterday = statements.last_ended(unit)
        days = _days_to_look_at(yesterday)
        until_on = _day_asked_for(days)
        found = statements.due_statements(unit, until_on)
        return render_template(
            "issuing/foreseen.html",
            page=paged(lambda limit, offset: _foreseen(unit, found[offset : offset + limit])),
            days=days,
            until_on=until_on,
            paused=pauses.paused(unit),
        )


def _days_to_look_at(yesterday: date) -> list[date]:
    """Yesterday, and the ends of this month and the next two."""
    found, last = [yesterday], yesterday
    for _each in range(3):
        last = ((last + timedelta(days=1)).replace(day=28) + timedelta(days=4)).replace(day=1)
        last -= timedelta(days=1)
        found.append(last)
    return found


def _day_asked_for(days: list[date]) -> date:
    """One of the days that the page offers."""
    return next((day for day in days if day.isoformat() == request.args.get("until")), days[0])


def _foreseen(unit: Unit, found: Sequence[DueStatement]) -> list[dict[str, Any]]:
    """Each in words: for whom, which way it goes, its period and its lines."""
    members = [each.holder.member for each in found if each.holder.member is not None]
    profiles = communication.of_people(unit, {member.person_id for member in members})
    rows = []
    for each in found:
        member, how = each.holder.member, _("To be read here")
        who = statement_text.holder_name(words(), in_content(each.holder))
        if member is not None:
            who = f"{member.person.name or _('Erased')} ({member.number})"
            way = communication.channel_of_statement(member, profiles.get(member.person_id))
            how = named(CHANNELS_SHORT, way or "none")
        rows.append({"who": who, "how": how, "from_on": each.from_on, "until_on": each.until_on,
                     "lines": each.lines})  # fmt: skip
    return rows


@pages.get("/statements/paper")
@access("statement.view_all")
def all_paper() -> str:
    """Every statement that waits to be printed, each beginning on a sheet of its own."""
    with reading() as unit:
        found = statements.to_print(unit)
        sheets = [{"person": each.member.person, **in_words(each)} for each in found]
        return render_template(
            "issuing/paper.html", sheets=sheets, waits=bool(sheets), action=url_for(".all_printed")
        )


@pages.post("/statements/paper")
@access("statement.view_all")
def all_printed() -> Response:
    """Take those that were on the page off the list, and none that was issued meanwhile."""
    with acting() as unit:
        for statement_id in request.form.getlist("statement"):
            statements.print_statement(unit, PrintStatement(statement_id=statement_id))
    flash(_("Taken off the list of statements to print."), "success")
    return redirect(url_for("to_do.to_do"), 303)


@pages.get("/statements/<statement_id>/paper")
@access("statement.view_all")
def paper(statement_id: str) -> str:
    """A statement with its address, laid out to be printed."""
    with reading() as unit:
        found = statements.statement(unit, statement_id)
        waits = any(each.id == found.id for each in statements.to_print(unit))
        return render_template(
            "issuing/paper.html",
            sheets=[{"person": found.member and found.member.person, **in_words(found)}],
            waits=waits,
            action=url_for(".printed", statement_id=statement_id),
        )


@pages.post("/statements/<statement_id>/paper")
@access("statement.view_all")
def printed(statement_id: str) -> Response:
    """Take it off the list of those to print."""
    with acting() as unit:
        statements.print_statement(unit, PrintStatement(statement_id=statement_id))
    flash(_("Taken off the list of statements to print."), "success")
    return redirect(url_for("to_do.to_do"), 303)


def _due_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "issuing/issue.html",
            due=statements.due(unit),
            paused=pauses.paused(unit),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
