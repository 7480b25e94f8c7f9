"""The whole table: what the ledger does beside what the database alone can do, in one run.

    python3 run.py bench            seven rounds and more, every line, under 15 minutes
    python3 run.py bench-quick      the same lines with less work, under 2 minutes
    PEERS=1 python3 run.py bench    django-hordak too, in a virtual environment of its own

Rounds of both contenders are interleaved, so a noisy machine disturbs both; what counts is the
ratio of the medians, never a number of its own. Exits 1 when something falls short. `--write`
keeps the figures in docs/performance.md.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench import web_pages, whole_command
from bench.contenders import Ours, ours_on, raw_on
from bench.crowd import Crowd
from bench.measuring import Table, Work, alternate, medians, seconds
from bench.peers import Peer
from bench.report import machine, write_section
from ledger.export import hledger
from ledger.verify import verify
from tests.postgres import PostgresMissing, Server, running_server

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7
POSTING = {
    "sqlite": (
        Work(label="one post per commit", size=1, commits=250, rounds=101, must=0.45, aim=0.65),
        Work(label="batch of 30", size=30, commits=25, rounds=81, must=0.35, aim=0.60),
        Work(label="session of 300", size=300, commits=5, rounds=21, must=0.25, aim=0.50),
    ),
    "postgresql": (
        Work(label="one post per commit", size=1, commits=100, rounds=61, must=0.20, aim=0.50),
        Work(label="batch of 30", size=30, commits=20, rounds=41, must=0.20, aim=0.40),
        Work(label="session of 300", size=300, commits=4, rounds=21, must=0.12, aim=0.30),
    ),
}
BULK = {
    "sqlite": Work(label="bulk", size=100_000, must=0.08, aim=0.30),
    "postgresql": Work(label="bulk", size=100_000, must=0.10, aim=0.30),
}
CROWD = Work(
    label="4 connections, hot account", size=1, commits=100, rounds=21, must=0.15, aim=0.45
)
VERIFY = Work(label="verify / plain read", must=0.25, aim=0.50)
FLAT = Work(label="at 1 million / at 10 thousand", must=1.3, aim=1.1, least=False)
HORDAK_POST = Work(label="one post / hordak", size=1, commits=100, rounds=61, must=1.5, aim=4)
HORDAK_PAGE = Work(label="page of 50 / hordak's", must=1 / 100, aim=1 / 300, least=False)


class Bench:
    """One engine's part of the table."""

    def __init__(self, engine: str, server: Server | None, table: Table, folder: Path, quick: bool):
        self.engine, self.server, self.table, self.folder = engine, server, table, folder
        self.quick = quick

    def run(self) -> None:
        """Measure every line."""
        if self.server is not None and os.environ.get("PEERS"):
            # First, since a server tidies up for minutes after the lines that post very many.
            self.peers()
        with (
            ours_on(self.server, self.folder, "bench_ours") as ours,
            raw_on(self.server, self.folder, "bench_raw") as raw,
        ):
            for work in POSTING[self.engine]:
                self.posting(work, ours, raw)
            if self.server is not None:
                self.crowd(ours, raw)
            self.bulk(ours, raw)
            self.proof(ours)
            if self.engine == "sqlite" or not self.quick:
                self.export(ours)
            self.flat(ours)

    def posting(self, work: Work, ours: Any, raw: Any) -> None:
        """Compare posting and committing."""
        contenders: dict[str, Callable[[], object]] = {
            "ours": lambda: work.run(ours.post),
            "raw": lambda: work.run(raw.post),
            "bare": lambda: work.run(raw.post_bare),
        }
        if self.server is None and work.size > 1:
            contenders["rows"] = lambda: work.run(raw.post_rows)
        taken = alternate(contenders, self._rounds(work))
        self._speeds(work, taken)
        middle, amount = medians(taken), work.size * work.commits
        for name, said in (("bare", "raw bare"), ("rows", "raw row by row")):
            if name in taken:
                speeds = (amount / middle["ours"], amount / middle[name])
                self.table.show(self.engine, f"{work.label}, {said}", *speeds)

    def crowd(self, ours: Ours, raw: Any) -> None:
        """Compare four processes that post to one account at once."""
        assert self.server is not None
        with Crowd(self.server, "ours", ours) as four, Crowd(self.server, "raw", raw) as bare:
            taken = alternate(
                {
                    "ours": lambda: four.post(CROWD.commits),
                    "raw": lambda: bare.post(CROWD.commits),
                },
                self._rounds(CROWD),
            )
        self._speeds(replace(CROWD, commits=4 * CROWD.commits), taken)

    def bulk(self, ours: Ours, raw: Any) -> None:
        """Compare one call that posts very many."""
        work = BULK[self.engine]
        if self.quick:
            work = replace(work, size=10_000)
        work = replace(work, label=f"bulk of {work.size // 1000} thousand")
        taken = alternate(
            {"ours": lambda: ours.post(work.size), "raw": lambda: raw.post(work.size)},
            ROUNDS,
            warm=False,
        )
        self._speeds(work, taken)

    def proof(self, ours: Ours) -> None:
        """Compare verify with fetching the same rows, in a book of ten or thirty thousand."""
        with ours_on(self.server, self.folder, "bench_proof") as book:
            for _ in range(1 if self.quick else 3):
                book.post(10_000)
            head = book.book.head().seq
            driver: Any = book.connection.connection.driver_connection

            def read() -> None:
                for table in ("ledger_transaction", "ledger_posting"):
                    driver.execute(f"SELECT * FROM {table} ORDER BY book, seq").fetchall()

            def prove() -> None:
                assert not verify(book.connection).findings

            taken = alternate({"ours": prove, "raw": read}, ROUNDS)
            book.connection.rollback()
        self._speeds(replace(VERIFY, size=head, commits=1), taken)

    def export(self, ours: Ours) -> None:
        """Have hledger judge an export with an assertion on every posting, and one altered."""
        program = shutil.which("hledger")
        if program is None:
            self.table.say(self.engine, "export, checked by hledger", "no hledger here", False)
            return
        with ours_on(self.server, self.folder, "bench_export") as book:
            size = 10_000 if self.quick else 100_000
            book.post(size)
            stream = io.StringIO()
            spent = seconds(lambda: hledger(book.connection, stream))
            book.connection.rollback()
        journal = self.folder / "export.journal"
        journal.write_text(stream.getvalue(), encoding="utf-8")
        check = [program, "-f", str(journal), "check", "--strict"]
        started = time.perf_counter()
        sound = subprocess.run(check, capture_output=True).returncode == 0
        judged = time.perf_counter() - started
        # One amount of a transaction in the middle, on both its lines, so that it still balances.
        head, mark, rest = stream.getvalue().partition(f"({size // 2}) ")
        altered = rest.replace("-60 min", "-61 min", 1).replace("  60 min", "  61 min", 1)
        journal.write_text(head + mark + altered, encoding="utf-8")
        refused = subprocess.run(check, capture_output=True, text=True)
        line = head.count("\n") + 1
        # Some versions write FILE:LINE, others (line LINE, column ...).
        said = re.search(r"(?:line |journal:)([0-9]+)", refused.stderr)
        named = said is not None and line <= int(said[1]) < line + 9
        self.table.say(
            self.engine,
            f"export of {size // 1000} thousand, hledger",
            f"written in {spent:.1f} s, judged in {judged:.1f} s; an altered amount is "
            + ("named with its line" if named else "NOT named"),
            sound and refused.returncode != 0 and named,
        )

    def flat(self, ours: Ours) -> None:
        """Compare balance and page of a long account with those of a short one."""
        long = 100_000 if self.quick else 1_000_000
        with ours_on(self.server, self.folder, "bench_short") as short:
            short.post(10_000)
            missing = long - ours.posted
            while missing > 0:
                ours.post(min(missing, 50_000))
                missing -= 50_000
            label = FLAT.label.replace("1 million", "100 thousand") if self.quick else FLAT.label
            questions: dict[str, Callable[[Ours], object]] = {
                "balance": lambda each: each.book.balance("hours:issued"),
                "page of 50": lambda each: each.book.history("hours:issued"),
            }
            for name, ask in questions.items():
                rounds = 101 if self.quick else 501
                taken = alternate({"ours": partial(ask, ours), "raw": partial(ask, short)}, rounds)
                work = replace(FLAT, label=f"{name} {label}")
                middle = medians(taken)
                self.table.ratio(self.engine, work, middle["ours"] * 1e6, middle["raw"] * 1e6)
            ours.connection.rollback()
            short.connection.rollback()

    def peers(self) -> None:
        """Compare with django-hordak: one post, and a page with running balances."""
        assert self.server is not None
        with (
            ours_on(self.server, self.folder, "bench_beside") as ours,
            Peer(self.server) as hordak,
        ):
            work = HORDAK_POST
            taken = alternate(
                {"ours": lambda: work.run(ours.post), "raw": lambda: hordak.post(work.commits)},
                self._rounds(work),
            )
            self._speeds(work, taken)
            size = 10_000 if self.quick else 100_000
            hordak.fill(size)
            ours.post(size)
            taken = alternate(
                {"ours": lambda: ours.book.history("hours:issued"), "raw": hordak.page},
                1 if self.quick else 3,
            )
            ours.connection.rollback()
            middle = medians(taken)
            label = f"{HORDAK_PAGE.label} at {size // 1000} thousand"
            work = replace(HORDAK_PAGE, label=label)
            self.table.ratio(self.engine, work, middle["ours"] * 1e6, middle["raw"] * 1e6)

    def _rounds(self, work: Work) -> int:
        return work.rounds // 2 if self.quick else work.rounds

    def _speeds(self, work: Work, taken: dict[str, list[float]]) -> None:
        middle = medians(taken)
        amount = work.size * work.commits
        self.table.ratio(self.engine, work, amount / middle["ours"], amount / middle["raw"])


