"""The second person's look at a correction above the limit: agree, which posts it, or not.

Nobody agrees to what they proposed, and nobody to anything about their own hours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from timebank import amendments, corrections, proposals, session_undo
from timebank.amendments import AmendPosting
from timebank.clock import local_day
from timebank.corrections import CorrectCredit
from timebank.errors import Conflict, NotAllowed, RuleBroken, TimebankError
from timebank.figures import Figures
from timebank.models import Attendance, Proposal
from timebank.session_undo import UndoSession
from timebank.tasks import MOST, Task
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class AgreeCorrection:
    """Agree to what somebody else proposed: it is posted now."""

    proposal_id: str


@dataclass(frozen=True, kw_only=True)
class RefuseCorrection:
    """Do not agree: nothing is posted. Whoever proposed it may refuse it too: they take it back."""

    proposal_id: str


@dataclass(frozen=True, kw_only=True)
class CorrectionDecided:
    """What became of it: ``agreed``, ``refused``, or ``overtaken`` by another change."""

    proposal_id: str
    status: str


def agree_correction(unit: Unit, command: AgreeCorrection) -> CorrectionDecided:
    """Carry a proposal out.

    Raises ``NotFound('proposal_unknown')``, ``NotAllowed('own_proposal')``, ``own_correction``,
    ``Conflict('proposal_decided')`` and what the correction itself raises. Where the credit was
    changed meanwhile the proposal is closed as ``overtaken`` and nothing is posted.
    """
    found = _waiting(unit, command.proposal_id)
    if found.proposed_by == unit.actor.id:
        raise NotAllowed("own_proposal")
    status = "agreed"
    try:
        _check(unit, found)
    except (Conflict, RuleBroken):
        status = "overtaken"
    if status == "agreed":
        _CARRY_OUT[found.kind](unit, command_of(found))
    proposals.decide(unit, found, status)
    return CorrectionDecided(proposal_id=found.id, status=status)


def refuse_correction(unit: Unit, command: RefuseCorrection) -> CorrectionDecided:
    """Close a proposal without posting anything. Raises as ``agree_correction``."""
    found = _waiting(unit, command.proposal_id)
    if found.proposed_by != unit.actor.id:
        _not_about_oneself(unit, found)
    proposals.decide(unit, found, "refused")
    return CorrectionDecided(proposal_id=found.id, status="refused")


def command_of(found: Proposal) -> Any:
    """The command that the proposal keeps, as it was given."""
    details = json.loads(found.details)
    words = found.words or ""
    if found.kind == "credit":
        details["figures"] = Figures(**details["figures"])
        return CorrectCredit(
            attendance_id=found.subject_id, revision=found.revision, words=words, **details
        )
    if found.kind == "session":
        return UndoSession(
            session_id=found.subject_id, revision=found.revision, words=words, **details
        )
    details.pop("member_id")
    return AmendPosting(
        first_seq=int(found.subject_id), revision=found.revision, words=words, **details
    )


def standing_of(unit: Unit, found: Proposal) -> amendments.Standing:
    """What stands now of the transaction that a proposal of kind ``amendment`` is about."""
    return amendments.standing(unit, int(found.subject_id))


def hindrance(unit: Unit, found: Proposal) -> str | None:
    """Why this actor does not agree to it, as an error's code; None when they may."""
    if found.proposed_by == unit.actor.id:
        return "own_proposal"
    try:
        _not_about_oneself(unit, found)
    except TimebankError as error:
        return error.code
    return None


def to_agree(unit: Unit) -> list[Task]:
    """Corrections that wait for a second person, the oldest first."""
    if not unit.actor.may("correction.agree"):
        return []
    waiting = proposals.waiting(unit, MOST)
    own = _about_oneself(unit, waiting)
    return [
        Task(
            verb="agree_correction",
            params={"moved_minutes": each.minutes},
            path=f"/corrections/{each.id}",
            due_on=local_day(each.proposed_at, unit.zone),
            hindrance="own" if each.proposed_by == unit.actor.id or each.id in own else None,
        )
        for each in waiting
    ]


def _about_oneself(unit: Unit, found: Sequence[Proposal]) -> set[str]:
    """The proposals about this actor's own hours, in one query however many there are."""
    if unit.actor.member_id is None:
        return set()
    subjects = [each.subject_id for each in found]
    theirs = select(Attendance.id, Attendance.session_id).where(
        Attendance.member_id == unit.actor.member_id,
        or_(Attendance.id.in_(subjects), Attendance.session_id.in_(subjects)),
    )
    ids = {each for row in unit.db.execute(theirs) for each in row}
    return {
        each.id
        for each in found
        if each.subject_id in ids
        or json.loads(each.details).get("member_id") == unit.actor.member_id
    }


def _waiting(unit: Unit, proposal_id: str) -> Proposal:
    found = proposals.proposal(unit, proposal_id)
    if found.status != "waiting":
        raise Conflict("proposal_decided", by=found.decided_by, at=found.decided_at)
    return found


def _check(unit: Unit, found: Proposal) -> None:
    """Raises what carrying it out would: before anything is posted."""
    _not_about_oneself(unit, found)
    command = command_of(found)
    if found.kind == "credit":
        corrections.plan_of(unit, command)
    elif found.kind == "session":
        session_undo.undoable(unit, command)
    else:
        amendments.plan_of(unit, command)


def _not_about_oneself(unit: Unit, found: Proposal) -> None:
    if found.kind == "session":
        people = session_undo.recorded(unit, found.subject_id)
        if any(each.member_id == unit.actor.member_id for each in people):
            raise NotAllowed("own_correction")
    elif found.kind == "credit":
        corrections.not_own(unit, found.subject_id)
    else:
        amendments.not_own(unit, int(found.subject_id))


_CARRY_OUT: dict[str, Callable[[Unit, Any], Any]] = {
    "credit": corrections.carry_out,
    "session": session_undo.carry_out,
    "amendment": amendments.carry_out,
}
