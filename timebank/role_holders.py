"""Who holds which role, from when until when; and the actor that a person is today.

The commands are reached as ``people.grant_role`` and ``people.end_role``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from timebank import texts, trail
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Member, Person, RoleHeld
from timebank.roles import ADMINISTRATOR, GRANTED, MEMBER, Actor, not_for_oneself
from timebank.unit import Unit


def _held_today(unit: Unit) -> ColumnElement[bool]:
    """``until_on`` is the first day without the role, so that ending one works at once."""
    return and_(
        RoleHeld.from_on <= unit.today,
        or_(RoleHeld.until_on.is_(None), RoleHeld.until_on > unit.today),
    )


def actor_for(unit: Unit, person_id: str) -> Actor:
    """The person as an actor with today's roles; ``NotFound('person_unknown')`` if none."""
    person = unit.db.get(Person, person_id)
    if person is None:
        raise NotFound("person_unknown")
    held = select(RoleHeld.role).where(RoleHeld.person_id == person_id, _held_today(unit))
    roles = set(unit.db.scalars(held))
    member_id = unit.db.scalar(select(Member.id).where(Member.person_id == person_id))
    if member_id is not None:
        roles.add(MEMBER)
    return Actor(id=person_id, person_id=person_id, member_id=member_id, roles=frozenset(roles))


def roles_held(unit: Unit) -> Sequence[tuple[Person, RoleHeld]]:
    """Everybody who holds a role today, by role and name; for those who may see all members."""
    unit.actor.require("member.view_all")
    query = (
        select(Person, RoleHeld)
        .join(RoleHeld, RoleHeld.person_id == Person.id)
        .where(_held_today(unit))
        .order_by(RoleHeld.role, Person.name)
    )
    return [(person, held) for person, held in unit.db.execute(query)]


def guarded(unit: Unit, person_id: str) -> bool:
    """Whether somebody else than this actor decides something here: a role, or second approver."""
    if person_id == unit.actor.person_id:
        return False
    if person_id == unit.community.second_approver_id:
        return True
    held = select(RoleHeld.id).where(RoleHeld.person_id == person_id, _held_today(unit))
    return unit.db.scalars(held).first() is not None


@dataclass(frozen=True, kw_only=True)
class GrantRole:
    """Give a person one of ``roles.GRANTED`` from today."""

    person_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class EndRole:
    """End a person's role today."""

    person_id: str
    role: str


@dataclass(frozen=True, kw_only=True)
class RoleChanged:
    """Whose role began or ended."""

    person_id: str
    role: str


def grant_role(unit: Unit, command: GrantRole) -> RoleChanged:
    """Grant a role. Raises ``NotAllowed('own_role')``, ``RuleBroken('role_held')``."""
    unit.actor.require("role.grant")
    not_for_oneself(unit.actor, command.person_id, "own_role")
    texts.one_of(command.role, GRANTED, "role")
    if unit.db.get(Person, command.person_id) is None:
        raise NotFound("person_unknown")
    if _find(unit, command.person_id, command.role) is not None:
        raise RuleBroken("role_held", field="role")
    hold_role(unit, command.person_id, command.role)
    return RoleChanged(person_id=command.person_id, role=command.role)


def hold_role(unit: Unit, person_id: str, role: str) -> None:
    """Write the row and the trail; for commands that have decided that the actor may."""
    unit.db.add(
        RoleHeld(id=new_id(), person_id=person_id, role=role, from_on=unit.today, until_on=None)
    )
    unit.db.flush()
    trail.record(unit, "role.granted", "person", person_id, role=role)


def end_role(unit: Unit, command: EndRole) -> RoleChanged:
    """End a role. Raises ``NotAllowed('own_role')``, ``RuleBroken``: ``role_not_held``,
    ``last_administrator``.
    """
    unit.actor.require("role.grant")
    not_for_oneself(unit.actor, command.person_id, "own_role")
    held = _find(unit, command.person_id, command.role)
    if held is None:
        raise RuleBroken("role_not_held", field="role")
    if command.role == ADMINISTRATOR:
        query = select(RoleHeld.id).where(RoleHeld.role == ADMINISTRATOR, _held_today(unit))
        if len(unit.db.scalars(query).all()) == 1:
            raise RuleBroken("last_administrator", field="role")
    held.until_on = unit.today
    trail.record(unit, "role.ended", "person", command.person_id, role=command.role)
    return RoleChanged(person_id=command.person_id, role=command.role)


def _find(unit: Unit, person_id: str, role: str) -> RoleHeld | None:
    query = select(RoleHeld).where(
        RoleHeld.person_id == person_id, RoleHeld.role == role, _held_today(unit)
    )
    return unit.db.scalars(query).first()
