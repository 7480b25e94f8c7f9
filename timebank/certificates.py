"""Certificates of participation: which days somebody took part, and for how long.

Like a statement, a certificate is fixed when it is issued: its content is stored without a name,
every form is made from it alone, and its receipt proves it to whoever holds a copy.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from timebank import languages, people, throttle, trail
from timebank.errors import NotAllowed, NotFound, RuleBroken
from timebank.ids import new_id, new_reference
from timebank.models import Attendance, AttendanceEntry, Certificate, Member, Session
from timebank.statement_content import canonical, receipt, sha256_of
from timebank.unit import Database, Unit

VERSION = 1
# Within a quarter of an hour: so many tries at one number, and so many at all numbers together.
MOST_AT_ONE = 10
MOST_AT_ALL = 300


@dataclass(frozen=True, kw_only=True)
class IssueCertificate:
    """A certificate of the days from ``from_on`` to ``until_on``, both included.

    Without ``member_id`` it is the actor's own.
    """

    member_id: str | None = None
    from_on: date
    until_on: date


@dataclass(frozen=True, kw_only=True)
class CertificateIssued:
    """The certificate, and what to call it on the telephone."""

    certificate_id: str
    reference: str


def issue_certificate(unit: Unit, command: IssueCertificate) -> CertificateIssued:
    """Issue one. What is recorded or put right later stands on another.

    Raises ``RuleBroken``: ``days_backwards``, ``certificate_not_ended``, ``certificate_empty``.
    """
    member = _member(unit, command.member_id)
    if command.until_on < command.from_on:
        raise RuleBroken("days_backwards", field="until_on")
    if command.until_on > unit.today:
        raise RuleBroken("certificate_not_ended", field="until_on")
    sessions = _sessions(unit, member.id, command.from_on, command.until_on)
    if not sessions:
        raise RuleBroken("certificate_empty", field="from_on")
    minutes = sum(each["minutes"] for each in sessions)
    reference = new_reference()
    content = canonical(
        {
            "version": VERSION,
            "reference": reference,
            "community": unit.community.name,
            "language": languages.of_person(unit, member.person_id),
            "member_number": member.number,
            "period": {
                "from_on": command.from_on.isoformat(),
                "until_on": command.until_on.isoformat(),
            },
            "issued_on": unit.today.isoformat(),
            "sessions": sessions,
            "minutes": minutes,
        }
    )
    issued = Certificate(
        id=new_id(),
        reference=reference,
        member_id=member.id,
        from_on=command.from_on,
        until_on=command.until_on,
        minutes=minutes,
        content=content,
        content_sha256=sha256_of(content),
        issued_by=unit.actor.id,
        issued_at=unit.now,
    )
    unit.db.add(issued)
    unit.db.flush()
    trail.record(unit, "certificate.issued", "member", member.id, reference=reference)
    return CertificateIssued(certificate_id=issued.id, reference=reference)


def _member(unit: Unit, member_id: str | None) -> Member:
    wanted = member_id or unit.actor.member_id
    if wanted is None:
        raise NotAllowed("role_lacking", action="certificate.issue_own")
    own = wanted == unit.actor.member_id
    unit.actor.require("certificate.issue_own" if own else "certificate.issue")
    return people.member(unit, wanted)


def _sessions(unit: Unit, member_id: str, from_on: date, until_on: date) -> list[dict[str, Any]]:
    """What is recorded now: the day, the session and the minutes of somebody's own time."""
    query = (
        select(Session.starts_on, Session.title, AttendanceEntry.credited_minutes)
        .join(Attendance, Attendance.session_id == Session.id)
        .join(
            AttendanceEntry,
            (AttendanceEntry.attendance_id == Attendance.id)
            & (AttendanceEntry.revision == Attendance.revision),
        )
        .where(
            Attendance.member_id == member_id,
            Session.starts_on.between(from_on, until_on),
            AttendanceEntry.capacity == "own_time",
            AttendanceEntry.credited_minutes > 0,
        )
        .order_by(Session.starts_on, Session.title, Session.id)
    )
    return [
        {"on": starts_on.isoformat(), "title": title, "minutes": minutes}
        for starts_on, title, minutes in unit.db.execute(query)
    ]


# --- reading ------------------------------------------------------------------------------------


def certificate(unit: Unit, certificate_id: str) -> Certificate:
    """One certificate: one's own, or anybody's for who may issue them; else ``NotFound``."""
    found = unit.db.scalars(_visible(unit).where(Certificate.id == certificate_id)).one_or_none()
    if found is None:
        raise NotFound("certificate_unknown")
    return found


def of_member(unit: Unit, member_id: str) -> Sequence[Certificate]:
    """A member's certificates, the newest first."""
    query = _visible(unit).where(Certificate.member_id == member_id)
    return unit.db.scalars(query.order_by(Certificate.issued_at.desc(), Certificate.id)).all()


def _visible(unit: Unit) -> Select[Certificate]:
    query = select(Certificate).options(joinedload(Certificate.member).joinedload(Member.person))
    if unit.actor.may("certificate.issue"):
        return query.where(Certificate.member_id.in_(people.visible_ids(unit)))
    return query.where(Certificate.member_id == (unit.actor.member_id or ""))


# --- checking -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CheckCertificate:
    """What stands on somebody's copy; capitals, spaces and hyphens do not matter."""

    reference: str
    minutes: int
    receipt: str


def belongs_together(database: Database, command: CheckCertificate) -> bool:
    """Whether a certificate was issued with this number, these hours and this receipt.

    Asked without signing in, so it says yes or no and nothing else, does the same work either way,
    and is throttled: ``NotAllowed('check_throttled', minutes=)``.
    """
    wanted = _letters(command.reference)
    with database.doorstep() as unit:
        for named, most in ((f"certificate:{wanted}", MOST_AT_ONE), ("certificate", MOST_AT_ALL)):
            throttle.count(unit, named, most=most, code="check_throttled")
    with database.doorstep() as unit:
        row = unit.db.execute(
            select(Certificate.minutes, Certificate.content_sha256).where(
                Certificate.reference == f"{wanted[:4]}-{wanted[4:]}"
            )
        ).first()
        nobodys = hmac.new(unit.settings.secret, b"no certificate", hashlib.sha256).hexdigest()
    minutes, digest = row or (0, nobodys)
    there = _digest(f"{minutes}:{_letters(receipt(digest))}")
    given = _digest(f"{command.minutes}:{_letters(command.receipt)}")
    return hmac.compare_digest(there, given) and row is not None


def content_of(found: Certificate) -> dict[str, Any]:
    """The stored content."""
    content: dict[str, Any] = json.loads(found.content)
    return content


def _letters(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("ascii")).digest()
