"""The group itself: its name, colours and contacts, and the rules it agreed, version by version."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, directory, people
from timebank.unit import Unit
from web import theme, work_labels
from web.access import access
from web.errors import REFUSALS
from web.filters import words
from web.forms import Form, read_form, shown
from web.schemas.community import AgreePolicySchema, ChangeCommunitySchema
from web.units import reading, run

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
            work=work_labels,
        )


@pages.get("/community/change")
@access("community.change")
def edit() -> tuple[str, int]:
    """The name, colour and contacts as they stand."""
    with reading() as unit:
        row = unit.community
        form = shown(
            name=row.name, brand_colour=row.brand_colour, contact_name=row.contact_name,
            contact_email=row.contact_email, contact_phone=row.contact_phone,
            second_approver_id=row.second_approver_id or "",
        )  # fmt: skip
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
    if form.command is not None:
        try:
            run(community.change_community, form.command, form.key)
        except REFUSALS as error:
            form.refuse(error)
        else:
            flash(_("The changes are saved."), "success")
            return redirect(url_for(".ours"), 303)
    return _change_page(form)


@pages.get("/community/policy")
@access("community.change")
def rules() -> tuple[str, int]:
    """The rules in force, to agree a new version of them."""
    with reading() as unit:
        now = community.policy(unit)
        form = shown(
            rounding=now.rounding, money_rewards=now.money_rewards,
            advice_contact=now.advice_contact,
            information_reviewed_by=now.information_reviewed_by,
            information_reviewed_on=now.information_reviewed_on,
        )  # fmt: skip
    return _rules_page(form)


@pages.post("/community/policy")
@access("community.change")
def agree() -> Response | tuple[str, int]:
    """Put a new version in force; earlier ones stay to be seen."""
    form = read_form(AgreePolicySchema, request.form)
    if form.command is not None:
        try:
            agreed = run(community.agree_policy, form.command, form.key)
        except REFUSALS as error:
            form.refuse(error)
        else:
            flash(_("Version %(number)s of the rules is in force.", number=agreed.version),
                  "success")  # fmt: skip
            return redirect(url_for(".ours"), 303)
    return _rules_page(form)


def _change_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "community/change.html",
            form=form,
            form_errors=form.errors,
            persons=[("", _("Nobody")), *person_options(unit)],
        )
    return page, form.status


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
            form=form,
            form_errors=form.errors,
            policy=now,
            information=community.information_text(now, words()).split("\n\n"),
            work=work_labels,
        )
    return page, form.status
