"""Bearer tokens, with which programs act on the JSON API for the person who made them.

The functions are reached through ``doors``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import or_, select

from timebank import texts, trail
from timebank.errors import Conflict, NotAllowed, NotFound
from timebank.ids import new_id
from timebank.models import ApiToken
from timebank.unit import Unit

API_TOKEN_PREFIX = "timebank_"


def sha256_of(token: str) -> str:
    """What is kept of a token, for the cookie or for programs: its SHA-256 and never itself."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_api_token(unit: Unit, person_id: str, label: str) -> str:
    """A bearer token that acts with the person's own roles; shown once, kept as its SHA-256.

    Made by the person, or by the operator at the terminal: ``NotAllowed('token_for_oneself')``.
    """
    if unit.actor.id not in (person_id, unit.community.console_id):
        raise NotAllowed("token_for_oneself")
    token = API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        id=new_id(),
        person_id=person_id,
        token_sha256=sha256_of(token),
        label=texts.clean(label, "label", most=100),
        created_at=unit.now,
        expires_at=None,
        revoked_at=None,
    )
    unit.db.add(row)
    trail.record(unit, "api_token.made", "person", person_id, token=row.id)
    return token


def api_tokens(unit: Unit) -> Sequence[ApiToken]:
    """The actor's own tokens that still work, the newest first."""
    query = select(ApiToken).where(
        ApiToken.person_id == unit.actor.person_id,
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > unit.now),
    )
    return unit.db.scalars(query.order_by(ApiToken.created_at.desc())).all()


def revoke_api_token(unit: Unit, token_id: str) -> None:
    """End one of the actor's own tokens. Raises ``NotFound``, ``Conflict('token_revoked')``."""
    row = unit.db.get(ApiToken, token_id)
    if row is None or row.person_id != unit.actor.person_id:
        raise NotFound("token_unknown")
    if row.revoked_at is not None:
        raise Conflict("token_revoked")
    row.revoked_at = unit.now
    trail.record(unit, "api_token.revoked", "person", row.person_id, token=row.id)


def person_for_api_token(unit: Unit, token: str) -> str | None:
    """Whose token this is; None when revoked, too old or unknown."""
    row = unit.db.scalars(
        select(ApiToken).where(
            ApiToken.token_sha256 == sha256_of(token), ApiToken.revoked_at.is_(None)
        )
    ).first()
    if row is None or (row.expires_at is not None and row.expires_at <= unit.now):
        return None
    return row.person_id
