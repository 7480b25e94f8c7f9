"""Exchanges: one member gives another some time, and the minutes move when both say the same.

One asks, the other agrees or does not. Afterwards each says how long it took and on which day;
where they differ it goes back to the other, until both have said the same. A coordinator may do
each step for a member who rings up, but never in an exchange of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from timebank import accounts, notices, people, texts, trail
from timebank.clock import local_day
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.ids import new_id, new_reference
from timebank.listings import listing
from timebank.models import DirectoryEntry, Exchange, Member
from timebank.roles import not_for_oneself
from timebank.tasks import MOST, Task
from timebank.unit import Unit

OPEN = ("asked", "agreed")
MOST_MINUTES = 24 * 60
# So long afterwards a coordinator is reminded to see that all went well (DOMAIN facts T10).
CHECK_AFTER = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class AskExchange:
    """Answer a listing: ``member_id`` asks whoever listed it."""

    member_id: str
    listing_id: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class AnswerExchange:
    """The one who was asked agrees, or does not."""

    exchange_id: str
    revision: int
    agree: bool


@dataclass(frozen=True, kw_only=True)
class ReportExchange:
    """``member_id`` (one of the two) says how long it took, and on which day."""

    exchange_id: str
    revision: int
    member_id: str
    minutes: int
    done_on: date


@dataclass(frozen=True, kw_only=True)
class CancelExchange:
    """It does not take place after all."""

    exchange_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class UndoExchange:
    """A coordinator takes the minutes back: it was a mistake."""

    exchange_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class CheckExchange:
    """A coordinator has asked both, and all went well."""

    exchange_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class ExchangeMoved:
    """How an exchange stands."""

    exchange_id: str
    reference: str
    status: str
    revision: int


def ask_exchange(unit: Unit, command: AskExchange) -> ExchangeMoved:
    """Ask. Raises ``RuleBroken('exchange_with_oneself')``."""
    asker = _member(unit, command.member_id)
    wanted = listing(unit, command.listing_id)
    if wanted.status != "open" or unit.db.get(DirectoryEntry, wanted.member_id) is None:
        raise Conflict("listing_changed")
    if wanted.member_id == asker.id:
        raise RuleBroken("exchange_with_oneself")
    if wanted.member.status != "active":
        raise RuleBroken("member_left")
    gives = wanted.kind == "want"
    found = Exchange(
        id=new_id(),
        reference=new_reference(),
        listing_id=wanted.id,
        giver_id=asker.id if gives else wanted.member_id,
        receiver_id=wanted.member_id if gives else asker.id,
        asked_by_giver=gives,
        title_words=wanted.title_words,
        words=texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True),
        status="asked",
        revision=0,
        asked_at=unit.now,
    )
    unit.db.add(found)
    unit.db.flush()
    return _moved(unit, found, "asked", tell=wanted.member)


def answer_exchange(unit: Unit, command: AnswerExchange) -> ExchangeMoved:
    """Agree, or not: whoever was asked, or somebody for them."""
    found = _current(unit, command.exchange_id, command.revision, "asked")
    asked = found.receiver if found.asked_by_giver else found.giver
    _side(unit, found, asked)
    found.answered_at = unit.now
    other = found.giver if found.asked_by_giver else found.receiver
    return _moved(unit, found, "agreed" if command.agree else "declined", tell=other)


def report_exchange(unit: Unit, command: ReportExchange) -> ExchangeMoved:
    """Say how long it took. When both have said the same, the minutes move.

    Raises ``RuleBroken``: ``exchange_in_future``, ``time_missing``, ``exchange_too_long``,
    ``hours_insufficient``.
    """
    found = _current(unit, command.exchange_id, command.revision, "agreed")
    if command.member_id not in (found.giver_id, found.receiver_id):
        raise NotFound("member_unknown")
    giving = command.member_id == found.giver_id
    mine, other = (found.giver, found.receiver) if giving else (found.receiver, found.giver)
    _side(unit, found, mine)
    minutes = _minutes(unit, command)
    if giving:
        found.giver_minutes, found.giver_on = minutes, command.done_on
    else:
        found.receiver_minutes, found.receiver_on = minutes, command.done_on
    both = (found.giver_minutes, found.giver_on) == (found.receiver_minutes, found.receiver_on)
    if not both:
        return _moved(unit, found, "agreed", tell=other)
    _post(unit, found, minutes, command.done_on)
    return _moved(unit, found, "done", tell=other)


def cancel_exchange(unit: Unit, command: CancelExchange) -> ExchangeMoved:
    """Call it off: either of the two, or a coordinator for one of them."""
    found = _current(unit, command.exchange_id, command.revision, *OPEN)
    giving = unit.actor.member_id == found.giver_id
    if not giving and unit.actor.member_id != found.receiver_id:
        _helps(unit, found)
    return _moved(unit, found, "cancelled", tell=found.receiver if giving else found.giver)


def undo_exchange(unit: Unit, command: UndoExchange) -> ExchangeMoved:
    """Move the minutes back; it may leave the giver of time below zero, openly."""
    found = _current(unit, command.exchange_id, command.revision, "done")
    _helps(unit, found)
    assert found.seq is not None
    found.undone_seq = unit.book.reverse(
        found.seq,
        kind="exchange.undone",
        key=f"reverse:{found.seq}",
        occurred_on=unit.today,
        posted_at=unit.posted_at,
        actor=unit.actor.id,
    ).seq
    notices.send_later(unit, "exchange_changed", found.giver.person_id, found.id)
    return _moved(unit, found, "undone", tell=found.receiver)


def check_exchange(unit: Unit, command: CheckExchange) -> ExchangeMoved:
    """Note that all went well; nobody is told."""
    found = _current(unit, command.exchange_id, command.revision, "done")
    _helps(unit, found)
    found.checked_by, found.checked_at = unit.actor.id, unit.now
    return _moved(unit, found, "done", tell=None, action="checked")


def exchange(unit: Unit, exchange_id: str) -> Exchange:
    """An exchange of one's own, or any in sight for those who help; else ``NotFound``."""
    found = unit.db.get(Exchange, exchange_id)
    if found is not None:
        if unit.actor.member_id in (found.giver_id, found.receiver_id):
            return found
        if unit.actor.may("exchange.help") and (
            people.in_sight(unit, found.giver_id) or people.in_sight(unit, found.receiver_id)
        ):
            return found
    raise NotFound("exchange_unknown")


