"""A first look at posting; the rest of the book's tests follow."""

from __future__ import annotations

from sqlalchemy import Connection

from ledger import Book, guards
from ledger.verify import verify
from tests.ledger.conftest import DAY, MEMBER, NOON, credit


def test_posting_replaying_and_reversing(book: Book, connection: Connection) -> None:
    assert book.post(credit(1), posted_at=NOON).seq == 1
    many = book.post_many([credit(number) for number in range(1, 10)], posted_at=NOON)
    assert [each.replayed for each in many] == [True] + [False] * 8
    assert book.balance(MEMBER) == 540
    book.reverse(3, kind="correction.wrong_time", occurred_on=DAY, posted_at=NOON)
    assert book.balance(MEMBER) == 480
    assert guards.problems(connection) == []
    report = verify(connection)
    assert report.findings == []
    assert report.transactions == 10
