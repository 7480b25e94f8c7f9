"""Corrections above the group's limit: written down, and posted only when somebody else agrees.

``propose`` keeps what was asked for; ``second_looks`` carries it out. Nobody agrees to what they
proposed, nor to anything about their own hours.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from timebank import policies, trail
from timebank.errors import Conflict, NotFound
from timebank.ids import new_id
from timebank.models import Proposal
from timebank.unit import Unit

KINDS = ("credit", "session", "amendment")


def above_limit(unit: Unit, minutes: int) -> bool:
    """Whether moving this many minutes needs a second person under the rules in force."""
    limit = policies.policy(unit).second_approval_minutes
    return limit is not None and minutes > limit


def propose(
    unit: Unit,
    kind: str,
    subject_id: str,
    *,
    revision: int,
    details: dict[str, Any],
    words: str,
    minutes: int,
) -> Proposal:
    """Keep a correction until somebody else agrees; ``details`` are figures and codes.

    Raises ``Conflict('proposal_waiting')`` when one about the same thing waits already.
    """
    if (waits := about(unit, kind, subject_id)) is not None:
        raise Conflict("proposal_waiting", by=waits.proposed_by, at=waits.proposed_at)
    found = Proposal(
        id=new_id(), kind=kind, subject_id=subject_id, revision=revision, minutes=minutes,
        details=json.dumps(details, sort_keys=True), words=words or None, status="waiting",
        proposed_by=unit.actor.id, proposed_at=unit.now,
    )  # fmt: skip
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "correction.proposed", "proposal", found.id, of=kind, minutes=minutes)
    return found


def about(unit: Unit, kind: str, subject_id: str) -> Proposal | None:
    """The proposal about one thing that still waits, if there is one."""
    query = select(Proposal).where(
        Proposal.kind == kind, Proposal.subject_id == subject_id, Proposal.status == "waiting"
    )
    return unit.db.scalars(query).first()


def waiting(unit: Unit, limit: int = 100) -> Sequence[Proposal]:
    """What waits for a second person, the oldest first; whom it concerns ``second_looks`` says."""
    unit.actor.require("correction.agree")
    query = select(Proposal).where(Proposal.status == "waiting").order_by(Proposal.proposed_at)
    return unit.db.scalars(query.limit(limit)).all()


def proposal(unit: Unit, proposal_id: str) -> Proposal:
    """One proposal; ``NotFound('proposal_unknown')``."""
    unit.actor.require("correction.agree")
    found = unit.db.get(Proposal, proposal_id)
    if found is None:
        raise NotFound("proposal_unknown")
    return found


def decide(unit: Unit, found: Proposal, status: str) -> None:
    """Write down what became of a proposal; for commands that have decided that the actor may."""
    found.status, found.decided_by, found.decided_at = status, unit.actor.id, unit.now
    trail.record(unit, "correction.decided", "proposal", found.id, of=found.kind, status=status)
