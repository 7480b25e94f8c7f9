"""Who is coming to a session: signing up, withdrawing, the waiting list, and who arrived.

A member signs up for what is published; a coordinator signs somebody up for any planned session.
Nothing here credits anybody: arrivals only tell the crediting page whom to tick at first.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from timebank import notices, opportunities, people, places, projects, sessions, texts, trail
from timebank.errors import Conflict, RuleBroken
from timebank.ids import ALPHABET, new_id
from timebank.member_list import TAKING_PART
from timebank.models import Member, Person, Session, SignUp
from timebank.unit import NOBODY, Database, Unit

MOST_WORDS = 500
# So long after a session what would help somebody at it is kept.
WORDS_KEPT_DAYS = 30
CODE_LETTERS = 4
CALLED_OFF = ("cancelled", "undone")


# --- reading ----------------------------------------------------------------------------------


def _rows(unit: Unit) -> Select[SignUp]:
    """Sign-ups of the sessions and people this actor may see, with member and person."""
    return (
        select(SignUp)
        .join(SignUp.member)
        .join(Member.person)
        .where(
            SignUp.session_id.in_(sessions.visible_session_ids(unit)),
            Member.id.in_(people.visible_ids(unit)),
        )
        .options(contains_eager(SignUp.member).contains_eager(Member.person))
    )


def signed_up(unit: Unit, session_id: str, *statuses: str) -> Sequence[SignUp]:
    """The sign-ups of a session, by name; only those of ``statuses`` where some are given."""
    unit.actor.require("coming.manage")
    query = _rows(unit).where(SignUp.session_id == session_id)
    if statuses:
        query = query.where(SignUp.status.in_(statuses))
    return unit.db.scalars(query.order_by(func.lower(Person.name), Member.number)).all()


def own(unit: Unit, session_ids: Iterable[str]) -> dict[str, SignUp]:
    """The actor's own sign-ups by session id, withdrawn ones included."""
    query = select(SignUp).where(
        SignUp.member_id == unit.actor.member_id, SignUp.session_id.in_(list(session_ids))
    )
    return {row.session_id: row for row in unit.db.scalars(query)}


def ahead(unit: Unit, row: SignUp) -> int:
    """How many people wait before this one."""
    return sum(other.turn < row.turn for other in places.waiting(unit, row.session_id))


def expected(unit: Unit, session_id: str) -> frozenset[str]:
    """The ids of the members to tick at first when a session is credited.

    Those whose arrival was noted; while there is none, those who said that they are coming.
    """
    query = _rows(unit).where(SignUp.session_id == session_id, SignUp.status == "coming")
    rows = unit.db.scalars(query).all()
    arrived = [row for row in rows if row.arrived_at is not None]
    return frozenset(row.member_id for row in arrived or rows)


def forget_what_helped(database: Database) -> None:
    """Empty what people said would help them, once it helps nobody any more; in short units."""
    with database.reading(NOBODY) as unit:
        old = unit.db.scalars(_no_longer_needed(unit).limit(1)).first()
    if old is None:
        return
    with database.unit(NOBODY) as unit:
        for row in unit.db.scalars(_no_longer_needed(unit)):
            row.words = None


def _no_longer_needed(unit: Unit) -> Select[SignUp]:
    kept_since = unit.today - timedelta(days=WORDS_KEPT_DAYS)
    over = select(Session.id).where(Session.ends_on < kept_since)
    return select(SignUp).where(SignUp.words.is_not(None), SignUp.session_id.in_(over))


# --- signing up and withdrawing ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class JoinSession:
    """A member would like to come. ``words`` are what would help them to take part; ``capacity``
    is as what they take part in the project. Both may be left out, and no reason is asked."""

    session_id: str
    member_id: str
    capacity: str | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class LeaveSession:
    """A member does not come after all; no reason is asked."""

    session_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class ComingChanged:
    """One member's place at a session: ``coming``, ``waiting`` or ``withdrawn``."""

    session_id: str
    sign_up_id: str
    status: str


