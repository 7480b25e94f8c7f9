"""Several processes post at once, and processes are killed while they post."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from ledger import Book
from ledger.verify import verify
from tests.ledger.conftest import MEMBER, OTHER, engine_for, new_book

ROOT = Path(__file__).parents[2]


def start(url: str, name: str, how_many: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.poster", url, name, str(how_many)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def prepared(database: Any) -> Engine:
    engine = engine_for(database.url)
    with engine.begin() as connection:
        new_book(connection)
    return engine


def check(engine: Engine, acknowledged: list[str]) -> int:
    """The books hold, nothing acknowledged is missing, nothing is half there; return the head."""
    with engine.connect() as connection:
        report = verify(connection)
        assert report.findings == []
        keys = set(connection.execute(text("SELECT idempotency_key FROM ledger_transaction"))
                   .scalars())  # fmt: skip
        assert set(acknowledged) <= keys
        book = Book.open(connection)
        assert book.balance(MEMBER) == book.balance(OTHER) == len(keys) // 2
        return report.transactions


def test_four_processes_post_at_once(laid_out: Any) -> None:
    engine = prepared(laid_out)
    posters = [start(laid_out.url, f"p{number}", 15) for number in range(4)]
    acknowledged = []
    for poster in posters:
        out, err = poster.communicate(timeout=120)
        assert poster.returncode == 0, err
        acknowledged += out.split()
    assert len(acknowledged) == 120
    assert check(engine, acknowledged) == 120
    engine.dispose()


def test_killed_at_random_moments(laid_out: Any) -> None:
    engine = prepared(laid_out)
    moments = random.Random(7)
    acknowledged: list[str] = []
    for number in range(10):
        poster = start(laid_out.url, f"k{number}", 100_000)
        assert poster.stdout is not None
        acknowledged += poster.stdout.readline().split()  # it is under way
        time.sleep(moments.uniform(0, 0.15))
        poster.kill()
        out, _ = poster.communicate(timeout=60)
        acknowledged += out.split()
    # PostgreSQL may still be ending the last one's connection: wait for its lock.
    with engine.begin() as connection:
        Book.open(connection).lock()
    assert len(acknowledged) >= 20
    assert check(engine, acknowledged) >= len(acknowledged)
    engine.dispose()
