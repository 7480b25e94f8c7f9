"""Pauses: statements are held back for everybody or for one member, and follow when resumed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from timebank import people, trail
from timebank.ids import new_id
from timebank.models import StatementPause
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class PauseStatements:
    """Hold back what would be issued by itself: to a member, or without one to anybody."""

    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ResumeStatements:
    """Let statements follow again; what ended meanwhile is issued, in order."""

    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PauseChanged:
    """Whether statements are paused now."""

    paused: bool


def pause(unit: Unit, command: PauseStatements) -> PauseChanged:
    """Pause; harmless when they are paused."""
    _may_pause(unit, command.member_id)
    if paused(unit, command.member_id) is None:
        unit.db.add(
            StatementPause(
                id=new_id(), member_id=command.member_id, paused_at=unit.now,
                paused_by=unit.actor.id, resumed_at=None,
            )
        )  # fmt: skip
        trail.record(unit, "statements.paused", *_subject(command.member_id))
    return PauseChanged(paused=True)


def resume(unit: Unit, command: ResumeStatements) -> PauseChanged:
    """Resume; harmless when they are not paused."""
    _may_pause(unit, command.member_id)
    found = paused(unit, command.member_id)
    if found is not None:
        found.resumed_at = unit.now
        trail.record(unit, "statements.resumed", *_subject(command.member_id))
    return PauseChanged(paused=False)


def paused(unit: Unit, member_id: str | None = None) -> StatementPause | None:
    """The pause in force for a member, or for everybody; None when there is none."""
    whose = StatementPause.member_id
    query = select(StatementPause).where(
        whose.is_(None) if member_id is None else whose == member_id,
        StatementPause.resumed_at.is_(None),
    )
    return unit.db.scalars(query).first()


def _may_pause(unit: Unit, member_id: str | None) -> None:
    if member_id is None:
        unit.actor.require("statement.schedule")
    else:
        unit.actor.require("member.change")
        people.member(unit, member_id)


def _subject(member_id: str | None) -> tuple[str, str]:
    """What the trail says it is about: a member, or the group's schedule."""
    return ("schedule", "group") if member_id is None else ("member", member_id)
