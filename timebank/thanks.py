"""The queue of thank-you cards: who is to get one, for what, and whether it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from timebank import people, sessions, texts, trail
from timebank.errors import Conflict, NotAllowed, NotFound
from timebank.ids import new_id
from timebank.models import Member, Session, ThankYou
from timebank.tasks import Task
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class QueueCard:
    """Put a card for somebody who was at a session in the queue; ``words`` say what they did."""

    attendance_id: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class CardSent:
    """A card was written and sent, or (``sent`` False) is not wanted after all."""

    thank_you_id: str
    sent: bool


@dataclass(frozen=True, kw_only=True)
class CardMoved:
    """The card and how it stands now."""

    thank_you_id: str
    status: str


def queue_card(unit: Unit, command: QueueCard) -> CardMoved:
    """Queue a card. Raises ``Conflict('card_queued')`` where there is one, ``own_thanks``."""
    unit.actor.require("follow_up.plan")
    found = sessions.attendance(unit, command.attendance_id)
    if found.member_id == unit.actor.member_id:
        raise NotAllowed("own_thanks")
    same = select(ThankYou.id).where(
        ThankYou.session_id == found.session_id,
        ThankYou.member_id == found.member_id,
        ThankYou.way == "card",
    )
    if unit.db.scalars(same).first() is not None:
        raise Conflict("card_queued")
    card = ThankYou(
        id=new_id(), session_id=found.session_id, member_id=found.member_id, way="card",
        words=texts.optional(command.words, "words", most=300), status="waiting",
        asked_by=unit.actor.id, asked_at=unit.now, done_by=None, done_at=None,
    )  # fmt: skip
    unit.db.add(card)
    unit.db.flush()
    trail.record(unit, "card.queued", "thank_you", card.id)
    return CardMoved(thank_you_id=card.id, status=card.status)


def card_sent(unit: Unit, command: CardSent) -> CardMoved:
    """Take a card off the queue. Raises ``NotFound('card_unknown')``."""
    unit.actor.require("follow_up.plan")
    card = next((card for card, _ in waiting(unit) if card.id == command.thank_you_id), None)
    if card is None:
        raise NotFound("card_unknown")
    card.status = "sent" if command.sent else "cancelled"
    card.done_by, card.done_at = unit.actor.id, unit.now
    trail.record(unit, "card.done", "thank_you", card.id, status=card.status)
    return CardMoved(thank_you_id=card.id, status=card.status)


def waiting(unit: Unit) -> Sequence[tuple[ThankYou, Session]]:
    """Cards to write, the oldest first, each with its session; members and persons with it."""
    unit.actor.require("follow_up.plan")
    query = (
        select(ThankYou, Session)
        .join(ThankYou.member)
        .join(Member.person)
        .join(Session, Session.id == ThankYou.session_id)
        .where(
            ThankYou.way == "card",
            ThankYou.status == "waiting",
            Member.id.in_(people.visible_ids(unit)),
        )
        .options(contains_eager(ThankYou.member).contains_eager(Member.person))
        .order_by(ThankYou.asked_at, ThankYou.id)
    )
    return [(card, session) for card, session in unit.db.execute(query)]


def to_write(unit: Unit) -> list[Task]:
    """One task while cards wait to be written."""
    if not unit.actor.may("follow_up.plan"):
        return []
    cards = waiting(unit)
    if not cards:
        return []
    since = cards[0][0].asked_at.astimezone(unit.zone).date()
    return [
        Task(
            verb="write_cards", params={"count": len(cards)}, path="/thank-you-cards", due_on=since
        )
    ]


def of_mine(unit: Unit, thank_you_id: str) -> tuple[ThankYou, Session]:
    """One's own thanks, to read; ``NotFound('thanks_unknown')`` for anybody else's."""
    found = unit.db.get(ThankYou, thank_you_id)
    if found is None or found.member_id != unit.actor.member_id:
        raise NotFound("thanks_unknown")
    return found, unit.db.get_one(Session, found.session_id)
