"""Who holds which role, from when until when; and the actor that a person is today.

The commands are reached as ``people.grant_role`` and ``people.end_role``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select

from timebank import texts, trail
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Member, Organisation, Person, RoleHeld
from timebank.roles import ADMINISTRATOR, COORDINATOR, GRANTED, MEMBER, Actor, not_for_oneself
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
    # All in one question, since every request asks it.
    query = (
        select(Member.id, RoleHeld.role, RoleHeld.organisation_id)
        .select_from(Person)
        .outerjoin(Member, Member.person_id == Person.id)
        .outerjoin(RoleHeld, and_(RoleHeld.person_id == Person.id, _held_today(unit)))
        .where(Person.id == person_id)
    )
    held = unit.db.execute(query).all()
    roles = {row.role for row in held} - {None}
    limits = {row.organisation_id for row in held} - {None}
    member_id = held[0].id
    if member_id is not None:
        roles.add(MEMBER)
    return Actor(
        id=person_id,
        person_id=person_id,
        member_id=member_id,
        roles=frozenset(roles),
        organisations=frozenset(limits) or None,
    )


def roles_held(unit: Unit) -> Sequence[tuple[Person, RoleHeld]]:
    """Everybody who holds a role today, by role and name; for those who may see all members."""
    unit.actor.require_everywhere("member.view_all")
    query = (
        select(Person, RoleHeld)
        .join(RoleHeld, RoleHeld.person_id == Person.id)
        .where(_held_today(unit))
        .order_by(RoleHeld.role, Person.name)
    )
    return [(person, held) for person, held in unit.db.execute(query)]


def with_a_role(unit: Unit) -> Select[str]:
    """The ids of everybody who holds a role today, to look into other tables with."""
    return select(RoleHeld.person_id).where(_held_today(unit))


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
    """Give a person one of ``roles.GRANTED`` from today.

    With ``organisation_id`` it reaches that organisation's sessions and people alone; only
    coordinators have such roles.
    """

    person_id: str
    role: str
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class EndRole:
    """End a person's role today: in the whole group, or in one organisation."""

    person_id: str
    role: str
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RoleChanged:
    """Whose role began or ended."""

    person_id: str
    role: str


def grant_role(unit: Unit, command: GrantRole) -> RoleChanged:
    """Grant a role.

    Raises ``NotAllowed('own_role')``, ``NotFound``: ``person_unknown``, ``organisation_unknown``;
    ``RuleBroken``: ``role_held``, ``role_not_limited``, ``role_mixed`` (nobody holds a role in the
    whole group and another in an organisation: what they may see would be anybody's guess).
    """
    unit.actor.require("role.grant")
    not_for_oneself(unit.actor, command.person_id, "own_role")
    texts.one_of(command.role, GRANTED, "role")
    if unit.db.get(Person, command.person_id) is None:
        raise NotFound("person_unknown")
    if _find(unit, command) is not None:
        raise RuleBroken("role_held", field="role")
    _check_limit(unit, command)
    hold_role(unit, command.person_id, command.role, command.organisation_id)
    return RoleChanged(person_id=command.person_id, role=command.role)


def _check_limit(unit: Unit, command: GrantRole) -> None:
    if command.organisation_id is not None:
        if command.role != COORDINATOR:
            raise RuleBroken("role_not_limited", field="organisation_id")
        found = unit.db.get(Organisation, command.organisation_id)
        if found is None or found.ended_on is not None:
            raise NotFound("organisation_unknown", field="organisation_id")
    others = select(RoleHeld.organisation_id).where(
        RoleHeld.person_id == command.person_id, _held_today(unit)
    )
    if any((each is None) != (command.organisation_id is None) for each in unit.db.scalars(others)):
        raise RuleBroken("role_mixed", field="organisation_id")


def hold_role(unit: Unit, person_id: str, role: str, organisation_id: str | None = None) -> None:
    """Write the row and the trail; for commands that have decided that the actor may."""
    unit.db.add(
        RoleHeld(
            id=new_id(),
            person_id=person_id,
            role=role,
            organisation_id=organisation_id,
            from_on=unit.today,
            until_on=None,
        )
    )
    unit.db.flush()
    _note(unit, "role.granted", person_id, role, organisation_id)


def _note(unit: Unit, action: str, person_id: str, role: str, organisation_id: str | None) -> None:
    limit = {} if organisation_id is None else {"organisation": organisation_id}
    trail.record(unit, action, "person", person_id, role=role, **limit)


def end_role(unit: Unit, command: EndRole) -> RoleChanged:
    """End a role. Raises ``NotAllowed('own_role')``, ``RuleBroken``: ``role_not_held``,
    ``last_administrator``.
    """
    unit.actor.require("role.grant")
    not_for_oneself(unit.actor, command.person_id, "own_role")
    held = _find(unit, command)
    if held is None:
        raise RuleBroken("role_not_held", field="role")
    if command.role == ADMINISTRATOR:
        query = select(RoleHeld.id).where(RoleHeld.role == ADMINISTRATOR, _held_today(unit))
        if len(unit.db.scalars(query).all()) == 1:
            raise RuleBroken("last_administrator", field="role")
    end_held(unit, held)
    return RoleChanged(person_id=command.person_id, role=command.role)


def end_held(unit: Unit, held: RoleHeld) -> None:
    """End one row today; for commands that have decided that the actor may."""
    held.until_on = unit.today
    _note(unit, "role.ended", held.person_id, held.role, held.organisation_id)


def of_organisation(unit: Unit, organisation_id: str) -> Sequence[RoleHeld]:
    """The roles held today that are limited to one organisation."""
    query = select(RoleHeld).where(RoleHeld.organisation_id == organisation_id, _held_today(unit))
    return unit.db.scalars(query).all()


def _find(unit: Unit, command: GrantRole | EndRole) -> RoleHeld | None:
    query = select(RoleHeld).where(
        RoleHeld.person_id == command.person_id,
        RoleHeld.role == command.role,
        RoleHeld.organisation_id == command.organisation_id,
        _held_today(unit),
    )
    return unit.db.scalars(query).first()
