"""Hours set aside for rewards: how many, and the keys of what became of them in the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, not_, or_, select

from timebank.clock import to_microseconds
from timebank.models import Redemption
from timebank.unit import Unit


def held_at(unit: Unit, member_ids: Sequence[str], instant: datetime) -> dict[str, int]:
    """How many minutes of each member were set aside just before an instant."""
    found = set_aside_at(unit, member_ids, instant)
    return {who: sum(each.price_minutes for each in some) for who, some in found.items()}


def set_aside_at(
    unit: Unit, member_ids: Sequence[str], instant: datetime
) -> dict[str, list[Redemption]]:
    """For which redemptions hours of each member were set aside just before an instant."""
    held: dict[str, list[Redemption]] = {member_id: [] for member_id in member_ids}
    query = select(Redemption).where(
        Redemption.member_id.in_(held),
        Redemption.requested_at < instant,
        or_(Redemption.closed_at.is_(None), Redemption.closed_at >= instant),
        not_(and_(Redemption.status == "fulfilled", Redemption.fulfilled_at < instant)),
    )
    for found in unit.db.scalars(query.order_by(Redemption.requested_at, Redemption.id)):
        if found.fulfil_seq is None or not _fulfilled_at(unit, found, instant):
            held[found.member_id].append(found)
    return held


def _fulfilled_at(unit: Unit, found: Redemption, instant: datetime) -> bool:
    """Whether it stood as handed over just before ``instant``: read from the books, since its row
    only knows the newest fulfilment."""
    end = to_microseconds(instant)
    for key in fulfilment_keys(unit, found.id):
        posted = unit.book.transaction_by_key(key)
        assert posted is not None
        undone = unit.book.reversal_of(posted.seq)
        if posted.posted_at < end and (undone is None or undone.posted_at >= end):
            return True
    return False


def fulfilment_keys(unit: Unit, redemption_id: str) -> list[str]:
    """The keys of every fulfilment posted: ``fulfil:<id>``, after an undone one ``...:2``."""
    keys: list[str] = []
    key = f"fulfil:{redemption_id}"
    while unit.book.transaction_by_key(key) is not None:
        keys.append(key)
        key = f"fulfil:{redemption_id}:{len(keys) + 1}"
    return keys
