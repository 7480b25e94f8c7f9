"""What a driver's error means to a person: busy, full, read only, out of reach, or not known.

Until COMMIT has been sent an error means that nothing was recorded. When the connection is lost
after that, nobody can say: then the words must not either. The same command under the same key may
be sent again in every case; it is never recorded twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError

from timebank.errors import BooksBusy, OutcomeUnknown, Unavailable

# What an SQLite database that was left says to every change (``moving``).
MOVED_WORDS = "timebank moved"

# SQLite's primary result codes.
_SQLITE = {
    5: "books_busy",  # BUSY
    6: "books_busy",  # LOCKED
    8: "database_read_only",  # READONLY
    10: "disk_failed",  # IOERR
    11: "database_damaged",  # CORRUPT
    13: "disk_full",  # FULL
    14: "connection_lost",  # CANTOPEN
    26: "database_damaged",  # NOTADB
}
# SQLSTATEs of PostgreSQL, whole or as their class: the longest that fits decides.
_POSTGRESQL = {
    "08": "connection_lost",
    "25006": "database_read_only",
    "40001": "books_busy",  # serialization failure
    "40003": "connection_lost",  # completion unknown
    "40P01": "books_busy",  # deadlock
    "53": "books_busy",  # too many connections, out of memory
    "53100": "disk_full",
    "55P03": "books_busy",  # the lock was not had in time
    "57014": "books_busy",  # a statement that took too long
    "57P": "connection_lost",  # the server is stopped or starting
    "58": "disk_failed",
    "XX001": "database_damaged",
    "XX002": "database_damaged",
}
# What says nothing about a COMMIT that was under way.
_SAYS_NOTHING = frozenset({"connection_lost", "disk_failed", "database_damaged"})


def meaning(error: DBAPIError, *, committing: bool) -> Unavailable | None:
    """The error to show, or None for what only a mistake of ours explains (a broken constraint).

    ``committing`` says that COMMIT had been sent.
    """
    code = _code(error.orig)
    if code is None and error.connection_invalidated:
        code = "connection_lost"
    if committing and (code in _SAYS_NOTHING or (code is None and not _is_refusal(error.orig))):
        return OutcomeUnknown()
    if code is None:
        return None
    return BooksBusy() if code == "books_busy" else Unavailable(code)


def _code(orig: Any) -> str | None:
    state = getattr(orig, "sqlstate", None)
    if isinstance(state, str):
        fitting = [_POSTGRESQL[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRESQL]
        return fitting[0] if fitting else None
    number = getattr(orig, "sqlite_errorcode", None)
    if MOVED_WORDS in str(orig):
        return "database_moved"
    if isinstance(number, int):
        return _SQLITE.get(number & 0xFF)
    # Neither engine gave a code: psycopg's own words for a connection that broke or was refused.
    return "connection_lost" if type(orig).__name__ == "OperationalError" else None


def _is_refusal(orig: Any) -> bool:
    """Whether the engine answered, and so rolled back, rather than fell silent."""
    return bool(getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorcode", None))
