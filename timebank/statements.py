"""Statements: issued, fixed accounts of a period, in unbroken runs of an account.

A statement runs from the posting after the last statement's to the last one posted before the
period's end (local midnight). What is recorded later stands on the next one with its own date.
``due`` and ``issue`` compute from the database what is missing (``statement_due``), so months
switched off, crashes and two processes at once neither miss nor repeat one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from timebank import people, schedules, statement_books
from timebank.clock import local_midnight, to_microseconds
from timebank.errors import NotAllowed, RuleBroken
from timebank.pauses import paused
from timebank.statement_content import HistoryLine
from timebank.statement_due import (
    DueStatement,
    forecast,
    next_asked_for,
    next_due,
    next_of_member,
    stand_of,
)
from timebank.statement_lines import Balance, balance, current_lines
from timebank.statement_making import Next, issue_batch
from timebank.statement_reading import (
    PrintStatement,
    StatementPrinted,
    of_group,
    of_member,
    of_pot,
    print_statement,
    statement,
    statement_by_reference,
    to_print,
)
from timebank.unit import Unit

__all__ = [
    "Balance", "DuePeriod", "DueStatement", "HistoryLine", "IssueStatements", "PrintStatement",
    "RequestStatement", "StatementPrinted", "StatementRequested", "StatementsIssued",
    "anything_due", "balance", "current_lines", "due", "due_statements", "issue",
    "issue_statements", "last_ended", "of_group", "of_member", "of_pot", "print_statement",
    "request_statement", "statement", "statement_by_reference", "to_print",
]  # fmt: skip

# How many statements are made from one set of reads.
BATCH = 200
# How far the dry run looks ahead.
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class StatementsIssued:
    """How many were issued now; none when all were issued before."""

    count: int


@dataclass(frozen=True, kw_only=True)
class IssueStatements:
    """Issue what is due up to ``until_on``, a day that is over; ``most`` at most, or all."""

    until_on: date
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class DuePeriod:
    """A day on which periods ended, and how many of their statements are still to be issued."""

    until_on: date
    statements: int


@dataclass(frozen=True, kw_only=True)
class RequestStatement:
    """A member's statement up to yesterday, for the member or (``member_id``) for them."""

    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class StatementRequested:
    """The statement that ends yesterday, made now or before."""

    statement_id: str


def last_ended(unit: Unit) -> date:
    """The last day that is over."""
    return unit.today - timedelta(days=1)


def due(unit: Unit) -> list[DuePeriod]:
    """Every period that has ended and still has statements to issue, oldest first."""
    counts: dict[date, int] = {}
    for each in forecast(unit, last_ended(unit)):
        counts[each.until_on] = counts.get(each.until_on, 0) + 1
    return [DuePeriod(until_on=end, statements=count) for end, count in sorted(counts.items())]


def due_statements(unit: Unit, until_on: date) -> Sequence[DueStatement]:
    """The dry run: who would get which statement by ``until_on`` if nothing more were recorded.

    Also of days to come. Somebody for whom statements are paused is not among them. Raises
    ``RuleBroken('day_too_far')`` for more than a year ahead.
    """
    unit.actor.require("statement.view_all")
    if until_on > unit.today + FARTHEST:
        raise RuleBroken("day_too_far", field="until_on")
    return forecast(unit, until_on)


def anything_due(unit: Unit) -> bool:
    """Whether there is a statement to issue: one cheap look for every tick."""
    return paused(unit) is None and bool(next_due(unit, last_ended(unit), 1))


def issue(
    unit: Unit,
    until_on: date,
    *,
    most: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> StatementsIssued:
    """Issue every statement due up to ``until_on``, in order.

    ``most`` issues that many at most and leaves the rest to another unit, so that others get the
    books in between; ``progress`` is told the count so far. Raises
    ``RuleBroken('period_not_ended')``, and ``'statements_paused'`` while they are for everybody.
    """
    unit.actor.require("statement.issue")
    if _end(unit, until_on) > unit.now:
        raise RuleBroken("period_not_ended", field="until_on", day=until_on)
    if paused(unit) is not None:
        raise RuleBroken("statements_paused", field="until_on")
    count = 0
    while room := BATCH if most is None else min(BATCH, most - count):
        found = next_due(unit, until_on, room)
        if not found:
            break
        for batch in _by_period(found):
            _issue(unit, batch)
            count += len(batch)
            if progress is not None:
                progress(count)
    return StatementsIssued(count=count)


def issue_statements(unit: Unit, command: IssueStatements) -> StatementsIssued:
    """``issue`` as a command, so that a key can name it."""
    return issue(unit, command.until_on, most=command.most)


def request_statement(unit: Unit, command: RequestStatement) -> StatementRequested:
    """Issue a member's statement up to yesterday; asked for again, it is the same one.

    What was due before comes first. Raises ``RuleBroken``: ``statements_off`` for who chose to
    have none, ``statement_too_early`` on the day of joining.
    """
    member_id = command.member_id or unit.actor.member_id
    if member_id is None:
        raise NotAllowed("role_lacking", action="account.view_own")
    own = member_id == unit.actor.member_id
    unit.actor.require("account.view_own" if own else "statement.issue")
    member = people.member(unit, member_id)
    until_on = last_ended(unit)
    if schedules.standing(unit, member.id).schedule.frequency == "none":
        raise RuleBroken("statements_off")
    if member.joined_on > until_on:
        raise RuleBroken("statement_too_early")
    while (one := next_of_member(unit, member, until_on)) is not None:
        _issue(unit, [one])
    last = stand_of(unit, member).last
    if last is None or last.until_on < until_on:
        _issue(unit, [next_asked_for(unit, member, until_on)])
        last = stand_of(unit, member).last
    assert last is not None
    return StatementRequested(statement_id=last.id)


def _issue(unit: Unit, batch: Sequence[Next]) -> None:
    """Issue the statements of one period."""
    head = unit.book.head()
    end = _end(unit, batch[0].until_on)
    accounts = [each.holder.account for each in batch]
    runs = statement_books.runs(unit, accounts, to_microseconds(end))
    issue_batch(unit, batch, runs, end, f"{head.seq}:{head.digest.hex()}")


def _by_period(found: Sequence[Next]) -> list[list[Next]]:
    periods: dict[date, list[Next]] = {}
    for each in found:
        periods.setdefault(each.until_on, []).append(each)
    return [periods[until_on] for until_on in sorted(periods)]


def _end(unit: Unit, until_on: date) -> datetime:
    return local_midnight(until_on + timedelta(days=1), unit.zone)
