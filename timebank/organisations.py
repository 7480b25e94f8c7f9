"""Partner organisations: whose session it is, who belongs to whom, and who looks after whose.

A coordinator whose role is limited to an organisation sees its sessions and its people alone; the
conditions stand in ``scope``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import role_holders, scope, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.member_list import member, visible_ids
from timebank.models import Member, MemberOrganisation, Organisation, Person, RoleHeld
from timebank.unit import Unit

MOST_CONTACT = 500


@dataclass(frozen=True, kw_only=True)
class AddOrganisation:
    """A new partner; ``contact`` is how to reach it."""

    name: str
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeOrganisation:
    """What is said of a partner; ``revision`` is as it was seen."""

    organisation_id: str
    revision: int
    name: str
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class EndOrganisation:
    """It is no partner any more: its coordinators' roles end; sessions and people stay on file."""

    organisation_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class OrganisationKept:
    """The organisation and its revision."""

    organisation_id: str
    revision: int


def add_organisation(unit: Unit, command: AddOrganisation) -> OrganisationKept:
    """Add a partner. Raises ``Conflict('organisation_taken')`` and what ``texts`` raises."""
    unit.actor.require("organisation.change")
    new = Organisation(
        id=new_id(),
        name=_free_name(unit, command.name, None),
        contact=_contact(command.contact),
        ended_on=None,
        revision=1,
    )
    unit.db.add(new)
    unit.db.flush()
    trail.record(unit, "organisation.added", "organisation", new.id)
    return OrganisationKept(organisation_id=new.id, revision=1)


def change_organisation(unit: Unit, command: ChangeOrganisation) -> OrganisationKept:
    """Change a partner. Raises ``Conflict('changed_meanwhile')`` and what adding raises."""
    found = _to_change(unit, command.organisation_id, command.revision)
    found.name = _free_name(unit, command.name, found.id)
    found.contact = _contact(command.contact)
    found.revision += 1
    trail.record(unit, "organisation.changed", "organisation", found.id, revision=found.revision)
    return OrganisationKept(organisation_id=found.id, revision=found.revision)


def end_organisation(unit: Unit, command: EndOrganisation) -> OrganisationKept:
    """End a partnership today. Raises as ``change_organisation``."""
    found = _to_change(unit, command.organisation_id, command.revision)
    for held in role_holders.of_organisation(unit, found.id):
        role_holders.end_held(unit, held)
    found.ended_on = unit.today
    found.revision += 1
    trail.record(unit, "organisation.ended", "organisation", found.id, revision=found.revision)
    return OrganisationKept(organisation_id=found.id, revision=found.revision)


def _to_change(unit: Unit, organisation_id: str, revision: int) -> Organisation:
    unit.actor.require("organisation.change")
    found = organisation(unit, organisation_id)
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    if found.ended_on is not None:
        raise RuleBroken("organisation_ended")
    return found


def _free_name(unit: Unit, name: str, own_id: str | None) -> str:
    name = texts.clean(name, "name")
    same = select(Organisation.id).where(func.lower(Organisation.name) == name.lower())
    if unit.db.scalar(same) not in (None, own_id):
        raise Conflict("organisation_taken", field="name")
    return name


def _contact(text: str) -> str:
    return texts.clean(text, "contact", most=MOST_CONTACT, required=False, lines=True)


# --- reading ----------------------------------------------------------------------------------


def organisations(unit: Unit, *, ended: bool = False) -> Sequence[Organisation]:
    """The partners of today that this actor may see, by name; with ``ended`` the former ones too.

    All of them for a role in the whole group; one's own for a limited role.
    """
    unit.actor.require("session.view_all")
    query = select(Organisation).order_by(func.lower(Organisation.name), Organisation.id)
    if not ended:
        query = query.where(Organisation.ended_on.is_(None))
    if unit.actor.organisations is not None:
        query = query.where(Organisation.id.in_(unit.actor.organisations))
    return unit.db.scalars(query).all()


def organisation(unit: Unit, organisation_id: str) -> Organisation:
    """One partner; ``NotFound('organisation_unknown')`` outside the actor's scope."""
    found = unit.db.get(Organisation, organisation_id)
    limited = unit.actor.organisations
    if found is None or (limited is not None and found.id not in limited):
        raise NotFound("organisation_unknown")
    return found


