"""Write the whole book for accounting tools that we did not write, and for a spreadsheet.

The running balances follow the order of posting, so the plain-text exports date a transaction by
the UTC day it was posted, and carry the day it happened beside it. hledger gets a balance
assertion on every posting; beancount gets one for each account at the start of each month in
which something was posted, and after the end. Each writer streams; amounts are whole minutes.
"""

from __future__ import annotations

import csv as csv_module
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, TextIO

from sqlalchemy import Connection

from ledger.book import Book
from ledger.records import PostedTransaction

# What the ledger calls hours is the community's own account of itself; the rest is held by
# members, groups and pots. Signs stay as they are in the book.
_ROOTS = {"hours": "Equity", "pot": "Assets", "member": "Assets", "group": "Assets"}
CHAIN = "timebank-chain/1"
CSV_COLUMNS = (
    "seq",
    "posted_at",
    "occurred_on",
    "kind",
    "reference",
    "key",
    "actor",
    "reverses_seq",
    "replaces_seq",
    "account",
    "account_seq",
    "amount_minutes",
    "balance_minutes",
    "floor_minutes",
    "digest",
)


def beancount(connection: Connection, stream: TextIO) -> None:
    """Write the only book for `bean-check`; commodity MIN, account names made to its rules."""
    book = Book.open(connection)
    head = book.head()
    stream.write(f";; book {book.key}, head {head.seq}:{head.digest.hex()}\n")
    stream.write('option "title" "Time bank, in minutes"\n')
    stream.write('option "operating_currency" "MIN"\n\n')
    opened_on = _posted_on(book.transaction(1)) if head.seq else date(1970, 1, 1)
    stream.write(f"{opened_on} commodity MIN\n")
    for account in book.accounts():
        stream.write(f"{opened_on} open {beancount_name(account.name)} MIN\n")
    balances: dict[str, int] = {}
    month = (opened_on.year, opened_on.month)
    day = opened_on
    for txn in book.transactions(last=head.seq):
        day = _posted_on(txn)
        if (day.year, day.month) != month:
            month = (day.year, day.month)
            _beancount_balances(stream, day.replace(day=1), balances)
        _beancount_transaction(stream, txn, day)
        balances.update((line.account, line.balance) for line in txn.lines)
    _beancount_balances(stream, day + timedelta(days=1), balances)


def beancount_name(account: str) -> str:
    """Return the name beancount knows an account by: `hours:held` is `Equity:Hours:Held`.

    Ids become upper case, since beancount wants every part to begin with a capital or a digit.
    """
    prefix, *parts = account.split(":")
    named = [prefix.capitalize()]
    for part in parts:
        named.append(part.upper() if len(part) == 32 else part[:1].upper() + part[1:])
    return ":".join([_ROOTS.get(prefix, "Equity"), *(part.replace("_", "-") for part in named)])


def _beancount_transaction(stream: TextIO, txn: PostedTransaction, day: date) -> None:
    stream.write(f'\n{day} * "{txn.kind}" "{txn.reference}"\n')
    stream.write(f'  seq: {txn.seq}\n  key: "{txn.key}"\n  occurred-on: {txn.occurred_on}\n')
    if txn.actor is not None:
        stream.write(f'  actor: "{txn.actor}"\n')
    if txn.reverses_seq is not None:
        stream.write(f"  reverses-seq: {txn.reverses_seq}\n")
    if txn.replaces_seq is not None:
        stream.write(f"  replaces-seq: {txn.replaces_seq}\n")
    stream.write(f'  digest: "{txn.digest.hex()}"\n')
    for line in txn.lines:
        stream.write(f"  {beancount_name(line.account)}  {line.amount} MIN\n")


def _beancount_balances(stream: TextIO, day: date, balances: dict[str, int]) -> None:
    # beancount checks a balance before anything else of its day.
    stream.write("\n")
    for account in sorted(balances):
        stream.write(f"{day} balance {beancount_name(account)}  {balances[account]} MIN\n")


