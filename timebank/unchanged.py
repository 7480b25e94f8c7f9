"""What was read from a database, kept for as long as nobody commits anything to it.

SQLite tells cheaply whether any connection, of this process or another, has committed since it was
asked last: what every request needs is then read again only after a change. PostgreSQL has nothing
of the kind, and everything is read each time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

MOST = 1000

Value = TypeVar("Value")


class Unchanged:
    """Values of one database by name; for values that nobody changes in place."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._watching: Any = None
        # What the database's mark was, and what was read since: replaced together.
        self._kept: tuple[int | None, dict[Hashable, Any]] = (None, {})

    def get(self, name: Hashable, read: Callable[[], Value]) -> Value:
        """The value of this name: as it was read before when nothing was committed since."""
        mark = self._mark()
        if mark is None:
            return read()
        before, values = self._kept
        if before != mark or len(values) > MOST:
            values = {}
            self._kept = (mark, values)
        if name not in values:
            # Read after the mark: what is committed meanwhile moves the mark on, never back.
            values[name] = read()
        value: Value = values[name]
        return value

    def close(self) -> None:
        """Close the connection that watches, and forget; the next question opens another."""
        with self._lock:
            self._kept = (None, {})
            if self._watching is not None:
                self._watching.close()
            self._watching = None

    def _mark(self) -> int | None:
        """A number that differs whenever another connection has committed in between.

        None where there is none: then everything is read, and whatever is wrong is said there.
        """
        if self._engine.dialect.name != "sqlite":
            return None
        try:
            with self._lock:
                if self._watching is None:
                    # A connection of its own that never writes: only others' commits are told.
                    borrowed = self._engine.raw_connection()
                    self._watching = borrowed.driver_connection
                    borrowed.detach()
                found: int = self._watching.execute("PRAGMA data_version").fetchone()[0]
                return found
        except (sqlite3.Error, SQLAlchemyError):
            self.close()
            return None
