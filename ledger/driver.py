"""What both engines' posting paths share: the driver's connection and its refusals.

The hot path talks to the driver inside SQLAlchemy's open transaction, because compiling and
wrapping every statement costs more than the statement.
"""

from __future__ import annotations

from typing import Any, NoReturn

from sqlalchemy import Connection, exc

from ledger import errors

_MARK = "ledger guard: "
# Where SQLAlchemy's errors have the statement.
_WHAT = "reading or posting in the ledger"


class Driver:
    """Gives the driver's own connection, with SQLAlchemy's transaction begun.

    A guard's refusal inside becomes a `LedgerError`, and other errors of the driver SQLAlchemy's.
    A class and not a generator, since it stands on the hot path.
    """

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> Any:
        """Return the driver's connection."""
        if not self._connection.in_transaction():
            self._connection.begin()
        return self._connection.connection.driver_connection

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        """Raise what the driver's error means; let everything else pass."""
        if error is not None:
            base: type[Exception] = self._connection.dialect.loaded_dbapi.Error
            if isinstance(error, base):
                _raise(self._connection, error, base)


def _raise(connection: Connection, error: Exception, base: type[Exception]) -> NoReturn:
    message = str(error)
    if _MARK in message:
        guard = message.split(_MARK, 1)[1].split("\n", 1)[0].strip()
        # The counts were right when they left here, so somebody's stray posting joined in.
        if guard == "seal_count":
            raise errors.UnsealedPosting(guard=guard) from error
        raise errors.GuardRefused(guard=guard) from error
    if getattr(error, "sqlstate", None) == "55P03":
        raise errors.BooksBusy() from error
    wrapped = exc.DBAPIError.instance(
        _WHAT, None, error, base, hide_parameters=True, dialect=connection.dialect
    )
    raise wrapped from error
