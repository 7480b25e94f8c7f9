"""The audit trail: one row for everything that was done, with ids and codes and never a name."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select

from timebank.errors import Conflict
from timebank.models import Member, TrailEvent
from timebank.unit import Unit


def record(unit: Unit, action: str, subject: str, subject_id: str, **details: object) -> None:
    """Add a row: who (the unit's actor) did ``action`` to which ``subject``, in this unit.

    ``details`` are ids, codes and whole numbers only. Where somebody acts for a member who trusts
    them, the member's person stands in it too: ``for_person``.
    """
    if unit.actor.trust_id is not None:
        member = unit.db.get_one(Member, unit.actor.member_id)
        details = {**details, "for_person": member.person_id}
    unit.db.add(
        TrailEvent(
            at=unit.now,
            actor=unit.actor.id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            details=json.dumps(details, sort_keys=True),
        )
    )


def about(unit: Unit, subject_id: str) -> Sequence[TrailEvent]:
    """Everything recorded about one thing, oldest first."""
    query = select(TrailEvent).where(TrailEvent.subject_id == subject_id).order_by(TrailEvent.id)
    return unit.db.scalars(query).all()


def changed(unit: Unit, subject_id: str, code: str = "changed_meanwhile") -> Conflict:
    """The refusal of a page that somebody overtook: who changed the thing last, and when.

    ``by`` is an id and never a name; ``at`` an instant.
    """
    # What is recorded about a community beside changes of it: backups, for one.
    changes = [e for e in about(unit, subject_id) if e.action.startswith(f"{e.subject}.")]
    if not changes:  # it is as it was when the instance was made
        return Conflict(code, by=unit.community.console_id, at=unit.community.created_at)
    return Conflict(code, by=changes[-1].actor, at=changes[-1].at)


def latest(unit: Unit, *, limit: int = 100, before: int | None = None) -> Sequence[TrailEvent]:
    """The newest rows first, ``before`` a row's id; for those who may ``trail.view``."""
    unit.actor.require("trail.view")
    query = select(TrailEvent).order_by(TrailEvent.id.desc()).limit(limit)
    if before is not None:
        query = query.where(TrailEvent.id < before)
    return unit.db.scalars(query).all()
