"""Redemptions: asking, deciding, handing over, calling off. Each of these moves hours."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import redemptions
from timebank.models import Redemption
from timebank.redemptions import RedemptionMoved, RedemptionRequested
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.schemas.fields import Id
from web.schemas.redemptions import (
    ApproveRedemptionSchema,
    CancelRedemptionSchema,
    DeclineRedemptionSchema,
    FulfilRedemptionSchema,
    RequestRedemptionSchema,
    UndoFulfilmentSchema,
)

blp = Blueprint("redemptions", __name__, description="Using hours for rewards")

Moved = shapes.of_result(RedemptionMoved)


class RedemptionShape(Schema):
    """One use of a reward, with its figures as they were when it was asked for.

    ``status``: requested, approved, fulfilled, declined or cancelled.
    """

    id = shapes.text()
    reference = shapes.text()
    member_id = shapes.text()
    reward_id = shapes.text()
    reward_revision = shapes.whole()
    kind = shapes.text()
    title = shapes.text()
    price_minutes = shapes.whole()
    money_pence = shapes.whole_or_none()
    status = shapes.text()
    revision = shapes.whole()
    how = shapes.text()
    requested_by = shapes.text()
    requested_at = shapes.instant()
    reason = shapes.text_or_none()
    words = shapes.text_or_none()


RedemptionsPage = shapes.listed(RedemptionShape)


class RedemptionsQuery(PageQuery):
    """``member_id`` asks for one member's, newest first."""

    member_id = Id(load_default=None, allow_none=False)


def redemption_json(redemption: Redemption) -> dict[str, Any]:
    """A redemption; to be called while the unit is open."""
    return {name: getattr(redemption, name) for name in RedemptionShape().fields}


@blp.route("/redemptions")
@access(SIGNED_IN)
@blp.arguments(RedemptionsQuery, location="query")
@blp.response(200, RedemptionsPage)
def list_redemptions(query: dict[str, Any]) -> dict[str, Any]:
    """List redemptions.

    With ``member_id`` that member's. Without: for those who deal with redemptions what waits for
    them, the longest waiting first; for other members their own, newest first.
    """
    member_id, start = query["member_id"], query["offset"]
    with units.reading() as unit:
        if member_id is None and unit.actor.may("redemption.view_all"):
            found = redemptions.waiting(unit)
        else:
            found = redemptions.of_member(unit, member_id or own_member_id())
        shown = found[start : start + query["limit"] + 1]
        return page([redemption_json(each) for each in shown], query)


@blp.route("/redemptions", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(RequestRedemptionSchema)
@blp.response(201, shapes.of_result(RedemptionRequested))
def request_redemption(command: redemptions.RequestRedemption) -> RedemptionRequested:
    """Ask for a reward: the hours are set aside until it is handed over or called off.

    Members ask for themselves (``how`` "online"); a coordinator asks for a member who telephoned
    or came in person. ``information_version`` is the version of ``/policy`` that was shown.
    """
    return run(redemptions.request_redemption, command)


@blp.route("/redemptions/<id:redemption_id>")
@access(SIGNED_IN)
@blp.response(200, RedemptionShape)
def read_redemption(redemption_id: str) -> dict[str, Any]:
    """Read one redemption: one of your own, or any if you deal with them."""
    with units.reading() as unit:
        return redemption_json(redemptions.redemption(unit, redemption_id))


@blp.route("/redemptions/<id:redemption_id>/approve", methods=["POST"])
@access("redemption.approve")
@blp.keyed
@blp.arguments(ApproveRedemptionSchema)
@blp.response(200, Moved)
def approve(command: redemptions.ApproveRedemption, redemption_id: str) -> RedemptionMoved:
    """Say yes to a request. Nobody does for themselves."""
    return run(redemptions.approve_redemption, command)


@blp.route("/redemptions/<id:redemption_id>/decline", methods=["POST"])
@access("redemption.approve")
@blp.keyed
@blp.arguments(DeclineRedemptionSchema)
@blp.response(200, Moved)
def decline(command: redemptions.DeclineRedemption, redemption_id: str) -> RedemptionMoved:
    """Say no to a request, with a reason; the hours go back."""
    return run(redemptions.decline_redemption, command)


@blp.route("/redemptions/<id:redemption_id>/cancel", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(CancelRedemptionSchema)
@blp.response(200, Moved)
def cancel(command: redemptions.CancelRedemption, redemption_id: str) -> RedemptionMoved:
    """Call it off before it is handed over; the hours go back."""
    return run(redemptions.cancel_redemption, command)


@blp.route("/redemptions/<id:redemption_id>/fulfil", methods=["POST"])
@access("redemption.fulfil")
@blp.keyed
@blp.arguments(FulfilRedemptionSchema)
@blp.response(200, Moved)
def fulfil(command: redemptions.FulfilRedemption, redemption_id: str) -> RedemptionMoved:
    """Record that it was handed over; the hours are used."""
    return run(redemptions.fulfil_redemption, command)


@blp.route("/redemptions/<id:redemption_id>/undo-fulfilment", methods=["POST"])
@access("redemption.fulfil")
@blp.keyed
@blp.arguments(UndoFulfilmentSchema)
@blp.response(200, Moved)
def undo_fulfilment(command: redemptions.UndoFulfilment, redemption_id: str) -> RedemptionMoved:
    """Take back a handing over that was recorded by mistake; it is approved again."""
    return run(redemptions.undo_fulfilment, command)
