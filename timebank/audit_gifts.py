"""Gifts, hours out of the pot and exchanges, against the books: each once, undone at most once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from timebank import accounts
from timebank.models import Exchange, Gift, PotGrant
from timebank.unit import Unit

KINDS = ("gift", "gift.refused", "gift.undone", "pot.grant", "exchange", "exchange.undone")


def is_gift(kind: str) -> bool:
    """Whether a transaction of this kind is accounted for here."""
    return kind in KINDS


def findings(unit: Unit, posted: dict[int, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``posted`` are the transactions of ``KINDS`` by sequence number; used up as they match."""
    for found in unit.db.scalars(select(Gift).execution_options(yield_per=1000)):
        target = (
            accounts.member(found.to_member_id) if found.to_member_id else accounts.COMMUNITY_POT
        )
        amounts = {accounts.member(found.member_id): -found.given_minutes}
        amounts[target] = found.given_minutes
        given = _matches(posted, found.seq, "gift", found.id, amounts)
        returned = found.returned_seq is None
        if found.returned_seq is not None:
            mirror = {name: -amount for name, amount in amounts.items()}
            kind = f"gift.{found.status}"
            returned = _matches(posted, found.returned_seq, kind, found.id, mirror)
        if not given or not returned or (found.status == "given") != (found.returned_seq is None):
            yield "gift_differs", {"gift": found.id, "status": found.status}
    for grant in unit.db.scalars(select(PotGrant).where(PotGrant.seq.is_not(None))):
        amounts = {
            accounts.COMMUNITY_POT: -grant.granted_minutes,
            accounts.member(grant.member_id): grant.granted_minutes,
        }
        if not _matches(posted, grant.seq, "pot.grant", grant.id, amounts):
            yield "gift_differs", {"gift": grant.id, "status": grant.status}
    for done in unit.db.scalars(select(Exchange).where(Exchange.seq.is_not(None))):
        minutes = done.giver_minutes or 0
        amounts = {
            accounts.member(done.receiver_id): -minutes,
            accounts.member(done.giver_id): minutes,
        }
        right = _matches(posted, done.seq, "exchange", done.id, amounts)
        if done.undone_seq is not None:
            mirror = {name: -amount for name, amount in amounts.items()}
            right &= _matches(posted, done.undone_seq, "exchange.undone", done.id, mirror)
        if not right or (done.status == "undone") != (done.undone_seq is not None):
            yield "exchange_differs", {"exchange": done.id, "status": done.status}
    for seq, txn in posted.items():
        yield "gift_without_record", {"seq": seq, "reference": txn.reference}


def _matches(
    posted: dict[int, Any], seq: int | None, kind: str, reference: str, amounts: dict[str, int]
) -> bool:
    txn = posted.pop(seq, None) if seq is not None else None
    return (
        txn is not None
        and txn.kind == kind
        and txn.reference == reference
        and {line.account: line.amount for line in txn.lines} == amounts
    )
