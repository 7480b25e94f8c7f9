"""Too many tries at a door: counted in the database, so that every process knows.

A door is kept as a keyed hash of what was tried, never as a name. Each try counts before it is
judged, so that many at once do not get round the limit.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import delete, func, select

from timebank.errors import NotAllowed
from timebank.ids import new_id
from timebank.models import FailedAttempt
from timebank.unit import Unit

# So many tries close a door until the first of them is this old.
WINDOW = timedelta(minutes=15)


def count(unit: Unit, named: str, *, most: int, code: str) -> str:
    """Count a try at the door ``named``; the id by which ``forgive`` takes it back.

    Raises ``NotAllowed(code, minutes=)`` when there were ``most`` tries within ``WINDOW``.
    """
    unit.db.execute(delete(FailedAttempt).where(FailedAttempt.at <= unit.now - WINDOW))
    door = hmac.new(unit.settings.secret, named.encode(), hashlib.sha256).hexdigest()
    tries, first = unit.db.execute(
        select(func.count(), func.min(FailedAttempt.at)).where(FailedAttempt.door == door)
    ).one()
    if tries >= most:
        wait = first + WINDOW - unit.now
        raise NotAllowed(code, minutes=max(1, -(-wait.seconds // 60)))
    attempt = FailedAttempt(id=new_id(), door=door, at=unit.now)
    unit.db.add(attempt)
    return attempt.id


def forgive(unit: Unit, attempt_id: str) -> None:
    """Take a try back: it was right."""
    unit.db.execute(delete(FailedAttempt).where(FailedAttempt.id == attempt_id))
