"""Hours over time: by month or year, given and received, and how they are shown."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import months, reciprocity, showing
from timebank.months import OverTime
from timebank.reciprocity import GivenAndReceived
from timebank.unit import Unit
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.api.people import own_member_id
from web.schemas import CommandSchema
from web.schemas.account import ChangeShowingSchema
from web.schemas.fields import N_, Day, Matching

blp = Blueprint("over-time", __name__, description="Hours over time, given and received")


class OverTimeQuery(CommandSchema):
    """``by=month``: the months of ``year``, else the last twelve; ``by=year``: every year."""

    year = Matching("(19|20|21)[0-9]{2}", load_default="", most=4, wrong=N_("Use a year."))
    by = Matching("month|year", load_default="month", most=5, wrong=N_("Use month or year."))


class DaysQuery(CommandSchema):
    """From one day to another, both included."""

    from_on = Day(required=True)
    until_on = Day(required=True)


class StretchShape(Schema):
    """A month or a year, both days included; minutes after corrections."""

    from_on = shapes.day()
    until_on = shapes.day()
    given_minutes = shapes.whole()
    used_minutes = shapes.whole()
    other_minutes = shapes.whole()
    closing_minutes = shapes.whole()


class MemberGivenShape(Schema):
    """What a member gave, passed on, received and used in all of the time shown."""

    sessions_minutes = shapes.whole()
    sessions_to_pot_minutes = shapes.whole()
    exchanges_given_minutes = shapes.whole()
    passed_on_minutes = shapes.whole()
    to_pot_minutes = shapes.whole()
    from_members_minutes = shapes.whole()
    from_pot_minutes = shapes.whole()
    exchanges_received_minutes = shapes.whole()
    rewards_minutes = shapes.whole()
    other_minutes = shapes.whole()


class OverTimeShape(Schema):
    """What there was at the start, each month or year, and given and received in all of them.

    ``opening_minutes`` + given - used + other = the closing minutes.
    """

    opening_minutes = shapes.whole()
    stretches = fields.List(fields.Nested(StretchShape), required=True)
    together = fields.Nested(MemberGivenShape, required=True)


class GroupGivenShape(Schema):
    """What the whole group gave and received; ``rewards_minutes`` by kind of reward."""

    sessions_minutes = shapes.whole()
    sessions_to_pot_minutes = shapes.whole()
    exchanges_minutes = shapes.whole()
    rewards_minutes = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    held_minutes = shapes.whole()
    pot_gifts_minutes = shapes.whole()
    pot_granted_minutes = shapes.whole()
    pot_minutes = shapes.whole()


@blp.route("/me/hours")
@access(SIGNED_IN)
@blp.arguments(OverTimeQuery, location="query")
@blp.response(200, OverTimeShape)
def own_hours(query: dict[str, str]) -> dict[str, Any]:
    """Read your own hours month by month, or year by year."""
    return _json(own_member_id(), query)


@blp.route("/members/<id:member_id>/hours")
@access("member.view_all")
@blp.arguments(OverTimeQuery, location="query")
@blp.response(200, OverTimeShape)
def read_hours(query: dict[str, str], member_id: str) -> dict[str, Any]:
    """Read a member's hours month by month, or year by year."""
    return _json(member_id, query)


@blp.route("/given-and-received")
@access("member.view_all")
@blp.arguments(DaysQuery, location="query")
@blp.response(200, GroupGivenShape)
def of_group(query: dict[str, Any]) -> reciprocity.OfGroup:
    """Read what the whole group gave and received; nobody is named."""
    with units.reading() as unit:
        return reciprocity.of_group(unit, query["from_on"], query["until_on"])


@blp.route("/me/showing", methods=["PUT"])
@access("choices.change_own")
@blp.may_be_keyed
@blp.arguments(ChangeShowingSchema)
@blp.response(200, shapes.of_result(showing.ShowingChanged))
def change_own_showing(command: showing.ChangeShowing) -> showing.ShowingChanged:
    """Change how your hours are shown to you."""
    return run(showing.change_showing, command, keyed=False)


@blp.route("/members/<id:member_id>/showing", methods=["PUT"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ChangeShowingSchema)
@blp.response(200, shapes.of_result(showing.ShowingChanged))
def change_showing(command: showing.ChangeShowing, member_id: str) -> showing.ShowingChanged:
    """Change how a member's hours are shown to them."""
    return run(showing.change_showing, command, keyed=False)


def _json(member_id: str, query: dict[str, str]) -> dict[str, Any]:
    year = int(query["year"]) if query["year"] else None
    with units.reading() as unit:
        found = months.over_time(unit, member_id, year=year, by_year=query["by"] == "year")
        return {
            "opening_minutes": found.opening_minutes,
            "stretches": found.stretches,
            "together": _together(unit, member_id, found),
        }


def _together(unit: Unit, member_id: str, found: OverTime) -> GivenAndReceived:
    first, last = found.stretches[0].from_on, found.stretches[-1].until_on
    return reciprocity.of_member(unit, member_id, first, last)
