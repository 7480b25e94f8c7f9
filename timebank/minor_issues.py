"""Small matters noted without names, so that a group sees what keeps coming back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import texts, trail
from timebank.ids import new_id
from timebank.models import MinorIssue
from timebank.unit import Unit

KINDS = ("time", "place", "communication", "access", "behaviour", "other")


@dataclass(frozen=True, kw_only=True)
class NoteMinorIssue:
    """What happened, in words that name nobody; ``kind`` is one of ``KINDS``."""

    kind: str
    words: str


@dataclass(frozen=True, kw_only=True)
class MinorIssueNoted:
    """The new note."""

    issue_id: str


def note_minor_issue(unit: Unit, command: NoteMinorIssue) -> MinorIssueNoted:
    """Note a small matter. Raises what ``texts`` raises."""
    unit.actor.require("query.answer")
    kind = texts.one_of(command.kind, KINDS, "kind")
    words = texts.clean(command.words, "words", most=500, lines=True)
    found = MinorIssue(
        id=new_id(), kind=kind, words=words, noted_by=unit.actor.id, noted_at=unit.now
    )
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "minor_issue.noted", "minor_issue", found.id, of=kind)
    return MinorIssueNoted(issue_id=found.id)


def minor_issues(unit: Unit, *, limit: int = 50, offset: int = 0) -> Sequence[MinorIssue]:
    """The notes, newest first."""
    unit.actor.require("query.answer")
    query = select(MinorIssue).order_by(MinorIssue.noted_at.desc(), MinorIssue.id)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def counts(unit: Unit) -> dict[str, int]:
    """How many there are of each kind."""
    unit.actor.require("query.answer")
    query = select(MinorIssue.kind, func.count()).group_by(MinorIssue.kind)
    found = dict(unit.db.execute(query).all())
    return {kind: found.get(kind, 0) for kind in KINDS}
