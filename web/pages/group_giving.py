"""A member gives hours of their own to a group: choose it, check, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import group_gifts, statement_lines
from timebank.errors import NotFound
from timebank.group_gifts import GiveGroupHours
from web.access import access
from web.errors import REFUSALS
from web.forms import Form, read_form
from web.schemas.groups import GiveOwnToGroupSchema
from web.units import current_actor, reading, run

pages = Blueprint("group_giving", __name__)


@pages.get("/gifts/group")
@access("gift.give_own")
def ask() -> tuple[str, int]:
    """To which group, and how much."""
    return _page(Form())


@pages.post("/gifts/group")
@access("gift.give_own")
def give() -> Response | tuple[str, int]:
    """First everything is read back, then it moves."""
    sent = request.form.copy()
    check = sent.pop("check", "") == "yes"
    member_id = current_actor().member_id or ""
    form = read_form(GiveOwnToGroupSchema, sent, member_id=member_id, to_group=True)
    if form.command is None:
        return _page(form)
    try:
        if check:
            return _check_page(form, form.command)
        made = run(group_gifts.give_hours, form.command, form.key)
    except (NotFound, *REFUSALS) as error:
        form.refuse(error)
        return _page(form)
    where = url_for("groups.gift", group_id=form.command.group_id, gift_id=made.gift_id)
    return redirect(where, 303)


def _page(form: Form, template: str = "gifts/give_group.html", **more: Any) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            template,
            form=form,
            form_errors=form.errors,
            groups=group_gifts.open_groups(unit),
            available=statement_lines.balance(
                unit, current_actor().member_id or ""
            ).available_minutes,
            **more,
        )
    return page, form.status


def _check_page(form: Form, command: GiveGroupHours) -> tuple[str, int]:
    with reading() as unit:
        group, _member = group_gifts.could_give(unit, command)
    return _page(form, "gifts/check_group.html", group=group, minutes=command.minutes)
