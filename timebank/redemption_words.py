"""What a letter or a call says of somebody's requests: which reward, its reference, its hours.

A mail names neither, because it can be read by others on the way; a letter is in an envelope, and a
call begins by asking who is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from timebank.models import OutboxMessage, Redemption
from timebank.unit import Unit
from timebank.words import N_, Words


def about(unit: Unit, messages: Sequence[OutboxMessage], words: Words) -> list[str]:
    """A sentence for each request that the messages tell of, the oldest first; each once."""
    ids = {each.subject_id for each in messages if each.kind.startswith("redemption_")}
    if not ids:
        return []
    query = (
        select(Redemption)
        .where(Redemption.id.in_(ids))
        .order_by(Redemption.requested_at, Redemption.id)
    )
    return [
        words.say(
            N_("This is about: %(title)s. The reference is %(reference)s, and it uses %(hours)s."),
            title=found.title, reference=found.reference, hours=words.duration(found.price_minutes),
        )
        for found in unit.db.scalars(query)
    ]  # fmt: skip
