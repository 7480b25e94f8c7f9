"""A page at the door of one session, on a tablet or somebody's own phone: type a code, and be seen.

A coordinator opens it and it closes by itself when the session's last day is over. Whoever holds
its address can do one thing: say that the holder of a code or member number is there. It names
nobody and lists nobody, before or after.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from timebank import arrivals, coming, sessions, throttle, trail
from timebank.clock import local_midnight
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import CheckInPage, Session
from timebank.roles import Actor
from timebank.unit import Database, Unit

MOST_UNKNOWN = 20


@dataclass(frozen=True, kw_only=True)
class OpenCheckIn:
    """Open a page at the door of a session that takes place today."""

    session_id: str


@dataclass(frozen=True, kw_only=True)
class CloseCheckIn:
    """Close every page at the door of a session."""

    session_id: str


@dataclass(frozen=True, kw_only=True)
class CheckInChanged:
    """The session, and its open page if there is one."""

    session_id: str
    page_id: str | None


def open_check_in(unit: Unit, command: OpenCheckIn) -> CheckInChanged:
    """Open the page, or give the one that is open.

    Raises ``RuleBroken``: ``session_cancelled``, ``session_not_begun``, ``session_over``.
    """
    unit.actor.require("coming.manage")
    session = arrivals.taking_place(unit, sessions.session(unit, command.session_id))
    if session.ends_on < unit.today:
        raise RuleBroken("session_over")
    found = open_page(unit, session.id)
    if found is None:
        found = CheckInPage(
            id=new_id(), session_id=session.id, opened_by=unit.actor.id, opened_at=unit.now,
            closes_at=local_midnight(session.ends_on + timedelta(days=1), unit.zone),
            closed_at=None,
        )  # fmt: skip
        unit.db.add(found)
        unit.db.flush()
        trail.record(unit, "check_in.opened", "check_in", found.id, session=session.id)
    return CheckInChanged(session_id=session.id, page_id=found.id)


def close_check_in(unit: Unit, command: CloseCheckIn) -> CheckInChanged:
    """Close it at once. Raises ``Conflict('check_in_closed')``."""
    unit.actor.require("coming.manage")
    session = sessions.session(unit, command.session_id)
    found = open_page(unit, session.id)
    if found is None:
        raise Conflict("check_in_closed")
    found.closed_at = unit.now
    trail.record(unit, "check_in.closed", "check_in", found.id, session=session.id)
    return CheckInChanged(session_id=session.id, page_id=None)


def open_page(unit: Unit, session_id: str) -> CheckInPage | None:
    """The page at a session's door, while it is open."""
    query = select(CheckInPage).where(
        CheckInPage.session_id == session_id,
        CheckInPage.closed_at.is_(None),
        CheckInPage.closes_at > unit.now,
    )
    return unit.db.scalars(query).first()


def code_of(unit: Unit, page_id: str) -> str:
    """The code that the page's address ends with: its id and an HMAC of it."""
    mac = hmac.new(unit.settings.secret, b"check-in:" + page_id.encode("ascii"), hashlib.sha256)
    return f"{page_id}-{base64.b32encode(mac.digest()[:15]).decode('ascii').lower()}"


def address_of(unit: Unit, page_id: str) -> str:
    """The page's whole address, built from the configured one."""
    return f"{unit.settings.address}/check-in/{code_of(unit, page_id)}"


def page_of(unit: Unit, code: str) -> tuple[CheckInPage, Session]:
    """The open page that a code stands for, and its session.

    Raises ``NotFound('link_unknown')``, ``Conflict('check_in_closed')``.
    """
    page_id = code.partition("-")[0]
    genuine = page_id.isascii() and hmac.compare_digest(
        code_of(unit, page_id).encode(), code.encode()
    )
    page = unit.db.get(CheckInPage, page_id) if genuine else None
    if page is None:
        raise NotFound("link_unknown")
    session = unit.db.get_one(Session, page.session_id)
    over = page.closed_at is not None or page.closes_at <= unit.now
    if over or session.status in coming.CALLED_OFF:
        raise Conflict("check_in_closed")
    return page, session


def check_in(database: Database, code: str, typed: str) -> bool:
    """Note that whoever typed this is there; False when they were noted before.

    In a unit under the name of whoever opened the page. Raises as ``page_of``;
    ``RuleBroken('codes_missing')``, ``RuleBroken('code_unknown')``, and after many of those
    ``NotAllowed('check_in_throttled', minutes=)``.
    """
    with database.reading(Actor(id="0" * 32)) as unit:
        page, _session = page_of(unit, code)
    if not arrivals.clean_code(typed):
        raise RuleBroken("codes_missing", field="code")
    door = Actor(id=page.opened_by)
    # Counted in a unit of its own, which stays when what was typed turns out to be wrong.
    with database.doorstep(door) as unit:
        attempt = throttle.count(
            unit, f"check-in:{page.id}", most=MOST_UNKNOWN, code="check_in_throttled"
        )
    with database.unit(door) as unit:
        _page, session = page_of(unit, code)
        row = arrivals.row_at_the_door(unit, session, typed)
        if row is None:
            raise RuleBroken("code_unknown", field="code")
        throttle.forgive(unit, attempt)
        new = row.arrived_at is None
        if new:
            arrivals.arrive(unit, row)
            trail.record(unit, "arrival.at_the_door", "sign_up", row.id, session=session.id)
    return new
