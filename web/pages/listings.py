"""What members offer one another and would like, and the directory that people choose to be in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import exchanges, listings, people
from web.access import SIGNED_IN, access
from web.carrying_out import carried_out
from web.forms import Form, form_key, read_form, shown
from web.paging import paged
from web.schemas.exchanges import (
    AddListingSchema,
    AskExchangeSchema,
    CloseListingSchema,
    KeepEntrySchema,
)
from web.units import current_actor, reading, run

pages = Blueprint("listings", __name__)


@pages.get("/listings")
@access("listing.view")
def every() -> str:
    """What is offered and wanted, the newest first."""
    kind = request.args.get("kind", "")
    kind = kind if kind in listings.KINDS else ""
    with reading() as unit:
        page = paged(
            lambda limit, offset: listings.listings(unit, kind=kind, limit=limit, offset=offset)
        )
        return render_template(
            "listings/all.html", page=page, kind=kind, own_id=current_actor().member_id
        )


@pages.get("/listings/mine")
@access("exchange.own")
def mine() -> tuple[str, int]:
    """My place in the directory, and what I have listed."""
    return _own_page(current_actor().member_id or "", None, Form())


@pages.get("/members/<member_id>/listings")
@access("exchange.help")
def of_member(member_id: str) -> tuple[str, int]:
    """The same for a member who rings up."""
    return _own_page(member_id, None, Form())


@pages.post("/members/<member_id>/listings/entry")
@access(SIGNED_IN)
def keep_entry(member_id: str) -> Response | tuple[str, int]:
    """Enter the directory, change the entry, or leave."""
    form = read_form(KeepEntrySchema, request.form, member_id=member_id)
    if carried_out(form, listings.keep_entry) is not None:
        flash(_("Saved."), "success")
        return _back(member_id)
    return _own_page(member_id, form, Form())


@pages.post("/members/<member_id>/listings")
@access(SIGNED_IN)
def add(member_id: str) -> Response | tuple[str, int]:
    """List something."""
    form = read_form(AddListingSchema, request.form, member_id=member_id)
    if carried_out(form, listings.add_listing) is not None:
        flash(_("It is listed now. Other members can see it."), "success")
        return _back(member_id)
    return _own_page(member_id, None, form)


@pages.post("/listings/<listing_id>/close")
@access(SIGNED_IN)
def close(listing_id: str) -> Response:
    """Take a listing down."""
    form = read_form(CloseListingSchema, request.form, listing_id=listing_id)
    with reading() as unit:
        member_id = listings.listing(unit, listing_id).member_id
    run(listings.close_listing, form.command, form.key)
    flash(_("It is taken down."), "success")
    return _back(member_id)


@pages.get("/listings/<listing_id>")
@access("listing.view")
def listing(listing_id: str) -> tuple[str, int]:
    """One listing, and asking whoever listed it."""
    return _listing_page(listing_id, Form())


@pages.post("/listings/<listing_id>/ask")
@access("exchange.own")
def ask(listing_id: str) -> Response | tuple[str, int]:
    """Ask; nothing moves before both have said how long it took."""
    member_id = current_actor().member_id
    form = read_form(AskExchangeSchema, request.form, listing_id=listing_id, member_id=member_id)
    made = carried_out(form, exchanges.ask_exchange)
    if made is not None:
        return redirect(url_for("exchanges.exchange", exchange_id=made.exchange_id), 303)
    return _listing_page(listing_id, form)


def _listing_page(listing_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = listings.listing(unit, listing_id)
        page = render_template(
            "listings/listing.html",
            listing=found,
            name=found.member.person.name,
            own=found.member_id == unit.actor.member_id,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _own_page(member_id: str, entry_form: Form | None, form: Form) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, member_id)
        entry = listings.entry_of(unit, member_id)
        if entry_form is None:
            names = ("words", "show_phone", "show_email")
            entry_form = shown(**{name: getattr(entry, name, "") or "" for name in names})
        page = render_template(
            "listings/own.html",
            member=member,
            name=member.person.name,
            helping=member_id != unit.actor.member_id,
            entry=entry,
            listed=listings.of_member(unit, member_id),
            entry_form=entry_form,
            form=form,
            form_errors=entry_form.errors | form.errors,
            key=form_key(),
        )
    return page, max(entry_form.status, form.status)


def _back(member_id: str) -> Response:
    if member_id == current_actor().member_id:
        return redirect(url_for(".mine"), 303)
    return redirect(url_for(".of_member", member_id=member_id), 303)
