"""A copy of one's data, leaving the group, and erasing the details of somebody who left."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from flask import url_for as address
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from timebank import erasure_list, leaving, own_data, people, statement_lines, tables_csv, trail
from timebank.models import Erasure, Member
from timebank.unit import Unit
from web import work_labels
from web.access import SIGNED_IN, access
from web.errors import REFUSALS
from web.forms import Form, read_form
from web.schemas.leaving import ErasePersonSchema, LeaveGroupSchema
from web.units import acting, current_actor, database, reading, run

pages = Blueprint("leaving", __name__)


@pages.get("/my-data")
@access("account.view_own")
def my_data() -> str:
    """What a copy holds, and where to get it; and the way out of the group."""
    with reading() as unit:
        member = people.member(unit, current_actor().member_id or "")
        return render_template("leaving/my_data.html", member=member)


@pages.get("/my-data.zip")
@access("account.view_own")
def my_data_file() -> Response:
    """Everything on file about me: a page to read, and tables for a spreadsheet."""
    return _copy(current_actor().member_id or "")


@pages.get("/members/<member_id>/data.zip")
@access("member.change")
def data_file(member_id: str) -> Response:
    """The same for a member who asks for it; the record says that it was made."""
    with acting() as unit:
        found = people.member(unit, member_id)
        trail.record(unit, "member.data_copied", "member", found.id)
    return _copy(member_id)


def _copy(member_id: str) -> Response:
    with reading() as unit:
        sheets = own_data.sheets(unit, member_id)
        number = people.member(unit, member_id).number
        page = render_template("leaving/copy.html", sheets=sheets, made_at=unit.now)
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        for sheet in sheets:
            archive.writestr(
                f"{sheet.name}.csv", tables_csv.as_bytes([sheet.headings, *sheet.rows])
            )
    answer = Response(made.getvalue(), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="time-bank-{number}.zip"'
    return answer


@pages.get("/members/<member_id>/leave")
@access(SIGNED_IN)
def leave(member_id: str) -> tuple[str, int]:
    """What leaving means, and what is to be chosen."""
    return _leave_page(member_id, Form())


@pages.post("/members/<member_id>/leave")
@access(SIGNED_IN)
def left(member_id: str) -> Redirect | tuple[str, int]:
    """First check, then leave."""
    own = member_id == current_actor().member_id
    form = read_form(LeaveGroupSchema, request.form, member_id=member_id)
    if not own and request.form.get("how") not in work_labels.ASKED_BY:
        form.errors.pop("how", None)
        form.error("how", _("Choose how they asked you."))
    if form.command is None:
        return _leave_page(member_id, form)
    if "check" in request.form:
        return _leave_page(member_id, form, "leaving/check.html")
    try:
        made = run(leaving.leave_group, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _leave_page(member_id, form)
    return redirect(address(".gone", member_id=made.member_id), 303)


@pages.get("/members/<member_id>/gone")
@access(SIGNED_IN)
def gone(member_id: str) -> str:
    """The confirmation; it can be looked at again."""
    with reading() as unit:
        facts = _facts(unit, member_id)
        asked = unit.db.get(Erasure, facts["member"].person_id)
        return render_template("leaving/gone.html", asked=asked, **facts)


@pages.get("/members/<member_id>/erase")
@access("person.erase")
def check_erase(member_id: str) -> tuple[str, int]:
    """What goes and what stays; nothing has happened yet."""
    return _erase_page(member_id, Form())


@pages.post("/members/<member_id>/erase")
@access("person.erase")
def erase(member_id: str) -> Redirect | tuple[str, int]:
    """Erase the details; it cannot be undone."""
    with reading() as unit:
        person_id = people.member(unit, member_id).person_id
    form = read_form(ErasePersonSchema, request.form, person_id=person_id)
    if not request.form.get("sure"):
        form.error("sure", _("Tick this if you are sure."))
        return _erase_page(member_id, form)
    try:
        run(leaving.erase_person, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _erase_page(member_id, form)
    try:
        erasure_list.keep(database(), current_actor())
    except OSError:
        # The next tick writes it; what is in the database is gone already.
        current_app.logger.warning("the list of erased people waits for the next tick")
    flash(_("The details are erased."), "success")
    return redirect(address("members.members"), 303)


def _leave_page(
    member_id: str, form: Form, template: str = "leaving/leave.html"
) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            template, form=form, form_errors=form.errors, **_facts(unit, member_id)
        )
    return page, form.status


def _erase_page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "leaving/erase.html", form=form, form_errors=form.errors, **_facts(unit, member_id)
        )
    return page, form.status


def _facts(unit: Unit, member_id: str) -> dict[str, Any]:
    own = member_id == unit.actor.member_id
    if not own:
        unit.actor.require("member.change")
    member: Member = people.member(unit, member_id)
    return {
        "member": member,
        "name": member.person.name,
        "helping": not own,
        "balance": statement_lines.balance(unit, member_id),
        "has_role": leaving.holds_role(unit, member.person_id),
        "work": work_labels,
    }
