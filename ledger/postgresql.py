"""Posting on PostgreSQL: whole sets, a few round trips, and little work for the client.

Arrays travel as text that the server casts: letting the driver adapt lists costs the client more
than the guards cost the server. Nothing needs escaping beyond quotes, because every text column
of the ledger refuses quotes, backslashes and braces; what comes in is checked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection

from ledger.driver import Translated, driver_connection
from ledger.posting import Batch, State, Tip

_LOCK = "SELECT 1 FROM ledger_book WHERE id = %s FOR UPDATE"
_READ = """SELECT b.head_seq, b.head_digest, coalesce(t.posted_at, 0) FROM ledger_book b
LEFT JOIN ledger_transaction t ON t.book = b.id AND t.seq = b.head_seq WHERE b.id = %s::integer"""
_KEYS = """SELECT k.key, t.seq FROM unnest(%s::text[]) AS k (key) CROSS JOIN LATERAL (
SELECT seq FROM ledger_transaction WHERE idempotency_key = k.key AND book = %s::integer) t"""
_TIPS = """SELECT n.name, a.id, a.floor, coalesce(p.account_seq, 0), coalesce(p.balance, 0),
coalesce(p.seq, 0) FROM unnest(%s::text[]) AS n (name) CROSS JOIN LATERAL (
SELECT id, floor FROM ledger_account WHERE name = n.name AND book = %s::integer) a
LEFT JOIN LATERAL (SELECT account_seq, balance, seq FROM ledger_posting
WHERE account = a.id ORDER BY account_seq DESC LIMIT 1) p ON true"""
_POSTINGS = """INSERT INTO ledger_posting (account, account_seq, book, seq, amount, balance, floor)
SELECT * FROM unnest(%s::integer[], %s::bigint[], %s::integer[], %s::bigint[], %s::bigint[],
%s::bigint[], %s::bigint[])"""
_TRANSACTIONS = """INSERT INTO ledger_transaction (book, seq, kind, reference, occurred_on,
posted_at, actor, idempotency_key, reverses_seq, replaces_seq, posting_count, digest_version,
previous_digest, digest) SELECT * FROM unnest(%s::integer[], %s::bigint[], %s::text[],
%s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
%s::integer[], %s::integer[], %s::bytea[], %s::bytea[])"""


def _numbers(values: Iterable[int | None]) -> str:
    return "{" + ",".join(["NULL" if v is None else str(v) for v in values]) + "}"


def _texts(values: Iterable[str | None]) -> str:
    quoted = [
        "NULL" if v is None else '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for v in values
    ]
    return "{" + ",".join(quoted) + "}"


def _digests(values: Iterable[bytes]) -> str:
    return "{" + ",".join(['"\\\\x' + v.hex() + '"' for v in values]) + "}"


def lock(connection: Connection, book_id: int) -> None:
    """Wait for the book's row. What is read afterwards is read in a later statement."""
    driver = driver_connection(connection)
    with Translated(connection, _LOCK):
        driver.execute(_LOCK, (str(book_id),))


def read(connection: Connection, book_id: int, names: Iterable[str], keys: Iterable[str]) -> State:
    """Read the head, the ends of the named accounts, and which of the keys are posted."""
    driver = driver_connection(connection)
    book = str(book_id)
    with Translated(connection, _READ), driver.cursor() as cursor:
        head_seq, head_digest, head_posted_at = cursor.execute(_READ, (book,)).fetchone()
        posted = dict(cursor.execute(_KEYS, (_texts(keys), book)).fetchall())
        cursor.execute(_TIPS, (_texts(names), book))
        tips = {row[0]: Tip(*row[1:]) for row in cursor.fetchall()}
    return State(head_seq, head_digest, head_posted_at, tips, posted)


def write(connection: Connection, batch: Batch) -> None:
    """Write the postings, then the transactions that seal them."""
    driver = driver_connection(connection)
    postings = tuple(_numbers(column) for column in zip(*batch.postings, strict=True))
    columns: list[Any] = list(zip(*batch.transactions, strict=True))
    shapes: tuple[Callable[..., str], ...] = (
        _numbers,
        _numbers,
        _texts,
        _texts,
        _texts,
        _numbers,
        _texts,
        _texts,
        _numbers,
        _numbers,
        _numbers,
        _numbers,
        _digests,
        _digests,
    )
    transactions = tuple(shape(column) for shape, column in zip(shapes, columns, strict=True))
    with Translated(connection, _POSTINGS), driver.cursor() as cursor:
        cursor.execute(_POSTINGS, postings)
        cursor.execute(_TRANSACTIONS, transactions)
