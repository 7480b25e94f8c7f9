"""Hours that members give to a group, and a group to members.

A member gives their own hours to a group themselves; a coordinator records everything else. Where a
group has it so, two of its named holders agree before hours leave it: each on their own page, or by
telling a coordinator. Whoever gets the hours does not count, and nobody records a gift to
themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from timebank import accounts, groups, texts, trail
from timebank.errors import NotAllowed, RuleBroken
from timebank.group_gift_reading import (
    gift,
    given_by,
    of_group,
    open_group,
    open_groups,
    tasks,
    waiting,
)
from timebank.ids import new_id, new_reference
from timebank.member_list import TAKING_PART, member
from timebank.models import Group, GroupAgreement, GroupGift, Member
from timebank.roles import not_for_oneself
from timebank.unit import Unit

__all__ = [
    "NEEDED", "AgreeToGift", "GiftRecorded", "GiveGroupHours", "RefuseGroupGift", "agree_to_gift",
    "could_give",
    "gift", "give_hours", "given_by", "of_group", "open_group", "open_groups", "refuse_gift",
    "tasks", "waiting",
]  # fmt: skip

NEEDED = 2
KINDS = {True: "group.to", False: "group.from"}


@dataclass(frozen=True, kw_only=True)
class GiveGroupHours:
    """Hours from a member to a group (``to_group``), or from the group to the member."""

    group_id: str
    member_id: str
    to_group: bool
    minutes: int


@dataclass(frozen=True, kw_only=True)
class AgreeToGift:
    """One more holder agrees: the actor, or the ``holder_id`` who told a coordinator."""

    gift_id: str
    revision: int
    holder_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RefuseGroupGift:
    """The gift does not come to pass: a holder says no, or a coordinator calls it off."""

    gift_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class GiftRecorded:
    """Where the gift stands; ``reference`` is what people read out."""

    gift_id: str
    reference: str
    status: str
    revision: int


def give_hours(unit: Unit, command: GiveGroupHours) -> GiftRecorded:
    """Record a gift, and post it unless holders have to agree first. Raises as ``could_give``."""
    group, who = could_give(unit, command)
    waits = _waits(group, command)
    gift = GroupGift(
        id=new_id(),
        reference=new_reference(),
        group=group,
        member=who,
        to_group=command.to_group,
        minutes=command.minutes,
        occurred_on=unit.today,
        status="asked",
        revision=1,
        asked_by=unit.actor.id,
        asked_at=unit.now,
        seq=None,
    )
    unit.db.add(gift)
    unit.db.flush()
    trail.record(unit, "group_gift.recorded", "group_gift", gift.id, minutes=gift.minutes)
    if not waits:
        _post(unit, gift)
    return _as_it_stands(gift)


def could_give(unit: Unit, command: GiveGroupHours) -> tuple[Group, Member]:
    """The group and the member, where nothing stands against the gift; it changes nothing.

    Raises ``RuleBroken``: ``time_missing``, ``group_closed``, ``member_left``,
    ``holders_missing``, ``gift_too_big``; ``NotAllowed('own_gift')``;
    ``NotFound('group_unknown')``.
    """
    if command.to_group and command.member_id == unit.actor.member_id:
        unit.actor.require("gift.give_own")
        group = open_group(unit, command.group_id)
        who = member(unit, command.member_id)
    else:
        group = groups.looked_after(unit, command.group_id)
        who = member(unit, command.member_id)
        not_for_oneself(unit.actor, who.person_id, "own_gift")
    minutes = texts.whole_minutes(command.minutes, "minutes")
    if not minutes:
        raise RuleBroken("time_missing", field="minutes")
    if group.closed_on is not None:
        raise RuleBroken("group_closed")
    if who.status not in TAKING_PART:
        raise RuleBroken("member_left", field="member_id")
    others = [each for each in group.holders if each.member_id != who.id]
    if _waits(group, command) and len(others) < NEEDED:
        raise RuleBroken("holders_missing")
    _check_hours(unit, group, who, command.to_group, minutes)
    return group, who


def _waits(group: Group, command: GiveGroupHours) -> bool:
    """Whether holders have to agree first."""
    return group.two_holders and not command.to_group


def agree_to_gift(unit: Unit, command: AgreeToGift) -> GiftRecorded:
    """Note that a holder agrees; the last one needed posts it.

    Raises ``Conflict('changed_meanwhile')``, ``RuleBroken``: ``gift_settled``,
    ``holder_not_named``, ``holder_agreed``; ``NotAllowed('own_gift')``.
    """
    gift = _open_gift(unit, command.gift_id, command.revision)
    if command.holder_id is None:
        unit.actor.require("group.speak_for")
    else:
        groups.looked_after(unit, gift.group_id)
    holder_id = command.holder_id or unit.actor.member_id
    held = next((each for each in gift.group.holders if each.member_id == holder_id), None)
    if held is None:
        raise RuleBroken("holder_not_named", field="holder_id")
    if held.member_id == gift.member_id:
        raise NotAllowed("own_gift")
    not_for_oneself(unit.actor, gift.member.person_id, "own_gift")
    if holder_id in {each.member_id for each in gift.agreements}:
        raise RuleBroken("holder_agreed", field="holder_id")
    gift.agreements.append(
        GroupAgreement(
            id=new_id(),
            member_id=held.member_id,
            recorded_by=unit.actor.id,
            agreed_at=unit.now,
        )
    )
    gift.revision += 1
    unit.db.flush()
    trail.record(unit, "group_gift.agreed", "group_gift", gift.id, holder=held.member_id)
    if len(gift.agreements) >= NEEDED:
        _check_hours(unit, gift.group, gift.member, gift.to_group, gift.minutes)
        _post(unit, gift)
    return _as_it_stands(gift)


def refuse_gift(unit: Unit, command: RefuseGroupGift) -> GiftRecorded:
    """Call a gift off that waits. Raises as ``agree_to_gift``."""
    may_look_after = unit.actor.may("group.look_after")
    unit.actor.require("group.look_after" if may_look_after else "group.speak_for")
    gift = _open_gift(unit, command.gift_id, command.revision)
    gift.status = "refused"
    gift.revision += 1
    trail.record(unit, "group_gift.refused", "group_gift", gift.id)
    return _as_it_stands(gift)


def _open_gift(unit: Unit, gift_id: str, revision: int) -> GroupGift:
    found = gift(unit, gift_id)
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    if found.status != "asked":
        raise RuleBroken("gift_settled")
    return found


def _check_hours(unit: Unit, group: Group, who: Member, to_group: bool, minutes: int) -> None:
    source = accounts.member(who.id) if to_group else accounts.group(group.id)
    available = unit.book.balance(source)
    if available < minutes:
        raise RuleBroken(
            "gift_too_big", field="minutes", available_minutes=max(0, available),
            needed_minutes=minutes,
        )  # fmt: skip


def _post(unit: Unit, gift: GroupGift) -> None:
    ends = (accounts.member(gift.member_id), accounts.group(gift.group_id))
    source, target = ends if gift.to_group else ends[::-1]
    posted = unit.book.post(
        accounts.movement(
            KINDS[gift.to_group],
            key=f"group:{gift.id}",
            reference=gift.id,
            occurred_on=gift.occurred_on,
            actor=unit.actor.id,
            source=source,
            target=target,
            minutes=gift.minutes,
        ),
        posted_at=unit.posted_at,
    )
    gift.status, gift.seq = "given", posted.seq
    gift.revision += 1
    unit.db.flush()
    trail.record(unit, "group_gift.given", "group_gift", gift.id, minutes=gift.minutes)


def _as_it_stands(gift: GroupGift) -> GiftRecorded:
    return GiftRecorded(
        gift_id=gift.id, reference=gift.reference, status=gift.status, revision=gift.revision
    )
