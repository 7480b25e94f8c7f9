"""Delivery: sends what stands in the outbox by mail and text, one at a time, under a lease.

Several processes may send at once: each message is claimed in one UPDATE, sent outside any lock,
and noted. A process that dies while it sends leaves a lease that runs out, and another sends the
message again with the same Message-ID: nothing stays unsent, and only a crash between the server's
yes and our note sends one twice. Steps that were told within an hour are claimed, and sent,
together with the first of them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update

from timebank import notice_rules, notices, trail
from timebank.channels import Outcome, Sender
from timebank.errors import NotFound, Unavailable
from timebank.mail import Server
from timebank.models import Communication, OutboxMessage
from timebank.text_messages import Texts, is_quiet
from timebank.unit import NOBODY, Database, Unit

log = logging.getLogger(__name__)

_OUTBOX = OutboxMessage.metadata.tables[OutboxMessage.__tablename__]

LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=14)
NOTE_TRIES = 3
# What a channel needs of a person, as the end of a problem's code.
_NEEDS = {"mail": "address", "text": "number"}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """How many messages the server took, and how many tries failed."""

    count: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """What is ours to send until ``leased_until``: the first message, and those sent with it.

    ``attempts`` counts this one.
    """

    id: str
    person_id: str | None
    kind: str
    channel: str
    attempts: int
    created_at: datetime
    leased_until: datetime


def send_due(database: Database, *, most: int | None = None) -> Sent:
    """Send what is due, at most ``most`` mails and texts; without a server everything waits.

    Stops early with a carrier that cannot be reached; one bad address never holds up the others.
    """
    settings = database.settings
    count = failed = 0
    carriers: list[Sender[Any]] = []
    if settings.smtp_host:
        carriers.append(Server(settings))
    if settings.text_url and not is_quiet(settings, database.clock()):
        carriers.append(Texts(settings))
    for carrier in carriers:
        left = None if most is None else most - count - failed
        sent = _send_by(database, carrier, left)
        count, failed = count + sent.count, failed + sent.failed
    return Sent(count=count, failed=failed)


def _send_by(database: Database, carrier: Sender[Any], most: int | None) -> Sent:
    count = failed = 0
    with carrier as sender:
        while most is None or count + failed < most:
            claim = _claim(database, sender.channel)
            if claim is None:
                break
            outcome = _try(database, sender, claim)
            _note(database, claim, outcome)
            count += outcome.problem is None
            failed += outcome.problem is not None and not outcome.drop
            if outcome.server_lost:
                break
    return Sent(count=count, failed=failed)


def troubles(unit: Unit) -> Sequence[OutboxMessage]:
    """Messages that could not be sent so far, or at all: newest first, for those who can help."""
    unit.actor.require_everywhere("member.view_all")
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
    unit.actor.require_everywhere("member.change")
    found = unit.db.get(OutboxMessage, command.message_id)
    if found is None or found.status not in ("waiting", "failed") or (found.channel not in _NEEDS):
        raise NotFound("message_unknown")
    found.status, found.due_at, found.attempts = "waiting", unit.now, 0
    found.collected_in = found.problem = None
    # The two weeks of trying begin anew.
    found.created_at = unit.now
    trail.record(unit, "message.sent_again", "message", found.id)
    return SendingAgain(message_id=found.id)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: 1, 2, 4 ... minutes, in the end every 6 hours."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 12)), LONGEST_WAIT)


# --- one message ----------------------------------------------------------------------------------


def _claim(database: Database, channel: str = "mail") -> _Claim | None:
    """Claim a message that is due, in one statement: two processes never get the same one.

    Nothing is claimed for somebody whose post or mail came back.
    """
    with database.doorstep() as unit:
        message = _OUTBOX.c
        stopped = select(Communication.person_id).where(Communication.stopped_at.is_not(None))
        due = (
            select(message.id)
            .where(
                message.status == "waiting",
                message.channel == channel,
                message.collected_in.is_(None),
                message.due_at <= unit.now,
                or_(message.leased_until.is_(None), message.leased_until <= unit.now),
                or_(message.person_id.is_(None), message.person_id.not_in(stopped)),
            )
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(_OUTBOX)
            .where(message.id == due.scalar_subquery())
            .values(leased_until=unit.now + LEASE, attempts=message.attempts + 1)
            .returning(
                message.id, message.person_id, message.kind, message.channel, message.attempts,
                message.created_at, message.leased_until,
            )
        )  # fmt: skip
        row = unit.connection.execute(taken).first()
        if row is None:
            return None
        claim = _Claim(**row._mapping)
        if claim.kind in notice_rules.COLLECTED:
            _claim_with(unit, claim)
        return claim


def _claim_with(unit: Unit, claim: _Claim) -> None:
    """Claim the other steps that this person can be told of now, to go out in the same message."""
    message = _OUTBOX.c
    theirs = and_(
        message.collected_in.is_(None),
        message.person_id == claim.person_id,
        message.channel == claim.channel,
        message.kind.in_(notice_rules.COLLECTED),
        message.due_at <= unit.now,
        message.id != claim.id,
        or_(message.leased_until.is_(None), message.leased_until <= unit.now),
    )
    unit.connection.execute(
        update(_OUTBOX)
        .where(message.status == "waiting", or_(theirs, message.collected_in == claim.id))
        .values(leased_until=claim.leased_until, collected_in=claim.id)
    )


def _try(database: Database, sender: Sender[Any], claim: _Claim) -> Outcome:
    try:
        with database.reading(NOBODY) as unit:
            messages = unit.db.scalars(
                select(OutboxMessage)
                .where(
                    or_(OutboxMessage.id == claim.id, OutboxMessage.collected_in == claim.id),
                    OutboxMessage.status == "waiting",
                )
                .order_by(OutboxMessage.created_at, OutboxMessage.id)
            ).all()
            stale = {each.id: notices.no_longer_due(unit, each) for each in messages}
            fresh = [each for each in messages if stale[each.id] is None]
            made = sender.write(unit, fresh) if fresh else None
        _drop(database, {id_: why for id_, why in stale.items() if why and id_ != claim.id})
        if claim.id not in {each.id for each in fresh}:
            return Outcome(problem=stale.get(claim.id) or "message_gone", drop=True)
        if made is None:
            return Outcome(problem=f"no_{_NEEDS[claim.channel]}", drop=True)
    except Exception:
        # Whatever is wrong with one message, the others go out.
        log.exception("message %s cannot be written", claim.id)
        return Outcome(problem="cannot_be_written")
    return sender.send(made)


def _drop(database: Database, why: dict[str, str]) -> None:
    """Let go of messages that would have gone out with another and are stale themselves."""
    for message_id, problem in why.items():
        with database.doorstep() as unit:
            unit.connection.execute(
                update(_OUTBOX)
                .where(_OUTBOX.c.id == message_id)
                .values(status="cancelled", problem=problem, leased_until=None)
            )


def _note(database: Database, claim: _Claim, outcome: Outcome) -> None:
    """Write down what became of a try, if the message is still ours."""
    for attempt in range(1, NOTE_TRIES + 1):
        try:
            with database.doorstep() as unit:
                _note_in(unit, claim, outcome)
            return
        except Unavailable:
            # The server has the message: give up noting it only when the books stay away.
            if attempt == NOTE_TRIES:
                raise


def _note_in(unit: Unit, claim: _Claim, outcome: Outcome) -> None:
    message = _OUTBOX.c
    ours = and_(message.leased_until == claim.leased_until, message.status == "waiting")
    with_it = and_(ours, message.collected_in == claim.id)
    if outcome.drop:
        # What was to go out with it goes out by itself.
        unit.connection.execute(
            update(_OUTBOX).where(with_it).values(collected_in=None, leased_until=None)
        )
    unit.connection.execute(
        update(_OUTBOX)
        .where(or_(with_it, and_(ours, message.id == claim.id)))
        .values(leased_until=None, **_noted(claim, outcome, unit.now))
    )


def _noted(claim: _Claim, outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.problem is None:
        return {"status": "sent", "sent_at": now, "problem": None}
    if outcome.drop:
        return {"status": "cancelled", "problem": outcome.problem}
    status = "failed" if now - claim.created_at > GIVE_UP_AFTER else "waiting"
    wait = LONGEST_WAIT if outcome.refused else wait_after(claim.attempts)
    return {"status": status, "problem": outcome.problem, "due_at": now + wait}
