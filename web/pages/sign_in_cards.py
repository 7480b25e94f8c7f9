"""Printed sign-in cards: for who hands them out, and for who signs in with one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import passkeys, people, sign_in_cards
from timebank.errors import NotAllowed
from web import sign_in as signing_in
from web.access import BY_LINK, PUBLIC, SIGNED_IN, access
from web.forms import Form, form_key, read_form
from web.schemas.doors import CardCodeSchema, IssueCardSchema, StopCardSchema
from web.squares import square
from web.units import current_actor, database, reading, run

pages = Blueprint("sign_in_cards", __name__)


@pages.get("/members/<member_id>/card")
@access("card.issue")
def offer(member_id: str) -> str:
    """What a card is, whether there is one, and the buttons."""
    with reading() as unit:
        found = people.member(unit, member_id)
        return render_template(
            "sign_in_cards/offer.html",
            member=found,
            name=found.person.name,
            card=sign_in_cards.good_card(unit, found.person_id),
            passkeys=passkeys.count_of(unit, found.person_id),
            key=form_key(),
        )


@pages.post("/members/<member_id>/card")
@access("card.issue")
def issue(member_id: str) -> Response:
    """A new card; one from before stops working."""
    form = read_form(IssueCardSchema, request.form, member_id=member_id)
    run(sign_in_cards.issue_card, form.command, form.key)
    return redirect(url_for(".show", member_id=member_id), 303)


@pages.get("/members/<member_id>/card/print")
@access("card.issue")
def show(member_id: str) -> str:
    """The card itself, to print and hand over."""
    with reading() as unit:
        card = sign_in_cards.card_of_member(unit, member_id)
        found = people.member(unit, member_id)
        address = sign_in_cards.address_of(unit, card.id)
        return render_template(
            "sign_in_cards/card.html",
            member=found,
            name=found.person.name,
            code=sign_in_cards.code_of(unit, card.id),
            page=f"{unit.settings.address}/sign-in/card",
            square=square(address, _("Square to point a phone's camera at")),
        )


@pages.post("/members/<member_id>/card/stop")
@access(SIGNED_IN)
def stop(member_id: str) -> Response:
    """Stop a card: one's own, or as somebody who hands them out."""
    form = read_form(StopCardSchema, request.form, member_id=member_id)
    run(sign_in_cards.stop_card, form.command, form.key)
    flash(_("The card does not work any more."), "success")
    if member_id == current_actor().member_id:
        return redirect(url_for("signing_in.mine"), 303)
    return redirect(url_for(".offer", member_id=member_id), 303)


@pages.get("/sign-in/card")
@access(PUBLIC)
def type_code() -> tuple[str, int]:
    """A box for the code on a card."""
    return _page(Form())


@pages.post("/sign-in/card")
@access(PUBLIC)
def enter_typed() -> Response | tuple[str, int]:
    """Sign in with what was typed."""
    form = read_form(CardCodeSchema, request.form)
    if form.command is not None:
        try:
            return _enter(form.command["code"], shared=form.command["shared"])
        except NotAllowed as error:
            form.refuse(error)
            form.status = 422 if error.code == "sign_in_card_unknown" else form.status
    return _page(form)


@pages.get("/card/<code>")
@access(BY_LINK)
def scanned(code: str) -> str:
    """One button; opening this page signs nobody in."""
    return render_template("sign_in_cards/scanned.html")


@pages.post("/card/<code>")
@access(BY_LINK)
def enter_scanned(code: str) -> Response | tuple[str, int]:
    """Sign in with the card that was scanned; a card that does not work leads to the box."""
    try:
        return _enter(code, shared="shared" in request.form)
    except NotAllowed as error:
        form = Form()
        form.refuse(error)
        form.status = 422 if error.code == "sign_in_card_unknown" else form.status
        return _page(form)


def _enter(code: str, *, shared: bool) -> Response:
    signing_in.start(sign_in_cards.sign_in(database(), code, shared=shared))
    return redirect("/", 303)


def _page(form: Form) -> tuple[str, int]:
    page = render_template("sign_in_cards/sign_in.html", form=form, form_errors=form.errors)
    return page, form.status
