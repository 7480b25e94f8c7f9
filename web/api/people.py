"""Members, their balances and histories; and ``/me``, whoever the token belongs to."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import account_history, people, statement_text, statements
from timebank.errors import NotFound
from timebank.models import Member
from timebank.statements import Balance, HistoryLine
from timebank.unit import Unit
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.filters import words
from web.schemas.fields import Day, Line
from web.schemas.people import AddMemberSchema, ChangeChoicesSchema, ChangeMemberSchema

blp = Blueprint("members", __name__, description="Members and their hours")


class MemberShape(Schema):
    """A member. ``number`` is what people read out; ``needs`` what helps them take part;
    ``quiet_balance``: their first page leaves out what they have.

    Send ``revision`` back with a change, so that a stale copy is found out.
    """

    id = shapes.text()
    person_id = shapes.text()
    number = shapes.whole()
    name = shapes.text()
    email = shapes.text_or_none()
    phone = shapes.text_or_none()
    address = shapes.text_or_none()
    needs = shapes.text_or_none()
    joined_on = shapes.day()
    status = shapes.text()
    choice = shapes.text()
    no_money_rewards = shapes.yes_no()
    statement_by = shapes.text()
    quiet_balance = shapes.yes_no()
    revision = shapes.whole()


class MeShape(Schema):
    """Whose token it is: their roles, and where they are a member, that and their balance."""

    person_id = shapes.text()
    name = shapes.text()
    roles = fields.List(fields.String(), required=True)
    member = fields.Nested(MemberShape, required=True, allow_none=True)
    balance = fields.Nested(shapes.BalanceShape, required=True, allow_none=True)


class HistoryLineShape(Schema):
    """One line of an account: what happened, when, when that was recorded, and what it changed."""

    seq = shapes.whole()
    account_seq = shapes.whole()
    occurred_on = shapes.day()
    recorded_on = shapes.day()
    code = shapes.text()
    words = shapes.text()
    amount_minutes = shapes.whole()
    balance_minutes = shapes.whole()
    subject_id = shapes.text()


MembersPage = shapes.listed(MemberShape)
HistoryPage = shapes.listed(HistoryLineShape)


class MembersQuery(PageQuery):
    """``search`` finds part of a name or e-mail address, or a whole number."""

    search = Line(load_default="", most=100)


def member_json(member: Member) -> dict[str, Any]:
    """A member with what their person row says; to be called while the unit is open."""
    own = MemberShape().fields.keys() - {"name", "email", "phone", "address", "needs"}
    said = {name: getattr(member, name) for name in own}
    person = member.person
    return said | {
        name: getattr(person, name) for name in ("name", "email", "phone", "address", "needs")
    }


def balance_json(balance: Balance) -> dict[str, Any]:
    """A balance in minutes and in words."""
    return {
        "available_minutes": balance.available_minutes,
        "available_words": words().duration(balance.available_minutes),
        "held_minutes": balance.held_minutes,
        "held_words": words().duration(balance.held_minutes),
    }


class HistoryQuery(PageQuery):
    """``until``: begin with what was recorded last up to the end of that day."""

    until = Day(load_default=None)


def history_page(unit: Unit, member_id: str, paging: dict[str, Any]) -> dict[str, Any]:
    """Lines of a member's account, newest first; here ``after`` is an ``account_seq``."""
    before = paging["offset"] or None
    if before is None and paging["until"] is not None:
        before = account_history.position_after(unit, member_id, paging["until"])
    lines = statements.current_lines(unit, member_id, paging["limit"] + 1, before)
    found = page([_line_json(line) for line in lines], paging)
    if found["next"] is not None:
        found["next"] = str(lines[paging["limit"] - 1].account_seq)
    return found


def _line_json(line: HistoryLine) -> dict[str, Any]:
    said = statement_text.line(words(), line.text_code, line.params, line.occurred_on)
    return {
        "seq": line.seq,
        "account_seq": line.account_seq,
        "occurred_on": line.occurred_on,
        "recorded_on": line.recorded_on,
        "code": line.text_code,
        "words": said,
        "amount_minutes": line.amount_minutes,
        "balance_minutes": line.balance_minutes,
        "subject_id": line.subject_id,
    }


