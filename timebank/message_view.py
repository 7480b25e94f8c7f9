"""What became of messages, for whoever looks after the group: due, sent, failed and why, dropped.

Ids and codes come from here; names are looked up where they are shown. ``figures`` is the same for
programs, without a word about anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from timebank import community, statements
from timebank.clock import local_day
from timebank.models import Communication, Letter, OutboxMessage, Person, Statement
from timebank.tasks import Task
from timebank.unit import NOBODY, Database, Unit

CHANNELS = ("mail", "text", "post", "phone")
# What is looked back on.
LOOK_BACK = timedelta(days=30)
MOST = 100
MOST_DROPPED = 25


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way: how many messages are due, wait for later, and in the last 30 days were sent, given
    up and dropped; and since when the oldest that is due waits."""

    channel: str
    due: int
    later: int
    sent: int
    failed: int
    dropped: int
    oldest_due: datetime | None


@dataclass(frozen=True, kw_only=True)
class Overview:
    """Everything on one page. ``statements_due`` are not issued yet; ``issued`` in 30 days."""

    channels: tuple[Channel, ...]
    statements_due: int
    statements_issued: int
    letters_to_post: int
    stopped: int


def overview(unit: Unit) -> Overview:
    """How things stand, in a fixed number of queries."""
    unit.actor.require("messages.view")
    since = unit.now - LOOK_BACK
    due = sum(each.statements for each in statements.due(unit))
    return Overview(
        channels=tuple(_channels(unit, since)),
        statements_due=due,
        statements_issued=unit.db.scalar(
            select(func.count()).select_from(Statement).where(Statement.issued_at >= since)
        )
        or 0,
        letters_to_post=unit.db.scalar(
            select(func.count()).select_from(Letter).where(Letter.status == "printed")
        )
        or 0,
        stopped=unit.db.scalar(
            select(func.count())
            .select_from(Communication)
            .where(Communication.stopped_at.is_not(None))
        )
        or 0,
    )


def _channels(unit: Unit, since: datetime) -> list[Channel]:
    is_due = OutboxMessage.due_at <= unit.now
    query = (
        select(
            OutboxMessage.channel,
            OutboxMessage.status,
            is_due,
            func.count(),
            func.min(OutboxMessage.due_at),
        )
        .where(or_(OutboxMessage.status.in_(("waiting", "printed")),
                   OutboxMessage.created_at >= since))
        .group_by(OutboxMessage.channel, OutboxMessage.status, is_due)
    )  # fmt: skip
    counts: dict[tuple[str, str], int] = {}
    oldest: dict[str, datetime] = {}
    for channel, status, now, count, first in unit.db.execute(query):
        name = status if status != "waiting" else ("due" if now else "later")
        counts[channel, name] = counts.get((channel, name), 0) + count
        if name == "due":
            oldest[channel] = first
    return [
        Channel(
            channel=channel,
            due=counts.get((channel, "due"), 0),
            later=counts.get((channel, "later"), 0),
            sent=counts.get((channel, "sent"), 0),
            failed=counts.get((channel, "failed"), 0),
            dropped=counts.get((channel, "cancelled"), 0),
            oldest_due=oldest.get(channel),
        )
        for channel in CHANNELS
    ]


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A message that was not sent, and whose it is ("" when nobody's, or erased)."""

    message: OutboxMessage
    name: str


def troubles(unit: Unit, limit: int = MOST) -> list[Trouble]:
    """What waits after a failed try, and what was given up: the newest first."""
    return _troubles(unit, ("waiting", "failed"), limit)


def dropped(unit: Unit, limit: int = MOST_DROPPED) -> list[Trouble]:
    """What is not sent any more, with the reason: the newest first."""
    return _troubles(unit, ("cancelled",), limit)


def _troubles(unit: Unit, statuses: Sequence[str], limit: int) -> list[Trouble]:
    unit.actor.require("messages.view")
    query = (
        select(OutboxMessage, Person.name)
        .outerjoin(Person, Person.id == OutboxMessage.person_id)
        .where(OutboxMessage.status.in_(statuses), OutboxMessage.problem.is_not(None))
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
        .limit(limit)
    )
    return [Trouble(message=message, name=name or "") for message, name in unit.db.execute(query)]


def tasks(unit: Unit) -> list[Task]:
    """Messages that were given up, in one task."""
    if not unit.actor.may("messages.view"):
        return []
    count, first = unit.db.execute(
        select(func.count(), func.min(OutboxMessage.created_at)).where(
            OutboxMessage.status == "failed"
        )
    ).one()
    if not count:
        return []
    due_on = local_day(first, unit.zone)
    return [Task(verb="see_messages", path="/messages", due_on=due_on, params={"count": count})]


def figures(database: Database) -> list[tuple[str, dict[str, str], float]]:
    """For a monitor: ``(name, labels, value)``, read at the moment they are asked for."""
    with database.reading(NOBODY) as unit:
        if not community.is_set_up(unit):
            return []
        unit.actor = community.console_actor(unit)
        found = overview(unit)
        head = unit.book.head()
        now = unit.now
    made: list[tuple[str, dict[str, str], float]] = []
    for channel in found.channels:
        for state in ("due", "later", "sent", "failed", "dropped"):
            labels = {"channel": channel.channel, "state": state}
            made.append(("timebank_messages", labels, getattr(channel, state)))
        waited = (now - channel.oldest_due).total_seconds() if channel.oldest_due else 0
        made.append(("timebank_message_wait_seconds", {"channel": channel.channel}, waited))
    return [
        *made,
        ("timebank_statements_due", {}, found.statements_due),
        ("timebank_statements_issued", {}, found.statements_issued),
        ("timebank_letters_to_post", {}, found.letters_to_post),
        ("timebank_people_unreached", {}, found.stopped),
        ("timebank_transactions", {}, head.seq),
    ]
