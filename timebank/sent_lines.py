"""Time that was sent in and waits: the rows, and who may see them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from timebank.errors import NotFound
from timebank.member_list import visible_ids
from timebank.models import Member, SentTime, Session
from timebank.sessions import visible_session_ids
from timebank.unit import Unit

OPEN = ("waiting", "asked")


def waiting_at(unit: Unit, session_id: str) -> set[str]:
    """The members whose time at a session waits for somebody."""
    query = select(SentTime.member_id).where(
        SentTime.session_id == session_id, SentTime.status.in_(OPEN)
    )
    return set(unit.db.scalars(query))


def visible(unit: Unit) -> Select[SentTime]:
    """What this actor may see: what they sent, or what came from the people of their sessions."""
    query = (
        select(SentTime)
        .join(SentTime.member)
        .join(Member.person)
        .join(SentTime.session)
        .options(
            contains_eager(SentTime.member).contains_eager(Member.person),
            contains_eager(SentTime.session).joinedload(Session.activity_type),
        )
    )
    if unit.actor.may("time.confirm"):
        return query.where(
            SentTime.member_id.in_(visible_ids(unit)),
            SentTime.session_id.in_(visible_session_ids(unit)),
        )
    return query.where(SentTime.member_id == unit.actor.member_id)


def sent(unit: Unit, sent_time_id: str) -> SentTime:
    """One, with its session and member; ``NotFound('sent_time_unknown')`` out of sight."""
    query = visible(unit).where(SentTime.id == sent_time_id)
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("sent_time_unknown")
    return found


def waiting(unit: Unit, *, session_id: str | None = None, limit: int = 200) -> Sequence[SentTime]:
    """What waits for a coordinator, the oldest first; of one session when it is named."""
    query = visible(unit).where(SentTime.status.in_(OPEN))
    if session_id is not None:
        query = query.where(SentTime.session_id == session_id)
    return unit.db.scalars(query.order_by(SentTime.sent_at, SentTime.id).limit(limit)).all()


def of_member(unit: Unit, member_id: str, *, limit: int = 50) -> Sequence[SentTime]:
    """What one member sent in, the newest first."""
    query = visible(unit).where(SentTime.member_id == member_id)
    return unit.db.scalars(query.order_by(SentTime.sent_at.desc(), SentTime.id).limit(limit)).all()
