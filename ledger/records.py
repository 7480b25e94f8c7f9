"""What goes into a book and what comes out: plain frozen records, amounts in minutes.

Those that come by the hundred are named tuples: a frozen dataclass takes five times as long to
make. Give their fields by name all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Line(NamedTuple):
    """One line of a transaction to be posted: `amount` minutes, never 0, onto `account`."""

    account: str
    amount: int


class NewTransaction(NamedTuple):
    """A fact to be posted. `key` names the fact; `occurred_on` is when it happened."""

    kind: str
    reference: str
    occurred_on: date
    key: str
    lines: tuple[Line, ...]
    actor: str | None = None
    reverses_seq: int | None = None
    replaces_seq: int | None = None


class PostedLine(NamedTuple):
    """One line as it stands in the book, as the digest has it; `balance` is the account's then."""

    account: str
    account_seq: int
    amount: int
    balance: int
    floor: int | None


class PostedTransaction(NamedTuple):
    """A sealed transaction, its lines by account name. `posted_at`: microseconds UTC.

    `replayed` is true when its key had been posted before and nothing new was written.
    """

    seq: int
    kind: str
    reference: str
    occurred_on: date
    posted_at: int
    key: str
    lines: tuple[PostedLine, ...]
    actor: str | None
    reverses_seq: int | None
    replaces_seq: int | None
    digest: bytes
    replayed: bool


class Posting(NamedTuple):
    """One posting of one account with what its transaction says; `balance` is after it.

    `reversed_by` is the sequence number of the transaction that reverses this one, if any.
    """

    account: str
    account_seq: int
    amount: int
    balance: int
    seq: int
    kind: str
    reference: str
    occurred_on: date
    posted_at: int
    actor: str | None
    reverses_seq: int | None
    replaces_seq: int | None
    reversed_by: int | None


class Sum(NamedTuple):
    """What the postings of one kind and one direction come to in one part of a stretch of time.

    `reversed_kind` is the kind of the transaction that these reverse, if they do.
    """

    part: int
    kind: str
    reversed_kind: str | None
    added: bool
    amount: int


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some postings of an account; `earlier` and `later` say whether more lie on each side."""

    postings: tuple[Posting, ...]
    earlier: bool
    later: bool


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest transaction's sequence number and digest; 0 and 32 zero bytes when empty."""

    seq: int
    digest: bytes


class AccountState(NamedTuple):
    """An account's name, its floor (None for no floor) and its balance in minutes."""

    name: str
    floor: int | None
    balance: int
