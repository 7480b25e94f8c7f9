"""Groups that hold hours, and what they get and give."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import group_gifts, groups
from timebank.group_gifts import GiftRecorded
from timebank.groups import GroupKept, HolderChanged
from timebank.models import GroupGift
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.groups import (
    AddGroupSchema,
    AddHolderSchema,
    AgreeToGiftSchema,
    ChangeGroupSchema,
    CloseGroupSchema,
    EndHolderSchema,
    GiveGroupHoursSchema,
    RefuseGroupGiftSchema,
)

blp = Blueprint("groups", __name__, description="Groups that hold hours")


class GroupShape(Schema):
    """A group with what it has; ``closed_on`` null while it is open."""

    id = shapes.text()
    name = shapes.text()
    organisation_id = shapes.text_or_none()
    two_holders = shapes.yes_no()
    closed_on = shapes.day_or_none()
    balance_minutes = shapes.whole()
    revision = shapes.whole()


class GroupsShape(Schema):
    """Every group that you look after or speak for."""

    items = fields.List(fields.Nested(GroupShape), required=True)


class OpenGroupShape(Schema):
    """A group that takes hours; what it has is for those who speak for it or look after it."""

    id = shapes.text()
    name = shapes.text()


class OpenGroupsShape(Schema):
    """Every group that takes hours, by name."""

    items = fields.List(fields.Nested(OpenGroupShape), required=True)


class GroupGiftShape(Schema):
    """Hours to a group, or from it; ``status`` is asked, given or refused."""

    id = shapes.text()
    reference = shapes.text()
    group_id = shapes.text()
    member_id = shapes.text()
    to_group = shapes.yes_no()
    minutes = shapes.whole()
    occurred_on = shapes.day()
    status = shapes.text()
    revision = shapes.whole()


class GroupGiftsShape(Schema):
    """What a group got and gave, the newest first."""

    items = fields.List(fields.Nested(GroupGiftShape), required=True)


def _gift_json(gift: GroupGift) -> dict[str, Any]:
    return {name: getattr(gift, name) for name in GroupGiftShape().fields}


@blp.route("/groups")
@access(SIGNED_IN)
@blp.response(200, GroupsShape)
def list_groups() -> dict[str, Any]:
    """List the groups that you look after or speak for, closed ones too."""
    with units.reading() as unit:
        found = groups.groups(unit, closed=True)
        minutes = groups.balances(unit, found)
        names = GroupShape().fields.keys() - {"balance_minutes"}
        return {
            "items": [
                {name: getattr(each, name) for name in names}
                | {"balance_minutes": minutes[each.id]}
                for each in found
            ]
        }


@blp.route("/groups/open")
@access("gift.give_own")
@blp.response(200, OpenGroupsShape)
def list_open_groups() -> dict[str, Any]:
    """List the groups that you can give hours to."""
    with units.reading() as unit:
        found = group_gifts.open_groups(unit)
        return {"items": [{"id": each.id, "name": each.name} for each in found]}


@blp.route("/groups", methods=["POST"])
@access("group.look_after")
@blp.may_be_keyed
@blp.arguments(AddGroupSchema)
@blp.response(201, shapes.of_result(GroupKept))
def add_group(command: groups.AddGroup) -> GroupKept:
    """Add a group and open its account."""
    return run(groups.add_group, command, keyed=False)


@blp.route("/groups/<id:group_id>", methods=["PUT"])
@access("group.look_after")
@blp.may_be_keyed
@blp.arguments(ChangeGroupSchema)
@blp.response(200, shapes.of_result(GroupKept))
def change_group(command: groups.ChangeGroup, group_id: str) -> GroupKept:
    """Change a group's name, or whether two holders agree."""
    return run(groups.change_group, command, keyed=False)


@blp.route("/groups/<id:group_id>/close", methods=["POST"])
@access("group.look_after")
@blp.may_be_keyed
@blp.arguments(CloseGroupSchema)
@blp.response(200, shapes.of_result(GroupKept))
def close_group(command: groups.CloseGroup, group_id: str) -> GroupKept:
    """Close a group whose account is empty."""
    return run(groups.close_group, command, keyed=False)


@blp.route("/groups/<id:group_id>/holders", methods=["POST"])
@access("group.look_after")
@blp.may_be_keyed
@blp.arguments(AddHolderSchema)
@blp.response(200, shapes.of_result(HolderChanged))
def add_holder(command: groups.AddHolder, group_id: str) -> HolderChanged:
    """Name somebody who speaks for a group."""
    return run(groups.add_holder, command, keyed=False)


@blp.route("/groups/<id:group_id>/holders/end", methods=["POST"])
@access("group.look_after")
@blp.may_be_keyed
@blp.arguments(EndHolderSchema)
@blp.response(200, shapes.of_result(HolderChanged))
def end_holder(command: groups.EndHolder, group_id: str) -> HolderChanged:
    """End that somebody speaks for a group."""
    return run(groups.end_holder, command, keyed=False)


@blp.route("/groups/<id:group_id>/gifts")
@access(SIGNED_IN)
@blp.response(200, GroupGiftsShape)
def list_group_gifts(group_id: str) -> dict[str, Any]:
    """List what a group got and gave, the newest fifty."""
    with units.reading() as unit:
        groups.group(unit, group_id)
        return {"items": [_gift_json(each) for each in group_gifts.of_group(unit, group_id)]}


@blp.route("/groups/<id:group_id>/gifts", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(GiveGroupHoursSchema)
@blp.response(201, shapes.of_result(GiftRecorded))
def give_group_hours(command: group_gifts.GiveGroupHours, group_id: str) -> GiftRecorded:
    """Give your own hours to a group, or record what a member gives to it or it to a member.

    What leaves a group waits where two holders agree first.
    """
    return run(group_gifts.give_hours, command)


@blp.route("/group-gifts/<id:gift_id>/agree", methods=["POST"])
@access(SIGNED_IN)
@blp.keyed
@blp.arguments(AgreeToGiftSchema)
@blp.response(200, shapes.of_result(GiftRecorded))
def agree_to_gift(command: group_gifts.AgreeToGift, gift_id: str) -> GiftRecorded:
    """Agree as a holder or, with ``holder_id``, note that a holder told you so."""
    return run(group_gifts.agree_to_gift, command)


@blp.route("/group-gifts/<id:gift_id>/refuse", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(RefuseGroupGiftSchema)
@blp.response(200, shapes.of_result(GiftRecorded))
def refuse_group_gift(command: group_gifts.RefuseGroupGift, gift_id: str) -> GiftRecorded:
    """Call off what a group was to give."""
    return run(group_gifts.refuse_gift, command, keyed=False)
