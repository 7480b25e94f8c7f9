"""Posting on PostgreSQL: whole sets, a few round trips, and little work for the client.

Arrays travel as text that the server casts: letting the driver adapt lists costs the client more
than the guards cost the server. Nothing needs escaping beyond quotes, because every text column
of the ledger refuses quotes, backslashes and braces; what comes in is checked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ledger.posting import Batch, State, Tip

_LOCK = "SELECT 1 FROM ledger_book WHERE id = %s FOR UPDATE"
_READ = "SELECT * FROM ledger_state(%s, %s, %s, %s)"
_WRITE = f"SELECT ledger_write({', '.join(['%s'] * 21)})"


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


def lock(driver: Any, book_id: int) -> None:
    """Wait for the book's row. What is read afterwards is read in a later statement."""
    driver.execute(_LOCK, (str(book_id),))


def read(
    driver: Any,
    book_id: int,
    names: Iterable[str],
    keys: Iterable[str],
    *,
    lock: bool = False,
) -> State:
    """Read the head, the ends of the named accounts, and which of the keys are posted.

    With `lock` the book is locked first, in the same round trip.
    """
    values = (str(book_id), _texts(names), _texts(keys), "t" if lock else "f")
    rows = driver.execute(_READ, values).fetchall()
    head = rows.pop()
    tips = {row[0]: Tip(*row[1:]) for row in rows if row[1] is not None}
    posted = {row[0]: row[5] for row in rows if row[1] is None}
    return State(head[5], bytes.fromhex(head[0]), head[4], tips, posted)


def write(driver: Any, batch: Batch) -> None:
    """Write the postings, then the transactions that seal them."""
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
    driver.execute(_WRITE, (*postings, *transactions))
