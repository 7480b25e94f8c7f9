"""Single-use links: one thing, once, by one person, without signing in.

The code in a link is an HMAC of the link's id under the instance's secret, so it can be made again
when a mail is sent and is stored nowhere. Opening the page changes nothing; only its POST does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

from timebank.errors import Conflict, NotFound
from timebank.ids import new_id
from timebank.models import SingleUseLink
from timebank.unit import Unit

PURPOSES = {
    "sign_in": timedelta(minutes=15),
    "password": timedelta(days=14),
    "decide": timedelta(days=14),
    "hand_over": timedelta(days=60),
    "is_it_right": timedelta(days=28),
    "feedback": timedelta(days=28),
    "confirm_time": timedelta(days=60),
}


def make(unit: Unit, purpose: str, *, person_id: str, subject_id: str) -> SingleUseLink:
    """A new link of one of ``PURPOSES`` for a person, about a subject."""
    link = SingleUseLink(
        id=new_id(),
        purpose=purpose,
        person_id=person_id,
        subject_id=subject_id,
        created_by=unit.actor.id,
        expires_at=unit.now + PURPOSES[purpose],
        spent_at=None,
    )
    unit.db.add(link)
    return link


def code_of(unit: Unit, link_id: str) -> str:
    """The code that opens the link: the id and its HMAC, for the path of an address."""
    mac = hmac.new(unit.settings.secret, b"link:" + link_id.encode("ascii"), hashlib.sha256)
    return f"{link_id}-{base64.b32encode(mac.digest()[:15]).decode('ascii').lower()}"


def address_of(unit: Unit, link_id: str) -> str:
    """The whole address, built from the configured one and never from a request."""
    return f"{unit.settings.address}/link/{code_of(unit, link_id)}"


def open_link(unit: Unit, code: str) -> SingleUseLink:
    """The link a code opens, unspent and in time.

    Raises ``NotFound('link_unknown')``, ``Conflict('link_spent')`` or ``Conflict('link_late')``.
    """
    link_id = code.partition("-")[0]
    if not link_id.isascii() or not hmac.compare_digest(
        code_of(unit, link_id).encode(), code.encode()
    ):
        raise NotFound("link_unknown")
    link = unit.db.get(SingleUseLink, link_id)
    if link is None:
        raise NotFound("link_unknown")
    if link.spent_at is not None:
        raise Conflict("link_spent")
    if link.expires_at <= unit.now:
        raise Conflict("link_late")
    return link


def spend(unit: Unit, link: SingleUseLink) -> None:
    """Mark the link as used; the unit's lock makes the first one win."""
    link.spent_at = unit.now
