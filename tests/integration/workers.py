"""Functions of the tests run in several processes of one instance, started together.

A worker is a function of a test's module that takes a ``Start`` and further plain values; what it
returns comes back, and what it is refused with as ``Raised``. Each has connections of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.timebank.builders import FakeClock
from timebank.errors import TimebankError
from timebank.roles import Actor
from timebank.settings import Settings
from timebank.unit import Database

WAIT_SECONDS = 60


def context() -> ForkServerContext:
    """Processes forked from a server that has everything imported, and no connection."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(
        ["tests.integration.workers", "tests.simulation.processes", "timebank.audit", "psycopg"]
    )
    return found


@dataclass(frozen=True, kw_only=True)
class Raised:
    """What a worker was refused with."""

    kind: str
    code: str
    params: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Start:
    """What a worker begins with: whose instance, by whom, and when."""

    settings: Settings
    actor: Actor
    now: datetime
    barrier: Barrier | None = None

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The instance's database in this process, with a connection ready."""
        database = Database(self.settings, clock=FakeClock(self.now))
        try:
            with database.reading(self.actor):
                pass
            yield database
        finally:
            database.dispose()

    def together(self) -> None:
        """Wait for the others."""
        assert self.barrier is not None
        self.barrier.wait(WAIT_SECONDS)


class Running:
    """One worker's process and what comes back from it."""

    def __init__(self, target: Callable[..., None], start: Start, *more: Any) -> None:
        made = context()
        self.answers, theirs = made.Pipe(duplex=False)
        self.process: BaseProcess = made.Process(target=target, args=(theirs, start, *more))
        self.process.start()
        theirs.close()

    def answer(self) -> Any:
        """The next thing it says."""
        assert self.answers.poll(WAIT_SECONDS), "a process did not answer"
        try:
            return self.answers.recv()
        except EOFError:
            self.process.join(WAIT_SECONDS)
            raise AssertionError(f"a process ended with {self.process.exitcode}") from None

    def close(self) -> None:
        """Leave nothing of it."""
        self.process.kill()
        self.process.join(WAIT_SECONDS)
        self.answers.close()


def at_once(worker: Callable[..., Any], starts: list[Start], *calls: tuple[Any, ...]) -> list[Any]:
    """Run a worker once for each start and call, all at once; what each returned or ``Raised``."""
    running = [
        Running(_say_result, start, worker, call) for start, call in zip(starts, calls, strict=True)
    ]
    try:
        return [each.answer() for each in running]
    finally:
        for each in running:
            each.close()


def starts_of(settings: Settings, actors: list[Actor], now: datetime) -> list[Start]:
    """One start for each actor, which wait for each other in ``together``."""
    barrier = context().Barrier(len(actors))
    return [Start(settings=settings, actor=actor, now=now, barrier=barrier) for actor in actors]


def killed(worker: Callable[..., None], start: Start, *more: Any, longest: float) -> list[Any]:
    """Run a worker that gets a function to say what it did; SIGKILL it while it works.

    That is at a random moment up to ``longest`` seconds after the first thing it said. Returns
    everything it said.
    """
    running = Running(saying, start, worker, more)
    try:
        said = [running.answer()]
        time.sleep(random.uniform(0, longest))
        assert running.process.pid is not None
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.join(WAIT_SECONDS)
        assert running.process.exitcode == -signal.SIGKILL, "it ended before it was killed"
        with suppress(EOFError):
            while True:
                said.append(running.answers.recv())
        return said
    finally:
        running.close()


def _say_result(
    answers: Connection, start: Start, worker: Callable[..., Any], call: tuple[Any, ...]
) -> None:
    try:
        answers.send(worker(start, *call))
    except TimebankError as error:
        answers.send(Raised(kind=type(error).__name__, code=error.code, params=error.params))


def saying(
    answers: Connection, start: Start, worker: Callable[..., None], more: tuple[Any, ...]
) -> None:
    """What a process does whose worker gets a function to say things with."""
    worker(start, answers.send, *more)
