"""Work out what a batch of new transactions writes: the same for every engine.

An engine's module reads a `State` and writes the rows of a `Batch`; between the two stands this
module, which refuses in plain terms what the guards in the database would refuse anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from ledger import errors
from ledger.digest import VERSION, transaction_digest
from ledger.names import is_hex_id, is_kind, is_token
from ledger.records import Line, NewTransaction, PostedLine, PostedTransaction
from ledger.tables import LAST_MICROSECOND, LIMIT

# account, account_seq, book, seq, amount, balance, floor
PostingRow = tuple[int, int, int, int, int, int, int | None]
# book, seq, kind, reference, occurred_on, posted_at, actor, idempotency_key, reverses_seq,
# replaces_seq, posting_count, digest_version, previous_digest, digest
TransactionRow = tuple[
    int, int, str, str, str, int, str | None, str, int | None, int | None, int, int, bytes, bytes
]

# The days of a batch are few, and often one.
_iso = lru_cache(maxsize=1024)(date.isoformat)


@dataclass(slots=True)
class Tip:
    """The end of an account: its newest posting's numbers, moved on as lines are added."""

    id: int
    floor: int | None
    account_seq: int
    balance: int
    seq: int


@dataclass(slots=True)
class State:
    """What the database says before a batch: the head, accounts by name, seqs of known keys."""

    head_seq: int
    head_digest: bytes
    head_posted_at: int
    tips: dict[str, Tip]
    posted: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A transaction that another names, and which transactions reverse and replace it."""

    transaction: PostedTransaction
    reversed_by: int | None
    replaced_by: int | None


@dataclass(slots=True)
class Batch:
    """The rows to write, in order of seq, and the result for each new transaction."""

    postings: list[PostingRow] = field(default_factory=list)
    transactions: list[TransactionRow] = field(default_factory=list)
    results: list[PostedTransaction] = field(default_factory=list)


def check(txn: NewTransaction) -> None:
    """Refuse a transaction that no state of the book could take."""
    kind, reference, occurred_on, key, lines, actor, reverses_seq, replaces_seq = txn
    if not is_token(key):
        raise errors.InvalidTransaction("ledger.invalid_key", key=key)
    if not is_kind(kind):
        raise errors.InvalidTransaction("ledger.invalid_kind", key=key, kind=kind)
    if not is_token(reference):
        raise errors.InvalidTransaction("ledger.invalid_reference", key=key, reference=reference)
    if actor is not None and not is_hex_id(actor):
        raise errors.InvalidTransaction("ledger.invalid_actor", key=key, actor=actor)
    if not isinstance(occurred_on, date) or isinstance(occurred_on, datetime):
        raise errors.InvalidTransaction(
            "ledger.invalid_occurred_on", key=key, occurred_on=occurred_on
        )
    _check_lines(key, lines)
    if reverses_seq is not None and replaces_seq is not None:
        raise errors.InvalidTransaction("ledger.reverses_and_replaces", key=key)
    for seq in (reverses_seq, replaces_seq):
        if seq is not None and (type(seq) is not int or seq < 1):
            raise errors.InvalidTransaction("ledger.invalid_link", key=key, seq=seq)


def _check_lines(key: str, lines: Sequence[Line]) -> None:
    if len(lines) < 2:
        raise errors.InvalidTransaction("ledger.too_few_lines", key=key, lines=len(lines))
    total = 0
    accounts = set()
    for line in lines:
        amount = line.amount
        # bool is an int in Python, and True minutes are nobody's.
        if type(amount) is not int or amount == 0 or not -LIMIT <= amount <= LIMIT:
            raise errors.InvalidTransaction(
                "ledger.invalid_amount", key=key, account=line.account, amount=amount
            )
        total += amount
        accounts.add(line.account)
    if len(accounts) != len(lines):
        raise errors.InvalidTransaction("ledger.account_twice", key=key)
    if total:
        raise errors.Unbalanced(key=key, total=total)


def check_posted_at(posted_at: int) -> None:
    """Refuse an instant that is not whole microseconds between 1970 and the year 9999."""
    if type(posted_at) is not int or not 0 <= posted_at <= LAST_MICROSECOND:
        raise errors.InvalidTransaction("ledger.invalid_posted_at", posted_at=posted_at)


def lay_out(
    book_id: int,
    book_key: str,
    state: State,
    txns: Collection[NewTransaction],
    posted_at: int,
    replays: dict[int, PostedTransaction],
    links: dict[int, Linked],
) -> Batch:
    """Give every new transaction its place and every line its running balance.

    `state` is moved on; `replays` holds the posted transactions that `state.posted` names, and
    `links` those that a new one reverses or replaces.
    """
    batch = Batch()
    posted_at = max(posted_at, state.head_posted_at)
    here: dict[str, tuple[NewTransaction, PostedTransaction]] = {}
    reversed_here: set[int] = set()
    replaced_here: set[int] = set()
    for txn in txns:
        known = state.posted.get(txn.key)
        if known is not None:
            batch.results.append(_replay(txn, replays[known]))
            continue
        if txn.key in here:
            first, result = here[txn.key]
            if _content(first) != _content(txn):
                raise errors.KeyConflict(key=txn.key, seq=None)
            batch.results.append(result._replace(replayed=True))
            continue
        if txn.reverses_seq is not None:
            _check_reversal(txn, txn.reverses_seq, links, reversed_here)
        elif txn.replaces_seq is not None:
            _check_replacement(txn, txn.replaces_seq, links, reversed_here, replaced_here)
        result = _place(book_id, book_key, state, txn, posted_at, batch)
        here[txn.key] = (txn, result)
        batch.results.append(result)
    return batch


def _place(
    book_id: int, book_key: str, state: State, txn: NewTransaction, posted_at: int, batch: Batch
) -> PostedTransaction:
    kind, reference, occurred_on, key, wanted, actor, reverses_seq, replaces_seq = txn
    seq = state.head_seq + 1
    lines = []
    for name, amount in sorted(wanted):
        tip = state.tips.get(name)
        if tip is None:
            raise errors.UnknownAccount(account=name)
        if tip.seq >= seq:
            raise errors.UnsealedPosting(account=name, seq=tip.seq)
        floor = tip.floor
        balance = tip.balance + amount
        low = amount < 0 and floor is not None and balance < floor
        # Correcting a mistake may leave a member below zero, openly; nothing else may.
        if low and not (reverses_seq is not None and name.startswith("member:")):
            raise errors.BelowFloor(
                account=name, floor=floor, balance=tip.balance, amount=amount, key=key
            )
        if not -LIMIT <= balance <= LIMIT:
            raise errors.InvalidTransaction(
                "ledger.balance_too_large", key=key, account=name, balance=balance
            )
        account_seq = tip.account_seq + 1
        tip.account_seq, tip.balance, tip.seq = account_seq, balance, seq
        batch.postings.append((tip.id, account_seq, book_id, seq, amount, balance, floor))
        lines.append(PostedLine(name, account_seq, amount, balance, floor))
    day = _iso(occurred_on)
    previous = state.head_digest
    digest = transaction_digest(
        book_key, seq, kind, reference, day, posted_at, actor, key, reverses_seq, replaces_seq,
        lines, previous
    )  # fmt: skip
    batch.transactions.append(
        (
            book_id, seq, kind, reference, day, posted_at, actor, key, reverses_seq, replaces_seq,
            len(lines), VERSION, previous, digest
        )
    )  # fmt: skip
    state.head_seq, state.head_digest = seq, digest
    return PostedTransaction(
        seq, kind, reference, occurred_on, posted_at, key, tuple(lines), actor, reverses_seq,
        replaces_seq, digest, False
    )  # fmt: skip


def _content(txn: NewTransaction | PostedTransaction) -> tuple[object, ...]:
    """Return what must agree for two transactions of one key to be the same fact."""
    return (
        txn.kind,
        txn.reference,
        txn.occurred_on,
        txn.actor,
        txn.reverses_seq,
        txn.replaces_seq,
        sorted((line.account, line.amount) for line in txn.lines),
    )


def _replay(txn: NewTransaction, posted: PostedTransaction) -> PostedTransaction:
    if _content(txn) != _content(posted):
        raise errors.KeyConflict(key=txn.key, seq=posted.seq)
    return posted._replace(replayed=True)


def _check_reversal(
    txn: NewTransaction, seq: int, links: dict[int, Linked], reversed_here: set[int]
) -> None:
    target = links.get(seq)
    if target is None:
        raise errors.NotReversible("ledger.reverses_unknown", seq=seq, key=txn.key)
    if target.transaction.reverses_seq is not None:
        raise errors.NotReversible("ledger.reverses_reversal", seq=seq, key=txn.key)
    if target.reversed_by is not None or seq in reversed_here:
        raise errors.NotReversible(
            "ledger.already_reversed", seq=seq, key=txn.key, reversed_by=target.reversed_by
        )
    mirror = {line.account: -line.amount for line in target.transaction.lines}
    if mirror != {line.account: line.amount for line in txn.lines}:
        raise errors.NotReversible("ledger.not_mirror", seq=seq, key=txn.key)
    reversed_here.add(seq)


def _check_replacement(
    txn: NewTransaction,
    seq: int,
    links: dict[int, Linked],
    reversed_here: set[int],
    replaced_here: set[int],
) -> None:
    target = links.get(seq)
    if target is None:
        raise errors.InvalidTransaction("ledger.replaces_unknown", seq=seq, key=txn.key)
    if target.reversed_by is None and seq not in reversed_here:
        raise errors.InvalidTransaction("ledger.replaces_not_reversed", seq=seq, key=txn.key)
    if target.replaced_by is not None or seq in replaced_here:
        raise errors.InvalidTransaction("ledger.already_replaced", seq=seq, key=txn.key)
    replaced_here.add(seq)
