"""Faults at the driver: connections of both engines that break where they are told to.

An ``Injector`` is armed with one fault for the next unit and says whether it came to that. Errors
are the drivers' own classes and codes; what the server or the file did before stays done.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Engine, event

BUSY, FULL, READ_ONLY, FAILED = "books_busy", "disk_full", "database_read_only", "disk_failed"
LOST, UNKNOWN, KILLED = "connection_lost", "outcome_unknown", "killed"


class Killed(BaseException):
    """The process ended here; nothing that runs afterwards belongs to it."""


def sqlite_error(code: int, words: str) -> Callable[[], Exception]:
    def make() -> Exception:
        error = sqlite3.OperationalError(words)
        error.sqlite_errorcode = code
        return error

    return make


def lost() -> Exception:
    return psycopg.OperationalError("server closed the connection unexpectedly")


# What may go wrong in the middle of a unit: the driver's error, and what people must be told.
ERRORS: dict[str, dict[str, tuple[Callable[[], Exception], str]]] = {
    "sqlite": {
        "locked": (sqlite_error(sqlite3.SQLITE_BUSY, "database is locked"), BUSY),
        "disk full": (sqlite_error(sqlite3.SQLITE_FULL, "database or disk is full"), FULL),
        "disk error": (sqlite_error(sqlite3.SQLITE_IOERR_WRITE, "disk I/O error"), FAILED),
        "read only": (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED, "readonly"), READ_ONLY),
    },
    "postgresql": {
        "serialization": (psycopg.errors.SerializationFailure, BUSY),
        "deadlock": (psycopg.errors.DeadlockDetected, BUSY),
        "lock timeout": (psycopg.errors.LockNotAvailable, BUSY),
        "disk full": (psycopg.errors.DiskFull, FULL),
        "read only": (psycopg.errors.ReadOnlySqlTransaction, READ_ONLY),
        "shut down": (psycopg.errors.AdminShutdown, LOST),
        "lost": (lost, LOST),
    },
}
# The same at COMMIT, which was not carried out: some errors are an answer, others are silence.
AT_COMMIT = {
    "sqlite": {"locked": BUSY, "disk full": FULL, "disk error": UNKNOWN},
    "postgresql": {
        "serialization": BUSY,
        "disk full": FULL,
        "shut down": UNKNOWN,
        "lost": UNKNOWN,
    },
}
# After COMMIT was carried out and before the answer came.
AFTER_COMMIT = {"sqlite": "disk error", "postgresql": "lost"}
SEVERS = {"shut down", "lost"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """``where``: statement, batch, before commit, after commit; the ``at``-th of its kind."""

    where: str
    what: str
    expect: str
    at: int = 1

    @property
    def name(self) -> str:
        return f"{self.what}, {self.where}"


def draw(random: Random, engine: str) -> Fault:
    """Some fault of the driver, kills included."""
    where = random.choice(["statement"] * 3 + ["batch", "before commit", "after commit"])
    if random.random() < 0.3:
        return Fault(where=where, what="killed", expect=KILLED, at=random.randint(1, 14))
    if engine == "postgresql" and where in ("statement", "before commit") and random.random() < 0.2:
        expect = LOST if where == "statement" else UNKNOWN
        return Fault(where=where, what="terminated", expect=expect, at=random.randint(1, 14))
    if where == "after commit":
        return Fault(where=where, what=AFTER_COMMIT[engine], expect=UNKNOWN)
    if where == "before commit":
        what = random.choice(sorted(AT_COMMIT[engine]))
        return Fault(where=where, what=what, expect=AT_COMMIT[engine][what])
    what = random.choice(sorted(ERRORS[engine]))
    at = random.randint(1, 14) if where == "statement" else random.randint(1, 3)
    return Fault(where=where, what=what, expect=ERRORS[engine][what][1], at=at)


def draw_kills(random: Random, engine: str) -> Fault:
    """For processes that can really be killed: mostly that, also while COMMIT is under way."""
    if random.random() < 0.3:
        return draw(random, engine)
    where = random.choice(["statement", "before commit", "during commit", "after commit"])
    return Fault(where=where, what="killed", expect=KILLED, at=random.randint(1, 14))


@dataclass
class Injector:
    """Counts what passes by and strikes at the armed fault, once."""

    engine: str
    really_kill: bool = False
    terminate: Callable[[int], None] = lambda _pid: None
    committing: Callable[[], None] = lambda: None
    fault: Fault | None = None
    struck: bool = False
    seen: dict[str, int] = field(default_factory=dict)

    def arm(self, fault: Fault | None) -> None:
        self.fault, self.struck, self.seen = fault, False, {}

    def due(self, where: str) -> bool:
        """Whether the fault is to strike at this event."""
        fault = self.fault
        if fault is None or self.struck or where != fault.where:
            return False
        self.seen[where] = self.seen.get(where, 0) + 1
        at = fault.at if where in ("statement", "batch") else 1
        return self.seen[where] >= at

    def strike(self, connection: Any) -> None:
        """Break: end the process, or raise the driver's error, with the connection cut or not."""
        assert self.fault is not None
        self.struck = True
        if self.fault.what == "killed":
            if self.really_kill:
                os.kill(os.getpid(), signal.SIGKILL)
            connection.sever()
            raise Killed
        if self.fault.what == "terminated":
            self.terminate(connection.info.backend_pid)  # what comes next finds out
            return
        if self.fault.what in SEVERS:
            connection.sever()
        raise ERRORS[self.engine][self.fault.what][0]()

    def around_commit(self, connection: Any, commit: Callable[[], None]) -> None:
        if self.due("before commit"):
            self.strike(connection)
        if self.fault is not None and self.fault.where == "during commit":
            self.committing()
        commit()
        if self.due("after commit"):
            self.strike(connection)

    def before_statement(self, connection: Any) -> None:
        if self.due("statement"):
            self.strike(connection)

    def install(self, engine: Engine) -> None:
        """Make the engine's connections pass by here."""
        connect = _sqlite_connect if self.engine == "sqlite" else _postgresql_connect

        @event.listens_for(engine, "do_connect")
        def _connect(_dialect: Any, _record: Any, args: Any, named: Any) -> Any:
            return connect(self, args, named)


