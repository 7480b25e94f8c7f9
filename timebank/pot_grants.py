"""Hours out of the community pot: one person proposes, another agrees, the receiver is private.

Nobody proposes for themselves or agrees to their own proposal. Anybody may know what the pot
holds; who received from it is for those who decide, and for the receiver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from timebank import accounts, notices, people, texts, trail
from timebank.clock import local_day
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.ids import new_id, new_reference
from timebank.member_list import TAKING_PART
from timebank.models import Member, PotGrant
from timebank.roles import not_for_oneself
from timebank.tasks import MOST, Task
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class ProposeGrant:
    """Minutes for a member; ``words`` say why, for those who decide."""

    member_id: str
    granted_minutes: int
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class DecideGrant:
    """Agree to a proposal, or not."""

    pot_grant_id: str
    revision: int
    agree: bool


@dataclass(frozen=True, kw_only=True)
class GrantMoved:
    """How a proposal stands; ``pot_minutes`` is what the pot holds now."""

    pot_grant_id: str
    status: str
    revision: int
    pot_minutes: int


def pot_balance(unit: Unit) -> int:
    """What the community pot holds, in minutes; for every member."""
    unit.actor.require("pot.view")
    return unit.book.balance(accounts.COMMUNITY_POT)


def propose_grant(unit: Unit, command: ProposeGrant) -> GrantMoved:
    """Propose hours for a member; nothing moves yet. Raises ``RuleBroken('pot_insufficient')``."""
    unit.actor.require("pot.grant")
    member = people.member(unit, command.member_id)
    not_for_oneself(unit.actor, member.person_id, "own_pot_grant")
    if member.status not in TAKING_PART:
        raise RuleBroken("member_left")
    minutes = texts.whole_minutes(command.granted_minutes, "granted_minutes")
    if minutes == 0:
        raise RuleBroken("gift_empty", field="granted_minutes")
    _enough(unit, minutes)
    found = PotGrant(
        id=new_id(),
        reference=new_reference(),
        member_id=member.id,
        granted_minutes=minutes,
        words=texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True),
        status="proposed",
        revision=1,
        proposed_by=unit.actor.id,
        proposed_at=unit.now,
        decided_by=None,
        decided_at=None,
        seq=None,
    )
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "pot_grant.proposed", "pot_grant", found.id)
    return _moved(unit, found)


def decide_grant(unit: Unit, command: DecideGrant) -> GrantMoved:
    """Agree, and the hours move; or not. Nobody decides what they proposed or what is for them."""
    unit.actor.require("pot.grant")
    found = grant(unit, command.pot_grant_id)
    if found.revision != command.revision or found.status != "proposed":
        raise Conflict("pot_grant_changed")
    not_for_oneself(unit.actor, found.member.person_id, "own_pot_grant")
    if found.proposed_by == unit.actor.id:
        raise NotAllowed("own_pot_grant")
    found.status = "agreed" if command.agree else "declined"
    found.decided_by, found.decided_at = unit.actor.id, unit.now
    found.revision += 1
    if command.agree:
        _enough(unit, found.granted_minutes)
        found.seq = unit.book.post(
            accounts.movement(
                "pot.grant",
                key=f"grant:{found.id}",
                reference=found.id,
                occurred_on=unit.today,
                actor=unit.actor.id,
                source=accounts.COMMUNITY_POT,
                target=accounts.member(found.member_id),
                minutes=found.granted_minutes,
            ),
            posted_at=unit.posted_at,
        ).seq
        notices.send_later(unit, "pot_granted", found.member.person_id, found.id)
    trail.record(unit, f"pot_grant.{found.status}", "pot_grant", found.id)
    return _moved(unit, found)


def grant(unit: Unit, pot_grant_id: str) -> PotGrant:
    """A proposal, for those who decide; ``NotFound`` outside the actor's scope."""
    unit.actor.require("pot.grant")
    found = unit.db.get(PotGrant, pot_grant_id)
    if found is None or not people.in_sight(unit, found.member_id):
        raise NotFound("pot_grant_unknown")
    return found


def grants(unit: Unit, *, limit: int = 50, offset: int = 0) -> Sequence[PotGrant]:
    """Proposals, those that wait first, then the newest; within the actor's scope."""
    unit.actor.require("pot.grant")
    query = (
        select(PotGrant)
        .where(PotGrant.member_id.in_(people.visible_ids(unit)))
        .options(joinedload(PotGrant.member).joinedload(Member.person))
        .order_by(PotGrant.decided_at.is_not(None), PotGrant.proposed_at.desc(), PotGrant.id)
        .limit(limit)
        .offset(offset)
    )
    return unit.db.scalars(query).all()


def to_decide(unit: Unit) -> list[Task]:
    """Proposals that wait for somebody else than who made them."""
    if not unit.actor.may("pot.grant"):
        return []
    query = (
        select(PotGrant)
        .where(PotGrant.status == "proposed", PotGrant.member_id.in_(people.visible_ids(unit)))
        .options(joinedload(PotGrant.member).joinedload(Member.person))
        .order_by(PotGrant.proposed_at)
        .limit(MOST)
    )
    own = (unit.actor.id, unit.actor.member_id)
    return [
        Task(
            verb="decide_grant",
            subject=each.member.person.name,
            path=f"/pot/{each.id}",
            due_on=local_day(each.proposed_at, unit.zone),
            hindrance="own" if each.proposed_by in own or each.member_id in own else None,
        )
        for each in unit.db.scalars(query)
    ]


def _enough(unit: Unit, minutes: int) -> None:
    available = unit.book.balance(accounts.COMMUNITY_POT)
    if available < minutes:
        raise RuleBroken("pot_insufficient", field="granted_minutes", available_minutes=available)


def _moved(unit: Unit, found: PotGrant) -> GrantMoved:
    return GrantMoved(
        pot_grant_id=found.id,
        status=found.status,
        revision=found.revision,
        pot_minutes=unit.book.balance(accounts.COMMUNITY_POT),
    )
