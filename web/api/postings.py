"""One line of an account, with how it came about and what belongs to it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import postings, statement_text
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint
from web.api.people import own_member_id
from web.filters import words

blp = Blueprint("postings", __name__, description="Lines of an account, opened")


class RelatedShape(Schema):
    """Another line of the same account about the same thing."""

    account_seq = shapes.whole()
    words = shapes.text()
    amount_minutes = shapes.whole()
    recorded_on = shapes.day()


class OpenedShape(Schema):
    """A line: its components (none for what takes back), rules, and everything about the thing."""

    account_seq = shapes.whole()
    seq = shapes.whole()
    kind = shapes.text()
    words = shapes.text()
    occurred_on = shapes.day()
    recorded_at = shapes.instant()
    recorded_by = shapes.text()
    amount_minutes = shapes.whole()
    balance_minutes = shapes.whole()
    parts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    policy_version = shapes.whole_or_none()
    reason = shapes.text_or_none()
    query_id = shapes.text_or_none()
    related = fields.List(fields.Nested(RelatedShape), required=True)


@blp.route("/me/postings/<int:account_seq>")
@access(SIGNED_IN)
@blp.response(200, OpenedShape)
def read_own(account_seq: int) -> dict[str, Any]:
    """Read one line of your own account."""
    return _json(own_member_id(), account_seq)


@blp.route("/members/<id:member_id>/postings/<int:account_seq>")
@access("member.view_all")
@blp.response(200, OpenedShape)
def read_posting(member_id: str, account_seq: int) -> dict[str, Any]:
    """Read one line of a member's account."""
    return _json(member_id, account_seq)


def _json(member_id: str, account_seq: int) -> dict[str, Any]:
    def said(line: Any) -> str:
        return statement_text.line(words(), line.text_code, line.params, line.occurred_on)

    with units.reading() as unit:
        found = postings.posting(unit, member_id, account_seq)
        line = found.line
        return {
            "account_seq": line.account_seq,
            "seq": line.seq,
            "kind": found.kind,
            "words": said(line),
            "occurred_on": line.occurred_on,
            "recorded_at": found.recorded_at,
            "recorded_by": found.recorded_by,
            "amount_minutes": line.amount_minutes,
            "balance_minutes": line.balance_minutes,
            "parts": dict(found.parts),
            "policy_version": found.policy.version if found.policy else None,
            "reason": found.entry.reason if found.entry else None,
            "query_id": found.query_id,
            "related": [
                {
                    "account_seq": each.account_seq,
                    "words": said(each),
                    "amount_minutes": each.amount_minutes,
                    "recorded_on": each.recorded_on,
                }
                for each in found.family
            ],
        }
