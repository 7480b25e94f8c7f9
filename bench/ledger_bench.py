"""Posting with everything on, beside the least a useful ledger writes, in one run.

    python3 run.py bench            seven rounds
    python3 run.py bench-quick      three rounds of less work

The raw baseline writes one transaction row, two postings with sequence and running balance, and
two account rows, with no checks, no guards, no chain and no SQLAlchemy, on the same engine with
the same durability. Rounds of both are interleaved, so a noisy machine disturbs both; what counts
is the ratio of the medians, never a number of its own. Exits 1 when a ratio that must be met is
not.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url

from ledger import Book, Line, NewTransaction, guards, metadata
from ledger.verify import verify
from tests.postgres import PostgresMissing, running_server

MEMBERS = 300
DAY = date(2026, 1, 5)
STARTED = 1_767_614_400_000_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """Transactions per commit, commits per round, and the ratios to raw: must and aim."""

    label: str
    size: int
    commits: int
    must: float
    aim: float


CASES = {
    "sqlite": (
        Case(label="one post per commit", size=1, commits=300, must=0.45, aim=0.65),
        Case(label="batch of 30", size=30, commits=30, must=0.35, aim=0.60),
        Case(label="session of 300", size=300, commits=5, must=0.25, aim=0.50),
        Case(label="bulk", size=10_000, commits=1, must=0.08, aim=0.30),
    ),
    "postgresql": (
        Case(label="one post per commit", size=1, commits=200, must=0.20, aim=0.50),
        Case(label="batch of 30", size=30, commits=20, must=0.20, aim=0.40),
        Case(label="session of 300", size=300, commits=4, must=0.12, aim=0.30),
        Case(label="bulk", size=10_000, commits=1, must=0.10, aim=0.30),
    ),
}
VERIFY = Case(label="verify / plain read", size=0, commits=0, must=0.25, aim=0.50)


# --- ours -----------------------------------------------------------------------------------


def member(number: int) -> str:
    """Return the account of member `number`."""
    return f"member:{number:032x}"


class Ours:
    """The ledger as the product runs it: SQLAlchemy's connection, guards, chain and keys on."""

    def __init__(self, engine: Engine, role: str | None = None, owner: Engine | None = None):
        tables = [table for table in metadata.sorted_tables if table.name.startswith("ledger_")]
        with (owner or engine).begin() as connection:
            metadata.create_all(connection, tables=tables)
            guards.create(connection)
            if role:
                guards.grant(connection, role)
        self.connection = engine.connect()
        with self.connection.begin():
            self.book = Book.create(self.connection, "0123456789abcdef0123456789abcdef")
            self.book.open_account("hours:issued", floor=None)
            for number in range(MEMBERS):
                self.book.open_account(member(number), floor=0)
        self.posted = 0

    def post(self, size: int) -> None:
        """Post and commit `size` credits, one to each member in turn."""
        with self.connection.begin():
            self.book.post_many([self.credit() for _ in range(size)], posted_at=STARTED)

    def credit(self) -> NewTransaction:
        """Return the next credit."""
        self.posted += 1
        return NewTransaction(
            kind="credit.session",
            reference=f"attendance:{self.posted:032x}",
            occurred_on=DAY,
            key=f"credit:{self.posted:032x}:1",
            lines=(
                Line(account="hours:issued", amount=-60),
                Line(account=member(self.posted % MEMBERS), amount=60),
            ),
            actor="a" * 32,
        )


# --- raw ------------------------------------------------------------------------------------

