"""Rewards, for those who look after them: all of them, add one, change one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, rewards
from timebank.information import beside_reward
from web import labels
from web.access import access
from web.carrying_out import carried_out
from web.errors import REFUSALS
from web.filters import words
from web.forms import Form, read_form, shown
from web.overtaken import in_words, overtaken
from web.schemas.rewards import AddRewardSchema, ChangeRewardSchema
from web.units import reading, run

pages = Blueprint("reward_changes", __name__)
BOXES = (
    "kind", "title", "description", "provider", "price_minutes", "places", "starts_on",
    "charity_number", "place", "online", "access", "conditions",
)  # fmt: skip


@pages.get("/rewards/all")
@access("rewards.change")
def every() -> str:
    """Every reward, offered or not."""
    with reading() as unit:
        found = rewards.all_rewards(unit)
        return render_template(
            "reward_changes/all.html",
            rewards=found,
            taken=rewards.places_taken(unit, found),
            policy=community.policy(unit),
            labels=labels,
        )


@pages.get("/rewards/add")
@access("rewards.change")
def new() -> tuple[str, int]:
    """The form for a new reward."""
    return _page("reward_changes/add.html", Form())


@pages.post("/rewards/add")
@access("rewards.change")
def add() -> Response | tuple[str, int]:
    """Offer it."""
    form = read_form(AddRewardSchema, request.form)
    added = carried_out(form, rewards.add_reward)
    if added is not None:
        flash(_("The reward is offered to members."), "success")
        return redirect(url_for("rewards.reward", reward_id=added.reward_id), 303)
    return _page("reward_changes/add.html", form)


@pages.get("/rewards/<reward_id>/change")
@access("rewards.change")
def edit(reward_id: str) -> tuple[str, int]:
    """The reward as it stands."""
    with reading() as unit:
        found = rewards.reward(unit, reward_id)
        form = shown(
            offered=found.offered, revision=found.revision,
            money_pence=_pounds(found.money_pence), cost_pence=_pounds(found.cost_pence),
            member_pays_pence=_pounds(found.member_pays_pence),
            **{name: getattr(found, name) for name in BOXES},
        )  # fmt: skip
    return _change_page(reward_id, form)


@pages.post("/rewards/<reward_id>/change")
@access("rewards.change")
def change(reward_id: str) -> Response | tuple[str, int]:
    """Change it; what was asked for before stays as it was asked for."""
    form = read_form(ChangeRewardSchema, request.form, reward_id=reward_id)
    if form.command is None:
        return _change_page(reward_id, form)
    try:
        run(rewards.change_reward, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _change_page(reward_id, form)
    flash(_("The reward is changed."), "success")
    return redirect(url_for("rewards.reward", reward_id=reward_id), 303)


def _change_page(reward_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = rewards.reward(unit, reward_id)
        now = {name: getattr(found, name) for name in [*_titles(), "revision"]}
        told = overtaken(unit, form, now, _titles(), _say)
    return _page("reward_changes/change.html", form, reward=found, overtaken=told)


def _titles() -> dict[str, str]:
    return {
        "kind": _("Kind"),
        "title": _("Title"),
        "description": _("Description"),
        "provider": _("Who provides it"),
        "price_minutes": _("Hours it uses"),
        "money_pence": _("Money value"),
        "cost_pence": _("What it costs the group"),
        "places": _("Places"),
        "starts_on": _("Day"),
        "charity_number": _("Charity number"),
        "place": _("Where it is"),
        "online": _("On-line"),
        "access": _("Access"),
        "conditions": _("Good to know beforehand"),
        "member_pays_pence": _("What the member still pays"),
        "offered": _("Offered"),
    }


def _say(name: str, value: Any) -> str:
    return labels.label(labels.KINDS, value) if name == "kind" else in_words(name, value)


def _pounds(pence: int | None) -> str:
    """Pence as a box shows them: "20" or "20.50"."""
    if pence is None:
        return ""
    return f"{pence // 100}.{pence % 100:02}" if pence % 100 else str(pence // 100)


def _page(template: str, form: Form, **more: Any) -> tuple[str, int]:
    with reading() as unit:
        rules = community.policy(unit)
        page = render_template(
            template,
            form=form,
            form_errors=form.errors,
            policy=rules,
            information=beside_reward(unit, rules, words()),
            labels=labels,
            **more,
        )
    return page, form.status
