"""Groups and organisations with an account of their own: who they are and who speaks for them.

What they get and give stands in ``group_gifts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from timebank import accounts, organisations, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.member_list import TAKING_PART, member
from timebank.models import Group, GroupGift, GroupHolder, Member
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class AddGroup:
    """A group that can hold hours; ``two_holders``: two of its holders agree to what it gives."""

    name: str
    organisation_id: str | None = None
    two_holders: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeGroup:
    """What is said of a group; ``revision`` is as it was seen."""

    group_id: str
    revision: int
    name: str
    two_holders: bool


@dataclass(frozen=True, kw_only=True)
class CloseGroup:
    """The group takes and gives nothing any more; its account is empty."""

    group_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class GroupKept:
    """The group and its revision."""

    group_id: str
    revision: int


def add_group(unit: Unit, command: AddGroup) -> GroupKept:
    """Add a group and open its account.

    Raises ``Conflict('group_taken')`` and what ``organisations.chosen`` and ``texts`` raise.
    """
    unit.actor.require("group.look_after")
    new = Group(
        id=new_id(),
        name=_free_name(unit, command.name, None),
        organisation_id=organisations.chosen(unit, command.organisation_id),
        two_holders=command.two_holders,
        closed_on=None,
        revision=1,
    )
    unit.db.add(new)
    unit.db.flush()
    accounts.open_group(unit.book, new.id)
    trail.record(unit, "group.added", "group", new.id)
    return GroupKept(group_id=new.id, revision=1)


def change_group(unit: Unit, command: ChangeGroup) -> GroupKept:
    """Change a group. Raises ``Conflict('changed_meanwhile')`` and as ``add_group``."""
    found = to_change(unit, command.group_id, command.revision)
    found.name = _free_name(unit, command.name, found.id)
    found.two_holders = command.two_holders
    return _changed(unit, found, "group.changed")


def close_group(unit: Unit, command: CloseGroup) -> GroupKept:
    """Close a group. Raises ``RuleBroken``: ``group_has_hours``, ``group_gifts_wait``."""
    found = to_change(unit, command.group_id, command.revision)
    has_minutes = unit.book.balance(accounts.group(found.id))
    if has_minutes:
        raise RuleBroken("group_has_hours", has_minutes=has_minutes)
    waits = select(GroupGift.id).where(GroupGift.group_id == found.id, GroupGift.status == "asked")
    if unit.db.scalars(waits).first() is not None:
        raise RuleBroken("group_gifts_wait")
    found.closed_on = unit.today
    return _changed(unit, found, "group.closed")


def to_change(unit: Unit, group_id: str, revision: int) -> Group:
    """A group that is open and as it was seen, for those who look after it."""
    found = looked_after(unit, group_id)
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    if found.closed_on is not None:
        raise RuleBroken("group_closed")
    return found


def looked_after(unit: Unit, group_id: str) -> Group:
    """A group that this actor looks after: not one that they merely speak for."""
    unit.actor.require("group.look_after")
    found = group(unit, group_id)
    if not may_look_after(unit, found):
        raise NotFound("group_unknown")
    return found


def may_look_after(unit: Unit, found: Group) -> bool:
    """Whether this actor looks after a group, in the whole group or for its organisation."""
    limited = unit.actor.organisations
    within = limited is None or found.organisation_id in limited
    return within and unit.actor.may("group.look_after")


def _changed(unit: Unit, found: Group, action: str) -> GroupKept:
    found.revision += 1
    trail.record(unit, action, "group", found.id, revision=found.revision)
    return GroupKept(group_id=found.id, revision=found.revision)


def _free_name(unit: Unit, name: str, own_id: str | None) -> str:
    name = texts.clean(name, "name")
    same = select(Group.id).where(func.lower(Group.name) == name.lower())
    if unit.db.scalar(same) not in (None, own_id):
        raise Conflict("group_taken", field="name")
    return name


# --- reading ----------------------------------------------------------------------------------


def visible_groups(unit: Unit) -> Select[Group]:
    """The groups this actor may see: all, those of the actor's organisations, or those that the
    actor speaks for."""
    query = select(Group).options(joinedload(Group.organisation))
    if unit.actor.may("group.look_after"):
        if (limited := unit.actor.organisations) is not None:
            ours = Group.organisation_id.in_(limited)
            return query.where(or_(ours, Group.id.in_(_spoken_for(unit))))
        return query
    return query.where(Group.id.in_(_spoken_for(unit)))


def _spoken_for(unit: Unit) -> Select[str]:
    return select(GroupHolder.group_id).where(
        GroupHolder.member_id == unit.actor.member_id, GroupHolder.until_on.is_(None)
    )


def groups(unit: Unit, *, closed: bool = False) -> Sequence[Group]:
    """The open groups in the actor's sight, by name; with ``closed`` the closed ones too."""
    query = visible_groups(unit).order_by(func.lower(Group.name), Group.id)
    if not closed:
        query = query.where(Group.closed_on.is_(None))
    return unit.db.scalars(query).all()


