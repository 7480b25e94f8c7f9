"""Reading lists of hours from before: what waits, who may confirm it, what came in so far.

Reached through ``openings``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from timebank.clock import local_day
from timebank.errors import NotFound
from timebank.models import Member, OpeningHours, OpeningList
from timebank.tasks import MOST, Task
from timebank.unit import Unit

STATUSES = ("waiting", "confirmed", "withdrawn")


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What came from ``hours:opening`` so far, as it was first posted: told apart from credits."""

    opening_minutes: int
    opening_people: int
    starting_minutes: int
    starting_people: int


def opening(unit: Unit, list_id: str) -> OpeningList:
    """One list with its lines and members; ``NotFound('opening_unknown')``."""
    unit.actor.require("opening.view")
    query = (
        select(OpeningList)
        .where(OpeningList.id == list_id)
        .options(
            selectinload(OpeningList.lines)
            .joinedload(OpeningHours.member)
            .joinedload(Member.person)
        )
    )
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("opening_unknown")
    return found


def openings(unit: Unit, *, status: str | None = None, limit: int = 50) -> Sequence[OpeningList]:
    """Lists with their lines, the newest first; ``status`` keeps one of ``STATUSES``."""
    unit.actor.require("opening.view")
    query = select(OpeningList).options(selectinload(OpeningList.lines))
    if status is not None:
        query = query.where(OpeningList.status == status)
    return unit.db.scalars(query.order_by(OpeningList.entered_at.desc()).limit(limit)).all()


def hindrance(unit: Unit, found: OpeningList) -> str | None:
    """Why this actor does not confirm a list, as an error's code; None when they may."""
    if found.entered_by == unit.actor.id:
        return "own_opening"
    if any(line.member_id == unit.actor.member_id for line in found.lines):
        return "own_hours"
    return None


def totals(unit: Unit) -> Totals:
    """What was brought forward and given on joining, each apart."""
    unit.actor.require("opening.view")
    query = select(func.coalesce(func.sum(OpeningHours.minutes), 0), func.count()).where(
        OpeningHours.seq.is_not(None)
    )
    lists = unit.db.execute(query.where(OpeningHours.list_id.is_not(None))).one()
    starts = unit.db.execute(query.where(OpeningHours.list_id.is_(None))).one()
    return Totals(
        opening_minutes=int(lists[0]),
        opening_people=lists[1],
        starting_minutes=int(starts[0]),
        starting_people=starts[1],
    )


def to_confirm(unit: Unit) -> list[Task]:
    """Lists that wait for a second person, the newest first."""
    if not unit.actor.may("opening.confirm"):
        return []
    return [
        Task(
            verb="confirm_opening",
            params={"total_minutes": each.total_minutes},
            path=f"/openings/{each.id}",
            due_on=local_day(each.entered_at, unit.zone),
            hindrance="own" if hindrance(unit, each) else None,
        )
        for each in openings(unit, status="waiting", limit=MOST)
    ]
