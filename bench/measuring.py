"""Interleaved rounds, medians, and the table that says what they come to."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MET, ENOUGH, SHORT = "aim met", "must met", "falls short"


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line: transactions per commit, commits per round, rounds, and the ratio: must and aim.

    Work that mostly waits for the disk has many rounds, since what else is written there comes in
    bursts, and a round of it is so long that SQLite brings its log home once or more in it.
    `least` says that the ratio is to be at least so much; otherwise at most.
    """

    label: str
    size: int = 1
    commits: int = 1
    rounds: int = 7
    must: float
    aim: float
    least: bool = True

    def run(self, post: Callable[[int], None]) -> None:
        """Post as often as one round wants it."""
        for _ in range(self.commits):
            post(self.size)

    def judge(self, ratio: float) -> str:
        """Say in words whether a ratio reaches what it must and what it should."""
        if not self.least:
            return MET if ratio <= self.aim else ENOUGH if ratio <= self.must else SHORT
        return MET if ratio >= self.aim else ENOUGH if ratio >= self.must else SHORT


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def alternate(
    contenders: dict[str, Callable[[], object]],
    rounds: int,
    *,
    warm: bool = True,
    before: dict[str, Callable[[], object]] | None = None,
) -> dict[str, list[float]]:
    """Return each contender's seconds, round by round, in an order that turns each time.

    `before` is what is done for each round without being measured.
    """
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    gc.collect()
    gc.freeze()  # to look it all over again takes longer than many a round
    for number in range(rounds + warm):
        for name in names if number % 2 else reversed(names):
            if before:
                before[name]()
            gc.collect()  # nobody pays for another's rubbish
            spent = seconds(contenders[name])
            if number or not warm:  # the first round only warms up
                taken[name].append(spent)
    gc.unfreeze()
    return taken


def medians(taken: dict[str, list[float]]) -> dict[str, float]:
    """Return the median of each contender's rounds."""
    return {name: statistics.median(spent) for name, spent in taken.items()}


@dataclass
class Table:
    """Lines as they come, printed at once and kept for the page."""

    lines: list[tuple[str, ...]] = field(default_factory=list)
    short: bool = False

    def head(self, said: str) -> None:
        """Print what the columns are."""
        print(f"Transactions a second (or microseconds, where a question is asked), {said}.")
        print(f"{'engine':<11} {'work':<42} {'ours':>10} {'other':>10} {'ratio':>7}   must / aim")

    def ratio(self, engine: str, work: Work, ours: float, other: float) -> None:
        """Add a line that compares."""
        ratio = ours / other
        wanted = f"{work.must:.3g} / {work.aim:.3g}"
        self._add(
            engine,
            work.label,
            f"{ours:,.0f}",
            f"{other:,.0f}",
            f"{ratio:.2g}" if ratio < 0.01 else f"{ratio:.2f}",
            wanted,
            work.judge(ratio),
        )

    def say(self, engine: str, label: str, said: str, passed: bool) -> None:
        """Add a line that passes or does not."""
        self._add(engine, f"{label}: {said}", "", "", "", "passes", MET if passed else SHORT)

    def show(self, engine: str, label: str, ours: float, other: float) -> None:
        """Add a line that has no aim: it is shown to be known."""
        self._add(
            engine, label, f"{ours:,.0f}", f"{other:,.0f}", f"{ours / other:.2f}", "", "shown"
        )

    def note(self, said: str) -> None:
        """Add words about the line before."""
        self.lines.append(("", said, "", "", "", "", ""))
        print(f"{'':<11} {said}", flush=True)

    def _add(self, engine: str, *cells: str) -> None:
        self.lines.append((engine, *cells))
        self.short |= cells[-1] == SHORT
        label, ours, other, ratio, wanted, verdict = cells
        if not ours:
            print(f"{engine:<11} {label}   {verdict}", flush=True)
            return
        print(
            f"{engine:<11} {label:<42} {ours:>10} {other:>10} {ratio:>7}   {wanted:<12} {verdict}",
            flush=True,
        )

    def markdown(self) -> str:
        """Return the lines as a table in Markdown."""
        rows = [
            "| engine | work | ours | other | ratio | must / aim | |",
            "|---|---|---:|---:|---:|---|---|",
        ]
        return "\n".join(rows + [f"| {' | '.join(line)} |" for line in self.lines])
