"""Whose account a statement is of: a member's, a group's, or a pot that belongs to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from timebank import accounts, groups
from timebank.errors import NotFound
from timebank.models import Group, Member, Statement
from timebank.unit import Unit

MEMBER = "member"
GROUP = "group"
POT = "pot"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """``kind`` is ``member``, ``group`` or ``pot``; ``member`` is None but for the first.

    ``began_on`` is None where statements begin with the first posting. ``active``: gets statements
    of quiet periods too, where the schedule has them.
    """

    account: str
    kind: str
    began_on: date | None = None
    active: bool = False
    member: Member | None = None
    name: str = ""


def of_member(member: Member) -> Holder:
    """A member's own account; who left gets what is still to tell, and no quiet period."""
    return Holder(
        account=accounts.member(member.id), kind=MEMBER, began_on=member.joined_on,
        active=member.status == "active", member=member,
    )  # fmt: skip


def shared(unit: Unit) -> Sequence[Holder]:
    """Accounts that belong to more than one person. They have a statement when something moved."""
    pot = Holder(account=accounts.COMMUNITY_POT, kind=POT)
    every = unit.db.execute(select(Group.id, Group.name).order_by(Group.id))
    return [
        pot,
        *(Holder(account=accounts.group(row.id), kind=GROUP, name=row.name) for row in every),
    ]


def may_read(unit: Unit, statement: Statement) -> bool:
    """Whether the actor may read a statement.

    One's own; the pot's, for who may see the pot; a group's, for who speaks for it or looks after
    it; any by role. Whoever acts for a member sees that member's own alone.
    """
    actor = unit.actor
    if actor.may("statement.view_all"):
        return True
    if statement.account == accounts.COMMUNITY_POT:
        return actor.may("pot.view")
    if statement.member_id is None and actor.trust_id is None:
        return _sees_group(unit, statement.account)
    return statement.member_id is not None and statement.member_id == actor.member_id


def _sees_group(unit: Unit, account: str) -> bool:
    try:
        groups.group(unit, account.partition(":")[2])
    except NotFound:
        return False
    return True


def in_content(holder: Holder) -> dict[str, Any]:
    """The holder as it stands in a statement's content, which has no person's name."""
    if holder.member is not None:
        return {"kind": MEMBER, "number": holder.member.number}
    return {"kind": holder.kind} | ({"name": holder.name} if holder.kind == GROUP else {})
