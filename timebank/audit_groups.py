"""What groups got and gave, and members merged, against the books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from timebank import accounts
from timebank.models import Group, GroupGift, Merge
from timebank.unit import Unit

Found = tuple[str, dict[str, Any]]
KINDS = ("group.to", "group.from", "merge")


def findings(unit: Unit, posted: Sequence[Any]) -> Iterator[Found]:
    """``posted`` are all the book's transactions of ``KINDS``."""
    by_seq = {txn.seq: txn for txn in posted}
    for gift in unit.db.scalars(select(GroupGift).where(GroupGift.seq.is_not(None))):
        if not _same(by_seq.pop(gift.seq, None), gift.id, f"group:{gift.id}", _gift_lines(gift)):
            yield "group_gift_differs", {"gift": gift.id}
    for row in unit.db.scalars(select(Merge).where(Merge.seq.is_not(None))):
        if not _same(by_seq.pop(row.seq, None), row.id, f"merge:{row.id}", _merge_lines(row)):
            yield "merge_differs", {"merge": row.id}
    for seq in by_seq:
        yield "group_gift_unexplained", {"seq": seq}
    yield from _unposted(unit)


def _same(txn: Any, reference: str, key: str, lines: dict[str, int]) -> bool:
    return (
        txn is not None
        and (txn.reference, txn.key) == (reference, key)
        and {line.account: line.amount for line in txn.lines} == lines
    )


def _gift_lines(gift: GroupGift) -> dict[str, int]:
    minutes = gift.minutes if gift.to_group else -gift.minutes
    return {accounts.group(gift.group_id): minutes, accounts.member(gift.member_id): -minutes}


def _merge_lines(row: Merge) -> dict[str, int]:
    return {
        accounts.member(row.kept_member_id): row.minutes,
        accounts.member(row.old_member_id): -row.minutes,
    }


def _unposted(unit: Unit) -> Iterator[Found]:
    """A gift that says it was given has a transaction; only a merge of nothing has none."""
    given = select(GroupGift.id).where((GroupGift.status == "given") != GroupGift.seq.is_not(None))
    for gift_id in unit.db.scalars(given):
        yield "group_gift_differs", {"gift": gift_id}
    moved = select(Merge.id).where((Merge.minutes != 0) != Merge.seq.is_not(None))
    for merge_id in unit.db.scalars(moved):
        yield "merge_differs", {"merge": merge_id}


def group_accounts(unit: Unit) -> Iterator[Found]:
    """Every group has an account with a floor of 0, and every such account a group."""
    opened = {state.name: state.floor for state in unit.book.accounts("group:")}
    for group_id in unit.db.scalars(select(Group.id)):
        floor = opened.pop(accounts.group(group_id), "missing")
        if floor != 0:
            yield "group_account_differs", {"group": group_id}
    for name in opened:
        yield "account_without_member", {"account": name}
