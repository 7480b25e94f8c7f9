"""What the database does to us reaches people as plain words that are true."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from tests.conftest import Database
from tests.timebank.builders import Community
from timebank import unit as units
from timebank.database_errors import meaning
from timebank.errors import BooksBusy, OutcomeUnknown, Unavailable
from timebank.people import AddMember, add_member
from timebank.words import Words

PSYCOPG = psycopg.errors


def sqlite_error(code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind("what SQLite says")
    error.sqlite_errorcode = code
    return error


def wrapped(orig: Exception) -> DBAPIError:
    return OperationalError("SELECT 1", None, orig)


@pytest.mark.parametrize(
    ("orig", "code"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY), "books_busy"),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), "books_busy"),
        (sqlite_error(sqlite3.SQLITE_FULL), "disk_full"),
        (sqlite_error(sqlite3.SQLITE_READONLY), "database_read_only"),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), "disk_failed"),
        (sqlite_error(sqlite3.SQLITE_CORRUPT, sqlite3.DatabaseError), "database_damaged"),
        (sqlite_error(sqlite3.SQLITE_NOTADB, sqlite3.DatabaseError), "database_damaged"),
        (sqlite_error(sqlite3.SQLITE_CANTOPEN), "connection_lost"),
        (PSYCOPG.DiskFull(), "disk_full"),
        (PSYCOPG.ReadOnlySqlTransaction(), "database_read_only"),
        (PSYCOPG.SerializationFailure(), "books_busy"),
        (PSYCOPG.DeadlockDetected(), "books_busy"),
        (PSYCOPG.LockNotAvailable(), "books_busy"),
        (PSYCOPG.TooManyConnections(), "books_busy"),
        (PSYCOPG.AdminShutdown(), "connection_lost"),
        (PSYCOPG.ConnectionFailure(), "connection_lost"),
        (PSYCOPG.IoError(), "disk_failed"),
        (PSYCOPG.DataCorrupted(), "database_damaged"),
        (psycopg.OperationalError("the connection is closed"), "connection_lost"),
    ],
)
def test_each_error_has_a_meaning(orig: Exception, code: str) -> None:
    found = meaning(wrapped(orig), committing=False)
    assert found is not None
    assert found.code == code
    assert isinstance(found, BooksBusy) == (code == "books_busy")


@pytest.mark.parametrize(
    ("orig", "code"),
    [
        # The engine answered, so it rolled back.
        (sqlite_error(sqlite3.SQLITE_FULL), "disk_full"),
        (sqlite_error(sqlite3.SQLITE_BUSY), "books_busy"),
        (PSYCOPG.SerializationFailure(), "books_busy"),
        (PSYCOPG.DiskFull(), "disk_full"),
        # It did not, or what it wrote may be found again after a crash.
        (sqlite_error(sqlite3.SQLITE_IOERR_FSYNC), "outcome_unknown"),
        (PSYCOPG.AdminShutdown(), "outcome_unknown"),
        (PSYCOPG.StatementCompletionUnknown(), "outcome_unknown"),
        (psycopg.OperationalError("server closed the connection"), "outcome_unknown"),
        (psycopg.InterfaceError("what nobody expects"), "outcome_unknown"),
    ],
)
def test_at_commit_only_an_answer_says_that_nothing_was_recorded(
    orig: Exception, code: str
) -> None:
    found = meaning(wrapped(orig), committing=True)
    assert found is not None
    assert found.code == code
    assert isinstance(found, OutcomeUnknown) == (code == "outcome_unknown")


def test_a_mistake_of_ours_is_not_dressed_up() -> None:
    for orig in (PSYCOPG.UniqueViolation(), sqlite_error(sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY)):
        error = IntegrityError("INSERT", None, orig)
        assert meaning(error, committing=False) is None
        assert meaning(error, committing=True) is None


def test_the_words_of_each_are_true_and_plain() -> None:
    for code in ("disk_full", "disk_failed", "database_read_only", "connection_lost"):
        assert "Nothing was recorded." in Words().error(code)
    unknown = Words().error("outcome_unknown")
    assert "it is not known whether this was recorded" in unknown
    assert "send the same form again: that is safe" in unknown
    assert "Nothing was recorded" not in unknown


# --- the real thing ---------------------------------------------------------------------------


def test_the_lock_not_had_in_time(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "LOCK_SECONDS", 0.05)
    other = units.Database(community.settings, clock=community.clock)
    with community.unit(), pytest.raises(BooksBusy), other.unit(community.actor):
        raise AssertionError("the lock was had twice")
    with other.unit(community.actor) as unit:  # and again when it is free
        add_member(unit, AddMember(name="Anna Bell"))
    other.dispose()


def test_a_swallowed_error_cannot_be_committed(community: Community) -> None:
    before = community.read(lambda unit: unit.book.head())
    with pytest.raises(RuntimeError, match="unit_broken"), community.unit() as unit:
        add_member(unit, AddMember(name="Anna Bell"))
        unit.db.flush()
        if unit.connection.dialect.name == "sqlite":
            unit.connection.exec_driver_sql("ROLLBACK")  # as SQLite does by itself when full
        else:
            with pytest.raises(DBAPIError):
                unit.connection.execute(text("SELECT 1/0"))
    assert community.read(lambda unit: unit.book.head()) == before


@pytest.mark.parametrize(
    "database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_connection_that_is_gone(database: Database, community: Community) -> None:
    with pytest.raises(Unavailable) as lost, community.unit() as unit:
        end_session_of(database, unit)
        add_member(unit, AddMember(name="Anna Bell"))
    assert lost.value.code == "connection_lost"
    with pytest.raises(OutcomeUnknown), community.unit() as unit:
        add_member(unit, AddMember(name="Anna Bell"))
        unit.db.flush()
        end_session_of(database, unit)
    community.member("Anna Bell")  # the pool noticed


def end_session_of(database: Database, unit: units.Unit) -> None:
    """End the unit's connection from the server's side, as a server that is stopped does."""
    assert database.admin_url is not None
    pid = unit.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    admin = create_engine(database.admin_url)
    with admin.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    admin.dispose()


def test_a_file_that_can_only_be_read(community: Community) -> None:
    with pytest.raises(Unavailable) as refused, community.unit() as unit:
        if unit.connection.dialect.name == "sqlite":
            unit.connection.exec_driver_sql("PRAGMA query_only = ON")
        else:
            unit.connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        add_member(unit, AddMember(name="Anna Bell"))
    assert refused.value.code == "database_read_only"


@pytest.mark.parametrize("cursor_left_open", [False, True])
def test_a_commit_that_failed_leaves_the_lock_to_the_next(
    community: Community, monkeypatch: pytest.MonkeyPatch, cursor_left_open: bool
) -> None:
    """Found by the simulation: SQLite keeps the transaction, and the lock, after such a COMMIT."""
    monkeypatch.setattr(units, "LOCK_SECONDS", 0.05)
    community.close()  # connections with that patience
    dialect = community.database.engine.dialect
    kept = []

    def refuse(_connection: object) -> None:
        raise (
            sqlite_error(sqlite3.SQLITE_FULL)
            if dialect.name == "sqlite"
            else PSYCOPG.SerializationFailure()
        )

    with pytest.raises(Unavailable), community.unit() as unit:
        add_member(unit, AddMember(name="Anna Bell"))
        if cursor_left_open:
            driver = unit.connection.connection.driver_connection
            assert driver is not None
            kept.append(driver.execute("SELECT id FROM person"))
        monkeypatch.setattr(dialect, "do_commit", refuse)
    monkeypatch.undo()
    monkeypatch.setattr(units, "LOCK_SECONDS", 0.05)
    other = units.Database(community.settings, clock=community.clock)
    with other.unit(community.actor) as unit:
        add_member(unit, AddMember(name="Bo Lane"))
    other.dispose()
    with community.unit() as unit:
        add_member(unit, AddMember(name="Cora Hill"))
