"""Delivery: sends what stands in the outbox by SMTP, one message at a time, under a lease.

Several processes may send at once: each message is claimed in one UPDATE, sent outside any lock,
and noted. A process that dies while it sends leaves a lease that runs out, and another sends the
message again with the same Message-ID: nothing stays unsent, and only a crash between the server's
yes and our note sends one twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from timebank import mail, notices, trail
from timebank.errors import NotFound, Unavailable
from timebank.mail import Outcome, Server
from timebank.models import OutboxMessage
from timebank.unit import NOBODY, Database, Unit

log = logging.getLogger(__name__)

_OUTBOX = OutboxMessage.metadata.tables[OutboxMessage.__tablename__]

LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=14)
NOTE_TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Sent:
    """How many messages the server took, and how many tries failed."""

    count: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """A message that is ours to send until ``leased_until``; ``attempts`` counts this one."""

    id: str
    attempts: int
    created_at: datetime
    leased_until: datetime


def send_due(database: Database, *, most: int | None = None) -> Sent:
    """Send what is due, at most ``most`` messages; without an SMTP server everything waits.

    Stops early when the server cannot be reached; one bad address never holds up the others.
    """
    count = failed = 0
    if not database.settings.smtp_host:
        return Sent(count=0, failed=0)
    with Server(database.settings) as server:
        while most is None or count + failed < most:
            claim = _claim(database)
            if claim is None:
                break
            outcome = _try(database, server, claim)
            _note(database, claim, outcome)
            count += outcome.problem is None
            failed += outcome.problem is not None and not outcome.drop
            if outcome.server_lost:
                break
    return Sent(count=count, failed=failed)


def troubles(unit: Unit) -> Sequence[OutboxMessage]:
    """Messages that could not be sent so far, or at all: newest first, for those who can help."""
    unit.actor.require("member.view_all")
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.status.in_(("waiting", "failed")), OutboxMessage.problem.is_not(None))
        .order_by(OutboxMessage.created_at.desc())
    )
    return unit.db.scalars(query).all()


@dataclass(frozen=True, kw_only=True)
class SendAgain:
    """Try a message again now, after its address or the server was put right."""

    message_id: str


@dataclass(frozen=True, kw_only=True)
class SendingAgain:
    """The message that is due again."""

    message_id: str


def send_again(unit: Unit, command: SendAgain) -> SendingAgain:
    """Make a message due now that failed or waits for its next try."""
    unit.actor.require("member.change")
    found = unit.db.get(OutboxMessage, command.message_id)
    if found is None or found.status not in ("waiting", "failed") or found.kind == notices.PAPER:
        raise NotFound("message_unknown")
    found.status, found.due_at, found.attempts = "waiting", unit.now, 0
    # The two weeks of trying begin anew.
    found.created_at = unit.now
    trail.record(unit, "message.sent_again", "message", found.id)
    return SendingAgain(message_id=found.id)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: 1, 2, 4 ... minutes, in the end every 6 hours."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


# --- one message ----------------------------------------------------------------------------------


def _claim(database: Database) -> _Claim | None:
    """Claim a message that is due, in one statement: two processes never get the same one."""
    with database.doorstep() as unit:
        message = _OUTBOX.c
        due = (
            select(message.id)
            .where(
                message.status == "waiting",
                message.kind != notices.PAPER,
                message.due_at <= unit.now,
                or_(message.leased_until.is_(None), message.leased_until <= unit.now),
            )
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(_OUTBOX)
            .where(message.id == due.scalar_subquery())
            .values(leased_until=unit.now + LEASE, attempts=message.attempts + 1)
            .returning(message.id, message.attempts, message.created_at, message.leased_until)
        )
        row = unit.connection.execute(taken).first()
        return None if row is None else _Claim(**row._mapping)


def _try(database: Database, server: Server, claim: _Claim) -> Outcome:
    try:
        with database.reading(NOBODY) as unit:
            message = unit.db.get_one(OutboxMessage, claim.id)
            stale = notices.no_longer_due(unit, message)
            to = mail.recipient(unit, message)
            if stale is not None or to is None:
                return Outcome(problem=stale or "no_address", drop=True)
            letter = mail.letter(unit, message, to)
    except Exception:
        # Whatever is wrong with one message, the others go out.
        log.exception("message %s cannot be written", claim.id)
        return Outcome(problem="cannot_be_written")
    return server.send(letter, to.addr_spec)


def _note(database: Database, claim: _Claim, outcome: Outcome) -> None:
    """Write down what became of a try, if the message is still ours."""
    for attempt in range(1, NOTE_TRIES + 1):
        try:
            with database.doorstep() as unit:
                message = _OUTBOX.c
                unit.connection.execute(
                    update(_OUTBOX)
                    .where(message.id == claim.id, message.leased_until == claim.leased_until)
                    .values(leased_until=None, **_noted(claim, outcome, unit.now))
                )
            return
        except Unavailable:
            # The server has the message: give up noting it only when the books stay away.
            if attempt == NOTE_TRIES:
                raise


def _noted(claim: _Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.problem is None:
        return {"status": "sent", "sent_at": now, "problem": None}
    if outcome.drop:
        return {"status": "cancelled", "problem": outcome.problem}
    status = "failed" if now - claim.created_at > GIVE_UP_AFTER else "waiting"
    wait = LONGEST_WAIT if outcome.refused else wait_after(claim.attempts)
    return {"status": status, "problem": outcome.problem, "due_at": now + wait}
