"""What stays flat when a book grows: ten million postings on one account beside ten thousand.

    .venv/bin/python bench/growth.py --engine sqlite --postings 10000000 --folder /some/disk --write

Builds a small and a big book through `post_many` (more than a hundred thousand accounts in both,
dates spread over years, every hundredth credit a month late) and measures both, interleaved. It
takes a quarter of an hour and some gigabytes. What was built before is used again: on SQLite with
`--folder`, on PostgreSQL with `--keep` on the server that TIMEBANK_TEST_DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, insert, select, text

from bench.contenders import ISSUED, STARTED, lay_out, sqlite_engine
from bench.report import machine, write_section
from ledger import Book, Line, NewTransaction, tables
from tests.postgres import INSTANCE_ROLE, OWNER_ROLE, running_server

ACCOUNTS = 100_000
CHUNK = 200_000
RUN = 25  # credits that one member gets in a row: a page of the table is then written less often
FIRST_DAY = date(2016, 1, 1)
A_DAY = 3_000  # credits
MICROSECONDS = 86_400_000_000


def member(number: int) -> str:
    """Return a member's account; ids are spread as random ones are, and the same in every run."""
    return "member:" + hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


def day_of(number: int) -> date:
    """Return when credit `number` happened; every hundredth is recorded a month late."""
    late = 30 if number % 100 == 0 else 0
    return FIRST_DAY + timedelta(days=number // A_DAY - late)


def credit(number: int) -> NewTransaction:
    """Return credit `number`; keys are as random as the product's."""
    reference = hashlib.md5(b"a%d" % number, usedforsecurity=False).hexdigest()
    return NewTransaction(
        kind="credit",
        reference=reference,
        occurred_on=day_of(number),
        key=f"credit:{reference}:1",
        lines=(
            Line(account=ISSUED, amount=-60),
            Line(account=member(number // RUN % ACCOUNTS), amount=60),
        ),
        actor="a" * 32,
    )


def build(engine: Any, postings: int) -> float:
    """Post until `hours:issued` has so many postings; return transactions per second."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # nothing is lost but this file
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA synchronous=OFF")
            driver.execute("PRAGMA cache_size=-2000000")
        with connection.begin():
            book = Book.open(connection)
            if not book.accounts(member(ACCOUNTS - 1)):
                (book_id,) = connection.execute(select(tables.book.c.id)).one()
                rows = [
                    {"book": book_id, "name": member(number), "floor": 0}
                    for number in range(ACCOUNTS)
                ]
                connection.execute(insert(tables.account), rows)
        posted = first = _posted(connection, book)
        started = time.perf_counter()
        while posted < postings:
            end = min(posted + CHUNK, postings)
            instant = STARTED + posted // A_DAY * MICROSECONDS
            with connection.begin():
                book.post_many([credit(number) for number in range(posted, end)], posted_at=instant)
            posted = end
            if posted % 500_000 == 0:
                print(f"  {posted:,} after {time.perf_counter() - started:.0f} s", flush=True)
    spent = time.perf_counter() - started
    engine.dispose()
    return (posted - first) / spent


def _posted(connection: Any, book: Book) -> int:
    with connection.begin():
        page = book.history(ISSUED, limit=1)
    return page.postings[0].account_seq if page.postings else 0


# --- measuring ------------------------------------------------------------------------------


class Measured:
    """One book and what is asked of it; each question returns nothing and is timed from outside."""

    def __init__(self, engine: Any) -> None:
        self.connection = engine.connect()
        with self.connection.begin():
            self.book = Book.open(self.connection)
        self.size = _posted(self.connection, self.book)
        self.posted = self.size

    def questions(self) -> dict[str, Callable[[], object]]:
        """Name what is measured."""
        middle = self.size // 2
        some_day = day_of(middle)
        book = self.book
        return {
            "balance": lambda: book.balance(ISSUED),
            "page of 50, newest": lambda: book.history(ISSUED),
            "page of 50, from the middle backwards": lambda: book.history(ISSUED, before=middle),
            "page of 50, from the middle forwards": lambda: book.history(ISSUED, after=middle),
            "page of 50, of the last month": lambda: book.history(
                ISSUED, since=day_of(self.size) - timedelta(days=30)
            ),
            "page of 50, of a day half-way": lambda: book.history(
                ISSUED, since=some_day, until=some_day
            ),
            "statement of 100 lines": self._statement,
            "post": self._post,
        }

    def _statement(self) -> None:
        newest = self.book.last_posting_before(ISSUED, 2 * STARTED)
        assert newest is not None
        first = max(1, newest.account_seq - 99)
        self.book.postings_between(ISSUED, first, newest.account_seq)

    def _post(self) -> None:
        self.posted += 1
        self.book.post(credit(self.posted + 20_000_000), posted_at=2 * STARTED)

    def ask(self, question: Callable[[], object]) -> float:
        """Return how many microseconds a question took, in a database transaction of its own."""
        with self.connection.begin():
            started = time.perf_counter()
            question()
            return (time.perf_counter() - started) * 1e6


def compare(small: Measured, big: Measured, rounds: int) -> list[tuple[str, float, float]]:
    """Return each question with its median at both sizes, asked in turn."""
    rows = []
    asked = big.questions()
    for name, question in small.questions().items():
        taken: tuple[list[float], list[float]] = ([], [])
        slow = big.ask(asked[name]) > 1e5
        for _ in range(3 if slow else rounds):
            taken[0].append(small.ask(question))
            taken[1].append(big.ask(asked[name]))
        rows.append((name, statistics.median(taken[0]), statistics.median(taken[1])))
        print(f"  {name:<42} {rows[-1][1]:>10,.0f} {rows[-1][2]:>12,.0f} us", flush=True)
    return rows


_VERIFY = """
import json, pathlib, sys, time
sys.path.insert(0, sys.argv[1])
from sqlalchemy import create_engine
from ledger.verify import verify
started = time.perf_counter()
with create_engine(sys.argv[2]).connect() as connection:
    report = verify(connection)
seconds = time.perf_counter() - started
# Not ru_maxrss, which begins with what the process that built the books had grown to.
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
peak_kib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
print(json.dumps({"found": len(report.findings), "transactions": report.transactions,
    "seconds": seconds, "peak_kib": peak_kib}))
"""


def verified(url: str) -> dict[str, Any]:
    """Verify in a process of its own: seconds, and the most memory it ever held."""
    root = str(Path(__file__).resolve().parent.parent)
    output = subprocess.run(
        [sys.executable, "-c", _VERIFY, root, url], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(output.stdout)
    return found


# --- engines --------------------------------------------------------------------------------


@contextmanager
def books(
    engine_name: str, folder: Path, keep: bool
) -> Iterator[tuple[dict[str, str], Callable[[str], int]]]:
    """Give the addresses of a small and a big database, and a way to ask for their bytes."""
    with running_server() if engine_name == "postgresql" else nullcontext() as server:
        if server is None:
            urls = {name: f"sqlite:///{folder / f'{name}.db'}" for name in ("small", "big")}
            for name in urls:
                if not (folder / f"{name}.db").exists():
                    lay_out(sqlite_engine(folder / f"{name}.db"))
            yield urls, lambda name: os.path.getsize(folder / f"{name}.db")
            return
        urls = {}
        for name in ("small", "big"):
            urls[name] = server.url(f"growth_{name}", INSTANCE_ROLE)
            with suppress(psycopg.errors.DuplicateDatabase):  # built before
                server.create_database(f"growth_{name}")
                owner = create_engine(server.url(f"growth_{name}", OWNER_ROLE))
                lay_out(owner, INSTANCE_ROLE)
                owner.dispose()

        def size(name: str) -> int:
            with create_engine(urls[name]).connect() as connection:
                asked = text("SELECT pg_database_size(current_database())")
                return int(connection.execute(asked).scalar_one())

        yield urls, size
        if not keep:
            for name in urls:
                server.drop_database(f"growth_{name}")


def engine_of(url: str) -> Any:
    """Return an engine set up as the product's."""
    if url.startswith("sqlite"):
        return sqlite_engine(Path(url.removeprefix("sqlite:///")))
    return create_engine(url)


def run(engine_name: str, folder: Path, sizes: dict[str, int], rounds: int, keep: bool) -> str:
    """Build, measure, and return the table."""
    with books(engine_name, folder, keep) as (urls, size_of):
        engines = {name: engine_of(url) for name, url in urls.items()}
        speeds = {name: build(engines[name], sizes[name]) for name in sizes}
        with engines["big"].connect() as connection:
            if engine_name == "sqlite":
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        bytes_each = {name: size_of(name) / sizes[name] for name in sizes}
        # Verified before a post is tried, so that both hold what was built.
        proofs = {name: verified(url) for name, url in urls.items()}
        print(proofs, flush=True)
        small, big = Measured(engines["small"]), Measured(engines["big"])
        rows = compare(small, big, rounds)
    return table(engine_name, sizes, rows, speeds, bytes_each, proofs)


def table(
    engine_name: str,
    sizes: dict[str, int],
    rows: list[tuple[str, float, float]],
    speeds: dict[str, float],
    bytes_each: dict[str, float],
    proofs: dict[str, Any],
) -> str:
    """Return the figures as a table in Markdown."""
    lines = [
        machine(),
        "",
        f"| {engine_name}, {ACCOUNTS:,} accounts; medians | {sizes['small']:,} postings "
        f"| {sizes['big']:,} postings | big / small |",
        "|---|---:|---:|---:|",
    ]
    for name, small, big in rows:
        lines.append(f"| {name}, microseconds | {small:,.0f} | {big:,.0f} | {big / small:.2f} |")
    pairs: list[tuple[str, Callable[[str], float], str]] = [
        ("built, transactions a second", lambda name: speeds[name], ",.0f"),
        ("bytes on disk for each transaction", lambda name: bytes_each[name], ",.0f"),
        (
            "verify, transactions a second",
            lambda name: proofs[name]["transactions"] / proofs[name]["seconds"],
            ",.0f",
        ),
        ("verify, most memory, MiB", lambda name: proofs[name]["peak_kib"] / 1024, ",.0f"),
        ("verify, findings", lambda name: proofs[name]["found"], ",.0f"),
    ]
    for name, figure, form in pairs:
        small, big = figure("small"), figure("big")
        if name.startswith("built") and not big:
            continue  # built in an earlier run
        ratio = f"{big / small:.2f}" if small else ""
        lines.append(f"| {name} | {small:{form}} | {big:{form}} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    """Run and print, and with --write keep the figures in docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--postings", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=101)
    parser.add_argument("--folder", type=Path, help="where the databases go and stay")
    parser.add_argument("--keep", action="store_true", help="keep the databases on PostgreSQL")
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="timebank-growth-") as temporary:
        folder = options.folder or Path(temporary)
        sizes = {"small": 10_000, "big": options.postings}
        found = run(options.engine, folder, sizes, options.rounds, options.keep)
    print(found)
    if options.write:
        write_section(f"growth-{options.engine}", found)


if __name__ == "__main__":
    main()
