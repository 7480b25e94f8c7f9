"""A book of thousands of transactions through hledger, with an assertion on every posting."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import Connection

from ledger import Book, export
from tests.ledger.conftest import MEMBER, NOON, OTHER, THIRD, credit
from tests.ledger.test_export import hledger_check

# `make bench` does the same with 100 thousand.
TRANSACTIONS = 5_000
MINUTE = 60_000_000


@pytest.fixture
def journal(book: Book, connection: Connection) -> str:
    for start in range(0, TRANSACTIONS, 1000):
        batch = [
            credit(number, 1 + number % 500, (MEMBER, OTHER, THIRD)[number % 3])
            for number in range(start, start + 1000)
        ]
        book.post_many(batch, posted_at=NOON + start * MINUTE)
    stream = io.StringIO()
    export.hledger(connection, stream)
    return stream.getvalue()


def test_thousands_pass_and_one_altered_amount_is_named_by_its_line(
    journal: str, tmp_path: Path
) -> None:
    assert journal.count(" min = ") == 2 * TRANSACTIONS
    outcome = hledger_check(journal, tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    lines = journal.splitlines(keepends=True)
    of_one = [n for n, line in enumerate(lines) if re.search(r"\b\d+ min = ", line)]
    place = of_one[len(of_one) // 2]
    altered = re.sub(r"(-?\d+) min =", lambda m: f"{int(m[1]) + 1} min =", lines[place])
    assert altered != lines[place]
    # The other side too, so that it balances and only the assertions can tell.
    other = next(n for n in (place - 1, place + 1) if n in of_one)
    against = re.sub(r"(-?\d+) min =", lambda m: f"{int(m[1]) - 1} min =", lines[other])
    unbalanced = "".join(altered if n == place else line for n, line in enumerate(lines))
    first, last = named_lines(unbalanced, tmp_path)
    assert first <= place + 1 <= last
    changed = {place: altered, other: against}
    balanced = "".join(changed.get(n, line) for n, line in enumerate(lines))
    assert named_lines(balanced, tmp_path)[0] == min(place, other) + 1


def named_lines(text: str, folder: Path) -> tuple[int, int]:
    """The first and last line that hledger's refusal names: versions write them differently."""
    outcome = hledger_check(text, folder)
    assert outcome.returncode == 1
    named = re.search(r"\.journal\D*(\d+)(?:-(\d+))?", outcome.stderr)
    assert named, outcome.stderr
    return int(named[1]), int(named[2] or named[1])
