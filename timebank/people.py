"""Persons and members: who is on file, who may see them, and how somebody joins.

A ``person`` row holds everything that identifies somebody; a ``member`` row links it to an account
in the books. ``visible_members`` is the one function through which every query of people passes.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import accounts, choice_notes, links, notices, openings, organisations, texts, trail
from timebank.choices import (
    STATEMENTS_BY,
    ChangeChoices,
    ChoicesChanged,
    change_choices,
    check_statement_by,
)
from timebank.errors import Conflict, NotFound
from timebank.figures import CHOICES
from timebank.ids import new_id
from timebank.member_list import (
    every_member,
    in_sight,
    member,
    member_of_person,
    members,
    person_name,
    visible_ids,
    visible_members,
)
from timebank.models import Member, Person
from timebank.role_holders import (
    EndRole,
    GrantRole,
    RoleChanged,
    actor_for,
    end_role,
    grant_role,
    guarded,
    roles_held,
)
from timebank.unit import Unit

__all__ = [
    "AddMember", "AddPerson", "ChangeChoices", "ChangeMember", "ChoicesChanged", "EndRole",
    "GrantRole", "InvitePerson", "MemberAdded", "MemberChanged", "PersonAdded", "PersonInvited",
    "RoleChanged", "STATEMENTS_BY", "actor_for", "add_member", "add_person", "change_choices",
    "change_member", "end_role", "every_member", "grant_role", "in_sight", "invite_person",
    "member", "member_of_person", "members", "person_name", "roles_held", "visible_ids",
    "visible_members",
]  # fmt: skip

FIRST_NUMBER = 101


# --- joining ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AddMember:
    """Put a new member on file and open their account. Without an e-mail statements are paper."""

    name: str
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    statement_by: str = "link"
    choice: str = "accept"
    no_money_rewards: bool = False
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class MemberAdded:
    """``link_id`` is the single-use link to choose a password, mailed where there is an e-mail."""

    member_id: str
    person_id: str
    number: int
    link_id: str | None


def add_member(unit: Unit, command: AddMember) -> MemberAdded:
    """Add a member, who belongs to ``organisation_id`` (see ``organisations.chosen``).

    Raises ``Conflict('email_taken')`` and what ``texts`` raises.
    """
    unit.actor.require("member.add")
    organisation_id = organisations.chosen(unit, command.organisation_id)
    person = new_person(unit, command.name, command.email, command.phone, command.address)
    added = new_member(
        unit,
        person,
        statement_by=texts.one_of(command.statement_by, STATEMENTS_BY, "statement_by"),
        choice=texts.one_of(command.choice, CHOICES, "choice"),
        no_money_rewards=command.no_money_rewards,
    )
    organisations.link(unit, added, organisation_id)
    link_id = invite(unit, person)
    return MemberAdded(
        member_id=added.id, person_id=person.id, number=added.number, link_id=link_id
    )


@dataclass(frozen=True, kw_only=True)
class AddPerson:
    """Put somebody on file who is no member: staff, or the second approver of a small group."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class PersonAdded:
    """Who was added, and the link to choose a password."""

    person_id: str
    link_id: str | None


def add_person(unit: Unit, command: AddPerson) -> PersonAdded:
    """Add a person without an account. Raises as ``add_member``."""
    unit.actor.require("role.grant")
    person = new_person(unit, command.name, command.email, command.phone, None)
    trail.record(unit, "person.added", "person", person.id)
    return PersonAdded(person_id=person.id, link_id=invite(unit, person))


def new_person(
    unit: Unit, name: str, email: str | None, phone: str | None, address: str | None
) -> Person:
    """A checked person row, flushed. For commands that have decided that the actor may."""
    person = Person(
        id=new_id(),
        name=texts.clean(name, "name"),
        email=_free_email(unit, email, None),
        phone=texts.optional(phone, "phone", most=50),
        address=texts.optional(address, "address", most=500, lines=True),
        needs=None,
    )
    unit.db.add(person)
    unit.db.flush()
    return person


