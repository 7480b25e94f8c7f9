"""The unit of work: one database transaction and everything that belongs to it.

``Database.unit(actor)`` opens a unit that holds the book's lock from before the first read, so
commands of one instance never race: ``BEGIN IMMEDIATE`` on SQLite, the book row ``FOR UPDATE`` on
PostgreSQL. Leaving the block normally commits; an exception rolls back. ``Database.reading()`` and
``Database.doorstep()`` open units without the lock: for pages, and for sign-in and throttling.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Engine,
    RootTransaction,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

import ledger
from timebank.clock import Clock, local_day, system_clock, to_microseconds
from timebank.database_errors import meaning
from timebank.errors import BooksBusy, NotFound, from_ledger
from timebank.models import Community
from timebank.roles import Actor
from timebank.settings import Settings
from timebank.unchanged import Unchanged

# How long a unit waits for the book's lock before it gives up: LEDGER facts, "5 s still gave
# locked errors, 30 s gave none".
LOCK_SECONDS = 30

NOBODY = Actor(id="0" * 32)


@dataclass(kw_only=True)
class Unit:
    """What a command works with. ``now`` is one aware UTC instant for the whole unit."""

    db: Session
    connection: Connection
    now: datetime
    actor: Actor
    settings: Settings
    # What this unit has looked at already: the database's session forgets what nobody holds.
    seen: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The community's local day at ``now``."""
        return local_day(self.now, self.zone)

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return self.settings.zone

    @property
    def posted_at(self) -> int:
        """``now`` in the ledger's microseconds."""
        return to_microseconds(self.now)

    @cached_property
    def community(self) -> Community:
        """This instance's row; ``NotFound('not_set_up')`` before the set-up."""
        row = self.db.get(Community, 1)
        if row is None:
            raise NotFound("not_set_up")
        return row

    @cached_property
    def book(self) -> ledger.Book:
        """The community's book, on this unit's connection."""
        return ledger.Book.open(self.connection)


class Database:
    """One instance's database; makes units. One per process."""

    def __init__(self, settings: Settings, *, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock
        self.engine = make_engine(settings.database_url)
        self.unchanged = Unchanged(self.engine)

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[Unit]:
        """A unit that may post or change community data; holds the book's lock throughout.

        Raises ``BooksBusy`` when the lock is not had in time, ``OutcomeUnknown`` when the
        connection is lost while it commits, other ``Unavailable`` for what the database cannot do,
        and the ledger's refusals as ``TimebankError``.
        """
        with self._open(actor, locked=True) as unit:
            yield unit

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Unit]:
        """A unit for reading; whatever it changed is rolled back."""
        with self._open(actor, locked=False, keep=False) as unit:
            yield unit

    @contextmanager
    def doorstep(self, actor: Actor = NOBODY) -> Iterator[Unit]:
        """A unit without the book's lock, for sign-in rows, throttling and outbox leases."""
        with self._open(actor, locked=False) as unit:
            yield unit

    @contextmanager
    def _open(self, actor: Actor, *, locked: bool, keep: bool = True) -> Iterator[Unit]:
        # A doorstep writes too, so on SQLite it begins IMMEDIATE as well: a deferred begin that
        # later writes fails at once when somebody else wrote in between.
        options = {"sqlite_begin": "IMMEDIATE" if keep else "DEFERRED"}
        if not keep and self.engine.dialect.name == "postgresql":
            # As on SQLite, everything that one unit reads is of one moment.
            options["isolation_level"] = "REPEATABLE READ"
        committing = False
        try:
            with (
                self.engine.connect().execution_options(**options) as connection,
                _transaction(connection) as transaction,
            ):
                if locked:
                    self._lock(connection)
                with Session(bind=connection, expire_on_commit=False, autoflush=True) as session:
                    yield Unit(
                        db=session,
                        connection=connection,
                        now=self.clock(),
                        actor=actor,
                        settings=self.settings,
                    )
                    if keep:
                        session.flush()
                        _refuse_if_broken(connection)
                        committing = True
                        _commit(connection, transaction)
        except ledger.LedgerError as error:
            raise from_ledger(error) from error
        except PoolTimeout as error:
            raise BooksBusy from error
        except DBAPIError as error:
            found = meaning(error, committing=committing)
            if found is None:
                raise
            raise found from error

    def _lock(self, connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        # Before the set-up there is no book to lock; the community row is unique then.
        with suppress(ledger.UnknownBook):
            ledger.Book.open(connection).lock()

    def dispose(self) -> None:
        """Close every connection."""
        self.unchanged.close()
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine with the pragmas a ledger needs on SQLite (WAL, FULL, foreign keys, 30 s)."""
    parsed = make_url(url)
    engine = create_engine(url, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_pragmas(dbapi_connection, _record) -> None:  # type: ignore[no-untyped-def]
    dbapi_connection.isolation_level = None  # we begin ourselves: IMMEDIATE for writers
    dbapi_connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
    _write_ahead(dbapi_connection)
    for pragma in (
        "foreign_keys=ON",
        "synchronous=FULL",
        # What is erased is overwritten in the file, not only taken out of the list of rows.
        "secure_delete=ON",
    ):
        dbapi_connection.execute(f"PRAGMA {pragma}")


def _write_ahead(dbapi_connection: sqlite3.Connection) -> None:
    """Switch a new file to WAL, which it keeps. Where two do so, SQLite refuses one at once."""
    until = time.monotonic() + LOCK_SECONDS
    while dbapi_connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            dbapi_connection.execute("PRAGMA journal_mode=WAL")
            return  # where the disk cannot do it, SQLite keeps the mode it had and says nothing
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= until:
                raise
            time.sleep(0.05)


def _sqlite_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def _transaction(connection: Connection) -> Iterator[RootTransaction]:
    """A transaction that is rolled back unless it was committed, over a dead connection too."""
    transaction = connection.begin()
    try:
        yield transaction
    finally:
        try:
            if transaction.is_active:
                transaction.rollback()
        except DBAPIError:
            # The error that led here is the one to tell of; this connection is of no more use.
            connection.invalidate()


def _commit(connection: Connection, transaction: RootTransaction) -> None:
    """Commit; when that fails, close the connection instead of handing it to the next unit.

    SQLite keeps a transaction open whose COMMIT failed, and the book's lock with it: even after
    closing, as long as some cursor is open. SQLAlchemy counts it as ended, so the driver is told.
    """
    driver: Any = connection.connection.driver_connection
    try:
        transaction.commit()
    except BaseException:
        with suppress(Exception):
            driver.rollback()
        connection.invalidate()
        raise


def _refuse_if_broken(connection: Connection) -> None:
    """Refuse to commit after a database error that somebody swallowed.

    Both drivers would return normally and record nothing, or only what came after the error.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        whole = driver.in_transaction
    else:
        whole = driver.info.transaction_status.name == "INTRANS"
    if not whole:
        raise RuntimeError("unit_broken")
