"""What a member asked for: the confirmation, where it stands, and changing one's mind."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, people, redemptions, reward_waiting, statement_lines
from timebank.information import beside_reward
from web import labels
from web.access import access
from web.carrying_out import carried_out
from web.filters import words
from web.forms import Form, read_form
from web.schemas.redemptions import CancelRedemptionSchema
from web.units import current_actor, reading

pages = Blueprint("redemptions", __name__)
OPEN = ("requested", "approved")


@pages.get("/redemptions")
@access("account.view_own")
def mine() -> str:
    """What I asked for, newest first."""
    with reading() as unit:
        member_id = current_actor().member_id or ""
        return render_template(
            "redemptions/mine.html",
            redemptions=redemptions.of_member(unit, member_id),
            waiting=reward_waiting.of_member(unit, member_id),
            labels=labels,
        )


@pages.get("/redemptions/<redemption_id>")
@access("rewards.view")
def redemption(redemption_id: str) -> str:
    """The confirmation with its reference; bookmarked, it shows where things stand."""
    with reading() as unit:
        found = redemptions.redemption(unit, redemption_id)
        rules = community.policy(unit)
        return render_template(
            "redemptions/redemption.html",
            redemption=found,
            own=found.member_id == unit.actor.member_id,
            asked_by=people.person_name(unit, found.requested_by),
            open=found.status in OPEN,
            balance=statement_lines.balance(unit, found.member_id),
            policy=rules,
            information=beside_reward(unit, rules, words()),
            labels=labels,
        )


@pages.get("/redemptions/<redemption_id>/cancel")
@access("rewards.view")
def check_cancel(redemption_id: str) -> str:
    """Check before it is called off."""
    return _cancel_page(redemption_id, Form())[0]


@pages.post("/redemptions/<redemption_id>/cancel")
@access("rewards.view")
def cancel(redemption_id: str) -> Response | tuple[str, int]:
    """Call it off; the hours come back."""
    form = read_form(CancelRedemptionSchema, request.form, redemption_id=redemption_id)
    moved = carried_out(form, redemptions.cancel_redemption)
    if moved is not None:
        flash(_("Cancelled. The hours can be used again."), "success")
        where = url_for("redemptions.redemption", redemption_id=moved.redemption_id)
        return redirect(where, 303)
    return _cancel_page(redemption_id, form)


def _cancel_page(redemption_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = redemptions.redemption(unit, redemption_id)
        page = render_template(
            "redemptions/cancel.html",
            redemption=found,
            open=found.status in OPEN,
            form=form,
            form_errors=form.errors,
            labels=labels,
        )
    return page, form.status