def group(unit: Unit, group_id: str) -> Group:
    """One group with its holders; ``NotFound('group_unknown')`` outside the actor's sight."""
    query = (
        visible_groups(unit)
        .where(Group.id == group_id)
        .options(
            selectinload(Group.holders).joinedload(GroupHolder.member).joinedload(Member.person)
        )
        .execution_options(populate_existing=True)
    )
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("group_unknown")
    return found


def in_sight(unit: Unit, group_id: str) -> bool:
    """Whether this actor may see a group."""
    return unit.db.scalars(visible_groups(unit).where(Group.id == group_id)).first() is not None


def balance(unit: Unit, group_id: str) -> int:
    """What a group in the actor's sight has, in minutes."""
    return int(unit.book.balance(accounts.group(group(unit, group_id).id)))


def balances(unit: Unit, found: Sequence[Group]) -> dict[str, int]:
    """What groups have, in minutes by group id, in one query."""
    names = {accounts.group(each.id): each.id for each in found}
    return {names[name]: minutes for name, minutes in unit.book.balances(list(names)).items()}


# --- holders ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AddHolder:
    """A member speaks for a group from today."""

    group_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class EndHolder:
    """A member speaks for a group no more."""

    group_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class HolderChanged:
    """Who began or ended to speak for which group."""

    group_id: str
    member_id: str


def add_holder(unit: Unit, command: AddHolder) -> HolderChanged:
    """Name a holder. Raises ``RuleBroken``: ``holder_named``, ``group_closed``, ``member_left``."""
    found, who = looked_after(unit, command.group_id), member(unit, command.member_id)
    if found.closed_on is not None:
        raise RuleBroken("group_closed")
    if who.status not in TAKING_PART:
        raise RuleBroken("member_left", field="member_id")
    if who.id in {each.member_id for each in found.holders}:
        raise RuleBroken("holder_named", field="member_id")
    unit.db.add(
        GroupHolder(
            id=new_id(), group_id=found.id, member_id=who.id, from_on=unit.today, until_on=None
        )
    )
    unit.db.flush()
    trail.record(unit, "group.holder_named", "group", found.id, member=who.id)
    return HolderChanged(group_id=found.id, member_id=who.id)


def end_holder(unit: Unit, command: EndHolder) -> HolderChanged:
    """End it today. Raises ``RuleBroken('holder_not_named')``."""
    found = looked_after(unit, command.group_id)
    held = next((each for each in found.holders if each.member_id == command.member_id), None)
    if held is None:
        raise RuleBroken("holder_not_named", field="member_id")
    held.until_on = unit.today
    trail.record(unit, "group.holder_ended", "group", found.id, member=held.member_id)
    return HolderChanged(group_id=found.id, member_id=held.member_id)
