"""Who arrived at a session: noted by a coordinator, from the sheet, or at the door.

Nothing here credits anybody: arrivals only tell the crediting page whom to tick at first.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from timebank import coming, people, sessions, trail
from timebank.coming import ComingChanged
from timebank.errors import Conflict, RuleBroken
from timebank.member_list import TAKING_PART
from timebank.models import Member, Session, SignUp
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class NoteArrival:
    """Somebody is there, whether they had signed up or not."""

    session_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class UndoArrival:
    """Somebody is not there after all."""

    session_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class NoteCodes:
    """The codes that were ticked on the sign-in sheet, parted by spaces, commas or lines."""

    session_id: str
    codes: str


@dataclass(frozen=True, kw_only=True)
class ArrivalsNoted:
    """How many arrivals were new, and how many were noted before."""

    session_id: str
    new: int
    before: int


def note_arrival(unit: Unit, command: NoteArrival) -> ComingChanged:
    """Note that a member is there; who comes without a place is there all the same.

    Raises ``NotFound``: ``session_unknown``, ``member_unknown``; ``RuleBroken``:
    ``session_cancelled``, ``session_not_begun``, ``member_not_active``.
    """
    unit.actor.require("coming.manage")
    session = taking_place(unit, sessions.session(unit, command.session_id))
    member = people.member(unit, command.member_id)
    if member.status not in TAKING_PART:
        raise RuleBroken("member_not_active", field="member_id")
    row = coming.row_of(unit, session, member)
    arrive(unit, row)
    trail.record(unit, "arrival.noted", "sign_up", row.id, session=session.id)
    return coming.as_it_stands(row)


def undo_arrival(unit: Unit, command: UndoArrival) -> ComingChanged:
    """Take a noted arrival back. Raises ``Conflict('not_arrived')``."""
    unit.actor.require("coming.manage")
    session = sessions.session(unit, command.session_id)
    row = coming.row_of(unit, session, people.member(unit, command.member_id))
    if row.arrived_at is None:
        raise Conflict("not_arrived")
    row.arrived_at = None
    trail.record(unit, "arrival.undone", "sign_up", row.id, session=session.id)
    return coming.as_it_stands(row)


def note_codes(unit: Unit, command: NoteCodes) -> ArrivalsNoted:
    """Note everybody whose code or member number is given; with one that is unknown, nobody.

    Raises ``RuleBroken``: ``codes_missing``, ``codes_unknown`` with the ones that are.
    """
    unit.actor.require("coming.manage")
    session = taking_place(unit, sessions.session(unit, command.session_id))
    written = [clean_code(code) for code in command.codes.replace(",", " ").split()]
    if not written:
        raise RuleBroken("codes_missing", field="codes")
    rows = {row.code: row for row in coming.signed_up(unit, session.id)}
    rows |= {str(row.member.number): row for row in rows.values()}
    if unknown := [code for code in written if code not in rows]:
        raise RuleBroken("codes_unknown", field="codes", codes=", ".join(unknown[:20]))
    found = {rows[code].id: rows[code] for code in written}
    new = [row for row in found.values() if row.arrived_at is None]
    for row in new:
        arrive(unit, row)
        trail.record(unit, "arrival.noted", "sign_up", row.id, session=session.id)
    return ArrivalsNoted(session_id=session.id, new=len(new), before=len(found) - len(new))


def arrive(unit: Unit, row: SignUp) -> None:
    """Set the row's arrival, the first time; for commands that checked that it may be."""
    row.status = "coming"
    row.arrived_at = row.arrived_at or unit.now
    unit.db.flush()


def clean_code(text: str) -> str:
    """A code or number as somebody typed it: capitals, without spaces and hyphens."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def taking_place(unit: Unit, session: Session) -> Session:
    """The session, if its first day has come and it was not called off.

    Raises ``RuleBroken``: ``session_cancelled``, ``session_not_begun``.
    """
    coming.still_on(session)
    if session.starts_on > unit.today:
        raise RuleBroken("session_not_begun", starts_on=session.starts_on)
    return session


def row_at_the_door(unit: Unit, session: Session, typed: str) -> SignUp | None:
    """The row of whoever typed this code or member number; a new one for a member who had not
    signed up. None when nobody has it. For the page at the door, which acts for nobody."""
    code = clean_code(typed)
    query = select(SignUp).where(SignUp.session_id == session.id, SignUp.code == code)
    found = unit.db.scalars(query).one_or_none()
    if found is not None or not (code.isascii() and code.isdecimal() and len(code) < 10):
        return found
    numbered = select(Member).where(Member.number == int(code), Member.status.in_(TAKING_PART))
    member = unit.db.scalars(numbered).one_or_none()
    return coming.row_of(unit, session, member) if member is not None else None
