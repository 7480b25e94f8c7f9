"""Posting on SQLite: small prepared statements on the driver's connection, rows in bulk."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection

from ledger.driver import Translated, driver_connection
from ledger.posting import Batch, State, Tip

_HEAD = """SELECT b.head_seq, b.head_digest, coalesce(t.posted_at, 0) FROM ledger_book AS b
LEFT JOIN ledger_transaction AS t ON t.book = b.id AND t.seq = b.head_seq WHERE b.id = ?"""
# Many at a time, as JSON: half of the work of asking one by one was between here and the driver.
_KEYS = """SELECT t.idempotency_key, t.seq FROM json_each(?) AS k CROSS JOIN ledger_transaction AS t
WHERE t.idempotency_key = k.value AND t.book = ?"""
_TIPS = """SELECT a.name, a.id, a.floor, coalesce(p.account_seq, 0), coalesce(p.balance, 0),
coalesce(p.seq, 0) FROM json_each(?) AS n CROSS JOIN ledger_account AS a
LEFT JOIN ledger_posting AS p ON p.account = a.id
AND p.account_seq = (SELECT max(account_seq) FROM ledger_posting WHERE account = a.id)
WHERE a.name = n.value AND a.book = ?"""
_POSTING = "INSERT INTO ledger_posting VALUES (?, ?, ?, ?, ?, ?, ?)"
_TRANSACTION = "INSERT INTO ledger_transaction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def lock(connection: Connection, book_id: int) -> None:
    """Do nothing: who writes has begun with BEGIN IMMEDIATE."""


def read(
    connection: Connection,
    book_id: int,
    names: Iterable[str],
    keys: Iterable[str],
    *,
    lock: bool = False,
) -> State:
    """Read the head, the ends of the named accounts, and which of the keys are posted.

    `lock` is for the other engine: who writes has begun with BEGIN IMMEDIATE.
    """
    driver = driver_connection(connection)
    with Translated(connection, _HEAD):
        cursor = driver.cursor()
        head_seq, head_digest, head_posted_at = cursor.execute(_HEAD, (book_id,)).fetchone()
        posted = dict(cursor.execute(_KEYS, (json.dumps(list(keys)), book_id)))
        found = cursor.execute(_TIPS, (json.dumps(list(names)), book_id))
        tips = {name: Tip(*row) for name, *row in found}
    return State(head_seq, head_digest, head_posted_at, tips, posted)


def write(connection: Connection, batch: Batch) -> None:
    """Write the postings, then the transactions that seal them."""
    driver = driver_connection(connection)
    with Translated(connection, _POSTING):
        driver.executemany(_POSTING, batch.postings)
    with Translated(connection, _TRANSACTION):
        driver.executemany(_TRANSACTION, batch.transactions)
