"""Reading the gifts of groups, and which groups a member can give hours to.

Reached through ``group_gifts``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from timebank import groups
from timebank.clock import local_day
from timebank.errors import NotFound
from timebank.models import Group, GroupAgreement, GroupGift, GroupHolder, Member
from timebank.tasks import MOST, Task
from timebank.unit import Unit


def open_groups(unit: Unit) -> Sequence[Group]:
    """The groups that a member can give hours to, by name; what they have is not told."""
    unit.actor.require("gift.give_own")
    query = select(Group).where(Group.closed_on.is_(None))
    return unit.db.scalars(query.order_by(func.lower(Group.name), Group.id)).all()


def open_group(unit: Unit, group_id: str) -> Group:
    """One of them; ``NotFound('group_unknown')``, also when it is closed."""
    found = unit.db.get(Group, group_id)
    if found is None or found.closed_on is not None:
        raise NotFound("group_unknown", field="group_id")
    return found


def gift(unit: Unit, gift_id: str) -> GroupGift:
    """One gift of a group in the actor's sight, or the actor's own to any group.

    Else ``NotFound('gift_unknown')``.
    """
    own = and_(GroupGift.to_group, GroupGift.member_id == unit.actor.member_id)
    query = _whole().where(or_(_in_sight(unit), own), GroupGift.id == gift_id)
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("gift_unknown")
    return found


def of_group(unit: Unit, group_id: str, *, limit: int = 50) -> Sequence[GroupGift]:
    """What a group got and gave, and what waits, the newest first."""
    query = _visible(unit).where(GroupGift.group_id == group_id)
    return unit.db.scalars(
        query.order_by(GroupGift.asked_at.desc(), GroupGift.id).limit(limit)
    ).all()


def given_by(unit: Unit, member_id: str, *, limit: int = 50) -> Sequence[GroupGift]:
    """What a member gave to groups, the newest first, for the member."""
    query = _whole().where(GroupGift.to_group, GroupGift.member_id == member_id)
    return unit.db.scalars(
        query.order_by(GroupGift.asked_at.desc(), GroupGift.id).limit(limit)
    ).all()


def waiting(unit: Unit, *, limit: int) -> Sequence[GroupGift]:
    """Gifts in the actor's sight for which holders have to agree, the longest waiting first."""
    query = _visible(unit).where(GroupGift.status == "asked")
    return unit.db.scalars(query.order_by(GroupGift.asked_at, GroupGift.id).limit(limit)).all()


def _in_sight(unit: Unit) -> ColumnElement[bool]:
    ids = groups.visible_groups(unit).with_only_columns(Group.id)
    return GroupGift.group_id.in_(ids)


def _visible(unit: Unit) -> Select[GroupGift]:
    return _whole().where(_in_sight(unit))


def _whole() -> Select[GroupGift]:
    return (
        select(GroupGift)
        .options(
            joinedload(GroupGift.group)
            .selectinload(Group.holders)
            .joinedload(GroupHolder.member)
            .joinedload(Member.person),
            joinedload(GroupGift.member).joinedload(Member.person),
            selectinload(GroupGift.agreements)
            .joinedload(GroupAgreement.member)
            .joinedload(Member.person),
        )
        .execution_options(populate_existing=True)
    )


def tasks(unit: Unit) -> list[Task]:
    """Gifts of groups that wait until two holders agree."""
    if not unit.actor.may("group.look_after"):
        return []
    return [
        Task(
            verb="holders_agree",
            params={"title": each.group.name},
            path=f"/groups/{each.group_id}/gifts/{each.id}",
            due_on=local_day(each.asked_at, unit.zone),
        )
        for each in waiting(unit, limit=MOST)
    ]