_RAW_TABLES = """
CREATE TABLE raw_account (id INTEGER PRIMARY KEY, seq BIGINT NOT NULL, balance BIGINT NOT NULL);
CREATE TABLE raw_transaction (id BIGINT PRIMARY KEY, kind TEXT NOT NULL, reference TEXT NOT NULL,
  occurred_on TEXT NOT NULL, posted_at BIGINT NOT NULL, actor TEXT);
CREATE TABLE raw_posting (account INTEGER NOT NULL, account_seq BIGINT NOT NULL,
  txn BIGINT NOT NULL, amount BIGINT NOT NULL, balance BIGINT NOT NULL,
  PRIMARY KEY (account, account_seq));
"""
_SQLITE_MOVE = """UPDATE raw_account SET seq = seq + 1, balance = balance + ?
WHERE id = ? RETURNING seq, balance"""
_CTE = """WITH giver AS (UPDATE raw_account SET seq = seq + 1, balance = balance - 60
  WHERE id = 0 RETURNING id, seq, balance),
taker AS (UPDATE raw_account SET seq = seq + 1, balance = balance + 60
  WHERE id = %s RETURNING id, seq, balance),
done AS (INSERT INTO raw_transaction VALUES (%s, %s, %s, %s, %s, %s))
INSERT INTO raw_posting SELECT id, seq, %s, -60, balance FROM giver
UNION ALL SELECT id, seq, %s, 60, balance FROM taker"""


class RawSqlite:
    """Five plain statements for each transaction, on the driver."""

    def __init__(self, path: Path) -> None:
        self.driver = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.driver.execute(f"PRAGMA {pragma}")
        keyed = "PRIMARY KEY (account, account_seq))"
        self.driver.executescript(_RAW_TABLES.replace(keyed, f"{keyed} WITHOUT ROWID"))
        self.driver.executemany(
            "INSERT INTO raw_account VALUES (?, 0, 0)", [(n,) for n in range(MEMBERS + 1)]
        )
        self.posted = 0

    def post(self, size: int) -> None:
        """Write and commit `size` transactions."""
        run = self.driver.execute
        run("BEGIN IMMEDIATE")
        for _ in range(size):
            self.posted += 1
            number = self.posted
            run(
                "INSERT INTO raw_transaction VALUES (?, ?, ?, ?, ?, ?)",
                (
                    number,
                    "credit.session",
                    f"attendance:{number:032x}",
                    "2026-01-05",
                    STARTED,
                    "a" * 32,
                ),
            )
            for account, amount in ((0, -60), (number % MEMBERS + 1, 60)):
                seq, balance = run(_SQLITE_MOVE, (amount, account)).fetchone()
                run(
                    "INSERT INTO raw_posting VALUES (?, ?, ?, ?, ?)",
                    (account, seq, number, amount, balance),
                )
        run("COMMIT")


class RawPostgresql:
    """One statement for each transaction, on the driver."""

    def __init__(self, url: str) -> None:
        address = make_url(url).set(drivername="postgresql").render_as_string(False)
        self.driver = psycopg.connect(address)
        self.driver.execute(_RAW_TABLES)
        with self.driver.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO raw_account VALUES (%s, 0, 0)", [(n,) for n in range(MEMBERS + 1)]
            )
        self.driver.commit()
        self.posted = 0

    def post(self, size: int) -> None:
        """Write and commit `size` transactions."""
        for _ in range(size):
            self.posted += 1
            number = self.posted
            reference = f"attendance:{number:032x}"
            self.driver.execute(
                _CTE,
                (
                    number % MEMBERS + 1,
                    number,
                    "credit.session",
                    reference,
                    "2026-01-05",
                    STARTED,
                    "a" * 32,
                    number,
                    number,
                ),
            )
        self.driver.commit()


# --- engines --------------------------------------------------------------------------------