def join_session(unit: Unit, command: JoinSession) -> ComingChanged:
    """Sign a member up: for a place, or for the end of the waiting list.

    Raises ``NotFound``: ``session_unknown``, ``member_unknown``; ``RuleBroken``: ``session_over``,
    ``session_cancelled``, ``member_not_active``; ``Conflict('signed_up_already')``.
    """
    session, member = _who_and_where(unit, command.session_id, command.member_id)
    if member.status not in TAKING_PART:
        raise RuleBroken("member_not_active", field="member_id")
    capacity, words = _as_what(session, command.capacity), _words(command.words)
    row = row_of(unit, session, member)
    if row.status in ("coming", "waiting"):
        raise Conflict("signed_up_already")
    room = places.free(unit, session)
    row.status = "waiting" if room == 0 else "coming"
    row.turn = _next_turn(unit, session)
    row.capacity, row.words = capacity, words
    row.signed_up_by, row.signed_up_at = unit.actor.id, unit.now
    unit.db.flush()
    notices.send_later(unit, "signed_up", member.person_id, session.id)
    trail.record(unit, "sign_up.made", "sign_up", row.id, session=session.id, status=row.status)
    return as_it_stands(row)


def leave_session(unit: Unit, command: LeaveSession) -> ComingChanged:
    """Withdraw; whoever waits longest moves up.

    Raises as ``join_session``, and ``Conflict('not_signed_up')``.
    """
    session, member = _who_and_where(unit, command.session_id, command.member_id)
    row = row_of(unit, session, member)
    if row.status == "withdrawn":
        raise Conflict("not_signed_up")
    row.status, row.arrived_at = "withdrawn", None
    row.words = None  # nobody needs it any more
    unit.db.flush()
    trail.record(unit, "sign_up.withdrawn", "sign_up", row.id, session=session.id)
    places.fill(unit, session)
    return as_it_stands(row)


def _who_and_where(unit: Unit, session_id: str, member_id: str) -> tuple[Session, Member]:
    """The planned session and the member, if the actor may act for that member there."""
    if member_id == unit.actor.member_id and unit.actor.may("opportunity.join_own"):
        session = opportunities.opportunity(unit, session_id)
    else:
        unit.actor.require("coming.manage")
        session = sessions.session(unit, session_id)
    if session.ends_on < unit.today:  # who came to it is no longer a matter of lists
        raise RuleBroken("session_over")
    return still_on(session), people.member(unit, member_id)


def still_on(session: Session) -> Session:
    """The session, unless it was called off: ``RuleBroken('session_cancelled')``."""
    if session.status in CALLED_OFF:
        raise RuleBroken("session_cancelled")
    return session


def _as_what(session: Session, capacity: str | None) -> str | None:
    if capacity is None:
        return None
    allowed = projects.capacities_of(session.project) if session.project else ()
    return texts.one_of(capacity, allowed, "capacity")


def _words(words: str) -> str | None:
    return texts.optional(words, "words", most=MOST_WORDS, lines=True)


def as_it_stands(row: SignUp) -> ComingChanged:
    """What a command about somebody's place answers."""
    return ComingChanged(session_id=row.session_id, sign_up_id=row.id, status=row.status)


def row_of(unit: Unit, session: Session, member: Member) -> SignUp:
    """The member's row at this session; a new one counts as withdrawn until more is said."""
    query = select(SignUp).where(SignUp.session_id == session.id, SignUp.member_id == member.id)
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        found = SignUp(
            id=new_id(), session_id=session.id, member_id=member.id, status="withdrawn",
            turn=0, code=_new_code(unit, session.id),
            capacity=None, words=None,
            signed_up_by=unit.actor.id, signed_up_at=unit.now, arrived_at=None,
        )  # fmt: skip
        unit.db.add(found)
        unit.db.flush()
    return found


def _next_turn(unit: Unit, session: Session) -> int:
    last = unit.db.scalar(select(func.max(SignUp.turn)).where(SignUp.session_id == session.id))
    return (last or 0) + 1


def _new_code(unit: Unit, session_id: str) -> str:
    """A code that nobody else has at this session, and that no member number looks like."""
    used = set(unit.db.scalars(select(SignUp.code).where(SignUp.session_id == session_id)))
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
        if code not in used and not code.isdecimal():
            return code
