"""What a member chose and when: a row for each choice that was made, the newest is what holds.

Codes alone, never a reason. Whatever else keeps a choice (the member's row, how they are reached,
when statements come) notes it here too, so that a member can see what they chose in one place.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from timebank.models import ChoiceMade
from timebank.unit import Unit

# In the order in which they are shown.
TOPICS = (
    "hours", "no_money", "statement_by", "frequency", "channel", "form", "language", "copied",
    "no_news", "quiet", "matters", "liked", "named",
)  # fmt: skip


def note(unit: Unit, member_id: str, topic: str, was: str, said: str) -> None:
    """Note what a member chose about a topic; nothing when it is what they had chosen before."""
    if was != said:
        unit.db.add(
            ChoiceMade(
                member_id=member_id, topic=topic, was=was, said=said,
                made_by=unit.actor.id, made_at=unit.now,
            )
        )  # fmt: skip


def yes_no(value: object) -> str:
    """A box that was ticked or not, as a code."""
    return "yes" if value else "no"


def newest(unit: Unit, member_id: str) -> dict[str, ChoiceMade]:
    """What holds for a member, by topic; without what was never chosen."""
    query = select(ChoiceMade).where(ChoiceMade.member_id == member_id).order_by(ChoiceMade.id)
    return {row.topic: row for row in unit.db.scalars(query)}


def said(unit: Unit, member_id: str, topic: str) -> str:
    """What holds for a member about one topic; empty where it was never chosen."""
    query = (
        select(ChoiceMade.said)
        .where(ChoiceMade.member_id == member_id, ChoiceMade.topic == topic)
        .order_by(ChoiceMade.id.desc())
        .limit(1)
    )
    return unit.db.scalar(query) or ""


def holding(topic: str) -> ColumnElement[bool]:
    """Whether a row is what holds for its member about ``topic``."""
    newest_ids = (
        select(func.max(ChoiceMade.id))
        .where(ChoiceMade.topic == topic)
        .group_by(ChoiceMade.member_id)
    )
    found: ColumnElement[bool] = ChoiceMade.id.in_(newest_ids)
    return found


def history(
    unit: Unit, member_id: str, *, limit: int | None = None, offset: int = 0
) -> Sequence[ChoiceMade]:
    """Everything a member chose, the newest first; who may see it is for the caller to ask."""
    query = (
        select(ChoiceMade)
        .where(ChoiceMade.member_id == member_id)
        .order_by(ChoiceMade.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return unit.db.scalars(query).all()
