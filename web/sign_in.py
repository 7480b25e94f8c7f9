"""Who is signed in: Flask-Login over the server-side sign-in row, and bearer tokens on the API.

The browser's cookie holds the token of a row that can be revoked; nothing about a person. Pages
know only the cookie, the API knows only the token, so that no other site can make a browser act
on the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from timebank import doors, people, sign_ins
from timebank.roles import Actor
from timebank.unit import NOBODY
from web.errors import is_api
from web.units import database


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """What Flask-Login keeps for a request: the sign-in token, who acts, and the name to show."""

    token: str
    actor: Actor
    name: str
    ends_at: datetime | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie holds."""
        return self.token


def register(app: Flask) -> None:
    """Set Flask-Login up."""
    manager = LoginManager(app)
    # "Basic" protection forgets people whose telephone changes networks; the row is what counts.
    manager.session_protection = None
    manager.user_loader(_from_cookie)
    manager.request_loader(_from_bearer)


def start(token: str) -> None:
    """Sign this browser in with a fresh cookie, so that none planted before is worth anything."""
    session.clear()
    visitor = _from_cookie(token)
    if visitor is not None:
        login_user(visitor)


def stop() -> None:
    """Sign this browser out: the row is revoked and the cookie emptied."""
    token = getattr(current_user, "token", None)
    if token:
        with database().doorstep() as unit:
            doors.sign_out(unit, token)
    logout_user()
    session.clear()


def _from_cookie(token: str) -> Visitor | None:
    if is_api():
        return None
    with database().reading(NOBODY) as unit:
        found = sign_ins.of_token(unit, token)
        if found is None:
            return None
        return _visitor(unit, token, found.person_id, found.expires_at)


def _from_bearer(request: Request) -> Visitor | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if not is_api() or kind.lower() != "bearer" or not token:
        return None
    with database().reading(NOBODY) as unit:
        return _visitor(unit, token, doors.person_for_api_token(unit, token.strip()))


def _visitor(
    unit: Any, token: str, person_id: str | None, ends_at: datetime | None = None
) -> Visitor | None:
    if person_id is None:
        return None
    return Visitor(
        token=token,
        actor=people.actor_for(unit, person_id),
        name=people.person_name(unit, person_id),
        ends_at=ends_at,
    )
