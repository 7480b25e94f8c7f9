"""Offers and wishes of members, and exchanges between two of them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import exchanges, listings
from timebank.exchanges import ExchangeMoved
from timebank.listings import EntryKept, ListingKept
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.schemas.exchanges import (
    AddListingSchema,
    AnswerExchangeSchema,
    AskExchangeSchema,
    CancelExchangeSchema,
    CheckExchangeSchema,
    CloseListingSchema,
    KeepEntrySchema,
    ReportExchangeSchema,
    UndoExchangeSchema,
)
from web.schemas.fields import Id, OneOf

blp = Blueprint("exchanges", __name__, description="Offers, wishes and exchanges")

Moved = shapes.of_result(ExchangeMoved)


class ListingShape(Schema):
    """Something a member of the directory offers or would like."""

    id = shapes.text()
    member_id = shapes.text()
    kind = shapes.text()
    title_words = shapes.text()
    words = shapes.text_or_none()
    revision = shapes.whole()
    listed_at = shapes.instant()


class ExchangeShape(Schema):
    """An exchange, with what each side has said so far."""

    id = shapes.text()
    reference = shapes.text()
    listing_id = shapes.text()
    giver_id = shapes.text()
    receiver_id = shapes.text()
    title_words = shapes.text()
    words = shapes.text_or_none()
    status = shapes.text()
    revision = shapes.whole()
    asked_at = shapes.instant()
    giver_minutes = shapes.whole_or_none()
    giver_on = shapes.day_or_none()
    receiver_minutes = shapes.whole_or_none()
    receiver_on = shapes.day_or_none()


class ListingsQuery(PageQuery):
    """``kind``: only offers, or only wishes."""

    kind = OneOf(("", *listings.KINDS), load_default="")


class ExchangesQuery(PageQuery):
    """``member_id`` asks for another member's, for those who help."""

    member_id = Id(load_default=None, allow_none=False)


def _json(shape: type[Schema], found: object) -> dict[str, Any]:
    return {name: getattr(found, name) for name in shape().fields}


@blp.route("/listings")
@access("listing.view")
@blp.arguments(ListingsQuery, location="query")
@blp.response(200, shapes.listed(ListingShape))
def list_listings(query: dict[str, Any]) -> dict[str, Any]:
    """List what members offer and would like, newest first."""
    with units.reading() as unit:
        found = listings.listings(
            unit, kind=query["kind"], limit=query["limit"] + 1, offset=query["offset"]
        )
        return page([_json(ListingShape, each) for each in found], query)


@blp.route("/members/<id:member_id>/listings", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(AddListingSchema)
@blp.response(201, shapes.of_result(ListingKept))
def add_listing(command: listings.AddListing, member_id: str) -> ListingKept:
    """List something for a member who is in the directory."""
    return run(listings.add_listing, command, keyed=False)


@blp.route("/members/<id:member_id>/directory-entry", methods=["PUT"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(KeepEntrySchema)
@blp.response(200, shapes.of_result(EntryKept))
def keep_entry(command: listings.KeepEntry, member_id: str) -> EntryKept:
    """Enter the directory, change the entry, or (``shown`` false) leave."""
    return run(listings.keep_entry, command, keyed=False)


@blp.route("/listings/<id:listing_id>/close", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(CloseListingSchema)
@blp.response(200, shapes.of_result(ListingKept))
def close_listing(command: listings.CloseListing, listing_id: str) -> ListingKept:
    """Take a listing down."""
    return run(listings.close_listing, command, keyed=False)


@blp.route("/listings/<id:listing_id>/ask", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(AskExchangeSchema)
@blp.response(201, Moved)
def ask(command: exchanges.AskExchange, listing_id: str) -> ExchangeMoved:
    """Answer a listing: nothing moves before both have said how long it took."""
    return run(exchanges.ask_exchange, command, keyed=False)


@blp.route("/exchanges")
@access(SIGNED_IN)
@blp.arguments(ExchangesQuery, location="query")
@blp.response(200, shapes.listed(ExchangeShape))
def list_exchanges(query: dict[str, Any]) -> dict[str, Any]:
    """List a member's exchanges, newest first."""
    with units.reading() as unit:
        found = exchanges.of_member(
            unit,
            query["member_id"] or own_member_id(),
            limit=query["limit"] + 1,
            offset=query["offset"],
        )
        return page([_json(ExchangeShape, each) for each in found], query)


@blp.route("/exchanges/<id:exchange_id>")
@access(SIGNED_IN)
@blp.response(200, ExchangeShape)
def read_exchange(exchange_id: str) -> dict[str, Any]:
    """Read one exchange of your own, or any if you help with them."""
    with units.reading() as unit:
        return _json(ExchangeShape, exchanges.exchange(unit, exchange_id))


@blp.route("/exchanges/<id:exchange_id>/answer", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(AnswerExchangeSchema)
@blp.response(200, Moved)
def answer(command: exchanges.AnswerExchange, exchange_id: str) -> ExchangeMoved:
    """Agree, or not: whoever was asked."""
    return run(exchanges.answer_exchange, command, keyed=False)


@blp.route("/exchanges/<id:exchange_id>/report", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(ReportExchangeSchema)
@blp.response(200, Moved)
def report(command: exchanges.ReportExchange, exchange_id: str) -> ExchangeMoved:
    """Say how long it took. When both have said the same, the minutes move."""
    return run(exchanges.report_exchange, command)


@blp.route("/exchanges/<id:exchange_id>/cancel", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(CancelExchangeSchema)
@blp.response(200, Moved)
def cancel(command: exchanges.CancelExchange, exchange_id: str) -> ExchangeMoved:
    """Call it off."""
    return run(exchanges.cancel_exchange, command, keyed=False)


@blp.route("/exchanges/<id:exchange_id>/undo", methods=["POST"])
@access("exchange.help")
@blp.keyed
@blp.arguments(UndoExchangeSchema)
@blp.response(200, Moved)
def undo(command: exchanges.UndoExchange, exchange_id: str) -> ExchangeMoved:
    """Take the minutes back: it was a mistake."""
    return run(exchanges.undo_exchange, command)


@blp.route("/exchanges/<id:exchange_id>/check", methods=["POST"])
@access("exchange.help")
@blp.may_be_keyed
@blp.arguments(CheckExchangeSchema)
@blp.response(200, Moved)
def check(command: exchanges.CheckExchange, exchange_id: str) -> ExchangeMoved:
    """Note that both were asked and all went well."""
    return run(exchanges.check_exchange, command, keyed=False)
