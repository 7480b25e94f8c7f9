"""What is agreed with one member about which minutes are recognised."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import agreements
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.agreements import (
    EndAgreementSchema,
    ProposeAgreementSchema,
    SignAgreementSchema,
)

blp = Blueprint("agreements", __name__, description="Agreements with one member")


class AgreementShape(Schema):
    """An agreement: ``proposed``, ``signed`` by a second person, or ``ended``."""

    id = shapes.text()
    member_id = shapes.text()
    extra_preparation_minutes = shapes.whole()
    full_session = shapes.yes_no()
    words = shapes.text_or_none()
    status = shapes.text()
    revision = shapes.whole()
    from_on = shapes.day()
    until_on = shapes.day_or_none()


class AgreementsShape(Schema):
    """Every agreement with one member."""

    items = fields.List(fields.Nested(AgreementShape), required=True)


@blp.route("/members/<id:member_id>/agreements")
@access("member.view_all")
@blp.response(200, AgreementsShape)
def list_agreements(member_id: str) -> dict[str, Any]:
    """List the agreements with a member, the newest first."""
    with units.reading() as unit:
        return {"items": list(agreements.of_member(unit, member_id))}


@blp.route("/members/<id:member_id>/agreements", methods=["POST"])
@access("agreement.propose")
@blp.may_be_keyed
@blp.arguments(ProposeAgreementSchema)
@blp.response(201, shapes.of_result(agreements.AgreementMoved))
def propose_agreement(
    command: agreements.ProposeAgreement, member_id: str
) -> agreements.AgreementMoved:
    """Propose an agreement; it is used once somebody else has signed it."""
    return run(agreements.propose_agreement, command, keyed=False)


@blp.route("/agreements/<id:agreement_id>")
@access("member.view_all")
@blp.response(200, AgreementShape)
def read_agreement(agreement_id: str) -> Any:
    """Read one agreement."""
    with units.reading() as unit:
        return agreements.agreement(unit, agreement_id)


@blp.route("/agreements/<id:agreement_id>/sign", methods=["POST"])
@access("agreement.sign")
@blp.may_be_keyed
@blp.arguments(SignAgreementSchema)
@blp.response(200, shapes.of_result(agreements.AgreementMoved))
def sign_agreement(
    command: agreements.SignAgreement, agreement_id: str
) -> agreements.AgreementMoved:
    """Sign what somebody else proposed."""
    return run(agreements.sign_agreement, command, keyed=False)


@blp.route("/agreements/<id:agreement_id>/end", methods=["POST"])
@access("agreement.propose")
@blp.may_be_keyed
@blp.arguments(EndAgreementSchema)
@blp.response(200, shapes.of_result(agreements.AgreementMoved))
def end_agreement(command: agreements.EndAgreement, agreement_id: str) -> agreements.AgreementMoved:
    """End an agreement today, or take back one that was not signed."""
    return run(agreements.end_agreement, command, keyed=False)
