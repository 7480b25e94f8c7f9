"""What statements read from the books: where an account stands, its runs, and what was reversed.

The one module of statements that knows the ledger's tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import contains_eager

from ledger.tables import account as ledger_account
from ledger.tables import posting as ledger_posting
from ledger.tables import transaction as ledger_transaction
from timebank.clock import from_microseconds, local_day
from timebank.models import Member, Statement
from timebank.statement_lines import Posted
from timebank.unit import Unit

Runs = dict[str, list[Posted]]

_CHUNK = 500
_p, _t, _a = ledger_posting.c, ledger_transaction.c, ledger_account.c
# When the first posting on no statement was recorded, in microseconds, in the standings below.
RECORDED_AT = _t.posted_at


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


# --- where accounts stand -----------------------------------------------------------------------


def members_standing() -> Select[Any]:
    """Members by number, each with the last statement and ``RECORDED_AT``, or None."""
    account = literal("member:") + Member.id
    last = _newest_of(account, Member)
    return (
        select(Member, Statement, RECORDED_AT)
        .join(Member.person)
        .options(contains_eager(Member.person))
        .outerjoin(Statement, and_(Statement.account == account, Statement.until_on == last))
        .outerjoin(ledger_account, _a.name == account)
        .outerjoin(ledger_posting, _is_next)
        .outerjoin(ledger_transaction, _is_of)
        .order_by(Member.number)
    )


def accounts_standing(names: Sequence[str]) -> Select[Any]:
    """Of the accounts with a posting on no statement: name, last statement, ``RECORDED_AT``."""
    last = _newest_of(_a.name, ledger_account)
    return (
        select(_a.name, Statement, RECORDED_AT)
        .select_from(ledger_account)
        .outerjoin(Statement, and_(Statement.account == _a.name, Statement.until_on == last))
        .join(ledger_posting, _is_next)
        .join(ledger_transaction, _is_of)
        .where(_a.name.in_(names))
        .order_by(_a.name)
    )


_is_of = and_(_t.book == _p.book, _t.seq == _p.seq)
_is_next = and_(_p.account == _a.id, _p.account_seq == func.coalesce(Statement.last_seq, 0) + 1)


def _newest_of(account: ColumnElement[str], outer: Any) -> Any:
    newest = select(func.max(Statement.until_on)).where(Statement.account == account)
    return newest.correlate(outer).scalar_subquery()


# --- runs ---------------------------------------------------------------------------------------


def runs(unit: Unit, accounts: Sequence[str], end: int) -> Runs:
    """By account, the postings after the last statement and posted before ``end``, in order."""
    query = (
        select(
            _a.name, _p.account_seq, _p.amount, _p.balance, _p.seq, _t.kind, _t.reference,
            _t.occurred_on, _t.posted_at, _t.replaces_seq,
        )
        .where(_t.posted_at < end)
    )  # fmt: skip
    found: Runs = {}
    for row in unit.connection.execute(_unstated(query, accounts)):
        values = dict(row._mapping)
        values["occurred_on"] = date.fromisoformat(row.occurred_on)
        found.setdefault(values.pop("name"), []).append(_Run(**values))
    return found


def unstated_days(unit: Unit, accounts: Sequence[str]) -> dict[str, list[date]]:
    """By account, the local day on which each posting on no statement was recorded, in order."""
    days: dict[str, list[date]] = {}
    for some in _chunks(accounts):
        query = _unstated(select(_a.name, _t.posted_at), some)
        for name, posted_at in unit.connection.execute(query):
            day = local_day(from_microseconds(posted_at), unit.zone)
            days.setdefault(name, []).append(day)
    return days


def _unstated(query: Select[Any], accounts: Sequence[str]) -> Select[Any]:
    after = (
        select(func.coalesce(func.max(Statement.last_seq), 0))
        .where(Statement.account == _a.name)
        .correlate(ledger_account)
        .scalar_subquery()
    )
    return (
        query.select_from(ledger_account)
        .join(ledger_posting, _p.account == _a.id)
        .join(ledger_transaction, _is_of)
        .where(_a.name.in_(accounts), _p.account_seq > after)
        .order_by(_a.name, _p.account_seq)
    )


# --- what was reversed --------------------------------------------------------------------------


def stood_until_on(
    unit: Unit, some_runs: Mapping[str, Sequence[Posted]]
) -> dict[str, dict[int, date]]:
    """By account and by a reversal's transaction, the end of the statement with the original.

    Nothing stands here for what was recorded and put right within the same statement.
    """
    originals = _reversed(unit, [posting.seq for run in some_runs.values() for posting in run])
    found: dict[str, dict[int, date]] = {}
    for some in _chunks(sorted(originals)):
        query = (
            select(_a.name, _p.seq, func.min(Statement.until_on))
            .select_from(ledger_posting)
            .join(ledger_account, _p.account == _a.id)
            .join(
                Statement,
                and_(Statement.account == _a.name, Statement.last_seq >= _p.account_seq),
            )
            .where(_p.seq.in_(some))
            .group_by(_a.name, _p.seq)
        )
        for name, seq, ended in unit.connection.execute(query):
            if name in some_runs:
                found.setdefault(name, {})[originals[seq]] = ended
    return found


def _reversed(unit: Unit, seqs: Sequence[int]) -> dict[int, int]:
    """Of these transactions, those that reverse another, by the other's number."""
    found: dict[int, int] = {}
    for some in _chunks(seqs):
        query = select(_t.seq, _t.reverses_seq).where(
            _t.seq.in_(some), _t.reverses_seq.is_not(None)
        )
        found.update((row.reverses_seq, row.seq) for row in unit.connection.execute(query))
    return found


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
