"""What an account's postings come to, part by part of a stretch of time, by kind of transaction.

The parts lie between instants in order; a posting belongs to the part in which it was posted. One
question whatever the length of the account: the database adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, select

from ledger.records import Sum
from ledger.tables import posting as postings
from ledger.tables import transaction as transactions

_reversed = transactions.alias("reversed")
_earlier = transactions.alias("earlier")
_older = postings.alias("older").c
_t = transactions.c
_p = postings.c


def between(
    connection: Connection,
    account_id: int,
    bounds: Sequence[int],
    *,
    references: Select[Any] | None = None,
) -> list[Sum]:
    """Return the sums of the postings from `bounds[0]` on and before `bounds[-1]`.

    `references` is a question for references: then only their transactions count.
    """
    # posted_at never decreases along an account: the walk back from its end stops at the first
    # posting before that time, and only what comes after it is looked at.
    before = (
        select(_older.account_seq)
        .join(_earlier, and_(_earlier.c.book == _older.book, _earlier.c.seq == _older.seq))
        .where(_older.account == account_id, _earlier.c.posted_at < bounds[0])
        .order_by(_older.account_seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    ends = [(_t.posted_at < end, number) for number, end in enumerate(bounds[1:])]
    part = case(*ends).label("part")
    added = (_p.amount > 0).label("added")
    query = (
        select(part, _t.kind, _reversed.c.kind, added, func.sum(_p.amount))
        .join(transactions, and_(_t.book == _p.book, _t.seq == _p.seq))
        .outerjoin(_reversed, and_(_reversed.c.book == _t.book, _reversed.c.seq == _t.reverses_seq))
        .where(
            _p.account == account_id,
            _p.account_seq > func.coalesce(before, 0),
            _t.posted_at >= bounds[0],
            _t.posted_at < bounds[-1],
        )
        # By name: PostgreSQL takes two expressions with parameters for different ones.
        .group_by("part", _t.kind, _reversed.c.kind, "added")
    )
    if references is not None:
        query = query.where(_t.reference.in_(references))
    return [
        Sum(
            part=number,
            kind=kind,
            reversed_kind=reversed_kind,
            added=bool(gained),
            amount=int(amount),
        )
        for number, kind, reversed_kind, gained, amount in connection.execute(query)
    ]
