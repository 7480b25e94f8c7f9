"""The digest, against vectors made by hand and against a second reading of the concept page.

`_recomputed` below was written from ledger/README.md alone and shares no code with the ledger.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ledger import Book
from ledger.digest import ZERO, digest_bytes, transaction_digest
from tests.ledger.conftest import BOOK_KEY, DAY, MEMBER, NOON, OTHER, POT, credit, move

GOLDEN = json.loads((Path(__file__).parent / "golden_vectors.json").read_text())


def _arguments(vector: dict[str, Any], previous: bytes) -> tuple[Any, ...]:
    fields = (
        "seq", "kind", "reference", "occurred_on", "posted_at", "actor", "key",
        "reverses_seq", "replaces_seq",
    )  # fmt: skip
    numbers = ("account", "account_seq", "amount", "balance", "floor")
    postings = [tuple(posting[name] for name in numbers) for posting in vector["postings"]]
    return (GOLDEN["book"], *(vector[name] for name in fields), postings, previous)


def test_golden_vectors_byte_for_byte() -> None:
    previous = ZERO
    for vector in GOLDEN["transactions"]:
        arguments = _arguments(vector, previous)
        assert digest_bytes(*arguments).hex() == vector["bytes"]
        previous = transaction_digest(*arguments)
        assert previous.hex() == vector["digest"]


@pytest.mark.parametrize("field", range(1, 10))
def test_every_field_is_under_the_digest(field: int) -> None:
    arguments = list(_arguments(GOLDEN["transactions"][0], ZERO))
    before = transaction_digest(*arguments)
    was = arguments[field]
    arguments[field] = 7 if was is None else was + (1 if isinstance(was, int) else "x")
    assert transaction_digest(*arguments) != before


def test_text_that_is_not_ascii_is_refused() -> None:
    arguments = list(_arguments(GOLDEN["transactions"][0], ZERO))
    arguments[2] = "credit.sesión"
    with pytest.raises(UnicodeEncodeError):
        transaction_digest(*arguments)


# --- from the concept page alone ------------------------------------------------------------


def _recomputed(connection: Connection) -> list[str]:
    """Recompute every digest of the only book with plain SQL and hashlib."""

    def field(value: object) -> bytes:
        if value is None:
            return b"\xff\xff\xff\xff"
        raw = (
            value.to_bytes(8, "big", signed=True)
            if isinstance(value, int)
            else str(value).encode("ascii")
        )
        return len(raw).to_bytes(4, "big") + raw

    book_id, book_key = connection.execute(text("SELECT id, key FROM ledger_book")).one()
    digest = b"\x00" * 32
    digests = []
    for row in connection.execute(
        text(
            "SELECT seq, kind, reference, occurred_on, posted_at, actor, idempotency_key, "
            "reverses_seq, replaces_seq, posting_count FROM ledger_transaction "
            "WHERE book = :book ORDER BY seq"
        ),
        {"book": book_id},
    ).all():
        raw = b"timebank-ledger/1" + field(book_key)
        for value in row:
            raw += field(value)
        lines = connection.execute(
            text(
                "SELECT a.name, p.account_seq, p.amount, p.balance, p.floor FROM ledger_posting p "
                "JOIN ledger_account a ON a.id = p.account WHERE p.book = :book AND p.seq = :seq"
            ),
            {"book": book_id, "seq": row.seq},
        ).all()
        for line in sorted(lines, key=lambda line: line.name.encode("ascii")):
            for value in line:
                raw += field(value)
        digest = hashlib.sha256(raw + digest).digest()
        digests.append(digest.hex())
    return digests


def test_an_independent_reading_recomputes_the_chain(book: Book, connection: Connection) -> None:
    book.set_floor(OTHER, -120)
    book.post_many([credit(1, 90), credit(2, 45, OTHER, actor=None)], posted_at=NOON)
    book.post(move(3, MEMBER, POT, 30), posted_at=NOON + 1)
    reversal = book.reverse(1, kind="correction.wrong_time", occurred_on=DAY, posted_at=NOON + 2)
    book.post(credit(4, 60, replaces_seq=reversal.reverses_seq), posted_at=NOON + 3)
    ours = [transaction.digest.hex() for transaction in book.transactions()]
    assert len(ours) == 5
    assert _recomputed(connection) == ours
    assert book.head().digest.hex() == ours[-1]
    assert book.key == BOOK_KEY
