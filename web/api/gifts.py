"""Giving hours, and the community pot. Each of these moves hours."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import gifts, pot_grants
from timebank.gifts import GiftGiven, GiftReturned
from timebank.models import Gift
from timebank.pot_grants import GrantMoved
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.schemas.fields import Id
from web.schemas.gifts import (
    DecideGrantSchema,
    GiveHoursSchema,
    ProposeGrantSchema,
    RefuseGiftSchema,
    UndoGiftSchema,
)

blp = Blueprint("gifts", __name__, description="Giving hours, and the community pot")


class GiftShape(Schema):
    """A gift. ``to_member_id`` null means the pot; ``status``: given, refused or undone."""

    id = shapes.text()
    reference = shapes.text()
    member_id = shapes.text()
    to_member_id = shapes.text_or_none()
    given_minutes = shapes.whole()
    words = shapes.text_or_none()
    status = shapes.text()
    revision = shapes.whole()
    given_at = shapes.instant()


class PotShape(Schema):
    """What the community pot holds."""

    pot_minutes = shapes.whole()


class GrantShape(Schema):
    """Hours proposed out of the pot; ``status``: proposed, agreed or declined."""

    id = shapes.text()
    reference = shapes.text()
    member_id = shapes.text()
    granted_minutes = shapes.whole()
    words = shapes.text_or_none()
    status = shapes.text()
    revision = shapes.whole()
    proposed_at = shapes.instant()


class GiftsQuery(PageQuery):
    """``member_id`` asks for another member's, for those who may give for others."""

    member_id = Id(load_default=None, allow_none=False)


def gift_json(gift: Gift) -> dict[str, Any]:
    """A gift; to be called while the unit is open."""
    return {name: getattr(gift, name) for name in GiftShape().fields}


@blp.route("/gifts")
@access(SIGNED_IN)
@blp.arguments(GiftsQuery, location="query")
@blp.response(200, shapes.listed(GiftShape))
def list_gifts(query: dict[str, Any]) -> dict[str, Any]:
    """List what a member gave and was given, newest first."""
    with units.reading() as unit:
        found = gifts.of_member(
            unit,
            query["member_id"] or own_member_id(),
            limit=query["limit"] + 1,
            offset=query["offset"],
        )
        return page([gift_json(each) for each in found], query)


@blp.route("/gifts", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(GiveHoursSchema)
@blp.response(201, shapes.of_result(GiftGiven))
def give_hours(command: gifts.GiveHours) -> GiftGiven:
    """Give hours to a member or, without ``to_member_id``, to the community pot."""
    return run(gifts.give_hours, command)


@blp.route("/gifts/<id:gift_id>")
@access(SIGNED_IN)
@blp.response(200, GiftShape)
def read_gift(gift_id: str) -> dict[str, Any]:
    """Read one gift that you gave or received, or any if you give for others."""
    with units.reading() as unit:
        return gift_json(gifts.gift(unit, gift_id))


@blp.route("/gifts/<id:gift_id>/refuse", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(RefuseGiftSchema)
@blp.response(200, shapes.of_result(GiftReturned))
def refuse_gift(command: gifts.RefuseGift, gift_id: str) -> GiftReturned:
    """Give a gift back."""
    return run(gifts.refuse_gift, command)


@blp.route("/gifts/<id:gift_id>/undo", methods=["POST"])
@access("gift.give_for")
@blp.keyed
@blp.arguments(UndoGiftSchema)
@blp.response(200, shapes.of_result(GiftReturned))
def undo_gift(command: gifts.UndoGift, gift_id: str) -> GiftReturned:
    """Take a gift back that was a mistake."""
    return run(gifts.undo_gift, command)


@blp.route("/pot")
@access("pot.view")
@blp.response(200, PotShape)
def read_pot() -> dict[str, int]:
    """Read what the community pot holds."""
    with units.reading() as unit:
        return {"pot_minutes": pot_grants.pot_balance(unit)}


@blp.route("/pot-grants", methods=["POST"])
@access("pot.grant")
@blp.keyed
@blp.arguments(ProposeGrantSchema)
@blp.response(201, shapes.of_result(GrantMoved))
def propose_grant(command: pot_grants.ProposeGrant) -> GrantMoved:
    """Propose hours for a member out of the pot; somebody else agrees."""
    return run(pot_grants.propose_grant, command)


@blp.route("/pot-grants/<id:pot_grant_id>")
@access("pot.grant")
@blp.response(200, GrantShape)
def read_grant(pot_grant_id: str) -> dict[str, Any]:
    """Read one proposal."""
    with units.reading() as unit:
        found = pot_grants.grant(unit, pot_grant_id)
        return {name: getattr(found, name) for name in GrantShape().fields}


@blp.route("/pot-grants/<id:pot_grant_id>/decide", methods=["POST"])
@access("pot.grant")
@blp.keyed
@blp.arguments(DecideGrantSchema)
@blp.response(200, shapes.of_result(GrantMoved))
def decide_grant(command: pot_grants.DecideGrant, pot_grant_id: str) -> GrantMoved:
    """Agree to a proposal, or not. Nobody decides what they proposed or what is for them."""
    return run(pot_grants.decide_grant, command)
