"""A member with very many postings, made by posting in bulk, and very many rewards.

The rows are those that crediting session after session leaves, over three years, without the
notices and the trail: that is what makes ten thousand of them a matter of a few seconds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from tests.timebank.builders import Community
from timebank.clock import to_microseconds
from timebank.credit_posting import credit_movement
from timebank.ids import new_id
from timebank.models import Attendance, AttendanceEntry, Reward, Session

# The day after the community of `builders` begins, up to a few days before `END`.
BEGIN = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
DAYS = 1090
END = datetime(2029, 3, 2, 10, 0, tzinfo=UTC)


def credited(
    community: Community, member_id: str, number: int, *, begin: datetime = BEGIN, days: int = DAYS
) -> None:
    """Credit a member with so many sessions of ten minutes, evenly over so many days."""
    with community.unit() as unit:
        moments = [begin + timedelta(days=days) * n / number for n in range(number)]
        ids = [(new_id(), new_id()) for _ in moments]
        plain: dict[str, Any] = {
            "title": "Reading panel", "activity_type_id": community.activity(), "usual_minutes": 10,
            "starts_at_time": "", "place": "", "status": "credited", "revision": 2,
            "planned_by": unit.actor.id,
        }  # fmt: skip
        unit.db.execute(insert(Session), [
            {**plain, "id": session_id, "starts_on": at.date(), "ends_on": at.date(),
             "planned_at": at}
            for (session_id, _), at in zip(ids, moments, strict=True)
        ])  # fmt: skip
        unit.db.execute(insert(Attendance), [
            {"id": attendance_id, "session_id": session_id, "member_id": member_id, "revision": 1}
            for session_id, attendance_id in ids
        ])  # fmt: skip
        seqs: dict[str, int] = {}
        for start in range(0, number, 500):
            movements = [
                _credit(attendance_id, member_id, at.date(), unit.actor.id)
                for (_, attendance_id), at in zip(
                    ids[start : start + 500], moments[start : start + 500], strict=True
                )
            ]
            posted_at = to_microseconds(moments[min(start + 499, number - 1)])
            posted = unit.book.post_many(movements, posted_at=posted_at)
            seqs |= {each.reference: each.seq for each in posted}
        figures = {f"{part}_minutes": 0 for part in (
            "preparation", "travel", "paperwork", "follow_up")}  # fmt: skip
        unit.db.execute(insert(AttendanceEntry), [
            {"attendance_id": attendance_id, "revision": 1, "capacity": "own_time",
             "choice": "accept", "session_minutes": 10, "credited_minutes": 10,
             "policy_version": 1, "seq": seqs[attendance_id], "recorded_by": unit.actor.id,
             "recorded_at": at, **figures}
            for (_, attendance_id), at in zip(ids, moments, strict=True)
        ])  # fmt: skip


def _credit(attendance_id: str, member_id: str, day: date, actor: str) -> Any:
    movement = credit_movement(
        attendance_id, revision=1, member_id=member_id, choice="accept", minutes=10,
        occurred_on=day, actor=actor,
    )  # fmt: skip
    assert movement is not None
    return movement


def rewards(community: Community, number: int) -> None:
    """Offer so many rewards."""
    plain: dict[str, Any] = {
        "kind": "class", "description": "", "provider": "", "price_minutes": 60, "places": 3,
        "charity_number": "", "offered": True, "revision": 1,
    }  # fmt: skip
    with community.unit() as unit:
        unit.db.execute(insert(Reward), [
            {**plain, "id": new_id(), "title": f"Class {n:04}"} for n in range(number)
        ])  # fmt: skip