def hledger(connection: Connection, stream: TextIO) -> None:
    """Write the only book for `hledger check --strict`; the second date is when it happened."""
    book = Book.open(connection)
    head = book.head()
    stream.write(f"; book {book.key}, head {head.seq}:{head.digest.hex()}\n")
    # Without the decimal point hledger refuses the declaration.
    stream.write("commodity 1. min\n\n")
    for account in book.accounts():
        stream.write(f"account {account.name}\n")
    for txn in book.transactions(last=head.seq):
        stream.write(
            f"\n{_posted_on(txn)}={txn.occurred_on} * ({txn.seq}) {txn.kind} | {txn.reference}\n"
        )
        stream.write(f"    ; key:{txn.key}\n")
        if txn.actor is not None:
            stream.write(f"    ; actor:{txn.actor}\n")
        if txn.reverses_seq is not None:
            stream.write(f"    ; reverses_seq:{txn.reverses_seq}\n")
        if txn.replaces_seq is not None:
            stream.write(f"    ; replaces_seq:{txn.replaces_seq}\n")
        stream.write(f"    ; digest:{txn.digest.hex()}\n")
        for line in txn.lines:
            stream.write(f"    {line.account}  {line.amount} min = {line.balance} min\n")


def csv(connection: Connection, stream: TextIO) -> None:
    """Write the only book as CSV, one row for each posting, with `CSV_COLUMNS` as its header.

    Open `stream` with `newline=""`. No cell can be taken for a formula: every text column of
    the ledger begins with a letter, a digit, a dot or an underscore.
    """
    book = Book.open(connection)
    writer = csv_module.writer(stream, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for txn in book.transactions():
        writer.writerows(_csv_rows(txn))


def chain(connection: Connection, stream: TextIO) -> None:
    """Write the only book as JSON lines that hold what each digest is taken over, and no more.

    First `format`, `book` and `head`, then a line for each transaction; a posting is a list of
    account, account_seq, amount, balance and floor. docs/verify_chain.py checks it by itself.
    """
    book = Book.open(connection)
    head = book.head()
    first = {"format": CHAIN, "book": book.key, "head": f"{head.seq}:{head.digest.hex()}"}
    stream.write(json.dumps(first, separators=(",", ":")) + "\n")
    for txn in book.transactions(last=head.seq):
        stream.write(json.dumps(_chain_line(txn), separators=(",", ":")) + "\n")


def _chain_line(txn: PostedTransaction) -> dict[str, Any]:
    return {
        "seq": txn.seq,
        "kind": txn.kind,
        "reference": txn.reference,
        "occurred_on": txn.occurred_on.isoformat(),
        "posted_at": txn.posted_at,
        "actor": txn.actor,
        "key": txn.key,
        "reverses_seq": txn.reverses_seq,
        "replaces_seq": txn.replaces_seq,
        "postings": [
            [line.account, line.account_seq, line.amount, line.balance, line.floor]
            for line in txn.lines
        ],
        "digest": txn.digest.hex(),
    }


def _csv_rows(txn: PostedTransaction) -> list[tuple[Any, ...]]:
    first = (
        txn.seq,
        _instant(txn.posted_at).isoformat(timespec="microseconds"),
        txn.occurred_on.isoformat(),
        txn.kind,
        txn.reference,
        txn.key,
        txn.actor,
        txn.reverses_seq,
        txn.replaces_seq,
    )
    digest = txn.digest.hex()
    return [
        (*first, line.account, line.account_seq, line.amount, line.balance, line.floor, digest)
        for line in txn.lines
    ]


def _instant(posted_at: int) -> datetime:
    # Not fromtimestamp: that goes through a float and loses microseconds.
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=posted_at)


def _posted_on(txn: PostedTransaction) -> date:
    return _instant(txn.posted_at).date()
