"""A person's passkeys: adding one, looking at them, and removing them when a device was lost.

Signing in with one stands in ``passkey_door``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import webauthn
from sqlalchemy import func, select
from webauthn.helpers import options_to_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
)

from timebank import notices, passkey_door, sign_ins, texts, trail
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.member_list import member
from timebank.models import Passkey, Person
from timebank.passkey_door import Begun
from timebank.roles import Actor
from timebank.unit import Database, Unit

MOST_OF_ONE = 20
MOST_LETTERS = 100


@dataclass(frozen=True, kw_only=True)
class RemovePasskey:
    """One of the actor's own passkeys that shall not work any more."""

    passkey_id: str


@dataclass(frozen=True, kw_only=True)
class StopPasskeys:
    """All passkeys of a member whose device was lost."""

    member_id: str


@dataclass(frozen=True, kw_only=True)
class PasskeysRemoved:
    """How many do not work any more."""

    count: int


# --- adding -------------------------------------------------------------------------------------


def begin_adding(database: Database, actor: Actor, token: str) -> Begun:
    """What to ask the browser for a new passkey of the actor's; ``token`` is their sign-in's.

    Raises ``RuleBroken``: ``passkeys_not_here``, ``passkey_shared`` (a device of many people would
    let all of them in), ``passkeys_many``.
    """
    with database.doorstep(actor) as unit:
        person = unit.db.get_one(Person, actor.person_id)
        if on_shared_device(unit, token):
            raise RuleBroken("passkey_shared")
        held = of_person(unit, person.id)
        if len(held) >= MOST_OF_ONE:
            raise RuleBroken("passkeys_many", most=MOST_OF_ONE)
        row = passkey_door.new_challenge(unit, new_id(), person.id)
        options = webauthn.generate_registration_options(
            rp_id=passkey_door.here(unit),
            rp_name=unit.community.name,
            user_id=bytes.fromhex(person.id),
            user_name=person.name,
            challenge=row.challenge,
            timeout=passkey_door.WAIT_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=passkey_door.LOCKED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in held],
        )
    return Begun(challenge_id=row.id, options=options_to_json(options))


def add(database: Database, actor: Actor, challenge_id: str, label: str, credential: str) -> str:
    """Keep the passkey that the browser answered with, and tell its person; the passkey's id.

    ``credential`` is the browser's JSON. Raises ``RuleBroken``: ``passkey_not_added``, and what
    ``texts.clean`` raises about ``label``.
    """
    label = texts.clean(label, "label", most=MOST_LETTERS)
    challenge = passkey_door.spend(database, challenge_id, actor.person_id)
    with database.unit(actor) as unit:
        made = passkey_door.or_none(
            lambda: webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge or b"",
                expected_rp_id=passkey_door.here(unit),
                expected_origin=passkey_door.origin(unit.settings),
                require_user_verification=True,
            )
        )
        known = made and passkey_door.find(unit, made.credential_id)
        if challenge is None or made is None or known:
            raise RuleBroken("passkey_not_added")
        row = Passkey(
            id=new_id(),
            person_id=actor.person_id or "",
            label=label,
            credential=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            added_at=unit.now,
            used_at=None,
        )
        unit.db.add(row)
        unit.db.flush()
        trail.record(unit, "passkey.added", "person", row.person_id, passkey=row.id)
        notices.send_later(unit, "passkey_added", row.person_id, row.id)
        return row.id


# --- looking after them -------------------------------------------------------------------------


def of_person(unit: Unit, person_id: str) -> Sequence[Passkey]:
    """The passkeys of a person, in the order in which they were added."""
    query = select(Passkey).where(Passkey.person_id == person_id)
    return unit.db.scalars(query.order_by(Passkey.added_at, Passkey.id)).all()


def on_shared_device(unit: Unit, token: str) -> bool:
    """Whether a sign-in is on a device that others use too, or ended: nothing is added there."""
    signed_in = sign_ins.of_token(unit, token)
    return signed_in is None or signed_in.shared


def count_of(unit: Unit, person_id: str) -> int:
    """How many passkeys a person has."""
    query = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    return unit.db.scalar(query) or 0


def remove_passkey(unit: Unit, command: RemovePasskey) -> PasskeysRemoved:
    """Remove one of one's own. Browsers that are signed in stay. Raises ``NotFound``."""
    row = unit.db.get(Passkey, command.passkey_id)
    if row is None or row.person_id != unit.actor.person_id:
        raise NotFound("passkey_unknown")
    return _remove(unit, [row])


def stop_passkeys(unit: Unit, command: StopPasskeys) -> PasskeysRemoved:
    """Remove all passkeys of a member, who lost a device and rings up."""
    unit.actor.require("card.issue")
    found = member(unit, command.member_id)
    return _remove(unit, of_person(unit, found.person_id))


def _remove(unit: Unit, rows: Sequence[Passkey]) -> PasskeysRemoved:
    for row in rows:
        unit.db.delete(row)
        trail.record(unit, "passkey.removed", "person", row.person_id, passkey=row.id)
    return PasskeysRemoved(count=len(rows))
