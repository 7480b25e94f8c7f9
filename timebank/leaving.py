"""Leaving the group, and having one's details erased.

A member decides what happens to their hours, and whether their details go too. Erasing is done by
an administrator, some days later, so that nobody loses their history by a slip of the hand. It
cannot be undone: the books keep an opaque id and whole minutes, and nobody's statement changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select, update

from timebank import accounts, erasure, gifts, listings, membership, texts, trail
from timebank.clock import local_day
from timebank.errors import NotFound, RuleBroken
from timebank.member_list import member, member_of_person
from timebank.models import Erasure, Exchange, Member, Person
from timebank.role_holders import actor_for
from timebank.roles import GRANTED, not_for_oneself
from timebank.tasks import MOST, Task
from timebank.unit import Unit

HOURS = ("keep", "pot")
# Long enough to change one's mind, well within the month that the law gives.
ERASE_AFTER = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class LeaveGroup:
    """A member leaves. ``hours``: ``keep`` them in the account, or give them to the ``pot``."""

    member_id: str
    revision: int
    hours: str
    erase: bool = False
    how: str = "online"


@dataclass(frozen=True, kw_only=True)
class GroupLeft:
    """Who left, and the minutes that went to the pot."""

    member_id: str
    revision: int
    given_minutes: int


@dataclass(frozen=True, kw_only=True)
class ErasePerson:
    """Erase everything that identifies a person. It cannot be undone."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class PersonErased:
    """Whose details are gone."""

    person_id: str


def leave_group(unit: Unit, command: LeaveGroup) -> GroupLeft:
    """Leave: one's own membership, or a member's who asks a coordinator to.

    Raises ``Conflict('changed_meanwhile')``, ``RuleBroken``: ``membership_ended``, ``hours_held``.
    """
    own = command.member_id == unit.actor.member_id
    unit.actor.require("choices.change_own" if own else "member.change")
    found = member(unit, command.member_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    if found.status in ("left", "merged"):
        raise RuleBroken("membership_ended")
    texts.one_of(command.hours, HOURS, "hours")
    membership.refuse_held(unit, found)
    if holds_role(unit, found.person_id):
        raise RuleBroken("leaving_with_role")
    given = _give_to_pot(unit, found, command) if command.hours == "pot" else 0
    listings.leave(unit, found.id)
    _call_off(unit, found)
    found.status = "left"
    found.revision += 1
    trail.record(unit, "member.left", "member", found.id, revision=found.revision, reason="asked")
    if command.erase:
        ask_erasure(unit, found.person_id)
    return GroupLeft(member_id=found.id, revision=found.revision, given_minutes=given)


def ask_erasure(unit: Unit, person_id: str) -> None:
    """Note that somebody's details are to be erased."""
    if unit.db.get(Erasure, person_id) is None:
        unit.db.add(Erasure(person_id=person_id, asked_by=unit.actor.id, asked_at=unit.now))
        trail.record(unit, "erasure.asked", "person", person_id)


def erase_person(unit: Unit, command: ErasePerson) -> PersonErased:
    """Erase. Raises ``NotFound('person_unknown')``, ``RuleBroken('erasure_before_leaving')``."""
    unit.actor.require("person.erase")
    person = unit.db.get(Person, command.person_id)
    if person is None or not person.name:
        raise NotFound("person_unknown")
    not_for_oneself(unit.actor, person.id, "own_erasure")
    found = member_of_person(unit, person.id)
    if holds_role(unit, person.id) or (
        found is not None and found.status not in ("left", "merged")
    ):
        raise RuleBroken("erasure_before_leaving")
    ask_erasure(unit, person.id)
    unit.db.flush()
    erase(unit, person.id)
    trail.record(unit, "person.erased", "person", person.id)
    return PersonErased(person_id=person.id)


def erase(unit: Unit, person_id: str) -> None:
    """Empty everything about somebody, and note when: for the command, and for a restore."""
    found = member_of_person(unit, person_id)
    erasure.empty(unit, erasure.About(person_id=person_id, member_id=found.id if found else None))
    row = unit.db.get(Erasure, person_id)
    if row is None:
        row = Erasure(person_id=person_id, asked_by=unit.actor.id, asked_at=unit.now)
        unit.db.add(row)
    row.erased_by, row.erased_at = unit.actor.id, unit.now
    if found is not None and found.status != "merged":
        found.status = "left"  # also in a backup from before they left


def holds_role(unit: Unit, person_id: str) -> bool:
    """Whether somebody holds a role today."""
    return not actor_for(unit, person_id).roles.isdisjoint(GRANTED)


def to_erase(unit: Unit) -> list[Task]:
    """Whose details are to be erased, some days after they asked."""
    if not unit.actor.may("person.erase") or unit.actor.organisations is not None:
        return []
    query = (
        select(Erasure, Member, Person)
        .join(Person, Person.id == Erasure.person_id)
        .join(Member, Member.person_id == Person.id)
        .where(Erasure.erased_at.is_(None))
        .order_by(Erasure.asked_at)
        .limit(MOST)
    )
    return [
        Task(
            verb="erase_details",
            subject=person.name,
            path=f"/members/{found.id}/erase",
            due_on=local_day(row.asked_at + ERASE_AFTER, unit.zone),
            hindrance="own" if person.id == unit.actor.person_id else None,
        )
        for row, found, person in unit.db.execute(query)
    ]


def _give_to_pot(unit: Unit, found: Member, command: LeaveGroup) -> int:
    minutes = unit.book.balance(accounts.member(found.id))
    if minutes <= 0:
        return 0
    how = command.how if found.id != unit.actor.member_id else "online"
    gifts.give_hours(unit, gifts.GiveHours(member_id=found.id, given_minutes=minutes, how=how))
    return minutes


def _call_off(unit: Unit, found: Member) -> None:
    """Exchanges that are open are called off; the other sees it on their page."""
    unit.db.execute(
        update(Exchange)
        .where(
            or_(Exchange.giver_id == found.id, Exchange.receiver_id == found.id),
            Exchange.status.in_(("asked", "agreed")),
        )
        .values(status="cancelled", revision=Exchange.revision + 1)
    )
