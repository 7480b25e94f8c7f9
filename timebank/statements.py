"""Statements: issued, fixed accounts of a calendar month, in unbroken runs of an account.

A statement runs from the posting after the last statement's to the last one posted before the
period's end (local midnight). What is recorded later stands on the next one with its own date.
``due`` and ``issue`` compute from the database what is missing, so months switched off, crashes
and two processes at once neither miss nor repeat one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from ledger.tables import account as ledger_account
from ledger.tables import posting as ledger_posting
from ledger.tables import transaction as ledger_transaction
from timebank import accounts
from timebank.clock import local_midnight, to_microseconds
from timebank.errors import RuleBroken
from timebank.models import Member, Statement
from timebank.statement_lines import (
    Balance,
    HistoryLine,
    balance,
    current_lines,
)
from timebank.statement_making import Next, Runs, issue_batch
from timebank.statement_reading import (
    PrintStatement,
    StatementPrinted,
    of_member,
    print_statement,
    statement,
    statement_by_reference,
    to_print,
)
from timebank.unit import Unit

__all__ = [
    "Balance", "DuePeriod", "HistoryLine", "IssueStatements", "PrintStatement",
    "StatementPrinted", "StatementsIssued", "anything_due", "balance", "current_lines", "due",
    "issue", "issue_statements", "last_ended", "of_member", "print_statement", "statement",
    "statement_by_reference", "to_print",
]  # fmt: skip

# How many statements are made from one set of reads.
BATCH = 200


@dataclass(frozen=True, kw_only=True)
class StatementsIssued:
    """How many were issued now; none when all were issued before."""

    count: int


@dataclass(frozen=True, kw_only=True)
class IssueStatements:
    """Issue what is due up to the end of the month of ``until_on``; ``most`` at most, or all."""

    until_on: date
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class DuePeriod:
    """A period that has ended, and how many statements of it are still to be issued."""

    from_on: date
    until_on: date
    statements: int


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One posting of an account's run."""

    account_seq: int
    amount: int
    balance: int
    seq: int
    kind: str
    reference: str
    occurred_on: date
    posted_at: int
    replaces_seq: int | None


def last_ended(unit: Unit) -> date:
    """The last day of the newest calendar month that has ended."""
    return unit.today.replace(day=1) - timedelta(days=1)


def due(unit: Unit) -> list[DuePeriod]:
    """Every period that still has statements to issue, oldest first."""
    until_on = last_ended(unit)
    counts: dict[tuple[date, date], int] = {}
    for each in _next_of_members(unit, until_on):
        from_on = each.from_on
        while (end := _month_end(from_on)) <= until_on:
            counts[from_on, end] = counts.get((from_on, end), 0) + 1
            from_on = end + timedelta(days=1)
    return [
        DuePeriod(from_on=from_on, until_on=end, statements=count)
        for (from_on, end), count in sorted(counts.items())
    ]


def anything_due(unit: Unit) -> bool:
    """Whether there is a statement to issue: one cheap look for every tick."""
    return bool(_next_of_members(unit, last_ended(unit), 1))


