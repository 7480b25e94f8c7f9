"""Whose account a statement is of: a member's, a group's, or a pot that belongs to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from timebank import accounts
from timebank.clock import local_day
from timebank.models import Member, Statement
from timebank.unit import Unit

MEMBER = "member"
POT = "pot"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """``kind`` is ``member`` or ``pot``; ``member`` is None for the latter.

    ``active``: gets statements of quiet periods too, where the schedule has them.
    """

    account: str
    kind: str
    began_on: date
    active: bool
    member: Member | None = None


def of_member(member: Member) -> Holder:
    """A member's own account; who left gets what is still to tell, and no quiet period."""
    return Holder(
        account=accounts.member(member.id), kind=MEMBER, began_on=member.joined_on,
        active=member.status == "active", member=member,
    )  # fmt: skip


def shared(unit: Unit) -> Sequence[Holder]:
    """Accounts that belong to more than one person. They have a statement when something moved."""
    began_on = local_day(unit.community.created_at, unit.zone)
    return [Holder(account=accounts.COMMUNITY_POT, kind=POT, began_on=began_on, active=False)]


def may_read(unit: Unit, statement: Statement) -> bool:
    """Whether the actor may read a statement: one's own, the pot's as a member, any by role."""
    actor = unit.actor
    if actor.may("statement.view_all"):
        return True
    if statement.account == accounts.COMMUNITY_POT:
        return actor.may("pot.view")
    return statement.member_id is not None and statement.member_id == actor.member_id


def in_content(holder: Holder) -> dict[str, Any]:
    """The holder as it stands in a statement's content, which has no person's name."""
    if holder.member is not None:
        return {"kind": MEMBER, "number": holder.member.number}
    return {"kind": holder.kind}
