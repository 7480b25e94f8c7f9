"""What is agreed with one member about which minutes are recognised: propose, sign, end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import agreements, directory, people
from web import work_labels
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, read_form, shown
from web.schemas.agreements import (
    EndAgreementSchema,
    ProposeAgreementSchema,
    SignAgreementSchema,
)
from web.units import reading

pages = Blueprint("agreements", __name__)
Answer = Response | tuple[str, int]


@pages.get("/members/<member_id>/agreements")
@access("member.view_all")
def of_member(member_id: str) -> tuple[str, int]:
    """Every agreement with a member, and a form for another."""
    with reading() as unit:
        today = unit.today
    return _page(member_id, shown(from_on=today))


@pages.post("/members/<member_id>/agreements")
@access("agreement.propose")
def propose(member_id: str) -> Answer:
    """Propose one."""
    form = read_form(ProposeAgreementSchema, request.form, member_id=member_id)
    done = _("It is proposed. It is used once somebody else has signed it.")
    return _do(member_id, form, agreements.propose_agreement, done)


@pages.post("/members/<member_id>/agreements/<agreement_id>/sign")
@access("agreement.sign")
def sign(member_id: str, agreement_id: str) -> Answer:
    """Sign what somebody else proposed."""
    form = read_form(SignAgreementSchema, request.form, agreement_id=agreement_id)
    return _do(member_id, form, agreements.sign_agreement, _("It is signed."))


@pages.post("/members/<member_id>/agreements/<agreement_id>/end")
@access("agreement.propose")
def end(member_id: str, agreement_id: str) -> Answer:
    """End one today."""
    form = read_form(EndAgreementSchema, request.form, agreement_id=agreement_id)
    return _do(member_id, form, agreements.end_agreement, _("It is ended."))


def _do(member_id: str, form: Form, function: Callable[..., Any], done: str) -> Answer:
    if carried_out(form, function) is not None:
        flash(done, "success")
        return redirect(url_for(".of_member", member_id=member_id), 303)
    return _page(member_id, form)


def _page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, member_id)
        found = agreements.of_member(unit, member_id)
        ids = [name for each in found for name in (each.proposed_by, each.signed_by)]
        page = render_template(
            "agreements/agreements.html",
            member=member,
            agreements=found,
            names=directory.names(unit, ids),
            own=member.id == unit.actor.member_id,
            form=form,
            form_errors=form.errors,
            work=work_labels,
        )
    return page, form.status
