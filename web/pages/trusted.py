"""Trusted people: a member names them, a coordinator writes them down, and they act for the member.

Acting is kept with the signed-in browser. A banner on every page says for whom, until it is
stopped or the consent ends; ``web.access.FOR_A_MEMBER`` says which pages there are meanwhile.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from timebank import people, sign_in_cards, trusted, trusted_cards
from timebank.errors import Conflict
from web import labels
from web.access import SIGNED_IN, access
from web.carrying_out import ALL_REFUSALS, carried_out
from web.forms import Form, form_key, read_form
from web.schemas.trusted import EndTrustSchema, IssueTrustedCardSchema, TrustPersonSchema
from web.squares import square
from web.units import current_actor, database, reading, run

pages = Blueprint("trusted", __name__)
Answer = Response | tuple[str, int]


# --- the member's consent -----------------------------------------------------------------------


@pages.get("/trusted-people")
@access("trust.give_own")
def mine() -> tuple[str, int]:
    """Who may act for me, and a form to name somebody."""
    return _page(current_actor().member_id or "", Form())


@pages.post("/trusted-people")
@access("trust.give_own")
def name() -> Answer:
    """Name somebody."""
    return _name(current_actor().member_id or "", how="online")


@pages.get("/members/<member_id>/trusted-people")
@access("trust.record")
def theirs(member_id: str) -> Answer:
    """The same for a member, by who writes it down as the member says."""
    if member_id == current_actor().member_id:
        return redirect(url_for(".mine"), 303)
    return _page(member_id, Form())


@pages.post("/members/<member_id>/trusted-people")
@access("trust.record")
def record(member_id: str) -> Answer:
    """Write it down."""
    return _name(member_id)


def _name(member_id: str, **fixed: str) -> Answer:
    form = read_form(TrustPersonSchema, request.form, member_id=member_id, **fixed)
    if carried_out(form, trusted.trust_person, refusals=ALL_REFUSALS) is None:
        return _page(member_id, form)
    flash(_("It is noted, and both are told. It can be ended at any time."), "success")
    return redirect(_list_of(member_id), 303)


@pages.post("/trusted-people/<trust_id>/end")
@access(SIGNED_IN)
def end(trust_id: str) -> Response:
    """End it: the member, a coordinator, or the trusted person themselves."""
    form = read_form(EndTrustSchema, request.form, trust_id=trust_id)
    try:
        made = run(trusted.end_trust, form.command, form.key)
    except Conflict:
        flash(_("This was ended already."))
        return redirect(url_for("signing_in.mine"), 303)
    flash(_("It is ended. They cannot act for the member any more."), "success")
    if "theirs" in request.form:
        return redirect(url_for(".acting"), 303)
    return redirect(_list_of(made.member_id), 303)


def _list_of(member_id: str) -> str:
    if member_id == current_actor().member_id:
        return url_for(".mine")
    return url_for(".theirs", member_id=member_id)


def _page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "trusted/people.html",
            member=people.member(unit, member_id),
            own=member_id == unit.actor.member_id,
            trusts=trusted.of_member(unit, member_id),
            form=form,
            form_errors=form.errors,
            key=form_key(),
            labels=labels,
        )
    return page, form.status


# --- a card for them ----------------------------------------------------------------------------


@pages.get("/trusted-people/<trust_id>/card")
@access("card.issue")
def card(trust_id: str) -> str:
    """The trusted person's card to print, or what a card is, and the button."""
    with reading() as unit:
        row = trusted_cards.trust(unit, trust_id)
        found = trusted_cards.card(unit, row)
        shown = (
            {}
            if found is None
            else {
                "code": sign_in_cards.code_of(unit, found.id),
                "page": f"{unit.settings.address}/sign-in/card",
                "square": square(
                    sign_in_cards.address_of(unit, found.id),
                    _("Square to point a phone's camera at"),
                ),
            }
        )
        name = row.person.name
        return render_template(
            "trusted/card.html", trust=row, name=name, card=found, key=form_key(), **shown
        )


@pages.post("/trusted-people/<trust_id>/card")
@access("card.issue")
def make_card(trust_id: str) -> Response:
    """A new card; one from before stops working."""
    form = read_form(IssueTrustedCardSchema, request.form, trust_id=trust_id)
    run(trusted_cards.issue_trusted_card, form.command, form.key)
    return redirect(url_for(".card", trust_id=trust_id), 303)


# --- acting -------------------------------------------------------------------------------------


@pages.get("/acting")
@access(SIGNED_IN)
def acting() -> str:
    """Who trusts me, with a button for each."""
    with reading() as unit:
        return render_template(
            "trusted/acting.html",
            trusts=trusted.of_person(unit, unit.actor.person_id or ""),
            key=form_key(),
            labels=labels,
        )


@pages.post("/acting/<trust_id>/start")
@access(SIGNED_IN)
def start(trust_id: str) -> Response:
    """Act for the member from here on, in this browser."""
    with database().doorstep(current_actor()) as unit:
        trusted.start(unit, current_user.token, trust_id)
    return redirect("/", 303)


@pages.post("/acting/stop")
@access(SIGNED_IN)
def stop() -> Response:
    """Be oneself again; harmless for who is."""
    with database().doorstep(current_actor()) as unit:
        trusted.stop(unit, current_user.token)
    flash(_("You act for yourself again."), "success")
    return redirect(url_for(".acting"), 303)
