"""The chart of accounts: every account name is made here and nowhere else.

Members' accounts have a floor of 0; held hours and pots too; the system accounts have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from ledger import Book, Line, NewReversal, NewTransaction

ISSUED = "hours:issued"
OPENING = "hours:opening"
HELD = "hours:held"

Movement = NewTransaction
Reversal = NewReversal

# A pot's id is opaque like every id in the ledger; each book's first pot has this one.
COMMUNITY_POT = "pot:5f1c0e8a94d24b7c8c0d6a3e2b7f9d41"


def member(member_id: str) -> str:
    """The account of a member."""
    return f"member:{member_id}"


def group(group_id: str) -> str:
    """The account of a group, or of an organisation."""
    return f"group:{group_id}"


def redeemed(kind: str) -> str:
    """Where the hours of fulfilled redemptions of a reward kind go."""
    return f"hours:redeemed:{kind}"


def create_book(connection: Connection, key: str) -> None:
    """Begin the community's book (``key``: 32 hexadecimal digits) with its system accounts."""
    open_system_accounts(Book.create(connection, key))


def open_system_accounts(book: Book) -> None:
    """Open the accounts that every book has; harmless when they are there."""
    for name, floor in ((ISSUED, None), (OPENING, None), (HELD, 0), (COMMUNITY_POT, 0)):
        book.ensure_account(name, floor=floor)


def open_member(book: Book, member_id: str) -> None:
    """Open a member's account with a floor of 0 minutes."""
    book.open_account(member(member_id), floor=0)


def open_group(book: Book, group_id: str) -> None:
    """Open a group's account with a floor of 0 minutes."""
    book.open_account(group(group_id), floor=0)


def open_redeemed(book: Book, kind: str) -> None:
    """Open the account for a reward kind, when its first redemption is fulfilled."""
    book.ensure_account(redeemed(kind), floor=None)


def movement(
    kind: str,
    *,
    key: str,
    reference: str,
    occurred_on: date,
    actor: str,
    source: str,
    target: str,
    minutes: int,
    replaces_seq: int | None = None,
) -> Movement:
    """A transaction that moves ``minutes`` (more than 0) from one account to another."""
    return movement_to(
        kind,
        key=key,
        reference=reference,
        occurred_on=occurred_on,
        actor=actor,
        source=source,
        targets={target: minutes},
        replaces_seq=replaces_seq,
    )


def movement_to(
    kind: str,
    *,
    key: str,
    reference: str,
    occurred_on: date,
    actor: str,
    source: str,
    targets: Mapping[str, int],
    replaces_seq: int | None = None,
) -> Movement:
    """A transaction from one account to several; those given 0 minutes have no part in it."""
    given = {target: minutes for target, minutes in targets.items() if minutes}
    lines = (Line(account=source, amount=-sum(given.values())),)
    return NewTransaction(
        kind=kind,
        reference=reference,
        occurred_on=occurred_on,
        key=key,
        lines=lines + tuple(Line(account=to, amount=each) for to, each in given.items()),
        actor=actor,
        replaces_seq=replaces_seq,
    )


def reversal(seq: int, *, kind: str, occurred_on: date, actor: str) -> Reversal:
    """The wish to reverse one transaction; its key names the fact."""
    return NewReversal(
        seq=seq, kind=kind, occurred_on=occurred_on, actor=actor, key=f"reverse:{seq}"
    )
