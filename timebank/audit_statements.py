"""Issued statements against the books: each ties out, and they run on without gap or overlap."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from timebank.audit_records import Found
from timebank.clock import local_midnight, to_microseconds
from timebank.models import Statement
from timebank.statement_content import canonical, sha256_of
from timebank.unit import Unit


def findings(unit: Unit) -> Iterator[Found]:
    """What is wrong with issued statements, as codes of ``words.FINDINGS`` and parameters."""
    query = (
        select(Statement)
        .order_by(Statement.account, Statement.until_on)
        .execution_options(yield_per=500)
    )
    heads: dict[str, bool] = {}
    for account, issued in groupby(unit.db.scalars(query), key=lambda each: each.account):
        yield from _of_account(unit, account, list(issued), heads)


def _of_account(
    unit: Unit, account: str, issued: Sequence[Statement], heads: dict[str, bool]
) -> Iterator[Found]:
    last_seq = max(each.last_seq for each in issued)
    postings: Sequence[Any] = unit.book.postings_between(account, 1, last_seq) if last_seq else ()
    by_seq = {posting.account_seq: posting for posting in postings}
    before: Statement | None = None
    for each in issued:
        for code in _problems(unit, each, before, by_seq, heads):
            yield code, {"statement": each.id, "reference": each.reference}
        before = each


def _problems(
    unit: Unit,
    each: Statement,
    before: Statement | None,
    by_seq: dict[int, Any],
    heads: dict[str, bool],
) -> Iterator[str]:
    if sha256_of(each.content) != each.content_sha256:
        yield "statement_altered"
    if not _runs_on(each, before):
        yield "statement_gap"
    content = json.loads(each.content)
    if canonical(content) != each.content or not _same_row(content, each):
        yield "statement_differs"
    if not _ties_out(unit, content, each, by_seq):
        yield "statement_differs_from_books"
    head = content.get("head", "")
    if head not in heads:
        heads[head] = _is_in_the_chain(unit, head)
    if not heads[head]:
        yield "statement_head_unknown"


def _runs_on(each: Statement, before: Statement | None) -> bool:
    """Whether it begins where the last one ended: in days, in postings, and in minutes."""
    ended_seq = 0 if before is None else before.last_seq
    closed_minutes = 0 if before is None else before.closing_minutes
    next_day = each.from_on if before is None else before.until_on + timedelta(days=1)
    starts = ended_seq + 1 if each.first_seq is not None else None
    ends_well = each.last_seq >= ended_seq + 1 if starts else each.last_seq == ended_seq
    return (
        each.from_on == next_day
        and each.first_seq == starts
        and ends_well
        and each.opening_minutes == closed_minutes
    )


def _same_row(content: dict[str, Any], each: Statement) -> bool:
    return (
        content.get("reference") == each.reference
        and content.get("period")
        == {"from_on": each.from_on.isoformat(), "until_on": each.until_on.isoformat()}
        and content.get("opening_minutes") == each.opening_minutes
        and content.get("closing_minutes") == each.closing_minutes
    )


def _ties_out(unit: Unit, content: dict[str, Any], each: Statement, by_seq: dict[int, Any]) -> bool:
    """Whether its lines are exactly the postings of its run, and its balances theirs."""
    first = each.first_seq if each.first_seq is not None else each.last_seq + 1
    run = [by_seq.get(seq) for seq in range(first, each.last_seq + 1)]
    closing = by_seq[each.last_seq].balance if each.last_seq in by_seq else 0
    end = to_microseconds(local_midnight(each.until_on + timedelta(days=1), unit.zone))
    lines = [
        (
            line["account_seq"], line["seq"], line["amount_minutes"], line["balance_minutes"],
            line["occurred_on"],
        )
        for line in content.get("lines", [])
    ]  # fmt: skip
    booked = [
        (p.account_seq, p.seq, p.amount, p.balance, p.occurred_on.isoformat())
        for p in run
        if p is not None and p.posted_at < end
    ]
    moved = sum(line[2] for line in lines)
    return (
        len(booked) == len(run)
        and lines == booked
        and each.closing_minutes == closing
        and each.opening_minutes + moved == each.closing_minutes
    )


def _is_in_the_chain(unit: Unit, head: str) -> bool:
    """Whether the books had this head: a history rewritten since then has another digest."""
    seq, _, digest = head.partition(":")
    if not seq.isdecimal() or int(seq) > unit.book.head().seq:
        return False
    if int(seq) == 0:
        return digest == "00" * 32
    return bool(unit.book.transaction(int(seq)).digest.hex() == digest)
