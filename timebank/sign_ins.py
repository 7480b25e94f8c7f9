"""Signed-in browsers: rows that can be ended, whichever way somebody came in.

On a device that others use too a sign-in lasts minutes and is made longer while somebody stays at
it; otherwise it lasts two weeks.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select, update

from timebank.ids import new_id
from timebank.models import SignIn
from timebank.tokens import sha256_of
from timebank.unit import Unit

LASTS = timedelta(days=14)
SHARED_LASTS = timedelta(minutes=30)


def start(unit: Unit, person_id: str, *, way: str, shared: bool) -> str:
    """A new sign-in's token, for the cookie. ``way``: password, link, card or passkey."""
    token = secrets.token_urlsafe(32)
    unit.db.add(
        SignIn(
            id=new_id(),
            person_id=person_id,
            token_sha256=sha256_of(token),
            way=way,
            shared=shared,
            expires_at=unit.now + (SHARED_LASTS if shared else LASTS),
            revoked_at=None,
        )
    )
    return token


def of_token(unit: Unit, token: str) -> SignIn | None:
    """The sign-in that a cookie stands for; None when it ended, is too old or unknown."""
    return unit.db.scalar(
        select(SignIn).where(
            SignIn.token_sha256 == sha256_of(token),
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > unit.now,
        )
    )


def person_for_token(unit: Unit, token: str) -> str | None:
    """Whose signed-in browser this is; None when signed out, too old or unknown."""
    found = of_token(unit, token)
    return found.person_id if found else None


def person_of_ended(unit: Unit, token: str) -> str | None:
    """Whose signed-in browser this was, ended or not; None when it never was one.

    It lets nobody in: it tells whose words those were that came too late.
    """
    return unit.db.scalar(select(SignIn.person_id).where(SignIn.token_sha256 == sha256_of(token)))


def stay(unit: Unit, token: str) -> None:
    """Somebody is still there: their sign-in lasts as long again from now."""
    found = of_token(unit, token)
    if found is not None:
        found.expires_at = unit.now + (SHARED_LASTS if found.shared else LASTS)


def sign_out(unit: Unit, token: str) -> None:
    """Sign this browser out; harmless when it is not signed in."""
    unit.db.execute(
        update(SignIn)
        .where(SignIn.token_sha256 == sha256_of(token), SignIn.revoked_at.is_(None))
        .values(revoked_at=unit.now)
    )


def sign_out_everywhere(unit: Unit, person_id: str, *, keep: str = "") -> None:
    """Sign every browser of a person out, but for the one with the token ``keep``."""
    unit.db.execute(
        update(SignIn)
        .where(
            SignIn.person_id == person_id,
            SignIn.revoked_at.is_(None),
            SignIn.token_sha256 != sha256_of(keep),
        )
        .values(revoked_at=unit.now)
    )
