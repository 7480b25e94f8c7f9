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

from timebank import languages, notices, trail
from timebank.holds import set_aside_at
from timebank.ids import new_id, new_reference
from timebank.models import GroupHolder, Member, Redemption, Statement
from timebank.statement_books import Runs, stood_until_on
from timebank.statement_content import HistoryLine, canonical, content_of, sha256_of
from timebank.statement_holders import MEMBER, POT, Holder, in_content
from timebank.statement_lines import Posted, in_words, of_pot
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Next:
    """The next statement of an account: where the last one ended, and the period."""

    holder: Holder
    from_on: date
    until_on: date
    last_seq: int
    opening_minutes: int


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What all statements of a batch look up: by account, member, person, or transaction."""

    lines: dict[str, list[HistoryLine]]
    set_aside: dict[str, list[Redemption]]
    money: dict[int, dict[str, Any]]
    stood_until_on: dict[str, dict[int, date]]
    head: str
    languages: dict[str, str]
    group_language: str


def issue_batch(unit: Unit, batch: Sequence[Next], runs: Runs, end: datetime, head: str) -> None:
    """Issue the statements of one period, and the notices that they are ready.

    ``runs`` holds by account what was posted before ``end``, the instant the period ends; ``head``
    is where the books stand, as ``SEQ:DIGEST``.
    """
    postings = [posting for run in runs.values() for posting in run]
    said = iter(in_words(unit, postings))
    found = _Shared(
        lines={account: [next(said) for _ in run] for account, run in runs.items()},
        set_aside=set_aside_at(
            unit, [each.holder.member.id for each in batch if each.holder.member], end
        ),
        money=_money_values(unit, postings),
        stood_until_on=stood_until_on(unit, runs),
        head=head,
        languages=languages.of_people(
            unit, [each.holder.member.person_id for each in batch if each.holder.member]
        ),
        group_language=languages.of_group(unit),
    )
    made = [_statement(unit, each, runs.get(each.holder.account, []), found) for each in batch]
    unit.db.add_all(made)
    unit.db.flush()
    notices.send_statements(unit, [issued for issued in made if issued.member is not None])
    # Of the pot nobody is told: whoever wants to can read it.
    _tell_holders(unit, [issued for issued in made if issued.member is None])
    until_on = batch[0].until_on.isoformat()
    trail.record(unit, "statements.issued", "period", until_on, count=len(made))
    unit.db.flush()


def _tell_holders(unit: Unit, made: Sequence[Statement]) -> None:
    """Tell those who speak for a group that its statement is ready."""
    ids = {each.account.partition(":")[2]: each.id for each in made}
    query = (
        select(GroupHolder.group_id, Member.person_id)
        .join(GroupHolder.member)
        .where(GroupHolder.group_id.in_(ids), GroupHolder.until_on.is_(None))
        .order_by(GroupHolder.group_id, Member.number)
    )
    if ids:
        told = [(row.person_id, ids[row.group_id]) for row in unit.db.execute(query)]
        notices.send_many(unit, "group_statement_ready", told)


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


def _statement(unit: Unit, each: Next, run: Sequence[Posted], found: _Shared) -> Statement:
    """One statement's row; the balances are the ledger's own."""
    holder = each.holder
    opening = run[0].balance - run[0].amount if run else each.opening_minutes
    closing = run[-1].balance if run else opening
    reference = new_reference()
    lines = found.lines.get(holder.account, [])
    held = found.set_aside.get(holder.member.id, []) if holder.member else []
    content = canonical(
        content_of(
            reference=reference,
            community=unit.community.name,
            holder=in_content(holder),
            language=found.languages[holder.member.person_id]
            if holder.member
            else found.group_language,
            from_on=each.from_on,
            until_on=each.until_on,
            issued_on=unit.today,
            opening_minutes=opening,
            closing_minutes=closing,
            set_aside=[
                {"title": one.title, "reference": one.reference, "minutes": one.price_minutes}
                for one in held
            ],
            lines=[of_pot(line) for line in lines] if holder.kind == POT else lines,
            stood_until_on=found.stood_until_on.get(holder.account, {}),
            # What the pot pays for somebody is theirs to know.
            money_values=[found.money[p.seq] for p in run if p.seq in found.money]
            if holder.kind == MEMBER
            else [],
            head=found.head,
        )
    )
    return Statement(
        id=new_id(),
        reference=reference,
        member_id=None if holder.member is None else holder.member.id,
        member=holder.member,
        account=holder.account,
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
