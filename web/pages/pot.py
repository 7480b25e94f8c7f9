"""The community pot: what it holds, and hours out of it, which two people agree."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import people, pot_grants
from timebank.models import PotGrant
from timebank.unit import Unit
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, form_key, read_form
from web.paging import paged
from web.schemas.gifts import DecideGrantSchema, ProposeGrantSchema
from web.units import reading, run

pages = Blueprint("pot", __name__)


@pages.get("/pot")
@access("pot.view")
def pot() -> str:
    """What the pot holds; for those who decide, what waits and what was decided."""
    with reading() as unit:
        deciding = unit.actor.may("pot.grant")
        page = (
            paged(lambda limit, offset: pot_grants.grants(unit, limit=limit, offset=offset))
            if deciding
            else None
        )
        return render_template(
            "pot/pot.html", balance=pot_grants.pot_balance(unit), page=page, deciding=deciding
        )


@pages.get("/members/<member_id>/from-pot")
@access("pot.grant")
def propose(member_id: str) -> tuple[str, int]:
    """How much, and why."""
    return _propose_page(member_id, Form())


@pages.post("/members/<member_id>/from-pot")
@access("pot.grant")
def proposed(member_id: str) -> Response | tuple[str, int]:
    """Propose it; somebody else agrees."""
    form = read_form(ProposeGrantSchema, request.form, member_id=member_id)
    made = carried_out(form, pot_grants.propose_grant)
    if made is not None:
        return redirect(url_for(".grant", pot_grant_id=made.pot_grant_id), 303)
    return _propose_page(member_id, form)


@pages.get("/pot/<pot_grant_id>")
@access("pot.grant")
def grant(pot_grant_id: str) -> str:
    """One proposal, where it stands and who may decide it."""
    with reading() as unit:
        found = pot_grants.grant(unit, pot_grant_id)
        return render_template(
            "pot/grant.html",
            grant=found,
            balance=pot_grants.pot_balance(unit),
            proposer=people.person_name(unit, found.proposed_by),
            decider=people.person_name(unit, found.decided_by) if found.decided_by else "",
            may_decide=_may_decide(unit, found),
            key=form_key(),
        )


@pages.post("/pot/<pot_grant_id>")
@access("pot.grant")
def decide(pot_grant_id: str) -> Response:
    """Agree, and the hours move; or not."""
    form = read_form(DecideGrantSchema, request.form, pot_grant_id=pot_grant_id)
    made = run(pot_grants.decide_grant, form.command, form.key)
    agreed = made.status == "agreed"
    flash(_("The hours have moved.") if agreed else _("Nothing has moved."), "success")
    return redirect(url_for(".grant", pot_grant_id=pot_grant_id), 303)


def _may_decide(unit: Unit, found: PotGrant) -> bool:
    mine = unit.actor.id == found.proposed_by or unit.actor.person_id == found.member.person_id
    return found.status == "proposed" and not mine


def _propose_page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        page = render_template(
            "pot/propose.html",
            member=found,
            name=found.person.name,
            balance=pot_grants.pot_balance(unit),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
