"""Whom a member trusts to act for them. Acting itself is the header ``Acting-For``."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import trusted
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.trusted import EndTrustSchema, TrustPersonSchema

blp = Blueprint("trusted", __name__, description="People whom a member trusts to act for them")


class TrustShape(Schema):
    """A consent that holds now. ``called_words`` is what the member calls the trusted person."""

    id = shapes.text()
    member_id = shapes.text()
    called_words = shapes.text()
    rewards = shapes.text()
    how = shapes.text()
    recorded_at = shapes.instant()
    until_on = shapes.day_or_none()


class TrustsShape(Schema):
    """Every consent of one member that holds now."""

    items = fields.List(fields.Nested(TrustShape), required=True)


@blp.route("/members/<id:member_id>/trusted-people")
@access(SIGNED_IN)
@blp.response(200, TrustsShape)
def list_trusted(member_id: str) -> dict[str, Any]:
    """List whom a member trusts: your own, or any member's if you write that down."""
    with units.reading() as unit:
        return {"items": list(trusted.of_member(unit, member_id))}


@blp.route("/members/<id:member_id>/trusted-people", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(TrustPersonSchema)
@blp.response(201, shapes.of_result(trusted.PersonTrusted))
def trust_person(command: trusted.TrustPerson, member_id: str) -> trusted.PersonTrusted:
    """Let somebody act for you, or write down that a member said so (``how``). Both are told."""
    return run(trusted.trust_person, command, keyed=False)


@blp.route("/trusted-people/<id:trust_id>/end", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(EndTrustSchema)
@blp.response(200, shapes.of_result(trusted.TrustEnded))
def end_trust(command: trusted.EndTrust, trust_id: str) -> trusted.TrustEnded:
    """End it: from the next request on they act for the member no more."""
    return run(trusted.end_trust, command, keyed=False)
