"""The community and its agreed rules."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from timebank import community
from timebank.information import beside_reward
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.filters import words
from web.schemas.community import AgreePolicySchema, ChangeCommunitySchema

blp = Blueprint("community", __name__, description="The community and its rules")


class CommunityShape(Schema):
    """The community's name and who to ask.

    ``second_approver_id`` is null for everybody who may not change it. Send ``revision`` back
    with a change, so that a stale copy is found out.
    """

    name = shapes.text()
    brand_colour = shapes.text()
    contact_name = shapes.text()
    contact_email = shapes.text()
    contact_phone = shapes.text()
    second_approver_id = shapes.text_or_none()
    language = shapes.text()
    revision = shapes.whole()


class PolicyShape(Schema):
    """The rules in force. ``information_text`` belongs beside every reward with a money value; it
    is in ``information_language``, English until it was passed in the reader's."""

    version = shapes.whole()
    rounding = shapes.text()
    late_days = shapes.whole()
    money_rewards = shapes.yes_no()
    advice_contact = shapes.text()
    information_reviewed_by = shapes.text()
    information_reviewed_on = shapes.day_or_none()
    information_text = shapes.text()
    information_language = shapes.text()


@blp.route("/community")
@access(SIGNED_IN)
@blp.response(200, CommunityShape)
def read_community() -> dict[str, Any]:
    """Read the community's name and contacts."""
    with units.reading() as unit:
        row = unit.community
        said = {name: getattr(row, name) for name in CommunityShape().fields}
        if not unit.actor.may("community.change"):
            said["second_approver_id"] = None
        return said


@blp.route("/community", methods=["PUT"])
@access("community.change")
@blp.may_be_keyed
@blp.arguments(ChangeCommunitySchema)
@blp.response(200, shapes.of_result(community.CommunityChanged))
def change_community(command: community.ChangeCommunity) -> community.CommunityChanged:
    """Change the community's name, colour, contacts and second approver."""
    return run(community.change_community, command, keyed=False)


@blp.route("/policy")
@access(SIGNED_IN)
@blp.response(200, PolicyShape)
def read_policy() -> dict[str, Any]:
    """Read the rules in force and the information text."""
    with units.reading() as unit:
        rules = community.policy(unit)
        names = PolicyShape().fields.keys() - {_TEXT, _LANGUAGE}
        said = {name: getattr(rules, name) for name in names}
        information = beside_reward(unit, rules, words())
        text = "\n\n".join(information.paragraphs)
        return said | {_TEXT: text, _LANGUAGE: information.language}


_TEXT, _LANGUAGE = "information_text", "information_language"


@blp.route("/policy", methods=["POST"])
@access("community.change")
@blp.may_be_keyed
@blp.arguments(AgreePolicySchema)
@blp.response(201, shapes.of_result(community.PolicyAgreed))
def agree_policy(command: community.AgreePolicy) -> community.PolicyAgreed:
    """Put a new version of the rules in force; older versions stay on record."""
    return run(community.agree_policy, command, keyed=False)
