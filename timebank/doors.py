"""How people are let in: passwords, signed-in browsers, tokens for the JSON API, throttling.

Passwords are hashed outside units (argon2 is slow on purpose, and the books must not wait). A
refusal is the same, and takes the same work, whether or not the person exists.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from timebank import links, sign_ins, texts, throttle, trail
from timebank.errors import NotAllowed, NotFound, RuleBroken
from timebank.models import Member, Password, Person, SingleUseLink
from timebank.role_holders import actor_for
from timebank.sign_ins import (
    person_for_token,
    person_of_ended,
    sign_out,
    sign_out_everywhere,
)
from timebank.tokens import (
    API_TOKEN_PREFIX,
    api_tokens,
    new_api_token,
    person_for_api_token,
    revoke_api_token,
)
from timebank.unit import NOBODY, Database, Unit

__all__ = [
    "API_TOKEN_PREFIX", "PasswordDoor", "api_tokens", "change_password", "choose_password",
    "find_person",
    "hash_password", "new_api_token", "person_for_api_token", "person_for_token",
    "person_of_ended", "revoke_api_token", "sign_out", "sign_out_everywhere",
]  # fmt: skip

LEAST_LETTERS = 10
MOST_LETTERS = 1000
# Ten wrong tries within a quarter of an hour close a door until the first of them is that old.
MOST_FAILURES = 10

_hasher = PasswordHasher()


# --- passwords --------------------------------------------------------------------------------


def hash_password(text: str) -> str:
    """The argon2 hash of a new password. Call it outside units.

    Raises ``RuleBroken``: ``password_short`` (fewer than 10 characters), ``password_long``.
    """
    if len(text) < LEAST_LETTERS:
        raise RuleBroken("password_short", field="password", least=LEAST_LETTERS)
    if len(text) > MOST_LETTERS:
        raise RuleBroken("password_long", field="password", most=MOST_LETTERS)
    return str(_hasher.hash(_bytes(text)))


def _bytes(password: str) -> bytes:
    """The same bytes on whatever keyboard it was typed: letters and accents composed."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys_hash() -> str:
    return str(_hasher.hash(secrets.token_urlsafe()))


def _fits(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; the work is the same where there is no hash."""
    try:
        _hasher.verify(password_hash or _nobodys_hash(), _bytes(password[:MOST_LETTERS]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def choose_password(database: Database, link_code: str, password: str) -> str:
    """Set the password of the person a link was made for, once; the person's id.

    Every signed-in browser of theirs is signed out. Raises what ``links.open_link`` raises, and
    ``hash_password``.
    """
    with database.reading(NOBODY) as unit:
        _password_link(unit, link_code)  # before the slow work
    new_hash = hash_password(password)
    with database.unit(NOBODY) as unit:
        link = _password_link(unit, link_code)
        unit.actor = actor_for(unit, link.person_id)
        links.spend(unit, link)
        row = unit.db.get(Password, link.person_id)
        if row is None:
            unit.db.add(Password(person_id=link.person_id, hash=new_hash, changed_at=unit.now))
        else:
            row.hash, row.changed_at = new_hash, unit.now
        sign_out_everywhere(unit, link.person_id)
        trail.record(unit, "password.chosen", "person", link.person_id)
        return link.person_id


def change_password(
    database: Database, person_id: str, current: str, new: str, *, keep: str
) -> None:
    """Change one's own password; all other browsers are signed out, ``keep``'s token stays good.

    Raises ``NotAllowed('password_wrong')`` or ``'sign_in_throttled'``: whoever finds a browser
    open must not get to try passwords in it. And what ``hash_password`` raises.
    """
    with database.doorstep() as unit:
        old_hash = unit.db.scalar(select(Password.hash).where(Password.person_id == person_id))
        attempt_id = _count_attempt(unit, person_id)
    if not _fits(old_hash, current):
        raise NotAllowed("password_wrong", field="current_password")
    new_hash = hash_password(new)
    with database.unit(NOBODY) as unit:
        row = unit.db.get_one(Password, person_id)
        if row.hash != old_hash:  # changed while we were at it
            raise NotAllowed("password_wrong", field="current_password")
        throttle.forgive(unit, attempt_id)
        unit.actor = actor_for(unit, person_id)
        row.hash, row.changed_at = new_hash, unit.now
        sign_out_everywhere(unit, person_id, keep=keep)
        trail.record(unit, "password.changed", "person", person_id)


def _password_link(unit: Unit, code: str) -> SingleUseLink:
    link = links.open_link(unit, code)
    if link.purpose != "password":
        raise NotFound("link_unknown")
    return link


# --- signing in -------------------------------------------------------------------------------


class PasswordDoor:
    """Sign-in by e-mail address or member number, and password."""

    def sign_in(
        self, database: Database, name_or_number: str, password: str, *, shared: bool = False
    ) -> str:
        """A new sign-in's token, for the cookie; ``shared`` on a device that others use too.

        Raises ``NotAllowed('sign_in_failed')``, or ``NotAllowed('sign_in_throttled', minutes=)``
        after too many wrong tries. Each try counts before it is judged, so that many at once do
        not get round the limit.
        """
        with database.doorstep() as unit:
            person_id, password_hash = _find(unit, name_or_number)
            attempt_id = _count_attempt(unit, person_id or name_or_number)
        if not _fits(password_hash, password) or person_id is None:
            raise NotAllowed("sign_in_failed")
        with database.doorstep() as unit:
            row = unit.db.get(Password, person_id)
            if row is None or row.hash != password_hash:  # changed while we were at it
                raise NotAllowed("sign_in_failed")
            throttle.forgive(unit, attempt_id)
            return sign_ins.start(unit, person_id, way="password", shared=shared)


def _find(unit: Unit, name_or_number: str) -> tuple[str | None, str | None]:
    """The person and their hash, by e-mail or member number; None for what there is not."""
    tried = texts.printable(name_or_number).lower()
    number = int(tried) if tried.isascii() and tried.isdecimal() and len(tried) < 10 else None
    query = (
        select(Person.id, Password.hash)
        .outerjoin(Member, Member.person_id == Person.id)
        .outerjoin(Password, Password.person_id == Person.id)
        .where(Person.email == tried if number is None else Member.number == number)
    )
    row = unit.db.execute(query).first()
    return (row[0], row[1]) if row else (None, None)


def find_person(unit: Unit, name_or_number: str) -> str | None:
    """The id of the person with this e-mail address or member number; None for nobody."""
    return _find(unit, name_or_number)[0]


def _count_attempt(unit: Unit, tried: str) -> str:
    named = f"door:{texts.printable(tried).lower()}"
    return throttle.count(unit, named, most=MOST_FAILURES, code="sign_in_throttled")
