"""The community itself: its set-up, its name and looks; its agreed rules are in ``policies``."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from timebank import accounts, activities, people, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id, new_reference
from timebank.information import information_text
from timebank.models import Community, Password, Person, RoleHeld
from timebank.policies import (
    AgreePolicy,
    PolicyAgreed,
    agree_policy,
    new_policy,
    policies,
    policy,
)
from timebank.role_holders import actor_for, hold_role
from timebank.roles import ADMINISTRATOR, CONSOLE, COORDINATOR, Actor
from timebank.settings import Settings
from timebank.unit import Unit

__all__ = [
    "AgreePolicy", "ChangeCommunity", "CommunityChanged", "CommunitySetUp", "PolicyAgreed",
    "SetUp", "agree_policy", "change_community", "check_setup_code", "console_actor",
    "information_text", "is_set_up", "new_setup_code", "policies", "policy", "prepare", "set_up",
]  # fmt: skip

# Until the set-up names it.
_UNNAMED = "Time bank"
_FIRST_COLOUR = "#00625b"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


# --- set-up -----------------------------------------------------------------------------------


def is_set_up(unit: Unit) -> bool:
    """Whether the set-up was done: somebody was made administrator."""
    query = select(RoleHeld.id).where(RoleHeld.role == ADMINISTRATOR).limit(1)
    return unit.db.scalar(query) is not None


def prepare(unit: Unit) -> None:
    """Make what every instance has before its set-up: the row, the book, policy, activities.

    An operator at a terminal can work from here on; ``set_up`` names the community later. Harmless
    when it was done. Raises ``Conflict('already_set_up')`` when another process was faster.
    """
    if unit.db.get(Community, 1) is not None:
        return
    row = Community(
        id=1, book_key=new_id(), console_id=new_id(), language="en",
        second_approver_id=None, created_at=unit.now, revision=1,
        name=_UNNAMED, brand_colour=_FIRST_COLOUR,
        contact_name="", contact_email="", contact_phone="",
    )  # fmt: skip
    unit.db.add(row)
    try:
        unit.db.flush()
    except IntegrityError as error:  # two at once, before there is a book to lock
        raise Conflict("already_set_up") from error
    accounts.create_book(unit.connection, row.book_key)
    before, unit.actor = unit.actor, console_actor(unit)
    new_policy(unit, 1, rounding="none", money_rewards=False, advice_contact="",
                information_reviewed_by="", information_reviewed_on=None)  # fmt: skip
    activities.add_defaults(unit)
    trail.record(unit, "community.prepared", "community", row.book_key)
    unit.actor = before


def console_actor(unit: Unit) -> Actor:
    """The instance's operator at a terminal; ``NotFound('not_set_up')`` before ``prepare``."""
    return Actor(id=unit.community.console_id, roles=frozenset({CONSOLE}))


def _setup_code_path(settings: Settings) -> Path:
    return settings.data / "keys" / "setup-code"


def new_setup_code(settings: Settings) -> str:
    """A new one-time code for the set-up page, to print on the terminal; replaces an older one."""
    code = new_reference(12)
    path = _setup_code_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(_digest(code), encoding="ascii")
    return code


def check_setup_code(settings: Settings, code: str) -> bool:
    """Whether this is the code on the terminal; capitals, spaces and hyphens do not matter.

    The set-up spends it.
    """
    try:
        expected = _setup_code_path(settings).read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return hmac.compare_digest(expected, _digest(code))


def _digest(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """Begin a community, with its first administrator, who is its first coordinator too."""

    name: str
    brand_colour: str
    contact_name: str
    contact_email: str
    contact_phone: str
    admin_name: str
    admin_email: str
    admin_is_member: bool


@dataclass(frozen=True, kw_only=True)
class CommunitySetUp:
    """The first administrator; ``member_id`` is None when they are no member."""

    person_id: str
    member_id: str | None


def set_up(unit: Unit, command: SetUp, password_hash: str) -> CommunitySetUp:
    """Make the community, its book and its first administrator, once.

    The administrator acts from here on. Raises ``Conflict('already_set_up')``.
    """
    if is_set_up(unit):
        raise Conflict("already_set_up")
    if texts.email(command.admin_email, "admin_email") is None:
        raise RuleBroken("text_missing", field="admin_email")
    prepare(unit)
    row = unit.community
    for column, value in _looks(command).items():
        setattr(row, column, value)
    name = texts.clean(command.admin_name, "admin_name")
    person = people.new_person(unit, name, command.admin_email, None, None)
    unit.actor = Actor(id=person.id, person_id=person.id)
    unit.db.add(Password(person_id=person.id, hash=password_hash, changed_at=unit.now))
    member_id = None
    if command.admin_is_member:
        member_id = people.new_member(
            unit, person, statement_by="link", choice="accept", no_money_rewards=False
        ).id
    for role in (ADMINISTRATOR, COORDINATOR):
        hold_role(unit, person.id, role)
    unit.actor = actor_for(unit, person.id)
    trail.record(unit, "community.set_up", "community", row.book_key)
    _setup_code_path(unit.settings).unlink(missing_ok=True)
    return CommunitySetUp(person_id=person.id, member_id=member_id)


# --- its name and looks -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ChangeCommunity:
    """The new values of everything about the community that may change.

    ``revision`` is the community's as it was seen.
    """

    revision: int
    name: str
    brand_colour: str
    contact_name: str
    contact_email: str
    contact_phone: str
    second_approver_id: str | None


@dataclass(frozen=True, kw_only=True)
class CommunityChanged:
    """The community was changed; its new revision."""

    name_changed: bool
    revision: int


def change_community(unit: Unit, command: ChangeCommunity) -> CommunityChanged:
    """Change the community. The second approver is a person on file, or nobody.

    Raises ``Conflict('changed_meanwhile')`` when the community is not as it was looked at.
    """
    unit.actor.require("community.change")
    row = unit.community
    if row.revision != command.revision:
        raise trail.changed(unit, row.book_key)
    approver_id = command.second_approver_id or None
    if approver_id is not None and unit.db.get(Person, approver_id) is None:
        raise NotFound("person_unknown", field="second_approver_id")
    looks = _looks(command)
    renamed = looks["name"] != row.name
    for column, value in looks.items():
        setattr(row, column, value)
    row.second_approver_id = approver_id
    row.revision += 1
    trail.record(
        unit, "community.changed", "community", row.book_key,
        approver=approver_id, revision=row.revision,
    )  # fmt: skip
    return CommunityChanged(name_changed=renamed, revision=row.revision)


def _looks(command: SetUp | ChangeCommunity) -> dict[str, str]:
    """The checked columns that both commands fill."""
    if not _COLOUR.fullmatch(command.brand_colour):
        raise RuleBroken("brand_colour_wrong", field="brand_colour")
    return {
        "name": texts.clean(command.name, "name", most=100),
        "brand_colour": command.brand_colour.lower(),
        "contact_name": texts.clean(command.contact_name, "contact_name"),
        "contact_email": texts.email(command.contact_email, "contact_email") or "",
        "contact_phone": texts.clean(
            command.contact_phone, "contact_phone", most=50, required=False
        ),
    }
