"""Makes the rows of issued statements from runs of postings, many at once.

A fixed number of reads for however many people; ``statements`` says whose statements, and reads
the runs from the books.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from timebank import accounts, notices, trail
from timebank.holds import held_at
from timebank.ids import new_id, new_reference
from timebank.models import Member, Redemption, Statement
from timebank.statement_content import canonical, content_of, sha256_of
from timebank.statement_lines import HistoryLine, Posted, in_words
from timebank.unit import Unit

Runs = dict[str, list[Posted]]


@dataclass(frozen=True, kw_only=True)
class Next:
    """The next statement of a member: where the last one ended, and the period."""

    member: Member
    from_on: date
    until_on: date
    last_seq: int
    opening_minutes: int


def issue_batch(unit: Unit, batch: Sequence[Next], runs: Runs, end: datetime, head: str) -> None:
    """Issue the statements of one period, and the notices that they are ready.

    ``runs`` holds by account what was posted before ``end``, the instant the period ends; ``head``
    is where the books stand, as ``SEQ:DIGEST``.
    """
    postings = [posting for run in runs.values() for posting in run]
    said = iter(in_words(unit, postings))
    lines = {account: [next(said) for _ in run] for account, run in runs.items()}
    held = held_at(unit, [each.member.id for each in batch], end)
    money = _money_values(unit, postings)
    made = []
    for each in batch:
        account = accounts.member(each.member.id)
        run = runs.get(account, [])
        made.append(
            _statement(
                unit,
                each,
                run,
                lines=lines.get(account, []),
                held_minutes=held[each.member.id],
                money_values=[money[p.seq] for p in run if p.seq in money],
                head=head,
            )
        )
    unit.db.add_all(made)
    unit.db.flush()
    for issued in made:
        notices.send_statement(unit, issued)
    until_on = batch[0].until_on.isoformat()
    trail.record(unit, "statements.issued", "period", until_on, count=len(made))
    unit.db.flush()


def _money_values(unit: Unit, postings: Sequence[Posted]) -> dict[int, dict[str, Any]]:
    """The money values of rewards asked for, by the transaction that set the hours aside."""
    holds = {posting.seq for posting in postings if posting.kind == "redemption.hold"}
    query = select(Redemption).where(
        Redemption.hold_seq.in_(holds), Redemption.money_pence.is_not(None)
    )
    return {
        found.hold_seq: {
            "title": found.title,
            "reference": found.reference,
            "money_pence": found.money_pence,
        }
        for found in unit.db.scalars(query)
    }


def _statement(
    unit: Unit,
    each: Next,
    run: Sequence[Posted],
    *,
    lines: Sequence[HistoryLine],
    held_minutes: int,
    money_values: Sequence[dict[str, Any]],
    head: str,
) -> Statement:
    """One statement's row; the balances are the ledger's own."""
    opening = run[0].balance - run[0].amount if run else each.opening_minutes
    closing = run[-1].balance if run else opening
    reference = new_reference()
    content = canonical(
        content_of(
            reference=reference,
            community=unit.community.name,
            member_number=each.member.number,
            language=unit.community.language,
            from_on=each.from_on,
            until_on=each.until_on,
            issued_on=unit.today,
            opening_minutes=opening,
            closing_minutes=closing,
            held_minutes=held_minutes,
            lines=lines,
            money_values=money_values,
            head=head,
        )
    )
    return Statement(
        id=new_id(),
        reference=reference,
        member=each.member,
        account=accounts.member(each.member.id),
        from_on=each.from_on,
        until_on=each.until_on,
        first_seq=run[0].account_seq if run else None,
        last_seq=run[-1].account_seq if run else each.last_seq,
        opening_minutes=opening,
        closing_minutes=closing,
        content=content,
        content_sha256=sha256_of(content),
        issued_at=unit.now,
    )
