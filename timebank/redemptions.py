"""Redemptions: one member's use of a reward, from the request to the handing over.

The unit's lock is had before anything is read, so the last place and the last hour go to one
person only. What each step writes in the books stands in ``redemption_steps``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from timebank import accounts, approvals, asking, people, redemption_steps, reward_waiting, texts
from timebank.community import policy
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.member_list import TAKING_PART
from timebank.models import Member, Redemption, Reward
from timebank.redemption_steps import RedemptionMoved, check_current
from timebank.rewards import places_left, refuse_unless_open_to
from timebank.unit import Unit

__all__ = [
    "DECLINE_REASONS", "HOW", "ApproveRedemption", "CancelRedemption", "DeclineRedemption",
    "FulfilRedemption", "RedemptionMoved", "RedemptionRequested", "RequestRedemption",
    "UndoFulfilment", "approve_redemption", "cancel_redemption", "decline_redemption",
    "fulfil_redemption", "of_member", "redemption", "request_redemption", "undo_fulfilment",
    "waiting",
]  # fmt: skip

HOW = ("online", "phone", "in_person")
DECLINE_REASONS = ("not_available", "not_suitable", "asked_twice", "other")


@dataclass(frozen=True, kw_only=True)
class RequestRedemption:
    """A member asks for a reward, or somebody asks for them by phone or in person.

    ``reward_revision`` and ``information_version`` (the policy version whose information text was
    shown) are those that were looked at.
    """

    reward_id: str
    reward_revision: int
    member_id: str
    how: str = "online"
    information_version: int


@dataclass(frozen=True, kw_only=True)
class RedemptionRequested:
    """What was asked for; ``balance_minutes`` is what the member can still use."""

    redemption_id: str
    reference: str
    price_minutes: int
    balance_minutes: int


@dataclass(frozen=True, kw_only=True)
class ApproveRedemption:
    """Say yes to a request, as it stood at ``revision``."""

    redemption_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class DeclineRedemption:
    """Say no to a request: a code of ``DECLINE_REASONS``, and words for the member."""

    redemption_id: str
    revision: int
    reason: str = "other"
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class CancelRedemption:
    """The member changed their mind before the reward was handed over."""

    redemption_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class FulfilRedemption:
    """The reward was handed over, or the place taken."""

    redemption_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class UndoFulfilment:
    """It was not handed over after all; ``words`` say what happened."""

    redemption_id: str
    revision: int
    words: str = ""


def request_redemption(unit: Unit, command: RequestRedemption) -> RedemptionRequested:
    """Hold the hours for a reward.

    Raises ``RuleBroken('hours_insufficient', available_minutes, needed_minutes)``,
    ``Conflict('places_gone')``, ``Conflict('reward_changed')`` or
    ``Conflict('information_changed')`` when something is not as it was looked at, and what
    ``rewards.refuse_unless_open_to`` refuses.
    """
    member = _member_to_ask_for(unit, command)
    reward = unit.db.get(Reward, command.reward_id)
    if reward is None:
        raise NotFound("reward_unknown")
    refuse_unless_open_to(unit, reward, member)
    asking.require(unit.actor, reward)
    if reward.revision != command.reward_revision:
        raise Conflict("reward_changed")
    rules = policy(unit)
    if reward.money_pence is not None and rules.version != command.information_version:
        raise Conflict("information_changed")
    if places_left(unit, reward, member.id) == 0:
        raise Conflict("places_gone")
    how = asking.noted(unit.actor, command.how)
    found = redemption_steps.hold(unit, member, reward, rules, how)
    reward_waiting.taken(unit, reward.id, member.id)
    approvals.ask_if_nobody_else_can(unit, found)
    return RedemptionRequested(
        redemption_id=found.id,
        reference=found.reference,
        price_minutes=found.price_minutes,
        balance_minutes=unit.book.balance(accounts.member(member.id)),
    )


def approve_redemption(unit: Unit, command: ApproveRedemption) -> RedemptionMoved:
    """Say yes. Nobody for themselves: see ``redemption_steps.refuse_own_and_asked``."""
    unit.actor.require("redemption.approve")
    found = redemption(unit, command.redemption_id)
    check_current(found, command.revision, "requested")
    return redemption_steps.approve(unit, found)


def decline_redemption(unit: Unit, command: DeclineRedemption) -> RedemptionMoved:
    """Say no; the hours go back to the member."""
    unit.actor.require("redemption.approve")
    found = redemption(unit, command.redemption_id)
    check_current(found, command.revision, "requested")
    reason = texts.one_of(command.reason, DECLINE_REASONS, "reason")
    return redemption_steps.decline(unit, found, reason, _words(command.words))


def cancel_redemption(unit: Unit, command: CancelRedemption) -> RedemptionMoved:
    """Take a request back before it is handed over; the hours go back to the member.

    Members cancel their own; a coordinator cancels for a member who asks them to.
    """
    found = redemption(unit, command.redemption_id)
    own = found.member_id == unit.actor.member_id
    unit.actor.require("redemption.request_own" if own else "redemption.request_for")
    check_current(found, command.revision, "requested", "approved")
    return redemption_steps.release(unit, found, "cancelled")


def fulfil_redemption(unit: Unit, command: FulfilRedemption) -> RedemptionMoved:
    """Note that the reward was handed over; the hours are used."""
    unit.actor.require("redemption.fulfil")
    found = redemption(unit, command.redemption_id)
    check_current(found, command.revision, "approved")
    return redemption_steps.fulfil(unit, found)


def undo_fulfilment(unit: Unit, command: UndoFulfilment) -> RedemptionMoved:
    """Note that the reward was not handed over after all; it is approved again, hours held."""
    unit.actor.require("redemption.fulfil")
    found = redemption(unit, command.redemption_id)
    check_current(found, command.revision, "fulfilled")
    return redemption_steps.undo_fulfilment(unit, found, _words(command.words))


def redemption(unit: Unit, redemption_id: str) -> Redemption:
    """One redemption: one's own, or any for those who deal with them; else ``NotFound``."""
    found = unit.db.get(Redemption, redemption_id)
    own = found is not None and found.member_id == unit.actor.member_id
    if found is None or not (own or redemption_steps.may_deal_with(unit, found)):
        raise NotFound("redemption_unknown")
    return found