# --- SQLite -----------------------------------------------------------------------------------


def _sqlite_connect(injector: Injector, args: Any, named: dict[str, Any]) -> Any:
    class Cursor(sqlite3.Cursor):
        def execute(self, *given: Any) -> Any:
            injector.before_statement(self.connection)
            return super().execute(*given)

        def executemany(self, statement: str, rows: Any) -> Any:
            injector.before_statement(self.connection)
            write = super().executemany
            return _in_parts(injector, self.connection, write, statement, rows)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        def execute(self, *given: Any) -> Any:
            return self.cursor().execute(*given)

        def executemany(self, *given: Any) -> Any:
            return self.cursor().executemany(*given)

        def commit(self) -> None:
            injector.around_commit(self, super().commit)

        def sever(self) -> None:
            # As with a process that ends. Closing alone would leave the lock to open cursors.
            super().rollback()
            self.close()

    return sqlite3.connect(*args, **{**named, "factory": Connection})


def _in_parts(injector: Injector, connection: Any, write: Any, statement: Any, rows: Any) -> Any:
    """Write rows, or break after the first half of them."""
    rows = list(rows)
    if injector.due("batch"):
        write(statement, rows[: max(1, len(rows) // 2)])
        injector.strike(connection)
    return write(statement, rows)


# --- PostgreSQL -------------------------------------------------------------------------------


def _postgresql_connect(injector: Injector, args: Any, named: dict[str, Any]) -> Any:
    class Cursor(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **more: Any) -> Any:
            injector.before_statement(self.connection)
            found = super().execute(*given, **more)
            if "ledger_write" in str(given[0]) and injector.due("batch"):
                injector.strike(self.connection)  # written, and not yet committed
            return found

        def executemany(self, statement: Any, rows: Any, **_more: Any) -> Any:
            injector.before_statement(self.connection)
            write = super().executemany
            return _in_parts(injector, self.connection, write, statement, rows)

    class Connection(psycopg.Connection[Any]):
        def commit(self) -> None:
            injector.around_commit(self, super().commit)

        def sever(self) -> None:
            self.pgconn.finish()

    return Connection.connect(*args, **{**named, "cursor_factory": Cursor})