def chosen(unit: Unit, organisation_id: str | None) -> str | None:
    """The organisation of something new: the one named, or the only one a limited actor has.

    None is the whole group's. Raises ``NotFound('organisation_unknown')`` for one that is not
    there or not the actor's, ``RuleBroken('organisation_missing')`` where the actor has several.
    """
    limited = unit.actor.organisations
    if organisation_id is not None:
        found = unit.db.get(Organisation, organisation_id)
        outside = limited is not None and organisation_id not in limited
        if found is None or found.ended_on is not None or outside:
            raise NotFound("organisation_unknown", field="organisation_id")
        return organisation_id
    if limited is None:
        return None
    if len(limited) > 1:
        raise RuleBroken("organisation_missing", field="organisation_id")
    return next(iter(limited))


def of_member(unit: Unit, member_id: str) -> Sequence[Organisation]:
    """The organisations that a member belongs to today and this actor may see, by name."""
    query = (
        select(Organisation)
        .join(MemberOrganisation, MemberOrganisation.organisation_id == Organisation.id)
        .where(
            MemberOrganisation.member_id == member_id,
            MemberOrganisation.member_id.in_(visible_ids(unit)),
            scope.belongs_today(unit),
        )
        .order_by(func.lower(Organisation.name))
    )
    if unit.actor.organisations is not None:
        query = query.where(Organisation.id.in_(unit.actor.organisations))
    return unit.db.scalars(query).all()


def coordinators(unit: Unit, organisation_id: str) -> Sequence[tuple[Person, RoleHeld]]:
    """Who looks after a partner in the actor's scope, and since when, by name."""
    held = role_holders.of_organisation(unit, organisation(unit, organisation_id).id)
    people = select(Person).where(Person.id.in_([each.person_id for each in held]))
    by_id = {each.id: each for each in unit.db.scalars(people)}
    return sorted(
        ((by_id[each.person_id], each) for each in held), key=lambda pair: pair[0].name.lower()
    )


# --- belonging --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class LinkMember:
    """A member belongs to an organisation from today: its coordinators see them."""

    member_id: str
    organisation_id: str


@dataclass(frozen=True, kw_only=True)
class UnlinkMember:
    """A member belongs to an organisation no more; it still knows who was at its sessions."""

    member_id: str
    organisation_id: str


@dataclass(frozen=True, kw_only=True)
class MemberLinked:
    """Who belongs, or does not belong any more, to which organisation."""

    member_id: str
    organisation_id: str


def link_member(unit: Unit, command: LinkMember) -> MemberLinked:
    """Link a member. Raises ``NotFound``: ``member_unknown``, ``organisation_unknown``;
    ``RuleBroken('member_linked')`` when they belong already.
    """
    unit.actor.require("member.change")
    found = member(unit, command.member_id)
    organisation_id = chosen(unit, command.organisation_id)
    if _link(unit, found.id, command.organisation_id) is not None:
        raise RuleBroken("member_linked", field="organisation_id")
    link(unit, found, organisation_id)
    return MemberLinked(member_id=found.id, organisation_id=command.organisation_id)


def link(unit: Unit, found: Member, organisation_id: str | None) -> None:
    """Write the row, if there is an organisation; for commands that checked what to write."""
    if organisation_id is None:
        return
    unit.db.add(
        MemberOrganisation(
            id=new_id(),
            member_id=found.id,
            organisation_id=organisation_id,
            from_on=unit.today,
            until_on=None,
        )
    )
    unit.db.flush()
    trail.record(unit, "member.linked", "member", found.id, organisation=organisation_id)


def unlink_member(unit: Unit, command: UnlinkMember) -> MemberLinked:
    """End a link today. Raises ``RuleBroken('member_not_linked')`` when there is none."""
    unit.actor.require("member.change")
    found = member(unit, command.member_id)
    organisation(unit, command.organisation_id)
    row = _link(unit, found.id, command.organisation_id)
    if row is None:
        raise RuleBroken("member_not_linked", field="organisation_id")
    row.until_on = unit.today
    trail.record(unit, "member.unlinked", "member", found.id, organisation=row.organisation_id)
    return MemberLinked(member_id=found.id, organisation_id=row.organisation_id)


def _link(unit: Unit, member_id: str, organisation_id: str) -> MemberOrganisation | None:
    query = select(MemberOrganisation).where(
        MemberOrganisation.member_id == member_id,
        MemberOrganisation.organisation_id == organisation_id,
        scope.belongs_today(unit),
    )
    return unit.db.scalars(query).first()
