"""Signing in with a passkey: the lock of one's own telephone or computer, nothing to type.

The device keeps a secret key for this address alone and signs a challenge of ours with it, after
looking at a finger, a face or a PIN; we keep the public half (``passkeys``). A challenge is kept
here, for five minutes, and works once. Whatever does not fit gets the same refusal, known or not.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import delete, select
from webauthn.helpers import options_to_json, parse_authentication_credential_json
from webauthn.helpers.structs import UserVerificationRequirement

from timebank import sign_ins, throttle
from timebank.errors import NotAllowed, RuleBroken
from timebank.models import Passkey, PasskeyChallenge
from timebank.settings import Settings
from timebank.unit import Database, Unit

LASTS = timedelta(minutes=5)
WAIT_MILLISECONDS = int(LASTS.total_seconds()) * 1000
# Challenges that may be asked for within a quarter of an hour and not answered rightly, by all.
MOST_ASKED = 300
# The device must know who holds it: a passkey stands alone, without a password beside it.
LOCKED = UserVerificationRequirement.REQUIRED

Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Begun:
    """The challenge's id, and what the browser is asked: options as JSON."""

    challenge_id: str
    options: str


# --- the address --------------------------------------------------------------------------------


def place(settings: Settings) -> str | None:
    """The name for which passkeys are made here; None where there can be none.

    Browsers want a name, never a number, and https; this machine itself may do without.
    """
    address = urlsplit(settings.address)
    name = address.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return name if address.scheme == "https" or name == "localhost" else None
    return None


def here(unit: Unit) -> str:
    """As ``place``; ``RuleBroken('passkeys_not_here')`` where there can be none."""
    found = place(unit.settings)
    if found is None:
        raise RuleBroken("passkeys_not_here")
    return found


def origin(settings: Settings) -> str:
    """The address as a browser says it: without a path, and without the usual port."""
    address = urlsplit(settings.address)
    usual = {"https": 443, "http": 80}[address.scheme]
    port = "" if address.port in (None, usual) else f":{address.port}"
    return f"{address.scheme}://{address.hostname}{port}"


# --- challenges ---------------------------------------------------------------------------------


def find(unit: Unit, credential: bytes) -> Passkey | None:
    """The passkey of which a device gave this name."""
    return unit.db.scalar(select(Passkey).where(Passkey.credential == credential))


def new_challenge(unit: Unit, challenge_id: str, person_id: str | None) -> PasskeyChallenge:
    """A new challenge; those that nobody answered in time go."""
    unit.db.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= unit.now))
    row = PasskeyChallenge(
        id=challenge_id,
        person_id=person_id,
        challenge=secrets.token_bytes(32),
        expires_at=unit.now + LASTS,
    )
    unit.db.add(row)
    return row


def spend(database: Database, challenge_id: str, person_id: str | None) -> bytes | None:
    """The challenge, which is gone then, whatever the answer is worth; None when it is none."""
    with database.doorstep() as unit:
        spent = (
            delete(PasskeyChallenge)
            .where(
                PasskeyChallenge.id == challenge_id,
                PasskeyChallenge.person_id.is_not_distinct_from(person_id),
                PasskeyChallenge.expires_at > unit.now,
            )
            .returning(PasskeyChallenge.challenge)
        )
        return unit.db.scalars(spent).first()


def or_none(look: Callable[[], Answer]) -> Answer | None:
    """What the library finds. What strangers send may break it anywhere: all of that is a no."""
    try:
        return look()
    except Exception:
        return None


# --- signing in ---------------------------------------------------------------------------------


def begin_sign_in(database: Database) -> Begun:
    """What to ask the browser of somebody who wants to sign in; it knows which passkeys fit.

    Raises ``RuleBroken('passkeys_not_here')``, ``NotAllowed('sign_in_throttled', minutes=)``.
    """
    with database.doorstep() as unit:
        asked = throttle.count(unit, "passkey", most=MOST_ASKED, code="sign_in_throttled")
        row = new_challenge(unit, asked, None)
        options = webauthn.generate_authentication_options(
            rp_id=here(unit),
            challenge=row.challenge,
            timeout=WAIT_MILLISECONDS,
            user_verification=LOCKED,
        )
    return Begun(challenge_id=row.id, options=options_to_json(options))


def sign_in(database: Database, challenge_id: str, credential: str, *, shared: bool) -> str:
    """A new sign-in's token. Raises ``NotAllowed('passkey_failed')`` for whatever does not fit."""
    challenge = spend(database, challenge_id, None)
    said = or_none(lambda: parse_authentication_credential_json(credential))
    if challenge is None or said is None:
        raise NotAllowed("passkey_failed")
    with database.doorstep() as unit:
        found = find(unit, said.raw_id)
        if found is None:
            raise NotAllowed("passkey_failed")
        verified = or_none(
            lambda: webauthn.verify_authentication_response(
                credential=said,
                expected_challenge=challenge,
                expected_rp_id=here(unit),
                expected_origin=origin(unit.settings),
                credential_public_key=found.public_key,
                credential_current_sign_count=found.sign_count,
                require_user_verification=True,
            )
        )
        handle = said.response.user_handle
        if verified is None or handle not in (None, bytes.fromhex(found.person_id)):
            raise NotAllowed("passkey_failed")
        throttle.forgive(unit, challenge_id)
        found.sign_count, found.used_at = verified.new_sign_count, unit.now
        return sign_ins.start(unit, found.person_id, way="passkey", shared=shared)
