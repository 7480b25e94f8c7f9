"""The community itself: its set-up, its name and looks, and the policy that its group agreed."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from timebank import accounts, activities, people, texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.figures import ROUNDINGS
from timebank.ids import new_id, new_reference
from timebank.information import information_text
from timebank.models import Community, Password, Person, Policy, RoleHeld
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
        second_approver_id=None, created_at=unit.now,
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
    _new_policy(unit, 1, rounding="none", money_rewards=False, advice_contact="",
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
    """The new values of everything about the community that may change."""

    name: str
    brand_colour: str
    contact_name: str
    contact_email: str
    contact_phone: str
    second_approver_id: str | None


@dataclass(frozen=True, kw_only=True)
class CommunityChanged:
    """The community was changed."""

    name_changed: bool


def change_community(unit: Unit, command: ChangeCommunity) -> CommunityChanged:
    """Change the community. The second approver is a person on file, or nobody."""
    unit.actor.require("community.change")
    row = unit.community
    approver_id = command.second_approver_id or None
    if approver_id is not None and unit.db.get(Person, approver_id) is None:
        raise NotFound("person_unknown", field="second_approver_id")
    looks = _looks(command)
    renamed = looks["name"] != row.name
    for column, value in looks.items():
        setattr(row, column, value)
    row.second_approver_id = approver_id
    trail.record(unit, "community.changed", "community", row.book_key, approver=approver_id)
    return CommunityChanged(name_changed=renamed)


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


# --- policy -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class AgreePolicy:
    """A new version of the group's rules; older versions stay."""

    rounding: str
    money_rewards: bool
    advice_contact: str
    information_reviewed_by: str
    information_reviewed_on: date | None


@dataclass(frozen=True, kw_only=True)
class PolicyAgreed:
    """The version now in force."""

    version: int


def policy(unit: Unit) -> Policy:
    """The policy in force; ``NotFound('not_set_up')`` before the set-up."""
    newest = unit.db.scalars(select(Policy).order_by(Policy.version.desc()).limit(1)).first()
    if newest is None:
        raise NotFound("not_set_up")
    return newest


def policies(unit: Unit) -> Sequence[Policy]:
    """Every version of the rules, the newest first."""
    return unit.db.scalars(select(Policy).order_by(Policy.version.desc())).all()


def agree_policy(unit: Unit, command: AgreePolicy) -> PolicyAgreed:
    """Put a new version in force.

    Raises ``RuleBroken``: ``advice_missing`` when rewards with a money value are switched on
    without an advice contact and a review of the information text, ``review_in_future``.
    """
    unit.actor.require("community.change")
    advice = texts.clean(command.advice_contact, "advice_contact", most=500, required=False,
                         lines=True)  # fmt: skip
    reviewer = texts.clean(
        command.information_reviewed_by, "information_reviewed_by", required=False
    )
    reviewed_on = command.information_reviewed_on
    if reviewed_on is not None and reviewed_on > unit.today:
        raise RuleBroken("review_in_future", field="information_reviewed_on")
    if command.money_rewards:
        _require(advice, "advice_contact")
        _require(reviewer, "information_reviewed_by")
        _require(reviewed_on, "information_reviewed_on")
    version = _new_policy(
        unit,
        policy(unit).version + 1,
        rounding=texts.one_of(command.rounding, ROUNDINGS, "rounding"),
        money_rewards=command.money_rewards,
        advice_contact=advice,
        information_reviewed_by=reviewer,
        information_reviewed_on=reviewed_on,
    ).version
    return PolicyAgreed(version=version)


def _require(value: object, field: str) -> None:
    if not value:
        raise RuleBroken("advice_missing", field=field)


def _new_policy(unit: Unit, version: int, **rules: object) -> Policy:
    new = Policy(version=version, agreed_by=unit.actor.id, agreed_at=unit.now, **rules)
    unit.db.add(new)
    unit.db.flush()
    trail.record(unit, "policy.agreed", "policy", str(version))
    return new
