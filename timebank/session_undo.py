"""Undo what was credited for a whole session: every reversal in one unit, nothing erased.

The session stays to be seen as undone. Where it took place after all, a copy of it is planned at
the same time and is credited like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload, selectinload

from timebank import accounts, after_credit, proposals, sessions, taking_back, texts, trail
from timebank.errors import RuleBroken
from timebank.figures import NOTHING
from timebank.ids import new_id
from timebank.models import Attendance, Member, Session
from timebank.unit import Unit

REASON = "session_undone"


@dataclass(frozen=True, kw_only=True)
class UndoSession:
    """Take back every credit of a session; ``revision`` is the session's as it was seen.

    ``plan_again`` makes a copy of the session that waits to be credited. ``words`` may be erased
    later.
    """

    session_id: str
    revision: int
    plan_again: bool
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class SessionUndone:
    """How many people's records were taken back, and how many minutes of theirs and the pot's.

    ``proposal_id`` is there when nothing was posted yet; ``again_id`` is the copy, if there is one.
    """

    session_id: str
    people: int
    minutes: int
    again_id: str | None = None
    proposal_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Affected:
    """One person at the session: what is taken back, and their balance afterwards."""

    member_id: str
    name: str
    number: int
    taken_minutes: int
    balance_minutes: int


@dataclass(frozen=True, kw_only=True)
class UndoPreview:
    """What undoing would do; ``own``: the one who looks was there, so somebody else must agree."""

    session: Session
    people: tuple[Affected, ...]
    minutes: int
    pot_minutes: int
    own: bool
    needs_second: bool


def preview_undo(unit: Unit, command: UndoSession) -> UndoPreview:
    """The same checks as undoing, raising the same errors; posts nothing."""
    unit.actor.require("credit.correct")
    session = undoable(unit, command)
    found = recorded(unit, session.id)
    balances = unit.book.balances([accounts.member(each.member_id) for each in found])
    people = tuple(
        Affected(
            member_id=each.member_id,
            name=each.member.person.name,
            number=each.member.number,
            taken_minutes=_from_member(each),
            balance_minutes=balances[accounts.member(each.member_id)] - _from_member(each),
        )
        for each in found
    )
    minutes = sum(_posted(each) for each in found)
    return UndoPreview(
        session=session,
        people=people,
        minutes=minutes,
        pot_minutes=minutes - sum(each.taken_minutes for each in people),
        own=_was_there(unit, found),
        needs_second=_needs_second(unit, found, minutes),
    )


def undo_session(unit: Unit, command: UndoSession) -> SessionUndone:
    """Undo a session's credits, or propose it where a second person must agree.

    Raises ``Conflict('changed_meanwhile')``, ``Conflict('proposal_waiting')``,
    ``RuleBroken('session_not_credited')`` and what ``texts`` raises.
    """
    unit.actor.require("credit.correct")
    session = undoable(unit, command)
    words = texts.clean(command.words, "words", most=texts.MOST_WORDS, required=False, lines=True)
    found = recorded(unit, session.id)
    minutes = sum(_posted(each) for each in found)
    if not _needs_second(unit, found, minutes):
        return carry_out(unit, command)
    made = proposals.propose(
        unit, "session", session.id, revision=session.revision, words=words, minutes=minutes,
        details={"plan_again": command.plan_again},
    )  # fmt: skip
    return SessionUndone(
        session_id=session.id, people=len(found), minutes=minutes, proposal_id=made.id
    )


def carry_out(unit: Unit, command: UndoSession) -> SessionUndone:
    """Reverse everything; for commands that have decided that the actor may."""
    session = undoable(unit, command)
    found = recorded(unit, session.id)
    minutes = sum(_posted(each) for each in found)
    taken = taking_back.reverse(unit, found, REASON)
    for each in found:
        old = each.entries[-1]
        if not (taken[each.id] or old.credited_minutes):
            continue  # put right before: nothing was left of it
        taking_back.write(
            unit, each, taken[each.id], NOTHING, capacity=old.capacity, choice=old.choice,
            credited_minutes=0, pot_minutes=0, seq=None, reason=REASON, words=command.words or None,
        )  # fmt: skip
    unit.db.flush()
    after_credit.tell_corrected(unit, [each for each in found if taken[each.id]])
    session.status = "undone"
    session.revision += 1
    again = _copy(unit, session) if command.plan_again else None
    trail.record(
        unit, "session.undone", "session", session.id,
        people=len(found), minutes=minutes, again=again, revision=session.revision,
    )  # fmt: skip
    return SessionUndone(session_id=session.id, people=len(found), minutes=minutes, again_id=again)


def recorded(unit: Unit, session_id: str) -> Sequence[Attendance]:
    """Everybody's attendance at a session with its entries, in the order of members' numbers."""
    query = (
        select(Attendance)
        .join(Attendance.member)
        .where(Attendance.session_id == session_id)
        .options(
            joinedload(Attendance.member).joinedload(Member.person),
            joinedload(Attendance.session),
            selectinload(Attendance.entries),
        )
        .order_by(Member.number)
        .execution_options(populate_existing=True)
    )
    return unit.db.scalars(query).all()


def undoable(unit: Unit, command: UndoSession) -> Session:
    """The session, when it is as it was seen and was credited; raises as ``undo_session``."""
    session = sessions.session(unit, command.session_id)
    if session.revision != command.revision:
        raise trail.changed(unit, session.id)
    if session.status != "credited":
        raise RuleBroken("session_not_credited")
    return session


def _needs_second(unit: Unit, found: Sequence[Attendance], minutes: int) -> bool:
    return _was_there(unit, found) or proposals.above_limit(unit, minutes)


def _was_there(unit: Unit, found: Sequence[Attendance]) -> bool:
    return any(each.member_id == unit.actor.member_id for each in found)


def _posted(each: Attendance) -> int:
    """What stands in the books for one attendance, wherever it went."""
    return each.entries[-1].credited_minutes if taking_back.standing(each) else 0


def _from_member(each: Attendance) -> int:
    return taking_back.in_account(each.entries[-1]) if taking_back.standing(each) else 0


def _copy(unit: Unit, session: Session) -> str:
    """The same session once more, planned; whatever is unique to the first one stays with it."""
    unique = {"id", *_unique_columns()}
    details = {
        column.key: getattr(session, column.key)
        for column in inspect(Session).column_attrs
        if column.key not in unique
    }
    details |= {
        "id": new_id(),
        "status": "planned",
        "revision": 1,
        "planned_by": unit.actor.id,
        "planned_at": unit.now,
    }
    again = Session(**details)
    unit.db.add(again)
    unit.db.flush()
    trail.record(unit, "session.planned", "session", again.id, copy_of=session.id)
    return again.id


def _unique_columns() -> set[str]:
    return {column.name for column in Session.__table__.columns if column.unique}
