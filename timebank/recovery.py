"""A way back in for an administrator who lost the password, opened by the operator alone."""

from __future__ import annotations

from dataclasses import dataclass

from timebank import links, trail
from timebank.errors import NotAllowed, RuleBroken
from timebank.models import Person
from timebank.role_holders import actor_for, roles_held
from timebank.roles import ADMINISTRATOR, CONSOLE
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class RecoverAdministrator:
    """Let an administrator choose a new password."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class RecoveryMade:
    """The single-use link to choose a password; it is mailed to nobody."""

    person_id: str
    link_id: str


def administrator(unit: Unit, who: str | None) -> Person:
    """The only administrator, or the one of this name or e-mail address.

    Raises ``RuleBroken``: ``administrator_missing``, ``administrators_several``.
    """
    found = [person for person, held in roles_held(unit) if held.role == ADMINISTRATOR]
    if who is not None:
        found = [person for person in found if _is_called(person, who)]
    if not found:
        raise RuleBroken("administrator_missing")
    if len(found) > 1:
        raise RuleBroken("administrators_several", names=", ".join(p.name for p in found))
    return found[0]


def role_holder(unit: Unit, who: str) -> Person | None:
    """The one person of this name or e-mail address who holds a role; None if not exactly one."""
    found = {person.id: person for person, _held in roles_held(unit) if _is_called(person, who)}
    return next(iter(found.values())) if len(found) == 1 else None


def _is_called(person: Person, who: str) -> bool:
    return who.strip().casefold() in (person.name.casefold(), (person.email or "").casefold())


def recover_administrator(unit: Unit, command: RecoverAdministrator) -> RecoveryMade:
    """Make the link. Only at the console: whoever is there holds the data folder already."""
    if CONSOLE not in unit.actor.roles:
        raise NotAllowed("role_lacking", action="console")
    if ADMINISTRATOR not in actor_for(unit, command.person_id).roles:
        raise RuleBroken("administrator_missing")
    link = links.make(unit, "password", person_id=command.person_id, subject_id=command.person_id)
    unit.db.flush()
    trail.record(unit, "administrator.recovered", "person", command.person_id)
    return RecoveryMade(person_id=command.person_id, link_id=link.id)
