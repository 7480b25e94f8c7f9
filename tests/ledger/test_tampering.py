"""Every way of tampering that the books must find, on both engines, with all guards dropped first.

Each case changes the rows by force and says which transactions `verify` has to name: those and no
others. What the attacker also mends (balances, sums, digests) is part of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from ledger import Book
from ledger.digest import transaction_digest
from ledger.verify import verify
from tests.ledger.conftest import MEMBER
from tests.ledger.test_verify import forced

__all__ = ["forced"]

# What names an account or the book as a whole, beside the transactions.
SUMMARIES = {"verify.guard", "verify.account_differs", "verify.book_sum", "verify.more"}
Change = Callable[[Connection], object]


def run(connection: Connection, *statements: str, **values: Any) -> None:
    for statement in statements:
        assert connection.execute(text(statement), values).rowcount != 0, statement


def sql(*statements: str, **values: Any) -> Change:
    return lambda connection: run(connection, *statements, **values)


def named(connection: Connection, **options: Any) -> set[int]:
    """The numbers of all transactions that findings name."""
    found: set[int] = set()
    for finding in verify(connection, **options).findings:
        if finding.code == "verify.missing":
            found |= set(range(finding.params["first_seq"], finding.params["last_seq"] + 1))
        elif finding.code not in SUMMARIES:
            found.add(finding.params["seq"])
    return found


def redigest(connection: Connection, seq: int) -> None:
    """Give one transaction the digest that its changed rows now have, as a careful forger would."""
    book = Book.open(connection)
    (txn,) = book.transactions(seq, seq)
    previous = next(iter(book.transactions(seq - 1, seq - 1))).digest
    lines = [(n.account, n.account_seq, n.amount, n.balance, n.floor) for n in txn.lines]
    digest = transaction_digest(
        book.key, seq, txn.kind, txn.reference, txn.occurred_on.isoformat(), txn.posted_at,
        txn.actor, txn.key, txn.reverses_seq, txn.replaces_seq, lines, previous,
    )  # fmt: skip
    run(connection, "UPDATE ledger_transaction SET digest = :digest WHERE seq = :seq",
        digest=digest, seq=seq)  # fmt: skip


def amount_mended(connection: Connection) -> None:
    """The amount changed on both sides with its balances, and the digest made anew."""
    run(connection, "UPDATE ledger_posting SET balance = balance + amount, amount = 2 * amount "
        "WHERE seq = 6")  # fmt: skip
    redigest(connection, 6)


def date_mended(connection: Connection) -> None:
    run(connection, "UPDATE ledger_transaction SET occurred_on = '2026-01-06' WHERE seq = 4")
    redigest(connection, 4)


SWAP = (
    "UPDATE {} SET seq = 99 WHERE seq = 4",
    "UPDATE {} SET seq = 4 WHERE seq = 5",
    "UPDATE {} SET seq = 5 WHERE seq = 99",
)
FORGED = (
    "INSERT INTO ledger_posting SELECT account, account_seq + 1, book, 7, amount, balance + amount,"
    " floor FROM ledger_posting WHERE seq = 6",
    "INSERT INTO ledger_transaction SELECT book, 7, kind, reference, occurred_on, posted_at, actor,"
    " 'forged', NULL, NULL, posting_count, digest_version, digest, digest FROM ledger_transaction"
    " WHERE seq = 6",
)

RENAMED = "member:" + "e" * 32
ISSUED = "(SELECT id FROM ledger_account WHERE name = 'hours:issued')"

CASES: dict[str, tuple[Change, set[int]]] = {
    "amount": (
        sql("UPDATE ledger_posting SET amount = amount + 1 WHERE seq = 3 AND amount > 0"),
        {3},
    ),
    "amount, mended": (amount_mended, {6}),
    "date": (sql("UPDATE ledger_transaction SET occurred_on = '2026-01-06' WHERE seq = 3"), {3}),
    # Its digest is right again; the next one hangs on what it was.
    "date, mended": (date_mended, {5}),
    "actor": (sql("UPDATE ledger_transaction SET actor = :a WHERE seq = 3", a="b" * 32), {3}),
    "actor removed": (sql("UPDATE ledger_transaction SET actor = NULL WHERE seq = 3"), {3}),
    "kind": (sql("UPDATE ledger_transaction SET kind = 'gift' WHERE seq = 3"), {3}),
    "key": (sql("UPDATE ledger_transaction SET idempotency_key = 'x' WHERE seq = 3"), {3}),
    "order": (
        sql(*(each.format(t) for t in ("ledger_transaction", "ledger_posting") for each in SWAP)),
        {4, 5, 6},  # 6 hung on the other
    ),
    "floor": (sql("UPDATE ledger_posting SET floor = -5 WHERE seq = 3 AND amount < 0"), {3}),
    "digest": (sql("UPDATE ledger_transaction SET digest = :d WHERE seq = 3", d=b"x" * 32), {3}),
    "account renamed": (
        sql("UPDATE ledger_account SET name = :new WHERE name = :old", new=RENAMED, old=MEMBER),
        {1, 3},
    ),
    "middle deleted": (
        sql(*(f"DELETE FROM ledger_{rows} WHERE seq = 4" for rows in ("posting", "transaction"))),
        {4, 5},
    ),
    "forged extra": (sql(*FORGED), {7}),
    "forged extra, head moved": (
        sql(*FORGED, "UPDATE ledger_book SET head_seq = 7"),
        {7},
    ),
    "postings swapped": (
        sql(
            "UPDATE ledger_posting SET amount = -amount, balance = balance - 2 * amount "
            "WHERE seq = 6"
        ),
        {6},
    ),
    "postings of two swapped": (
        sql(
            f"UPDATE ledger_posting SET seq = 99 WHERE seq = 1 AND account = {ISSUED}",
            f"UPDATE ledger_posting SET seq = 1 WHERE seq = 2 AND account = {ISSUED}",
            f"UPDATE ledger_posting SET seq = 2 WHERE seq = 99 AND account = {ISSUED}",
        ),
        {1, 2, 4},  # 4 reverses 2, and is not its mirror any more
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_transaction_is_named_and_no_other(forced: Connection, case: str) -> None:
    change, expected = CASES[case]
    assert named(forced) == set()
    change(forced)
    assert named(forced) == expected


def test_a_renamed_account_is_named_itself(forced: Connection) -> None:
    CASES["account renamed"][0](forced)
    accounts = [
        finding.params["account"]
        for finding in verify(forced).findings
        if finding.code == "verify.account_differs"
    ]
    assert RENAMED in accounts


def test_a_cut_tail_is_named_given_a_head(forced: Connection) -> None:
    """Cut with care, head and all: the books are sound, and only a head noted elsewhere tells."""
    noted = Book.open(forced).head()
    run(
        forced,
        "DELETE FROM ledger_posting WHERE seq >= 5",
        "DELETE FROM ledger_transaction WHERE seq >= 5",
        "UPDATE ledger_book SET head_seq = 4, head_digest = "
        "(SELECT digest FROM ledger_transaction WHERE seq = 4)",
    )
    assert named(forced) == set()
    assert named(forced, against=(noted.seq, noted.digest.hex())) == {6}


def test_nothing_of_what_must_be_found_is_left_out() -> None:
    """The list of what verify promises; a cut tail has a test of its own."""
    promised = {
        "amount", "date", "actor", "kind", "key", "order", "floor", "digest", "account renamed",
        "middle deleted", "forged extra", "postings swapped",
    }  # fmt: skip
    assert promised <= set(CASES)
