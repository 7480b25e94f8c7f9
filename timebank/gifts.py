"""Gifts: hours that a member gives to another member or to the community pot.

The note with a gift stays outside the books. Whoever receives one may refuse it as long as they
have the hours; then they go back. A gift made by mistake is undone by a coordinator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from timebank import accounts, notices, people, texts, throttle, trail
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.ids import new_id, new_reference
from timebank.models import Gift, Member
from timebank.roles import Actor, not_for_oneself
from timebank.unit import Database, Unit

TO = ("member", "pot")
HOW = ("online", "phone", "in_person")
# Tries to find a receiver within a quarter of an hour: numbers are not to be tried out.
MOST_LOOKS = 20


@dataclass(frozen=True, kw_only=True)
class GiveHours:
    """Give minutes to a member (``to_member_id``) or, without one, to the community pot.

    ``member_id`` is the giver; somebody who rings up is helped with ``how`` phone or in_person.
    """

    member_id: str
    to_member_id: str | None = None
    given_minutes: int
    words: str = ""
    how: str = "online"


@dataclass(frozen=True, kw_only=True)
class GiftGiven:
    """The gift, and what the giver can still use."""

    gift_id: str
    reference: str
    given_minutes: int
    balance_minutes: int


@dataclass(frozen=True, kw_only=True)
class RefuseGift:
    """The receiver would rather not have it: the hours go back."""

    gift_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class UndoGift:
    """A coordinator takes back a gift that was made by mistake."""

    gift_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class GiftReturned:
    """How the gift stands now."""

    gift_id: str
    status: str
    revision: int


def give_hours(unit: Unit, command: GiveHours) -> GiftGiven:
    """Move the minutes at once.

    Raises ``RuleBroken``: ``hours_insufficient``, ``gift_to_oneself``, ``member_left``.
    """
    giver = _giver(unit, command)
    minutes = texts.whole_minutes(command.given_minutes, "given_minutes")
    if minutes == 0:
        raise RuleBroken("gift_empty", field="given_minutes")
    receiver = _receiver(unit, giver, command.to_member_id)
    available = unit.book.balance(accounts.member(giver.id))
    if available < minutes:
        raise RuleBroken(
            "hours_insufficient",
            field="given_minutes",
            available_minutes=max(available, 0),
            needed_minutes=minutes,
        )
    gift_id = new_id()
    posted = unit.book.post(
        accounts.movement(
            "gift",
            key=f"gift:{gift_id}",
            reference=gift_id,
            occurred_on=unit.today,
            actor=unit.actor.id,
            source=accounts.member(giver.id),
            target=accounts.member(receiver.id) if receiver else accounts.COMMUNITY_POT,
            minutes=minutes,
        ),
        posted_at=unit.posted_at,
    )
    gift = Gift(
        id=gift_id,
        reference=new_reference(),
        member_id=giver.id,
        to_member_id=receiver.id if receiver else None,
        given_minutes=minutes,
        words=texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True),
        how=command.how,
        status="given",
        revision=1,
        given_by=unit.actor.id,
        given_at=unit.now,
        seq=posted.seq,
    )
    unit.db.add(gift)
    unit.db.flush()
    trail.record(unit, "gift.given", "gift", gift_id, seq=posted.seq)
    notices.send_later(unit, "gift_given", giver.person_id, gift_id)
    if receiver is not None:
        notices.send_later(unit, "gift_received", receiver.person_id, gift_id)
    return GiftGiven(
        gift_id=gift_id,
        reference=gift.reference,
        given_minutes=minutes,
        balance_minutes=available - minutes,
    )


def refuse_gift(unit: Unit, command: RefuseGift) -> GiftReturned:
    """Give a gift back: the receiver alone, or a coordinator for them, while they have the hours.

    Raises ``RuleBroken('gift_used')`` when they have used them.
    """
    found = _current(unit, command.gift_id, command.revision)
    if found.to_member_id is None:
        raise NotAllowed("gift_to_pot")
    if found.to_member_id != unit.actor.member_id:
        unit.actor.require("gift.give_for")
        not_for_oneself(unit.actor, found.member.person_id, "own_gift")
    if unit.book.balance(accounts.member(found.to_member_id)) < found.given_minutes:
        raise RuleBroken("gift_used")
    return _return(unit, found, "refused")


def undo_gift(unit: Unit, command: UndoGift) -> GiftReturned:
    """Take a gift back that was a mistake; it may leave the receiver below zero, openly."""
    unit.actor.require("gift.give_for")
    found = _current(unit, command.gift_id, command.revision)
    for each in (found.member, found.to_member):
        if each is not None:
            not_for_oneself(unit.actor, each.person_id, "own_gift")
    return _return(unit, found, "undone")


def gift(unit: Unit, gift_id: str) -> Gift:
    """A gift that one gave or received, or any for those who may give for others."""
    found = unit.db.get(Gift, gift_id)
    if found is None or not _may_see(unit, found):
        raise NotFound("gift_unknown")
    return found


def of_member(unit: Unit, member_id: str, *, limit: int, offset: int) -> Sequence[Gift]:
    """What a member gave and was given, newest first."""
    if member_id != unit.actor.member_id:
        unit.actor.require("gift.give_for")
        people.member(unit, member_id)
    query = (
        select(Gift)
        .where(or_(Gift.member_id == member_id, Gift.to_member_id == member_id))
        .options(
            joinedload(Gift.member).joinedload(Member.person),
            joinedload(Gift.to_member).joinedload(Member.person),
        )
        .order_by(Gift.given_at.desc(), Gift.id)
        .limit(limit)
        .offset(offset)
    )
    return unit.db.scalars(query).all()


def find_receiver(database: Database, actor_id: str, number: int, name: str) -> str | None:
    """The id of the active member with this number and part of this name; None when they do not
    belong together.

    Both are asked for, so that nobody finds out who has which number, and a slip of the hand
    reaches nobody. Raises ``NotAllowed('gift_throttled', minutes=)``.
    """
    with database.doorstep() as unit:
        attempt_id = throttle.count(
            unit, f"gift:{actor_id}", most=MOST_LOOKS, code="gift_throttled"
        )
    with database.doorstep(Actor(id=actor_id)) as unit:
        found = unit.db.scalar(
            select(Member)
            .where(Member.number == number, Member.status == "active")
            .options(joinedload(Member.person))
        )
        if found is None or not _is_called(found.person.name or "", name):
            return None
        throttle.forgive(unit, attempt_id)
        return found.id


def _is_called(full: str, part: str) -> bool:
    wanted = part.casefold().split()
    known = full.casefold().split()
    return bool(wanted) and all(each in known for each in wanted)


def _giver(unit: Unit, command: GiveHours) -> Member:
    own = command.member_id == unit.actor.member_id
    unit.actor.require("gift.give_own" if own else "gift.give_for")
    if texts.one_of(command.how, HOW, "how") == "online" and not own:
        raise RuleBroken("how_online_for_somebody", field="how")
    giver = people.member(unit, command.member_id)
    if giver.status == "left":
        raise RuleBroken("member_left")
    return giver


def _receiver(unit: Unit, giver: Member, to_member_id: str | None) -> Member | None:
    if to_member_id is None:
        return None
    receiver = unit.db.get(Member, to_member_id)
    if receiver is None:
        raise NotFound("member_unknown", field="to_member_id")
    if receiver.id == giver.id:
        raise RuleBroken("gift_to_oneself", field="to_member_id")
    if receiver.status != "active":
        raise RuleBroken("member_left", field="to_member_id")
    if giver.id != unit.actor.member_id:
        # Whoever helps somebody give does not receive it.
        not_for_oneself(unit.actor, receiver.person_id, "own_gift")
    return receiver


def _current(unit: Unit, gift_id: str, revision: int) -> Gift:
    found = gift(unit, gift_id)
    if found.revision != revision or found.status != "given":
        raise Conflict("gift_changed")
    return found


def _return(unit: Unit, found: Gift, status: str) -> GiftReturned:
    posted = unit.book.reverse(
        found.seq,
        kind=f"gift.{status}",
        key=f"reverse:{found.seq}",
        occurred_on=unit.today,
        posted_at=unit.posted_at,
        actor=unit.actor.id,
    )
    found.status, found.returned_seq = status, posted.seq
    found.returned_by, found.returned_at = unit.actor.id, unit.now
    found.revision += 1
    trail.record(unit, f"gift.{status}", "gift", found.id, seq=posted.seq)
    notices.send_later(unit, "gift_returned", found.member.person_id, found.id)
    if status == "undone" and found.to_member is not None:
        notices.send_later(unit, "gift_returned", found.to_member.person_id, found.id)
    return GiftReturned(gift_id=found.id, status=status, revision=found.revision)


def _may_see(unit: Unit, found: Gift) -> bool:
    if unit.actor.member_id in (found.member_id, found.to_member_id):
        return unit.actor.member_id is not None
    if not unit.actor.may("gift.give_for"):
        return False
    return people.in_sight(unit, found.member_id)