def of_member(unit: Unit, member_id: str, *, limit: int, offset: int) -> Sequence[Exchange]:
    """A member's exchanges, the newest first."""
    if member_id != unit.actor.member_id:
        unit.actor.require("exchange.help")
        people.member(unit, member_id)
    return _listed(
        unit, or_(Exchange.giver_id == member_id, Exchange.receiver_id == member_id), limit, offset
    )


def all_exchanges(unit: Unit, *, limit: int, offset: int) -> Sequence[Exchange]:
    """Every exchange in the actor's sight, for those who see that all goes well."""
    unit.actor.require("exchange.help")
    seen = people.visible_ids(unit)
    return _listed(
        unit, or_(Exchange.giver_id.in_(seen), Exchange.receiver_id.in_(seen)), limit, offset
    )


def to_check(unit: Unit) -> list[Task]:
    """Exchanges of a week ago and more that nobody has asked about yet."""
    if not unit.actor.may("exchange.help"):
        return []
    seen = people.visible_ids(unit)
    query = (
        select(Exchange)
        .where(
            Exchange.status == "done",
            Exchange.checked_at.is_(None),
            Exchange.done_at <= unit.now - CHECK_AFTER,
            or_(Exchange.giver_id.in_(seen), Exchange.receiver_id.in_(seen)),
        )
        .order_by(Exchange.done_at)
        .limit(MOST)
    )
    return [
        Task(
            verb="check_exchange",
            params={"reference": each.reference},
            path=f"/exchanges/{each.id}",
            due_on=local_day((each.done_at or each.asked_at) + CHECK_AFTER, unit.zone),
            hindrance="own" if unit.actor.member_id in (each.giver_id, each.receiver_id) else None,
        )
        for each in unit.db.scalars(query)
    ]


