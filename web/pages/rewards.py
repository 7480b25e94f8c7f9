"""Rewards, as members see them, and asking for one: look, check, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from timebank import community, redemptions, rewards, statement_lines
from timebank.errors import NotFound, TimebankError
from timebank.unit import Unit
from web import labels
from web.access import access
from web.errors import REFUSALS
from web.filters import words
from web.forms import Form, read_form
from web.schemas.redemptions import RequestRedemptionSchema
from web.units import current_actor, reading, run

pages = Blueprint("rewards", __name__)


@pages.get("/rewards")
@access("rewards.view")
def catalogue() -> str:
    """The rewards offered, with what they use and how many places are left."""
    with reading() as unit:
        offered = rewards.rewards(unit)
        taken = rewards.places_taken(unit, offered)
        left = {
            reward.id: max(0, reward.places - taken[reward.id])
            for reward in offered
            if reward.places is not None
        }
        return render_template(
            "rewards/catalogue.html",
            rewards=offered,
            left=left,
            balance=_own_balance(unit),
            labels=labels,
        )


@pages.get("/rewards/<reward_id>")
@access("rewards.view")
def reward(reward_id: str) -> str:
    """One reward, with every plain fact about it."""
    with reading() as unit:
        return render_template("rewards/reward.html", **facts(unit, reward_id))


@pages.get("/rewards/<reward_id>/redeem")
@access("redemption.request_own")
def check(reward_id: str) -> str:
    """Check before anything is asked for: nothing has happened yet."""
    return _check_page(reward_id, Form())[0]


@pages.post("/rewards/<reward_id>/redeem")
@access("redemption.request_own")
def redeem(reward_id: str) -> Response | tuple[str, int]:
    """Ask for the reward; the hours are set aside."""
    form = read_form(
        RequestRedemptionSchema,
        request.form,
        reward_id=reward_id,
        member_id=current_actor().member_id,
        how="online",
    )
    if form.command is not None:
        try:
            made = run(redemptions.request_redemption, form.command, form.key)
        except REFUSALS as error:
            form.refuse(error)
            return _check_page(reward_id, form, refused=error)
        return redirect(url_for("redemptions.redemption", redemption_id=made.redemption_id), 303)
    return _check_page(reward_id, form)


def facts(unit: Unit, reward_id: str) -> dict[str, Any]:
    """What a reward's pages show: the reward, places left, and the information under the policy."""
    found = rewards.reward(unit, reward_id)
    return {
        "reward": found,
        "left": rewards.places_left(unit, found),
        "balance": _own_balance(unit),
        "policy": (rules := community.policy(unit)),
        "information": community.information_text(rules, words()).split("\n\n"),
        "labels": labels,
    }


def _check_page(
    reward_id: str, form: Form, *, refused: TimebankError | None = None
) -> tuple[str, int]:
    """The check page; where the reward is no longer there to check, why it was refused instead."""
    with reading() as unit:
        try:
            context = facts(unit, reward_id)
        except NotFound:
            raise refused or NotFound("reward_unknown") from None
        page = render_template("rewards/check.html", form=form, form_errors=form.errors, **context)
    return page, form.status


def _own_balance(unit: Unit) -> statement_lines.Balance | None:
    member_id = unit.actor.member_id
    return statement_lines.balance(unit, member_id) if member_id else None