def new_member(
    unit: Unit,
    person: Person,
    *,
    statement_by: str,
    choice: str,
    no_money_rewards: bool,
    starting_hours: bool = True,
) -> Member:
    """A member row with the next number, its account opened, and the trail's row.

    Who comes from earlier records brings hours along, and gets none for joining.
    """
    last = unit.db.scalar(select(func.max(Member.number)))
    added = Member(
        id=new_id(),
        person_id=person.id,
        number=FIRST_NUMBER if last is None else last + 1,
        joined_on=unit.today,
        status="active",
        choice=choice,
        no_money_rewards=no_money_rewards,
        statement_by=statement_by if person.email else "paper",
        revision=1,
    )
    added.person = person
    unit.db.add(added)
    unit.db.flush()
    accounts.open_member(unit.book, added.id)
    trail.record(unit, "member.added", "member", added.id, number=added.number)
    if starting_hours:
        openings.give_starting_hours(unit, added)
    return added


def _free_email(unit: Unit, email: str | None, person_id: str | None) -> str | None:
    found = texts.email(email)
    if found is not None:
        holder = unit.db.scalar(select(Person.id).where(Person.email == found))
        if holder not in (None, person_id):
            raise Conflict("email_taken", field="email")
    return found


def invite(unit: Unit, person: Person) -> str:
    """Make and mail a link to choose a password; for commands that decided that the actor may."""
    link = links.make(unit, "password", person_id=person.id, subject_id=person.id)
    unit.db.flush()
    if person.email is not None:
        notices.send_later(unit, "invitation", person.id, link.id)
    return link.id


@dataclass(frozen=True, kw_only=True)
class InvitePerson:
    """A new link to choose a password: the first was lost, or the password was forgotten."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class PersonInvited:
    """The link's id; it was mailed when the person has an e-mail address."""

    person_id: str
    link_id: str


def invite_person(unit: Unit, command: InvitePerson) -> PersonInvited:
    """Make and mail a password link. For somebody who holds a role, only who may grant roles."""
    unit.actor.require("member.change")
    person = unit.db.get(Person, command.person_id)
    if person is None:
        raise NotFound("person_unknown")
    if unit.actor.organisations is not None and member_of_person(unit, person.id) is None:
        raise NotFound("person_unknown")
    if guarded(unit, person.id):
        unit.actor.require("role.grant")
    link_id = invite(unit, person)
    trail.record(unit, "person.invited", "person", person.id)
    return PersonInvited(person_id=person.id, link_id=link_id)


# --- changing ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ChangeMember:
    """What a coordinator keeps up to date about a member; every field is the new value.

    ``revision`` is the member's as it was seen.
    """

    member_id: str
    revision: int
    name: str
    email: str | None
    phone: str | None
    address: str | None
    needs: str | None
    statement_by: str


@dataclass(frozen=True, kw_only=True)
class MemberChanged:
    """Whose row was changed, and its new revision."""

    member_id: str
    revision: int


def change_member(unit: Unit, command: ChangeMember) -> MemberChanged:
    """Change a member's details.

    Somebody else's name and e-mail decide who they are and where their links go, so where the
    person holds a role or decides for others, only who may grant roles changes those two. Raises
    ``Conflict('changed_meanwhile')`` when the member is not as they were looked at.
    """
    unit.actor.require("member.change")
    found = member(unit, command.member_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    person = found.person
    name, email = texts.clean(command.name, "name"), _free_email(unit, command.email, person.id)
    if (name, email) != (person.name, person.email) and guarded(unit, person.id):
        unit.actor.require("role.grant")
    person.name, person.email = name, email
    person.phone = texts.optional(command.phone, "phone", most=50)
    person.address = texts.optional(command.address, "address", most=500, lines=True)
    person.needs = texts.optional(command.needs, "needs", most=texts.MOST_WORDS, lines=True)
    before = found.statement_by
    found.statement_by = check_statement_by(command.statement_by, email)
    choice_notes.note(unit, found.id, "statement_by", before, found.statement_by)
    found.revision += 1
    trail.record(unit, "member.changed", "member", found.id, revision=found.revision)
    return MemberChanged(member_id=found.id, revision=found.revision)