def issue(
    unit: Unit,
    until_on: date,
    *,
    most: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> StatementsIssued:
    """Issue every due statement up to the end of ``until_on``'s month, in order.

    ``most`` issues that many at most and leaves the rest to another unit, so that others get the
    books in between; ``progress`` is told the count so far. Raises
    ``RuleBroken('period_not_ended')``.
    """
    unit.actor.require("statement.issue")
    until_on = _month_end(until_on)
    if _end(unit, until_on) > unit.now:
        raise RuleBroken("period_not_ended", field="until_on", day=until_on)
    head = unit.book.head()
    count = 0
    while room := BATCH if most is None else min(BATCH, most - count):
        found = _next_of_members(unit, until_on, room)
        if not found:
            break
        for batch in _by_period(found):
            end = _end(unit, batch[0].until_on)
            runs = _runs(unit, batch, to_microseconds(end))
            issue_batch(unit, batch, runs, end, f"{head.seq}:{head.digest.hex()}")
            count += len(batch)
            if progress is not None:
                progress(count)
    return StatementsIssued(count=count)


def issue_statements(unit: Unit, command: IssueStatements) -> StatementsIssued:
    """``issue`` as a command, so that a key can name it."""
    return issue(unit, command.until_on, most=command.most)


# --- what is due --------------------------------------------------------------------------------


def _next_of_members(unit: Unit, until_on: date, most: int | None = None) -> list[Next]:
    """The next statement of members who have one due by ``until_on``: all, or ``most`` of them."""
    account = literal("member:") + Member.id
    newest = (
        select(func.max(Statement.until_on))
        .where(Statement.account == account)
        .correlate(Member)
        .scalar_subquery()
    )
    query = (
        select(Member, Statement)
        .outerjoin(Statement, and_(Statement.account == account, Statement.until_on == newest))
        .where(
            Member.frequency == "monthly",
            Member.joined_on <= until_on,
            or_(Statement.until_on.is_(None), Statement.until_on < until_on),
            or_(Member.status == "active", _unstated(account)),
        )
        .options(joinedload(Member.person))
        .order_by(Member.number)
        .limit(most)
    )
    return [_next(member, last) for member, last in unit.db.execute(query)]


def _unstated(account: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an account has postings on no statement yet: who left gets those too."""
    return exists(
        select(literal(1))
        .select_from(ledger_account)
        .join(ledger_posting, ledger_posting.c.account == ledger_account.c.id)
        .where(
            ledger_account.c.name == account,
            ledger_posting.c.account_seq > func.coalesce(Statement.last_seq, 0),
        )
        .correlate(Member, Statement)
    )


def _next(member: Member, last: Statement | None) -> Next:
    if last is None:
        from_on = member.joined_on.replace(day=1)
    else:
        from_on = last.until_on + timedelta(days=1)
    return Next(
        member=member,
        from_on=from_on,
        until_on=_month_end(from_on),
        last_seq=0 if last is None else last.last_seq,
        opening_minutes=0 if last is None else last.closing_minutes,
    )


def _by_period(found: list[Next]) -> list[list[Next]]:
    periods: dict[date, list[Next]] = {}
    for each in found:
        periods.setdefault(each.until_on, []).append(each)
    return [periods[until_on] for until_on in sorted(periods)]


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _end(unit: Unit, until_on: date) -> datetime:
    return local_midnight(until_on + timedelta(days=1), unit.zone)


# --- reading the books --------------------------------------------------------------------------


def _runs(unit: Unit, batch: list[Next], end: int) -> Runs:
    """By account, the postings after the last statement and posted before ``end``, in order."""
    p, t, a = ledger_posting.c, ledger_transaction.c, ledger_account.c
    after = (
        select(func.coalesce(func.max(Statement.last_seq), 0))
        .where(Statement.account == a.name)
        .correlate(ledger_account)
        .scalar_subquery()
    )
    query = (
        select(
            a.name, p.account_seq, p.amount, p.balance, p.seq, t.kind, t.reference,
            t.occurred_on, t.posted_at, t.replaces_seq,
        )
        .select_from(ledger_account)
        .join(ledger_posting, p.account == a.id)
        .join(ledger_transaction, and_(t.book == p.book, t.seq == p.seq))
        .where(
            a.name.in_([accounts.member(each.member.id) for each in batch]),
            p.account_seq > after,
            t.posted_at < end,
        )
        .order_by(a.name, p.account_seq)
    )  # fmt: skip
    runs: Runs = {}
    for row in unit.connection.execute(query):
        values = dict(row._mapping)
        values["occurred_on"] = date.fromisoformat(row.occurred_on)
        runs.setdefault(values.pop("name"), []).append(_Run(**values))
    return runs
