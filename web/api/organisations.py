"""Partner organisations, and who belongs to them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import organisations
from timebank.organisations import MemberLinked, OrganisationKept
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.organisations import (
    AddOrganisationSchema,
    ChangeOrganisationSchema,
    EndOrganisationSchema,
    LinkMemberSchema,
    UnlinkMemberSchema,
)

blp = Blueprint("organisations", __name__, description="Partner organisations")


class OrganisationShape(Schema):
    """A partner; ``ended_on`` null while it is one. Send ``revision`` back with a change."""

    id = shapes.text()
    name = shapes.text()
    contact = shapes.text()
    ended_on = shapes.day_or_none()
    revision = shapes.whole()


class OrganisationsShape(Schema):
    """Every partner that you may see."""

    items = fields.List(fields.Nested(OrganisationShape), required=True)


@blp.route("/organisations")
@access("session.view_all")
@blp.response(200, OrganisationsShape)
def list_organisations() -> dict[str, Any]:
    """List the partner organisations of today."""
    with units.reading() as unit:
        return {"items": list(organisations.organisations(unit))}


@blp.route("/organisations", methods=["POST"])
@access("organisation.change")
@blp.may_be_keyed
@blp.arguments(AddOrganisationSchema)
@blp.response(201, shapes.of_result(OrganisationKept))
def add_organisation(command: organisations.AddOrganisation) -> OrganisationKept:
    """Add a partner organisation."""
    return run(organisations.add_organisation, command, keyed=False)


@blp.route("/organisations/<id:organisation_id>", methods=["PUT"])
@access("organisation.change")
@blp.may_be_keyed
@blp.arguments(ChangeOrganisationSchema)
@blp.response(200, shapes.of_result(OrganisationKept))
def change_organisation(
    command: organisations.ChangeOrganisation, organisation_id: str
) -> OrganisationKept:
    """Change a partner's name or contact."""
    return run(organisations.change_organisation, command, keyed=False)


@blp.route("/organisations/<id:organisation_id>/end", methods=["POST"])
@access("organisation.change")
@blp.may_be_keyed
@blp.arguments(EndOrganisationSchema)
@blp.response(200, shapes.of_result(OrganisationKept))
def end_organisation(
    command: organisations.EndOrganisation, organisation_id: str
) -> OrganisationKept:
    """End a partnership; the roles of its coordinators end with it."""
    return run(organisations.end_organisation, command, keyed=False)


@blp.route("/members/<id:member_id>/organisations", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(LinkMemberSchema)
@blp.response(200, shapes.of_result(MemberLinked))
def link_member(command: organisations.LinkMember, member_id: str) -> MemberLinked:
    """Note that a member belongs to an organisation."""
    return run(organisations.link_member, command, keyed=False)


@blp.route("/members/<id:member_id>/organisations/end", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(UnlinkMemberSchema)
@blp.response(200, shapes.of_result(MemberLinked))
def unlink_member(command: organisations.UnlinkMember, member_id: str) -> MemberLinked:
    """Note that a member does not belong to an organisation any more."""
    return run(organisations.unlink_member, command, keyed=False)
