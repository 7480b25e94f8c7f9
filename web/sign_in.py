"""Who is signed in: Flask-Login over the server-side sign-in row, and bearer tokens on the API.

The browser's cookie holds the token of a row that can be revoked; nothing about a person. Pages
know only the cookie, the API knows only the token, so that no other site can make a browser act
on the API.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Flask, Request, session
from flask_login import LoginManager, current_user, login_user, logout_user

from timebank import doors, people, sign_ins, trusted
from timebank.clock import local_day
from timebank.models import Person
from timebank.roles import Actor
from timebank.unit import NOBODY
from web.errors import is_api
from web.units import database

# By this header a program acts for a member who trusts its person; the value is the member's id.
ACTING_FOR = "Acting-For"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """What Flask-Login keeps for a request: the sign-in token, who acts, and the name to show.

    ``language`` is the one they chose; None is the group's. ``acting_for`` is the name of the
    member for whom they act just now.
    """

    token: str
    actor: Actor
    name: str
    ends_at: datetime | None = None
    language: str | None = None
    acting_for: str | None = None
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
    now = database().clock()
    # Roles are held by the day. What ends by the hour is looked at each time.
    name = ("visitor", token, local_day(now, database().settings.zone))
    found = database().unchanged.get(name, lambda: _signed_in(token))
    ended = found is None or (found.ends_at is not None and found.ends_at <= now)
    return None if ended else found


def _signed_in(token: str) -> Visitor | None:
    with database().reading(NOBODY) as unit:
        found = sign_ins.of_token(unit, token)
        if found is None:
            return None
        visitor = _visitor(unit, token, found.person_id, found.expires_at)
        if visitor is None or found.trust_id is None:
            return visitor
        acting = trusted.acting(unit, found.person_id, trust_id=found.trust_id)
        return visitor if acting is None else _acting(visitor, acting)


def _from_bearer(request: Request) -> Visitor | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if not is_api() or kind.lower() != "bearer" or not token:
        return None
    with database().reading(NOBODY) as unit:
        visitor = _visitor(unit, token, doors.person_for_api_token(unit, token.strip()))
        member_id = request.headers.get(ACTING_FOR)
        if visitor is None or member_id is None:
            return visitor
        acting = trusted.acting(unit, visitor.actor.id, member_id=member_id)
        return _acting(visitor, acting or trusted.nobodys(visitor.actor.id))


def _acting(visitor: Visitor, acting: trusted.Acting) -> Visitor:
    return replace(visitor, actor=acting.actor, acting_for=acting.name)


def _visitor(
    unit: Any, token: str, person_id: str | None, ends_at: datetime | None = None
) -> Visitor | None:
    if person_id is None:
        return None
    person = unit.db.get(Person, person_id)
    return Visitor(
        token=token,
        actor=people.actor_for(unit, person_id),
        name=person.name if person is not None else "",
        ends_at=ends_at,
        language=person.language if person is not None else None,
    )
