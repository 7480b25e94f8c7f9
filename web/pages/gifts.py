"""Giving hours: say to whom and how much, check, confirm; give one back; undo one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import gifts, group_gifts, people, statement_lines
from timebank.errors import NotAllowed
from timebank.models import Member
from timebank.unit import Unit
from web import work_labels
from web.access import SIGNED_IN, access
from web.errors import REFUSALS
from web.forms import Form, form_key, read_form, read_whole
from web.paging import paged
from web.schemas.gifts import GiveHoursSchema, RefuseGiftSchema, UndoGiftSchema
from web.units import current_actor, database, reading, run

pages = Blueprint("gifts", __name__)


@pages.get("/gifts")
@access("gift.give_own")
def mine() -> str:
    """What I gave and what I was given."""
    member_id = current_actor().member_id or ""
    with reading() as unit:
        page = paged(
            lambda limit, offset: gifts.of_member(unit, member_id, limit=limit, offset=offset)
        )
        return render_template(
            "gifts/mine.html",
            page=page,
            own_id=member_id,
            groups=group_gifts.open_groups(unit),
            to_groups=group_gifts.given_by(unit, member_id),
        )


@pages.get("/gifts/give")
@access("gift.give_own")
def give() -> tuple[str, int]:
    """To whom, and how much."""
    return _ask_page(current_actor().member_id or "", Form())


@pages.post("/gifts/give")
@access("gift.give_own")
def given() -> Response | tuple[str, int]:
    """First check, then confirm."""
    return _step(current_actor().member_id or "", how="online")


@pages.get("/members/<member_id>/give")
@access("gift.give_for")
def give_for(member_id: str) -> Response | tuple[str, int]:
    """Help somebody give hours; one's own are given on one's own page."""
    if member_id == current_actor().member_id:
        return redirect(url_for(".give"), 303)
    return _ask_page(member_id, Form())


@pages.post("/members/<member_id>/give")
@access("gift.give_for")
def given_for(member_id: str) -> Response | tuple[str, int]:
    """Read it back, then confirm."""
    return _step(member_id, how=request.form.get("how", ""))


def _step(member_id: str, *, how: str) -> Response | tuple[str, int]:
    receiver_id, form = _read(member_id, how)
    if form.command is None:
        return _ask_page(member_id, form)
    if "check" in request.form:
        return _check_page(member_id, receiver_id, form)
    try:
        made = run(gifts.give_hours, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _ask_page(member_id, form)
    return redirect(url_for(".gift", gift_id=made.gift_id), 303)


def _read(member_id: str, how: str) -> tuple[str | None, Form]:
    """The form, with the receiver found by number and name; errors at their boxes."""
    helping = member_id != current_actor().member_id
    form = read_form(GiveHoursSchema, request.form, member_id=member_id, to_member_id=None, how=how)
    if helping and how not in work_labels.ASKED_BY:
        form.errors.pop("how", None)
        form.error("how", _("Choose how they asked you."))
    receiver_id = None
    to = request.form.get("to", "")
    if to not in gifts.TO:
        form.error("to", _("Choose whom the hours go to."))
    elif to == "member":
        receiver_id = _receiver(form)
    if form.command is not None:
        values: dict[str, Any] = {**vars(form.command), "to_member_id": receiver_id}
        form.command = gifts.GiveHours(**values)
        _enough(member_id, form)
    return receiver_id, form


def _receiver(form: Form) -> str | None:
    """The member with the number and name that were typed."""
    try:
        number = read_whole(request.form.get("number", ""))
    except ValueError:
        form.error("number", _("Enter their member number, in digits."))
        return None
    name = request.form.get("name", "").strip()
    if not name:
        form.error("name", _("Enter their first name, or their whole name."))
        return None
    try:
        found = gifts.find_receiver(database(), current_actor().id, number, name)
    except NotAllowed as error:
        form.refuse(error)
        form.command = None
        return None
    if found is None:
        form.error(
            "number", _("There is no member with this number and name. Check both with them.")
        )
    return found


def _enough(member_id: str, form: Form) -> None:
    with reading() as unit:
        available = statement_lines.balance(unit, member_id).available_minutes
    if form.command.given_minutes > max(available, 0):
        form.error("given_minutes", _("This is more than can be given."))
    elif form.command.given_minutes == 0:
        form.error("given_minutes", _("Enter how much time to give."))


@pages.get("/gifts/<gift_id>")
@access(SIGNED_IN)
def gift(gift_id: str) -> str:
    """One gift: the confirmation for who gave it, and where it stands."""
    with reading() as unit:
        found = gifts.gift(unit, gift_id)
        own_id = unit.actor.member_id
        return render_template(
            "gifts/gift.html",
            gift=found,
            gave=found.member_id == own_id,
            received=found.to_member_id is not None and found.to_member_id == own_id,
            may_undo=unit.actor.may("gift.give_for")
            and own_id not in (found.member_id, found.to_member_id),
            key=form_key(),
        )


@pages.post("/gifts/<gift_id>/refuse")
@access(SIGNED_IN)
def refuse(gift_id: str) -> Response:
    """Give it back."""
    form = read_form(RefuseGiftSchema, request.form, gift_id=gift_id)
    run(gifts.refuse_gift, form.command, form.key)
    flash(_("The hours have gone back."), "success")
    return redirect(url_for(".gift", gift_id=gift_id), 303)


@pages.post("/gifts/<gift_id>/undo")
@access("gift.give_for")
def undo(gift_id: str) -> Response:
    """Undo a gift that was a mistake."""
    form = read_form(UndoGiftSchema, request.form, gift_id=gift_id)
    run(gifts.undo_gift, form.command, form.key)
    flash(_("The gift is undone, and both are told."), "success")
    return redirect(url_for(".gift", gift_id=gift_id), 303)


def _ask_page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "gifts/give.html", form=form, form_errors=form.errors, **_facts(unit, member_id)
        )
    return page, form.status


def _check_page(member_id: str, receiver_id: str | None, form: Form) -> tuple[str, int]:
    with reading() as unit:
        facts = _facts(unit, member_id)
        facts["after"] = facts["balance"].available_minutes - form.command.given_minutes
        page = render_template("gifts/check.html", form=form, **facts)
    return page, 200


def _facts(unit: Unit, member_id: str) -> dict[str, Any]:
    member: Member = people.member(unit, member_id)
    return {
        "member": member,
        "name": member.person.name,
        "helping": member_id != unit.actor.member_id,
        "balance": statement_lines.balance(unit, member_id),
        "work": work_labels,
    }