def attacks(table: Table) -> None:
    """Run the tests that attack the books by SQL and with every guard dropped."""
    tests = ["tests/ledger/test_attacks.py", "tests/ledger/test_verify.py"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    lines = ran.stdout.strip().splitlines()
    table.say("both", "attacks by direct SQL", lines[-1] if lines else "", ran.returncode == 0)


def main() -> int:
    """Run, print the table, and return 1 when something falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="less work")
    parser.add_argument("--engine", choices=sorted(POSTING), action="append")
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    options = parser.parse_args()
    table = Table()
    print(machine())
    table.head(f"medians of {ROUNDS} or more interleaved rounds, durable")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="timebank-bench-")))
        server = None
        if "postgresql" in (options.engine or POSTING):
            try:
                server = stack.enter_context(running_server())
            except PostgresMissing as missing:
                table.say("postgresql", "everything", str(missing), False)
        for engine in options.engine or POSTING:
            on = server if engine == "postgresql" else None
            if engine == "sqlite" or on is not None:
                Bench(engine, on, table, folder, options.quick).run()
                whole_command.measure(engine, on, table, folder, options.quick)
        if "sqlite" in (options.engine or POSTING):
            web_pages.measure(table, folder, options.quick)
    if not options.quick:
        attacks(table)
    if options.write:
        write_section("bench", f"{machine()}\n\n{table.markdown()}")
    return int(table.short)


if __name__ == "__main__":
    sys.exit(main())