def waiting(unit: Unit) -> Sequence[Redemption]:
    """Requests to decide and rewards to hand over, the longest waiting first."""
    unit.actor.require("redemption.view_all")
    query = (
        select(Redemption)
        .where(
            Redemption.status.in_(("requested", "approved")),
            Redemption.member_id.in_(people.visible_ids(unit)),
        )
        .options(joinedload(Redemption.member).joinedload(Member.person))
        .order_by(Redemption.requested_at, Redemption.id)
    )
    return unit.db.scalars(query).all()


def of_member(unit: Unit, member_id: str) -> Sequence[Redemption]:
    """A member's redemptions, newest first; their own, or for those who deal with them."""
    if member_id != unit.actor.member_id:
        unit.actor.require("redemption.view_all")
    people.member(unit, member_id)
    query = (
        select(Redemption)
        .where(Redemption.member_id == member_id)
        .order_by(Redemption.requested_at.desc(), Redemption.id)
    )
    return unit.db.scalars(query).all()


def _member_to_ask_for(unit: Unit, command: RequestRedemption) -> Member:
    own = command.member_id == unit.actor.member_id
    unit.actor.require("redemption.request_own" if own else "redemption.request_for")
    if texts.one_of(command.how, HOW, "how") == "online" and not own:
        raise RuleBroken("how_online_for_somebody", field="how")
    member = people.member(unit, command.member_id)
    if member.status not in TAKING_PART:
        raise RuleBroken("member_left")
    return member


def _words(text: str) -> str:
    return texts.clean(text, "words", most=texts.MOST_WORDS, required=False, lines=True)
