"""Rewards, as members see them, and asking for one: look, check, confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, redemptions, reward_waiting, rewards, statement_lines
from timebank.errors import Conflict, NotFound, TimebankError
from timebank.information import beside_reward
from timebank.models import Reward, RewardWait
from timebank.unit import Unit
from web import labels
from web.access import access
from web.errors import REFUSALS
from web.filters import words
from web.forms import Form, read_form
from web.paging import paged
from web.schemas.redemptions import RequestRedemptionSchema
from web.schemas.rewards import JoinWaitingSchema, LeaveWaitingSchema
from web.units import current_actor, kept, reading, run

pages = Blueprint("rewards", __name__)
LONGEST_SEARCH = 100
# More than anybody would print; the pages have them all.
MOST_PRINTED = 500


@pages.get("/rewards")
@access("rewards.view")
def catalogue() -> str:
    """The rewards offered, with what they use and how many places are left."""
    found = kept(("rewards", request.query_string), _offered)
    return render_template("rewards/catalogue.html", labels=labels, **found)


def _offered(unit: Unit) -> dict[str, Any]:
    """What the address asks to see of the catalogue."""
    balance = _own_balance(unit)
    wanted = wanted_of(request.args, balance)
    page = paged(lambda limit, offset: rewards.rewards(unit, wanted, limit=limit, offset=offset))
    return {
        "page": page,
        "left": places_left(unit, page.items),
        "wanted": wanted,
        "narrowed": wanted != rewards.EVERYTHING,
        "balance": balance,
    }


@pages.get("/rewards/printed")
@access("rewards.view")
def printed() -> str:
    """All the rewards one may have on one page, to print."""
    with reading() as unit:
        rules = community.policy(unit)
        return render_template(
            "rewards/printed.html",
            name=None,
            back=url_for(".catalogue"),
            rewards=rewards.rewards(unit, limit=MOST_PRINTED),
            policy=rules,
            information=beside_reward(unit, rules, words()),
            labels=labels,
        )


def wanted_of(
    arguments: Mapping[str, str], balance: statement_lines.Balance | None
) -> rewards.Wanted:
    """What the address asks to see; what cannot be read narrows nothing."""
    kind = arguments.get("kind", "")
    now = balance is not None and bool(arguments.get("now"))
    return rewards.Wanted(
        kind=kind if kind in rewards.KINDS else "",
        most_minutes=max(0, balance.available_minutes) if now and balance else None,
        no_money=bool(arguments.get("no_money")),
        online=bool(arguments.get("online")),
        near=arguments.get("near", "")[:LONGEST_SEARCH].strip(),
    )


def places_left(unit: Unit, found: Sequence[Reward]) -> dict[str, int]:
    """The places left of each reward that has a limit."""
    taken = rewards.places_taken(unit, found)
    return {
        each.id: max(0, each.places - taken[each.id]) for each in found if each.places is not None
    }


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
    whose = current_actor().member_id
    # Two tabs, or a consent that ended: nobody's hours are used but those that stood on the page.
    if request.form.get("whose", whose) != whose:
        raise Conflict("acting_changed")
    form = read_form(
        RequestRedemptionSchema, request.form, reward_id=reward_id, member_id=whose, how="online"
    )
    if form.command is not None:
        try:
            made = run(redemptions.request_redemption, form.command, form.key)
        except REFUSALS as error:
            form.refuse(error)
            return _check_page(reward_id, form, refused=error)
        return redirect(url_for("redemptions.redemption", redemption_id=made.redemption_id), 303)
    return _check_page(reward_id, form)


@pages.post("/rewards/<reward_id>/wait")
@access("redemption.request_own")
def wait(reward_id: str) -> Response:
    """Wait for a place; it holds no hours."""
    form = read_form(
        JoinWaitingSchema,
        request.form,
        reward_id=reward_id,
        member_id=current_actor().member_id,
        how="online",
    )
    run(reward_waiting.join_waiting, form.command, form.key)
    flash(_("You are on the waiting list. Your hours stay free to use."), "success")
    return redirect(url_for(".reward", reward_id=reward_id), 303)


@pages.post("/waiting/<reward_wait_id>/leave")
@access("rewards.view")
def leave_waiting(reward_wait_id: str) -> Response:
    """Leave a waiting list, or say no to the place that was offered."""
    form = read_form(LeaveWaitingSchema, request.form, reward_wait_id=reward_wait_id)
    run(reward_waiting.leave_waiting, form.command, form.key)
    flash(_("You are not waiting for this any more."), "success")
    return redirect(url_for("redemptions.mine"), 303)


def facts(unit: Unit, reward_id: str) -> dict[str, Any]:
    """What a reward's pages show: the reward, places left, and the information under the policy."""
    found = rewards.reward(unit, reward_id)
    return {
        "reward": found,
        "left": rewards.places_left(unit, found, unit.actor.member_id),
        "waiting": (waits := _own_waiting(unit, reward_id)),
        "ahead": reward_waiting.ahead_of(unit, waits) if waits else 0,
        "balance": _own_balance(unit),
        "policy": (rules := community.policy(unit)),
        "information": beside_reward(unit, rules, words()),
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


def _own_waiting(unit: Unit, reward_id: str) -> RewardWait | None:
    member_id = unit.actor.member_id
    return reward_waiting.of_reward(unit, reward_id, member_id) if member_id else None


def _own_balance(unit: Unit) -> statement_lines.Balance | None:
    member_id = unit.actor.member_id
    return statement_lines.balance(unit, member_id) if member_id else None
