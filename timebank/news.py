"""Declining what is kind but nothing anybody must get: thanks, and the like.

The address in such a mail works for good, without signing in, and does nothing but this. Its code
is an HMAC of the person's id under the instance's secret, and stands nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from timebank import trail
from timebank.errors import NotFound
from timebank.models import Communication, Person
from timebank.unit import Unit


def code_of(unit: Unit, person_id: str) -> str:
    """The code for a person: their id and its HMAC."""
    mac = hmac.new(unit.settings.secret, b"news:" + person_id.encode("ascii"), hashlib.sha256)
    return f"{person_id}-{base64.b32encode(mac.digest()[:15]).decode('ascii').lower()}"


def address_of(unit: Unit, person_id: str) -> str:
    """The whole address, as a mail's header gives it."""
    return f"{unit.settings.address}/no-thanks/{code_of(unit, person_id)}"


def person_of(unit: Unit, code: str) -> Person:
    """Whose code it is; ``NotFound('link_unknown')`` for any other."""
    person_id = code.partition("-")[0]
    same = person_id.isascii() and hmac.compare_digest(
        code_of(unit, person_id).encode(), code.encode()
    )
    person = unit.db.get(Person, person_id) if same else None
    if person is None:
        raise NotFound("link_unknown")
    return person


@dataclass(frozen=True, kw_only=True)
class DeclineNews:
    """No thanks and the like to this person any more."""

    code: str


@dataclass(frozen=True, kw_only=True)
class NewsDeclined:
    """Whose wish it was."""

    person_id: str


def decline_news(unit: Unit, command: DeclineNews) -> NewsDeclined:
    """Note the wish; harmless when it was noted before."""
    person = person_of(unit, command.code)
    row = unit.db.get(Communication, person.id)
    if row is None:
        row = Communication(
            person_id=person.id, channel="mail", form="standard", no_news=False, revision=0
        )
        unit.db.add(row)
    if not row.no_news:
        row.no_news = True
        row.revision += 1
        trail.record(unit, "news.declined", "person", person.id)
    return NewsDeclined(person_id=person.id)
