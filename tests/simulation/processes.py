"""The simulation with real processes: each instance is one, and may be killed at any moment."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from tests.integration.workers import WAIT_SECONDS, context
from tests.simulation.faults import KILLED, Fault, Injector, draw, draw_kills
from tests.simulation.simulate import LOCK_SECONDS, Answer, Arena, Built, Instance
from tests.timebank.builders import FakeClock
from timebank import unit as units
from timebank.roles import Actor
from timebank.settings import Settings

# A COMMIT takes some hundred microseconds: the moment of the kill is spread over that.
COMMIT_SECONDS = 0.0006


def serve_commands(
    pipe: Connection, settings: Settings, actor: Actor, engine: str, lock_seconds: float
) -> None:
    """What the process does: attempt what it is sent, until the pipe is closed."""
    units.LOCK_SECONDS = lock_seconds  # type: ignore[assignment]
    clock = FakeClock()
    injector = Injector(engine, really_kill=True, committing=lambda: pipe.send("committing"))
    instance = Instance(settings, actor, clock, injector)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            now, built, fault = pipe.recv()
            clock.set(now)
            if isinstance(built, tuple):
                instance.on_connection(*built)
                pipe.send("said")
            else:
                answer = instance.attempt(built, fault)
                pipe.send((answer, injector.struck))


class Process:
    """An ``Instance`` in a process of its own, started again whenever it was killed."""

    def __init__(self, arena: Arena, lock_seconds: float = LOCK_SECONDS) -> None:
        self.arena, self.lock_seconds = arena, lock_seconds
        self.actor: Actor = arena.people.actor
        self.injector = Injector(arena.engine)
        self.database = units.Database(arena.settings, clock=arena.clock)
        self.kills = 0
        self.start()

    def start(self) -> None:
        made = context()
        self.pipe, theirs = made.Pipe()
        given = (theirs, self.arena.settings, self.actor, self.arena.engine, self.lock_seconds)
        self.process: Any = made.Process(target=serve_commands, args=given)
        self.process.start()
        theirs.close()

    def attempt(self, built: Built, fault: Fault | None) -> Answer:
        self.send(built, fault)
        return self.answer(fault)

    def send(self, built: Built | tuple[str, ...], fault: Fault | None = None) -> None:
        now: datetime = self.arena.clock()
        self.injector.struck = False
        self.pipe.send((now, built, fault))

    def answer(self, fault: Fault | None = None) -> Answer:
        """What it answered; silence when it was killed before it had."""
        said = self._receive()
        if said == "committing":
            assert fault is not None
            time.sleep(COMMIT_SECONDS * fault.at / 14)
            os.kill(self.process.pid, signal.SIGKILL)
            said = self._receive()  # it may have answered before it died
            self._died()
        elif said is None:
            self._died()
        if said is None:
            self.injector.struck = True
            return Answer(codes=(KILLED,))
        answer: Answer
        answer, self.injector.struck = said
        return answer

    def _receive(self) -> Any:
        assert self.pipe.poll(WAIT_SECONDS), "a process did not answer"
        try:
            return self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return None

    def _died(self) -> None:
        self.process.join(WAIT_SECONDS)
        assert self.process.exitcode == -signal.SIGKILL, "it ended before it was killed"
        self.kills += 1
        self.pipe.close()
        self.start()

    def on_connection(self, *statements: str) -> None:
        self.send(statements)
        assert self._receive() == "said"

    def close(self) -> None:
        self.database.dispose()
        self.process.kill()
        self.process.join(WAIT_SECONDS)
        self.pipe.close()


@contextmanager
def processes(arena: Arena, lock_seconds: float = LOCK_SECONDS) -> Iterator[list[Process]]:
    """Two instances on one data folder, each a process, in place of those in this process."""
    before = arena.instances
    arena.instances, arena.draw = [Process(arena, lock_seconds) for _ in range(2)], draw_kills
    try:
        yield arena.instances
    finally:
        for each in arena.instances:
            each.close()
        arena.instances, arena.draw = before, draw