def own_member_id() -> str:
    """The member the token belongs to; ``NotFound('member_unknown')`` for staff who are none."""
    member_id = units.current_actor().member_id
    if member_id is None:
        raise NotFound("member_unknown")
    return member_id


@blp.route("/me")
@access(SIGNED_IN)
@blp.response(200, MeShape)
def me() -> dict[str, Any]:
    """Read who you are, your choices and your balance."""
    actor = units.current_actor()
    with units.reading() as unit:
        found: dict[str, Any] = {
            "person_id": actor.person_id,
            "name": people.person_name(unit, actor.id),
            "roles": sorted(actor.roles),
            "member": None,
            "balance": None,
        }
        if actor.member_id is not None:
            found["member"] = member_json(people.member(unit, actor.member_id))
            found["balance"] = balance_json(statements.balance(unit, actor.member_id))
        return found


@blp.route("/me/choices", methods=["PUT"])
@access("choices.change_own")
@blp.may_be_keyed
@blp.arguments(ChangeChoicesSchema)
@blp.response(200, shapes.of_result(people.ChoicesChanged))
def change_own_choices(command: people.ChangeChoices) -> people.ChoicesChanged:
    """Change your own standing choices."""
    return run(people.change_choices, command, keyed=False)


@blp.route("/me/history")
@access("account.view_own")
@blp.arguments(HistoryQuery, location="query")
@blp.response(200, HistoryPage)
def own_history(paging: dict[str, Any]) -> dict[str, Any]:
    """Read what was recorded in your account, newest first."""
    with units.reading() as unit:
        return history_page(unit, own_member_id(), paging)


@blp.route("/members")
@access("member.view_all")
@blp.arguments(MembersQuery, location="query")
@blp.response(200, MembersPage)
def list_members(query: dict[str, Any]) -> dict[str, Any]:
    """List members by name."""
    with units.reading() as unit:
        found = people.members(
            unit, search=query["search"], limit=query["limit"] + 1, offset=query["offset"]
        )
        return page([member_json(member) for member in found], query)


@blp.route("/members", methods=["POST"])
@access("member.add")
@blp.may_be_keyed
@blp.arguments(AddMemberSchema)
@blp.response(201, shapes.of_result(people.MemberAdded))
def add_member(command: people.AddMember) -> people.MemberAdded:
    """Add a member and open their account."""
    return run(people.add_member, command, keyed=False)


@blp.route("/members/<id:member_id>")
@access("member.view_all")
@blp.response(200, MemberShape)
def read_member(member_id: str) -> dict[str, Any]:
    """Read one member."""
    with units.reading() as unit:
        return member_json(people.member(unit, member_id))


@blp.route("/members/<id:member_id>", methods=["PUT"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ChangeMemberSchema)
@blp.response(200, shapes.of_result(people.MemberChanged))
def change_member(command: people.ChangeMember, member_id: str) -> people.MemberChanged:
    """Change a member's details."""
    return run(people.change_member, command, keyed=False)


@blp.route("/members/<id:member_id>/choices", methods=["PUT"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ChangeChoicesSchema)
@blp.response(200, shapes.of_result(people.ChoicesChanged))
def change_choices(command: people.ChangeChoices, member_id: str) -> people.ChoicesChanged:
    """Change a member's standing choices for them."""
    return run(people.change_choices, command, keyed=False)


@blp.route("/members/<id:member_id>/balance")
@access("member.view_all")
@blp.response(200, shapes.BalanceShape)
def read_balance(member_id: str) -> dict[str, Any]:
    """Read a member's balance, from the books."""
    with units.reading() as unit:
        return balance_json(statements.balance(unit, member_id))


@blp.route("/members/<id:member_id>/history")
@access("member.view_all")
@blp.arguments(HistoryQuery, location="query")
@blp.response(200, HistoryPage)
def read_history(paging: dict[str, Any], member_id: str) -> dict[str, Any]:
    """Read what was recorded in a member's account, newest first."""
    with units.reading() as unit:
        return history_page(unit, member_id, paging)
