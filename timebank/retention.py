"""How long what is not the books is kept, and the daily cleaning that removes it afterwards.

The books, statements, certificates, the trail and the receipts of commands (guarded like them, so
that a key means the same for ever) are never touched, and nothing that still waits for somebody is.
What people said about themselves goes when it is erased, not here. Each length is a setting
(``docs/settings.md``); files to import go at every tick (``imports``). Removing is harmless to
repeat, so any number of processes may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, inspect, not_, or_, select

from timebank import checkpoints, throttle
from timebank.models import (
    Cleaning,
    CreditDraft,
    FailedAttempt,
    Letter,
    OutboxMessage,
    SignIn,
    SingleUseLink,
)
from timebank.roles import Actor
from timebank.unit import Database, Unit

# Rows removed in one unit: others wait for a fraction of a second at most.
IN_ONE_UNIT = 1000
_DONE = ("sent", "failed", "cancelled")


def _messages(unit: Unit) -> ColumnElement[bool]:
    """Messages that wait for nothing; the newest checkpoint says what was mailed so far."""
    return and_(
        OutboxMessage.status.in_(_DONE),
        OutboxMessage.kind != checkpoints.KIND,
        OutboxMessage.created_at < unit.now - unit.settings.keep_messages,
    )


def _letters(unit: Unit) -> ColumnElement[bool]:
    return and_(
        Letter.printed_at < unit.now - unit.settings.keep_messages,
        not_(exists().where(OutboxMessage.letter_id == Letter.id)),
    )


def _links(unit: Unit) -> ColumnElement[bool]:
    ended = unit.now - unit.settings.keep_links
    return or_(SingleUseLink.expires_at < ended, SingleUseLink.spent_at < ended)


def _sign_ins(unit: Unit) -> ColumnElement[bool]:
    ended = unit.now - unit.settings.keep_sign_ins
    return or_(SignIn.expires_at < ended, SignIn.revoked_at < ended)


def _drafts(unit: Unit) -> ColumnElement[bool]:
    return CreditDraft.saved_at < unit.now - unit.settings.keep_drafts


def _attempts(unit: Unit) -> ColumnElement[bool]:
    return FailedAttempt.at <= unit.now - throttle.WINDOW


# In this order: letters after what was in them.
_OLD: tuple[tuple[Any, Callable[[Unit], ColumnElement[bool]]], ...] = (
    (OutboxMessage, _messages),
    (Letter, _letters),
    (SingleUseLink, _links),
    (SignIn, _sign_ins),
    (CreditDraft, _drafts),
    (FailedAttempt, _attempts),
)


def clean(database: Database, actor: Actor) -> int:
    """Remove what was kept long enough, once each local day; returns how many rows went."""
    with database.reading(actor) as unit:
        if unit.db.get(Cleaning, unit.today) is not None:
            return 0
    removed = sum(_remove(database, table, old) for table, old in _OLD)
    with database.unit(actor) as unit:
        # Another process may have been at it too.
        if unit.db.get(Cleaning, unit.today) is None:
            cleaned = Cleaning(cleaned_on=unit.today, cleaned_at=unit.now, removed=removed)
            unit.db.add(cleaned)
    return removed


def _remove(database: Database, table: Any, old: Callable[[Unit], ColumnElement[bool]]) -> int:
    first = inspect(table).primary_key[0]
    count = 0
    while True:
        with database.doorstep() as unit:
            some = unit.db.scalars(select(first).where(old(unit)).limit(IN_ONE_UNIT)).all()
            if some:
                unit.db.execute(delete(table).where(first.in_(some), old(unit)))
        count += len(some)
        if len(some) < IN_ONE_UNIT:
            return count
