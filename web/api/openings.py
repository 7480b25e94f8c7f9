"""Hours from before the books: lists that two people confirm."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import openings
from timebank.models import OpeningList
from timebank.openings import OpeningMoved
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.openings import (
    ConfirmOpeningSchema,
    EnterOpeningSchema,
    WithdrawOpeningSchema,
)

blp = Blueprint("openings", __name__, description="Hours brought forward from before")

Moved = shapes.of_result(OpeningMoved)


class OpeningLineShape(Schema):
    """One member's hours from before."""

    member_id = shapes.text()
    minutes = shapes.whole()


class OpeningShape(Schema):
    """A list; ``status`` waiting, confirmed or withdrawn."""

    id = shapes.text()
    status = shapes.text()
    revision = shapes.whole()
    as_of_on = shapes.day()
    total_minutes = shapes.whole()
    words = shapes.text_or_none()
    lines = fields.List(fields.Nested(OpeningLineShape), required=True)


def opening_json(found: OpeningList) -> dict[str, Any]:
    """A list with its lines; to be called while the unit is open."""
    lines = [{"member_id": each.member_id, "minutes": each.minutes} for each in found.lines]
    said = {name: getattr(found, name) for name in OpeningShape().fields if name != "lines"}
    return said | {"lines": lines}


@blp.route("/openings", methods=["POST"])
@access("opening.enter")
@blp.keyed
@blp.arguments(EnterOpeningSchema)
@blp.response(201, Moved)
def enter(command: openings.EnterOpening) -> OpeningMoved:
    """Enter a list; nothing is recorded in the books until somebody else confirms it."""
    return run(openings.enter_opening, command)


@blp.route("/openings/<id:list_id>")
@access("opening.view")
@blp.response(200, OpeningShape)
def read_opening(list_id: str) -> dict[str, Any]:
    """Read one list."""
    with units.reading() as unit:
        return opening_json(openings.opening(unit, list_id))


@blp.route("/openings/<id:list_id>/confirm", methods=["POST"])
@access("opening.confirm")
@blp.keyed
@blp.arguments(ConfirmOpeningSchema)
@blp.response(200, Moved)
def confirm(command: openings.ConfirmOpening, list_id: str) -> OpeningMoved:
    """Confirm a list that somebody else entered; its hours go into the accounts."""
    return run(openings.confirm_opening, command)


@blp.route("/openings/<id:list_id>/withdraw", methods=["POST"])
@access("opening.enter")
@blp.keyed
@blp.arguments(WithdrawOpeningSchema)
@blp.response(200, Moved)
def withdraw(command: openings.WithdrawOpening, list_id: str) -> OpeningMoved:
    """Take a waiting list back."""
    return run(openings.withdraw_opening, command)
