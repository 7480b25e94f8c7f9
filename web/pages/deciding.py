"""One redemption, for those who deal with it: agree or not, hand over, undo, ask the approver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.wrappers import Response

from timebank import approvals, community, directory, redemptions, statement_lines, trail
from timebank.errors import NotAllowed, TimebankError
from timebank.information import beside_reward
from timebank.to_do import hindrance
from timebank.unit import Unit
from timebank.words import N_
from web import labels, work_labels
from web.access import access
from web.errors import REFUSALS, TOP
from web.filters import words
from web.forms import Form, read_form
from web.schemas.redemptions import (
    ApproveRedemptionSchema,
    AskSecondApproverSchema,
    CancelRedemptionSchema,
    DeclineRedemptionSchema,
    FulfilRedemptionSchema,
    UndoFulfilmentSchema,
)
from web.trail_labels import ACTIONS
from web.units import reading, run

pages = Blueprint("deciding", __name__)

Step = tuple[type[Schema], Callable[[Unit, Any], Any], str]
STEPS: dict[str, Step] = {
    "approve": (
        ApproveRedemptionSchema,
        redemptions.approve_redemption,
        N_("Agreed. The member is told."),
    ),
    "decline": (
        DeclineRedemptionSchema,
        redemptions.decline_redemption,
        N_("Not agreed. The hours are back with the member, who is told."),
    ),
    "fulfil": (
        FulfilRedemptionSchema,
        redemptions.fulfil_redemption,
        N_("Handed over. The hours are used."),
    ),
    "cancel": (
        CancelRedemptionSchema,
        redemptions.cancel_redemption,
        N_("Cancelled. The hours are back with the member."),
    ),
    "undo": (
        UndoFulfilmentSchema,
        redemptions.undo_fulfilment,
        N_("Undone. It waits to be handed over again, and the hours are set aside."),
    ),
    "ask": (
        AskSecondApproverSchema,
        approvals.ask_second_approver,
        N_("The second approver gets a mail with a link."),
    ),
}


@pages.get("/redemptions/<redemption_id>/decide")
@access("redemption.view_all")
def decide(redemption_id: str) -> str:
    """All the facts, and the steps that may be taken now."""
    return _page(redemption_id, Form())[0]


@pages.post("/redemptions/<redemption_id>/decide")
@access("redemption.view_all")
def take(redemption_id: str) -> Response | tuple[str, int]:
    """Take one step, once; the domain decides whether this person may."""
    step = STEPS.get(request.form.get("do", ""))
    if step is None:
        form = Form(errors={TOP: [_("Choose what to do.")]}, status=422)
        return _page(redemption_id, form)
    schema, function, done = step
    form = read_form(schema, request.form, redemption_id=redemption_id)
    if form.command is None:
        return _page(redemption_id, form)
    try:
        run(function, form.command, form.key)
    except (NotAllowed, *REFUSALS) as error:
        form.refuse(error)
        return _page(redemption_id, form, error)
    flash(_(done), "success")
    return redirect(url_for(".decide", redemption_id=redemption_id), 303)


def _page(redemption_id: str, form: Form, error: TimebankError | None = None) -> tuple[str, int]:
    with reading() as unit:
        found = redemptions.redemption(unit, redemption_id)
        events = trail.about(unit, redemption_id)
        named = directory.names(
            unit, [found.requested_by, found.decided_by, found.fulfilled_by, found.closed_by,
                   unit.community.second_approver_id, *(event.actor for event in events)]
        )  # fmt: skip
        shown = next(each for each in community.policies(unit)
                     if each.version == found.policy_version)  # fmt: skip
        page = render_template(
            "deciding/decide.html",
            redemption=found,
            person=found.member.person,
            balance=statement_lines.balance(unit, found.member_id),
            hindrance=hindrance(unit.actor, found),
            approver=named.get(unit.community.second_approver_id or ""),
            named=named,
            events=events,
            overtaken=events[-1] if error is not None and _stale(error) and events else None,
            information=beside_reward(unit, shown, words()),
            form=form,
            form_errors=form.errors,
            actions=ACTIONS,
            labels=labels,
            work=work_labels,
        )
    return page, form.status


def _stale(error: TimebankError) -> bool:
    return error.code == "redemption_changed"