def sqlite_engine(path: Path) -> Engine:
    """Return an engine set up as the product's."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _set_up(driver: Any, _record: Any) -> None:
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE")

    return engine


@contextmanager
def contenders(name: str, folder: Path) -> Iterator[tuple[Ours, Any]]:
    """Give ours and raw on the engine `name`, each in a database of its own."""
    if name == "sqlite":
        yield Ours(sqlite_engine(folder / "ours.db")), RawSqlite(folder / "raw.db")
        return
    with running_server() as server:
        for database in ("bench_ours", "bench_raw"):
            server.create_database(database)
        owner = create_engine(server.url("bench_ours", "timebank_test_owner"))
        instance = create_engine(server.url("bench_ours", "timebank_test_instance"))
        ours = Ours(instance, "timebank_test_instance", owner)
        raw = RawPostgresql(server.url("bench_raw", "timebank_test_owner"))
        yield ours, raw
        ours.connection.close()
        raw.driver.close()
        owner.dispose()
        instance.dispose()
        for database in ("bench_ours", "bench_raw"):
            server.drop_database(database)


# --- measuring ------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(case: Case, ours: Ours, raw: Any, rounds: int, share: float) -> tuple[float, float]:
    """Return transactions per second of ours and of raw: medians of interleaved rounds."""
    commits = max(1, round(case.commits * share))

    def several(contender: Any) -> Callable[[], None]:
        def work() -> None:
            for _ in range(commits):
                contender.post(case.size)

        return work

    taken: dict[str, list[float]] = {"ours": [], "raw": []}
    for number in range(rounds + 1):
        order = [("ours", ours), ("raw", raw)]
        for name, contender in order if number % 2 else reversed(order):
            spent = seconds(several(contender))
            if number:  # the first round only warms up
                taken[name].append(spent)
    amount = commits * case.size
    return tuple(amount / statistics.median(taken[name]) for name in ("ours", "raw"))  # type: ignore[return-value]


def measure_verify(ours: Ours, rounds: int) -> tuple[float, float]:
    """Return transactions per second of `verify` and of fetching the same rows."""
    driver: Any = ours.connection.connection.driver_connection
    taken: dict[str, list[float]] = {"ours": [], "raw": []}
    head = ours.book.head().seq

    def read() -> None:
        for table in ("ledger_transaction", "ledger_posting"):
            driver.execute(f"SELECT * FROM {table} ORDER BY book, seq").fetchall()

    for _ in range(min(rounds, 3)):
        taken["ours"].append(seconds(lambda: verify(ours.connection)))
        taken["raw"].append(seconds(read))
    ours.connection.rollback()
    return tuple(head / statistics.median(taken[name]) for name in ("ours", "raw"))  # type: ignore[return-value]


def judge(case: Case, ratio: float) -> str:
    """Say in words whether a ratio reaches what it must and what it should."""
    if ratio >= case.aim:
        return "aim met"
    return "must met" if ratio >= case.must else "falls short"


def show(engine: str, case: Case, ours: float, raw: float) -> bool:
    """Print one line; return whether the ratio is one that must not be."""
    ratio = ours / raw
    print(
        f"{engine:<11} {case.label:<22} {ours:>10,.0f} {raw:>10,.0f} {ratio:>6.2f}"
        f"   {case.must:.2f} / {case.aim:.2f}   {judge(case, ratio)}",
        flush=True,
    )
    return ratio < case.must


def main() -> int:
    """Run, print the table, and return 1 when something falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three rounds of less work")
    parser.add_argument("--engine", choices=sorted(CASES), action="append")
    options = parser.parse_args()
    rounds, share = (3, 0.3) if options.quick else (7, 1.0)
    print(f"Transactions a second, medians of {rounds} interleaved rounds, durable commits.")
    print(f"{'engine':<11} {'work':<22} {'ours':>10} {'raw':>10} {'ratio':>6}   must / aim")
    short = False
    for engine in options.engine or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="timebank-bench-") as folder:
            try:
                with contenders(engine, Path(folder)) as (ours, raw):
                    for case in CASES[engine]:
                        short |= show(engine, case, *measure(case, ours, raw, rounds, share))
                    short |= show(engine, VERIFY, *measure_verify(ours, rounds))
            except PostgresMissing as missing:
                print(missing)
                short = True
    return int(short)


if __name__ == "__main__":
    sys.exit(main())
