"""How a member's hours are shown to them: for the member, and for whoever does it for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import people, showing
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, read_form, shown
from web.overtaken import overtaken
from web.schemas.account import ChangeShowingSchema
from web.units import current_actor, reading

pages = Blueprint("showing", __name__)


@pages.get("/choices/showing")
@access("choices.change_own")
def mine() -> str:
    """How my hours are shown to me."""
    return _shown(current_actor().member_id or "")


@pages.post("/choices/showing")
@access("choices.change_own")
def change_mine() -> Response | tuple[str, int]:
    """Change it; nothing about the hours changes."""
    return _change(current_actor().member_id or "", url_for("choices.choices"))


@pages.get("/members/<member_id>/showing")
@access("member.change")
def theirs(member_id: str) -> str:
    """How a member's hours are shown to them."""
    return _shown(member_id)


@pages.post("/members/<member_id>/showing")
@access("member.change")
def change_theirs(member_id: str) -> Response | tuple[str, int]:
    """Change it for them, as they asked."""
    return _change(member_id, url_for("members.member", member_id=member_id))


def _shown(member_id: str) -> str:
    with reading() as unit:
        found = people.member(unit, member_id)
        form = shown(quiet_balance=found.quiet_balance, revision=found.revision)
    return _page(member_id, form)[0]


def _change(member_id: str, where: str) -> Response | tuple[str, int]:
    form = read_form(ChangeShowingSchema, request.form, member_id=member_id)
    if carried_out(form, showing.change_showing) is None:
        return _page(member_id, form)
    flash(_("Your choice is saved.") if _own(member_id) else _("Their choice is saved."), "success")
    return redirect(where, 303)


def _page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        now = {"quiet_balance": found.quiet_balance, "revision": found.revision}
        page = render_template(
            "choices/showing.html",
            member=found,
            own=_own(member_id),
            overtaken=overtaken(unit, form, now, {"quiet_balance": _("Shown quietly")}),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _own(member_id: str) -> bool:
    return member_id == current_actor().member_id
