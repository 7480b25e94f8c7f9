"""Exports, judged by the accounting tools they are for; neither is part of the product."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TextIO

import pytest
from sqlalchemy import Connection

from ledger import Book, export
from tests.ledger.conftest import MEMBER, NOON, OTHER, POT, credit
from tests.ledger.test_attacks import fill

DAY_IN_MICROSECONDS = 86_400_000_000
BEAN_CHECK = Path(sys.executable).parent / "bean-check"


@pytest.fixture
def filled(book: Book) -> Book:
    """A book over three months, with a correction and an account nobody used."""
    fill(book)
    book.set_floor(OTHER, -60)
    for month in (1, 2, 3):
        later = NOON + month * 31 * DAY_IN_MICROSECONDS
        book.post(credit(f"later{month}", 15, OTHER, actor=None), posted_at=later)
    book.open_account("hours:redeemed:staff_time", floor=None)
    return book


def written(connection: Connection, writer: Callable[[Connection, TextIO], None]) -> str:
    stream = io.StringIO()
    writer(connection, stream)
    return stream.getvalue()


def judged(command: list[str], text: str, path: Path) -> subprocess.CompletedProcess[str]:
    path.write_text(text, encoding="utf-8")
    return subprocess.run(
        [*command, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def bean_check(text: str, folder: Path) -> Any:
    assert BEAN_CHECK.exists(), "beancount is a development dependency"
    return judged([str(BEAN_CHECK)], text, folder / "book.beancount")


def hledger_check(text: str, folder: Path) -> Any:
    tool = shutil.which("hledger")
    if tool is None:
        pytest.skip("no hledger: apt-get install hledger")
    return judged([tool, "check", "--strict", "-f"], text, folder / "book.journal")


def test_beancount_accepts_the_book_and_names_a_wrong_amount(
    filled: Book, connection: Connection, tmp_path: Path
) -> None:
    text = written(connection, export.beancount)
    outcome = bean_check(text, tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert text.count(" balance ") >= 3 * 4
    # A wrong amount on both sides balances; only the assertions can tell.
    wrong = text.replace("  -90 MIN", "  -91 MIN", 1).replace("  90 MIN", "  91 MIN", 1)
    assert bean_check(wrong, tmp_path).returncode == 1


def test_hledger_accepts_the_book_and_names_a_wrong_amount(
    filled: Book, connection: Connection, tmp_path: Path
) -> None:
    text = written(connection, export.hledger)
    outcome = hledger_check(text, tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert text.count(" min = ") == 2 * filled.head().seq
    wrong = text.replace("-90 min =", "-91 min =", 1).replace("90 min = 90", "91 min = 90", 1)
    outcome = hledger_check(wrong, tmp_path)
    assert outcome.returncode == 1
    assert "balance assertion" in outcome.stderr


def test_an_empty_book_exports(book: Book, connection: Connection, tmp_path: Path) -> None:
    assert bean_check(written(connection, export.beancount), tmp_path).returncode == 0
    assert hledger_check(written(connection, export.hledger), tmp_path).returncode == 0
    assert written(connection, export.csv).count("\n") == 1


def test_csv_has_a_row_for_each_posting(filled: Book, connection: Connection) -> None:
    rows = list(csv.DictReader(io.StringIO(written(connection, export.csv), newline="")))
    assert tuple(rows[0]) == export.CSV_COLUMNS
    lines = [(txn, line) for txn in filled.transactions() for line in txn.lines]
    assert len(rows) == len(lines)
    for row, (txn, line) in zip(rows, lines, strict=True):
        assert int(row["seq"]) == txn.seq
        assert (row["account"], int(row["amount_minutes"])) == (line.account, line.amount)
        assert int(row["balance_minutes"]) == line.balance
        assert row["floor_minutes"] == ("" if line.floor is None else str(line.floor))
        assert date.fromisoformat(row["occurred_on"]) == txn.occurred_on
    assert rows[0]["posted_at"] == "2026-01-05T12:00:00.000000+00:00"
    assert {row["reverses_seq"] for row in rows} == {"", "2"}


def test_names_made_to_beancounts_rules() -> None:
    assert export.beancount_name("hours:redeemed:staff_time") == "Equity:Hours:Redeemed:Staff-time"
    assert export.beancount_name(MEMBER) == "Assets:Member:" + MEMBER[7:].upper()
    assert export.beancount_name(POT).startswith("Assets:Pot:0")