def _listed(unit: Unit, condition: object, limit: int, offset: int) -> Sequence[Exchange]:
    query = (
        select(Exchange)
        .where(condition)  # type: ignore[arg-type]
        .options(
            joinedload(Exchange.giver).joinedload(Member.person),
            joinedload(Exchange.receiver).joinedload(Member.person),
        )
        .order_by(Exchange.asked_at.desc(), Exchange.id)
        .limit(limit)
        .offset(offset)
    )
    return unit.db.scalars(query).all()


def _minutes(unit: Unit, command: ReportExchange) -> int:
    minutes = texts.whole_minutes(command.minutes, "minutes")
    if minutes == 0:
        raise RuleBroken("time_missing", field="minutes")
    if minutes > MOST_MINUTES:
        raise RuleBroken("exchange_too_long", field="minutes", most_minutes=MOST_MINUTES)
    if command.done_on > unit.today:
        raise RuleBroken("exchange_in_future", field="done_on")
    return minutes


def _post(unit: Unit, found: Exchange, minutes: int, done_on: date) -> None:
    available = unit.book.balance(accounts.member(found.receiver_id))
    if available < minutes:
        # Whose hours they are knows them; the other learns only that it cannot be done yet.
        if unit.actor.member_id == found.receiver_id:
            raise RuleBroken(
                "hours_insufficient",
                field="minutes",
                available_minutes=max(available, 0),
                needed_minutes=minutes,
            )
        raise RuleBroken("exchange_not_covered", field="minutes")
    found.seq = unit.book.post(
        accounts.movement(
            "exchange",
            key=f"exchange:{found.id}",
            reference=found.id,
            occurred_on=done_on,
            actor=unit.actor.id,
            source=accounts.member(found.receiver_id),
            target=accounts.member(found.giver_id),
            minutes=minutes,
        ),
        posted_at=unit.posted_at,
    ).seq
    found.done_at = unit.now


def _member(unit: Unit, member_id: str) -> Member:
    own = member_id == unit.actor.member_id
    unit.actor.require("exchange.own" if own else "exchange.help")
    member = people.member(unit, member_id)
    if member.status != "active":
        raise RuleBroken("member_left")
    return member


def _side(unit: Unit, found: Exchange, member: Member) -> None:
    """Whether the actor speaks for this side: it is theirs, or they help it."""
    if member.id != unit.actor.member_id:
        _helps(unit, found)
        people.member(unit, member.id)


def _helps(unit: Unit, found: Exchange) -> None:
    unit.actor.require("exchange.help")
    for each in (found.giver, found.receiver):
        not_for_oneself(unit.actor, each.person_id, "own_exchange")


def _current(unit: Unit, exchange_id: str, revision: int, *statuses: str) -> Exchange:
    found = exchange(unit, exchange_id)
    if found.revision != revision or found.status not in statuses:
        raise Conflict("exchange_changed")
    if not _one_of_two(unit, found):
        unit.actor.require("exchange.help")
    elif unit.actor.member_id is None:
        raise NotAllowed("role_lacking", action="exchange.own")
    return found


def _one_of_two(unit: Unit, found: Exchange) -> bool:
    return unit.actor.member_id in (found.giver_id, found.receiver_id)


def _moved(
    unit: Unit, found: Exchange, status: str, *, tell: Member | None, action: str = ""
) -> ExchangeMoved:
    found.status = status
    found.revision += 1
    trail.record(
        unit, f"exchange.{action or status}", "exchange", found.id, revision=found.revision
    )
    if tell is not None:
        notices.send_later(unit, "exchange_changed", tell.person_id, found.id)
    unit.db.flush()
    return ExchangeMoved(
        exchange_id=found.id, reference=found.reference, status=status, revision=found.revision
    )
