"""What a letter or a call says of somebody's requests: their references, by which anybody can ask.

Never the reward or its hours: a letter lies about, and a call is overheard.
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
        words.say(N_("This is about your request %(reference)s."), reference=found.reference)
        for found in unit.db.scalars(query)
    ]
