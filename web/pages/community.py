"""The group itself: its name, colours and contacts, and the rules it agreed, version by version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, directory, information, people
from timebank.information import beside_reward
from timebank.models import Community, Policy
from timebank.unit import Unit
from timebank.words import Words
from web import theme, work_labels
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, read_form, shown
from web.overtaken import in_words, overtaken
from web.schemas.community import AgreePolicySchema, ChangeCommunitySchema
from web.units import reading

pages = Blueprint("community", __name__)


@pages.get("/community")
@access("community.change")
def ours() -> str:
    """How the group is set up now, and where to change it."""
    with reading() as unit:
        row = unit.community
        versions = community.policies(unit)
        approver_id = row.second_approver_id
        named = directory.names(unit, [approver_id, *(each.agreed_by for each in versions)])
        return render_template(
            "community/community.html",
            row=row,
            approver=named.get(approver_id or ""),
            versions=versions,
            named=named,
            holders=people.roles_held(unit),
            check_again_by=information.check_again_by(versions[0]),
            work=work_labels,
        )


@pages.get("/community/change")
@access("community.change")
def edit() -> tuple[str, int]:
    """The name, colour and contacts as they stand."""
    with reading() as unit:
        form = shown(**_details(unit.community))
    return _change_page(form)


@pages.post("/community/change")
@access("community.change")
def change() -> Response | tuple[str, int]:
    """Change them; a colour on which white letters cannot be read is refused."""
    form = read_form(ChangeCommunitySchema, request.form)
    problem = theme.check_brand_colour(request.form.get("brand_colour", ""))
    if problem == "brand_colour.too_light" and "brand_colour" not in form.errors:
        form.error("brand_colour", _("White letters cannot be read on this colour."
                                     " Choose a darker one."))  # fmt: skip
    if carried_out(form, community.change_community) is not None:
        flash(_("The changes are saved."), "success")
        return redirect(url_for(".ours"), 303)
    return _change_page(form)


@pages.get("/community/policy")
@access("community.change")
def rules() -> tuple[str, int]:
    """The rules in force, to agree a new version of them."""
    with reading() as unit:
        form = shown(**_rules(community.policy(unit)))
    return _rules_page(form)


@pages.post("/community/policy")
@access("community.change")
def agree() -> Response | tuple[str, int]:
    """Put a new version in force; earlier ones stay to be seen."""
    form = read_form(AgreePolicySchema, request.form, **_emptied())
    agreed = carried_out(form, community.agree_policy)
    if agreed is not None:
        flash(_("Version %(number)s of the rules is in force.", number=agreed.version),
              "success")  # fmt: skip
        return redirect(url_for(".ours"), 303)
    return _rules_page(form)


def _details(row: Community) -> dict[str, Any]:
    """What the page of the group's details shows in its boxes."""
    return {name: getattr(row, name) or "" for name in [*_detail_titles(), "revision"]}


def _detail_titles() -> dict[str, str]:
    return {
        "name": _("Name of the group"),
        "brand_colour": _("Colour"),
        "contact_name": _("Who to ask"),
        "contact_email": _("E-mail"),
        "contact_phone": _("Phone"),
        "second_approver_id": _("Second approver"),
    }


def _change_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        persons = [("", _("Nobody")), *person_options(unit)]

        def say(name: str, value: Any) -> str:
            of_approver = name == "second_approver_id"
            return dict(persons)[value or ""] if of_approver else in_words(name, value)

        page = render_template(
            "community/change.html",
            overtaken=overtaken(unit, form, _details(unit.community), _detail_titles(), say),
            form=form,
            form_errors=form.errors,
            persons=persons,
        )
    return page, form.status


def _rules(policy: Policy) -> dict[str, Any]:
    """What the page of rules shows in its boxes."""
    found = {name: getattr(policy, name) for name in _rule_titles()}
    return found | {"follows_version": policy.version}


def _rule_titles() -> dict[str, str]:
    return {
        "rounding": _("Rounding"),
        "money_rewards": _("Rewards with a money value"),
        "advice_contact": _("Independent advice"),
        "information_reviewed_by": _("Who reviewed the information"),
        "information_reviewed_on": _("When"),
        "late_days": _("Days in which time can be added"),
        "second_approval_minutes": _("Corrections above this need two people"),
        "starting_minutes": _("Hours that everybody starts with"),
    }


def _emptied() -> dict[str, Any]:
    """Boxes of the rules that were emptied: no limit for corrections, no starting hours."""

    def empty(name: str) -> bool:
        parts = [request.form.get(f"{name}_{part}") for part in ("hours", "minutes")]
        return None not in parts and not any(part and part.strip() for part in parts)

    found: dict[str, Any] = {}
    if empty("second_approval_minutes"):
        found["second_approval_minutes"] = None
    if empty("starting_minutes"):
        found["starting_minutes"] = 0
    return found


def _say_rule(name: str, value: Any) -> str:
    if name == "rounding":
        return work_labels.named(work_labels.ROUNDINGS, value)
    return in_words(name, value)


def person_options(unit: Unit) -> list[tuple[str, str]]:
    """Everybody on file, for a list to choose from; the e-mail tells two of one name apart."""
    return [
        (person.id, f"{person.name} ({person.email})" if person.email else person.name)
        for person in directory.everybody(unit)
    ]


def _rules_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        now = community.policy(unit)
        page = render_template(
            "community/policy.html",
            overtaken=overtaken(
                unit, form, _rules(now), _rule_titles(), _say_rule, seen="follows_version"
            ),
            form=form,
            form_errors=form.errors,
            policy=now,
            information=beside_reward(unit, now, Words()),
            work=work_labels,
        )
    return page, form.status
