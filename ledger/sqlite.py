"""Posting on SQLite: small prepared statements on the driver's connection, rows in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

from ledger.posting import Batch, State, Tip

# The head; the ends of accounts; the keys that are posted, under no account. Asked for together
# and by sets: most of the work of asking is between here and the driver. Sets travel as JSON; the
# two accounts and the key of one ordinary transaction go by themselves, which is a tenth faster.
_READ = """SELECT NULL, b.head_digest, 0, coalesce(t.posted_at, 0), 0, b.head_seq
FROM ledger_book AS b LEFT JOIN ledger_transaction AS t ON t.book = b.id AND t.seq = b.head_seq
WHERE b.id = ?1
UNION ALL SELECT n.value, a.id, a.floor, coalesce(p.account_seq, 0), coalesce(p.balance, 0),
  coalesce(p.seq, 0)
FROM {names} AS n CROSS JOIN ledger_account AS a
LEFT JOIN ledger_posting AS p ON p.account = a.id
  AND p.account_seq = (SELECT max(account_seq) FROM ledger_posting WHERE account = a.id)
WHERE a.name = n.value AND a.book = ?1
UNION ALL SELECT t.idempotency_key, NULL, NULL, 0, 0, t.seq
FROM {keys} AS k CROSS JOIN ledger_transaction AS t
WHERE t.idempotency_key = k.value AND t.book = ?1"""
_READ_MANY = _READ.format(names="json_each(?2)", keys="json_each(?3)")
_READ_ONE = _READ.format(
    names="(SELECT ?2 AS value UNION ALL SELECT ?3)", keys="(SELECT ?4 AS value)"
)
_POSTING = "INSERT INTO ledger_posting VALUES (?, ?, ?, ?, ?, ?, ?)"
_TRANSACTION = "INSERT INTO ledger_transaction VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# So many rows go in one statement: to begin and end one, with its guards, takes a tenth of a post.
_TOGETHER = 30


def lock(driver: Any, book_id: int) -> None:
    """Do nothing: who writes has begun with BEGIN IMMEDIATE."""


def read(
    driver: Any,
    book_id: int,
    names: Collection[str],
    keys: Collection[str],
    *,
    lock: bool = False,
) -> State:
    """Read the head, the ends of the named accounts, and which of the keys are posted.

    `lock` is for the other engine: who writes has begun with BEGIN IMMEDIATE.
    """
    if len(names) == 2 and len(keys) == 1:
        found = driver.execute(_READ_ONE, (book_id, *names, *keys)).fetchall()
    else:
        found = driver.execute(_READ_MANY, (book_id, _json(names), _json(keys))).fetchall()
    _, head_digest, _, head_posted_at, _, head_seq = found[0]
    tips: dict[str, Tip] = {}
    posted: dict[str, int] = {}
    for name, account_id, floor, account_seq, balance, seq in found[1:]:
        if account_id is None:
            posted[name] = seq
        else:
            tips[name] = Tip(account_id, floor, account_seq, balance, seq)
    return State(head_seq, head_digest, head_posted_at, tips, posted)


def _json(values: Iterable[str]) -> str:
    # Names and keys are checked before they come here, and hold nothing that needs escaping.
    return '["' + '","'.join(values) + '"]'


def write(driver: Any, batch: Batch) -> None:
    """Write the postings, then the transactions that seal them."""
    _insert(driver, _POSTING, batch.postings)
    _insert(driver, _TRANSACTION, batch.transactions)


def _insert(driver: Any, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    left = len(rows) % _TOGETHER
    if len(rows) > left:
        begin, values = statement.split(" VALUES ")
        together = f"{begin} VALUES {', '.join([values] * _TOGETHER)}"
        for first in range(0, len(rows) - left, _TOGETHER):
            driver.execute(together, [*chain.from_iterable(rows[first : first + _TOGETHER])])
    driver.executemany(statement, rows[len(rows) - left :])
