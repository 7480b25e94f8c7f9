"""Sessions for calendar programmes (RFC 5545): one session as a file, or an address to subscribe.

A calendar says a session's title and when it is, and leads to its page; not where, and nothing
about anybody. An address is made for one person, works until they stop it, and shows the sessions
they are coming to; to somebody who looks after sessions, all that are planned in their scope.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import ColumnElement, or_, select

from timebank import people, session_times, sessions, trail
from timebank.errors import NotFound
from timebank.ids import new_id
from timebank.models import CalendarFeed, Session, SignUp
from timebank.unit import Unit

KEPT_DAYS = 60  # so long a session stays in the calendar when it is over
MOST = 1000


@dataclass(frozen=True, kw_only=True)
class MakeFeed:
    """A new address for the actor's calendar; the one before stops."""


@dataclass(frozen=True, kw_only=True)
class StopFeed:
    """Stop the actor's address: it shows nothing any more."""


@dataclass(frozen=True, kw_only=True)
class FeedChanged:
    """The feed that works now, if there is one."""

    feed_id: str | None


def make_feed(unit: Unit, command: MakeFeed) -> FeedChanged:
    """Make a feed for whoever is signed in. Raises ``NotFound('person_unknown')``."""
    stop_feed(unit, StopFeed())
    if unit.actor.person_id is None:
        raise NotFound("person_unknown")
    new = CalendarFeed(
        id=new_id(), person_id=unit.actor.person_id, made_at=unit.now, stopped_at=None
    )
    unit.db.add(new)
    trail.record(unit, "calendar.made", "calendar", new.id)
    return FeedChanged(feed_id=new.id)


def stop_feed(unit: Unit, command: StopFeed) -> FeedChanged:
    """Stop it; harmless when there is none."""
    found = feed(unit)
    if found is not None:
        found.stopped_at = unit.now
        trail.record(unit, "calendar.stopped", "calendar", found.id)
    return FeedChanged(feed_id=None)


def feed(unit: Unit) -> CalendarFeed | None:
    """The actor's own feed, while it works."""
    query = select(CalendarFeed).where(
        CalendarFeed.person_id == unit.actor.person_id, CalendarFeed.stopped_at.is_(None)
    )
    return unit.db.scalars(query).first()


def address_of(unit: Unit, feed_id: str) -> str:
    """What to give to a calendar programme, built from the configured address."""
    return f"{unit.settings.address}/calendar/{code_of(unit, feed_id)}.ics"


def code_of(unit: Unit, feed_id: str) -> str:
    """The feed's id and an HMAC of it: whoever has the address has both."""
    mac = hmac.new(unit.settings.secret, b"calendar:" + feed_id.encode("ascii"), hashlib.sha256)
    return f"{feed_id}-{base64.b32encode(mac.digest()[:15]).decode('ascii').lower()}"


def open_feed(unit: Unit, code: str) -> CalendarFeed:
    """The feed that a code opens; ``NotFound('link_unknown')``, stopped ones included."""
    feed_id = code.partition("-")[0]
    genuine = feed_id.isascii() and hmac.compare_digest(
        code_of(unit, feed_id).encode(), code.encode()
    )
    found = unit.db.get(CalendarFeed, feed_id) if genuine else None
    if found is None or found.stopped_at is not None:
        raise NotFound("link_unknown")
    return found


def sessions_of(unit: Unit) -> Sequence[Session]:
    """What stands in the calendar of the person whose unit it is, today."""
    since = unit.today - timedelta(days=KEPT_DAYS)
    query = select(Session).where(Session.ends_on >= since, or_(*_theirs(unit)))
    return unit.db.scalars(query.order_by(Session.starts_on, Session.id).limit(MOST)).all()


def _theirs(unit: Unit) -> list[ColumnElement[bool]]:
    mine = select(SignUp.session_id).where(
        SignUp.member_id == unit.actor.member_id, SignUp.status == "coming"
    )
    found: list[ColumnElement[bool]] = [Session.id.in_(mine)]
    if unit.actor.may("session.plan"):
        found.append(Session.id.in_(sessions.visible_session_ids(unit)))
    return found


def as_person(unit: Unit, found: CalendarFeed) -> None:
    """Go on in this unit as the person whose feed it is, with the roles of today."""
    unit.actor = people.actor_for(unit, found.person_id)


# --- the file ---------------------------------------------------------------------------------


def calendar(unit: Unit, some: Iterable[Session]) -> bytes:
    """Sessions as an iCalendar file, times in UTC."""
    made = Calendar()
    made.add("prodid", "-//timebank//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", unit.community.name)
    for session in some:
        made.add_component(_event(unit, session))
    return bytes(made.to_ical())


def _event(unit: Unit, session: Session) -> Event:
    event = Event()
    event.add("uid", f"{session.id}@{urlsplit(unit.settings.address).hostname}")
    event.add("dtstamp", unit.now.replace(microsecond=0))
    event.add("sequence", session.revision)
    event.add("summary", session.title)
    event.add("url", f"{unit.settings.address}/opportunities/{session.id}")
    event.add("status", "CANCELLED" if session.status in ("cancelled", "undone") else "CONFIRMED")
    begins = session_times.begins_at(session, unit.zone)
    ends = session_times.ends_at(session, unit.zone)
    if begins is None or (ends is None and session.ends_on != session.starts_on):
        # Whole days: the end is the day after the last one.
        event.add("dtstart", session.starts_on)
        event.add("dtend", session.ends_on + timedelta(days=1))
    else:
        event.add("dtstart", begins)
        event.add("dtend", ends or begins + timedelta(minutes=session.usual_minutes or 60))
    return event
