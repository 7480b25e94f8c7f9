"""The steps of a redemption's life in the books, whoever takes them at whichever door.

``redemptions`` lets in those with a role, ``approvals`` the second approver with a single-use
link; both come here. Requesting holds the hours (member to ``hours:held``), fulfilment moves them
on to ``hours:redeemed:<kind>``, declining and cancelling reverse the hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from timebank import accounts, asking, notices, reward_waiting, trail
from timebank.errors import Conflict, NotAllowed, RuleBroken
from timebank.holds import fulfilment_keys
from timebank.ids import new_id, new_reference
from timebank.member_list import in_sight
from timebank.models import Member, Policy, Redemption, Reward
from timebank.roles import Actor, not_for_oneself
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class RedemptionMoved:
    """Where a redemption stands now; ``balance_minutes`` is what the member can use."""

    redemption_id: str
    status: str
    revision: int
    balance_minutes: int


def may_deal_with(unit: Unit, found: Redemption) -> bool:
    """Whether this actor sees somebody's redemption as one of those who deal with them."""
    return unit.actor.may("redemption.view_all") and in_sight(unit, found.member_id)


def hold(unit: Unit, member: Member, reward: Reward, rules: Policy, how: str) -> Redemption:
    """Set the hours for a reward aside and write the request.

    Raises ``RuleBroken('hours_insufficient', available_minutes, needed_minutes)``.
    """
    account = accounts.member(member.id)
    available = unit.book.balance(account)
    if available < reward.price_minutes:
        raise RuleBroken(
            "hours_insufficient",
            available_minutes=max(0, available),
            needed_minutes=reward.price_minutes,
        )
    redemption_id = new_id()
    seq = _move(unit, "hold", redemption_id, account, accounts.HELD, reward.price_minutes)
    found = Redemption(
        id=redemption_id,
        reference=new_reference(),
        member=member,
        reward=reward,
        reward_revision=reward.revision,
        kind=reward.kind,
        title=reward.title,
        price_minutes=reward.price_minutes,
        money_pence=reward.money_pence,
        cost_pence=reward.cost_pence,
        policy_version=rules.version,
        status="requested",
        revision=1,
        how=how,
        requested_by=unit.actor.id,
        requested_at=unit.now,
        hold_seq=seq,
    )
    unit.db.add(found)
    unit.db.flush()
    tell(unit, found, "trusted_asked" if how == asking.TRUSTED else "redemption_requested")
    trail.record(unit, "redemption.requested", "redemption", found.id, how=how, seq=seq)
    return found


def approve(unit: Unit, found: Redemption) -> RedemptionMoved:
    """The unit's actor says yes to a request."""
    refuse_own_and_asked(unit.actor, found)
    found.decided_by, found.decided_at = unit.actor.id, unit.now
    tell(unit, found, "redemption_approved")
    trail.record(unit, "redemption.approved", "redemption", found.id)
    return _moved(unit, found, "approved")


def decline(unit: Unit, found: Redemption, reason: str, words: str) -> RedemptionMoved:
    """The unit's actor says no to a request; the hours go back to the member."""
    refuse_own_and_asked(unit.actor, found)
    found.decided_by, found.decided_at = unit.actor.id, unit.now
    found.reason, found.words = reason, words or None
    return release(unit, found, "declined")


def release(unit: Unit, found: Redemption, status: str) -> RedemptionMoved:
    """Close a redemption as ``cancelled`` or ``declined``; the hours go back to the member."""
    found.release_seq = _reverse(unit, found.hold_seq, f"release.{status}")
    found.closed_by, found.closed_at = unit.actor.id, unit.now
    tell(unit, found, f"redemption_{status}")
    trail.record(unit, f"redemption.{status}", "redemption", found.id, seq=found.release_seq)
    moved = _moved(unit, found, status)
    reward_waiting.offer_free_places(unit, found.reward_id)
    return moved


def fulfil(unit: Unit, found: Redemption) -> RedemptionMoved:
    """The unit's actor handed the reward over; the hours are used."""
    refuse_own_and_asked(unit.actor, found)
    accounts.open_redeemed(unit.book, found.kind)
    target = accounts.redeemed(found.kind)
    found.fulfil_seq = _move(
        unit, "fulfil", found.id, accounts.HELD, target, found.price_minutes, found.fulfil_seq
    )
    found.fulfilled_by, found.fulfilled_at = unit.actor.id, unit.now
    tell(unit, found, "redemption_fulfilled")
    trail.record(unit, "redemption.fulfilled", "redemption", found.id, seq=found.fulfil_seq)
    return _moved(unit, found, "fulfilled")


def undo_fulfilment(unit: Unit, found: Redemption, words: str) -> RedemptionMoved:
    """It was not handed over after all: approved again, the hours held again.

    ``fulfil_seq`` stays, for the next fulfilment to replace and for the proof.
    """
    refuse_own_and_asked(unit.actor, found)
    assert found.fulfil_seq is not None
    seq = _reverse(unit, found.fulfil_seq, "correction.not_handed_over")
    found.words = words or None
    trail.record(unit, "redemption.fulfilment_undone", "redemption", found.id, seq=seq)
    return _moved(unit, found, "approved")


def check_current(found: Redemption, revision: int, *statuses: str) -> None:
    """``Conflict('redemption_changed')`` unless it is as it was looked at, in such a status."""
    if found.revision != revision or found.status not in statuses:
        raise Conflict("redemption_changed")


def refuse_own_and_asked(actor: Actor, found: Redemption) -> None:
    """Refuse whoever the reward is for, and where ``asking.asker_stays_out`` whoever asked."""
    not_for_oneself(actor, found.member.person_id, "own_redemption")
    asked_for_them = found.requested_by == actor.id
    if asked_for_them and asking.asker_stays_out(found):
        raise NotAllowed("asked_and_approves")


def tell(unit: Unit, found: Redemption, kind: str) -> None:
    """A notice of this kind to the member, about this redemption."""
    notices.send_later(unit, kind, found.member.person_id, found.id)


def _move(
    unit: Unit,
    step: str,
    redemption_id: str,
    source: str,
    target: str,
    minutes: int,
    undone_seq: int | None = None,
) -> int:
    key = f"{step}:{redemption_id}"
    if undone_seq is not None:
        key += f":{len(fulfilment_keys(unit, redemption_id)) + 1}"
    movement = accounts.movement(
        f"redemption.{step}",
        key=key,
        reference=redemption_id,
        occurred_on=unit.today,
        actor=unit.actor.id,
        source=source,
        target=target,
        minutes=minutes,
        replaces_seq=undone_seq,
    )
    return unit.book.post(movement, posted_at=unit.posted_at).seq


def _reverse(unit: Unit, seq: int, kind: str) -> int:
    return unit.book.reverse(
        seq,
        kind=kind,
        key=f"reverse:{seq}",
        actor=unit.actor.id,
        occurred_on=unit.today,
        posted_at=unit.posted_at,
    ).seq


def _moved(unit: Unit, found: Redemption, status: str) -> RedemptionMoved:
    found.status = status
    found.revision += 1
    return RedemptionMoved(
        redemption_id=found.id,
        status=status,
        revision=found.revision,
        balance_minutes=unit.book.balance(accounts.member(found.member_id)),
    )
