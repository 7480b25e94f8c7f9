"""Help somebody use their hours, by phone or in person: choose, read back, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import (
    communication,
    community,
    people,
    redemptions,
    reward_waiting,
    rewards,
    statement_lines,
)
from timebank.errors import NotFound
from timebank.information import beside_reward
from timebank.models import Policy, Redemption
from timebank.unit import Unit
from web import labels, work_labels
from web.access import access
from web.carrying_out import carried_out
from web.filters import words
from web.forms import Form, read_form
from web.pages.rewards import LONGEST_SEARCH, MOST_PRINTED, places_left
from web.paging import paged
from web.schemas.redemptions import RequestRedemptionSchema
from web.schemas.rewards import JoinWaitingSchema
from web.units import current_actor, reading, run

pages = Blueprint("helping", __name__)


@pages.get("/members/<member_id>/redeem")
@access("redemption.request_for")
def choose(member_id: str) -> Response | str:
    """The rewards this member may have; one's own hours are used on one's own pages."""
    if member_id == current_actor().member_id:
        return redirect(url_for("rewards.catalogue"), 303)
    with reading() as unit:
        member = people.member(unit, member_id)
        wanted = rewards.Wanted(near=request.args.get("near", "")[:LONGEST_SEARCH].strip())
        page = paged(lambda limit, offset: rewards.rewards_for(
            unit, member, wanted, limit=limit, offset=offset))  # fmt: skip
        return render_template(
            "helping/choose.html",
            member=member,
            name=member.person.name,
            page=page,
            near=wanted.near,
            left=places_left(unit, page.items),
            balance=statement_lines.balance(unit, member_id),
            labels=labels,
        )


@pages.get("/members/<member_id>/rewards")
@access("redemption.request_for")
def printed(member_id: str) -> str:
    """The rewards this member may have on one page, to print for them."""
    with reading() as unit:
        member = people.member(unit, member_id)
        rules = community.policy(unit)
        return render_template(
            "rewards/printed.html",
            name=member.person.name,
            back=url_for(".choose", member_id=member_id),
            rewards=rewards.rewards_for(unit, member, limit=MOST_PRINTED),
            policy=rules,
            information=beside_reward(unit, rules, words()),
            labels=labels,
        )


@pages.post("/members/<member_id>/wait/<reward_id>")
@access("redemption.request_for")
def wait(member_id: str, reward_id: str) -> Response | tuple[str, int]:
    """Put a member who rang up on a waiting list."""
    form = read_form(JoinWaitingSchema, request.form, reward_id=reward_id, member_id=member_id)
    if request.form.get("how") not in work_labels.ASKED_BY:
        form.errors.pop("how", None)
        form.error("how", _("Choose how they asked you."))
        return _check_page(member_id, reward_id, form)
    run(reward_waiting.join_waiting, form.command, form.key)
    flash(_("They are on the waiting list. It holds no hours."), "success")
    return redirect(url_for("members.member", member_id=member_id), 303)


@pages.get("/members/<member_id>/redeem/<reward_id>")
@access("redemption.request_for")
def check(member_id: str, reward_id: str) -> tuple[str, int]:
    """What to read back before anything is asked for."""
    return _check_page(member_id, reward_id, Form())


@pages.post("/members/<member_id>/redeem/<reward_id>")
@access("redemption.request_for")
def redeem(member_id: str, reward_id: str) -> Response | tuple[str, int]:
    """Ask for it, once the member has heard it all and said yes."""
    form = read_form(
        RequestRedemptionSchema, request.form, reward_id=reward_id, member_id=member_id
    )
    if request.form.get("how") not in work_labels.ASKED_BY:
        form.errors.pop("how", None)
        form.error("how", _("Choose how they asked you."))
    if not request.form.get("confirmed"):
        form.error("confirmed", _("Read the words to them first, and tick this when they say yes."))
    made = carried_out(form, redemptions.request_redemption)
    if made is not None:
        where = url_for(".asked", member_id=member_id, redemption_id=made.redemption_id)
        return redirect(where, 303)
    return _check_page(member_id, reward_id, form)


@pages.get("/members/<member_id>/asked/<redemption_id>")
@access("redemption.request_for")
def asked(member_id: str, redemption_id: str) -> str:
    """It is asked for: the reference to read out, and what happens next."""
    with reading() as unit:
        found = redemptions.redemption(unit, redemption_id)
        if found.member_id != member_id:
            raise NotFound("redemption_unknown")
        return render_template(
            "helping/asked.html",
            redemption=found,
            name=found.member.person.name,
            balance=statement_lines.balance(unit, member_id),
            another=_another(unit, found),
            recorded_by=people.person_name(unit, found.requested_by),
            by_post=(channel := _channel(unit, found)) == "post",
            unreached=channel is None,
            policy=(rules := community.policy(unit)),
            information=beside_reward(unit, rules, words()),
            labels=labels,
        )


def _channel(unit: Unit, found: Redemption) -> str | None:
    """Which way the answer goes to the member."""
    person = found.member.person
    profile = communication.of_person(unit, person.id)
    return communication.channel_for(person, profile, "redemption_requested")


def _another(unit: Unit, found: Redemption) -> bool:
    """Whether somebody else has to agree to it and hand it over."""
    return found.money_pence is not None and found.requested_by == unit.actor.id


def _check_page(member_id: str, reward_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, member_id)
        reward = rewards.reward(unit, reward_id)
        rules: Policy = community.policy(unit)
        facts: dict[str, Any] = {
            "member": member,
            "name": member.person.name,
            "reward": reward,
            "wanted": rewards.is_wanted_by(reward, member),
            "left": rewards.places_left(unit, reward, member.id),
            "waiting": reward_waiting.of_reward(unit, reward.id, member.id),
            "balance": statement_lines.balance(unit, member_id),
            "policy": rules,
            "information": beside_reward(unit, rules, words()),
        }
        page = render_template(
            "helping/check.html",
            form=form,
            form_errors=form.errors,
            labels=labels,
            work=work_labels,
            **facts,
        )
    return page, form.status
