"""One small family of errors. Each carries a code and parameters; the words live in ``words``.

``NotFound`` 404, ``NotAllowed`` 403, ``RuleBroken`` 422, ``Conflict`` 409, ``Unavailable`` 503: the
statuses stand in ``web/errors.py``. ``field`` names the input the error belongs to, where there is
one, so that a form can show it in its place.
"""

from __future__ import annotations

from typing import Any

import ledger


class TimebankError(Exception):
    """Base of everything a person can be told about.

    ``code`` is a key of ``words.ERRORS``; ``params`` are its parameters: plain values, never a
    name or contact of a person who is not the reader's to see.
    """

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params


class NotFound(TimebankError):
    """There is no such thing, or it is not this actor's to see."""


class NotAllowed(TimebankError):
    """This actor may not do this."""


class RuleBroken(TimebankError):
    """What was asked breaks a rule of the group or of the books."""


class Conflict(TimebankError):
    """Somebody or something was faster: a stale page, a used key, a finished redemption."""


class Unavailable(TimebankError):
    """The database did not do its part (``database_errors`` says how it came to that)."""


class BooksBusy(Unavailable):
    """The book's lock was not had in time; nothing was recorded."""

    def __init__(self) -> None:
        super().__init__("books_busy")


class OutcomeUnknown(Unavailable):
    """The connection was lost after COMMIT had been sent: recorded or not, nobody can say."""

    def __init__(self) -> None:
        super().__init__("outcome_unknown")


class Rejected(TimebankError):
    """Several problems at once, each a ``TimebankError`` of its own (an import, a whole form)."""

    def __init__(self, problems: list[TimebankError]) -> None:
        super().__init__("several_problems", count=len(problems))
        self.problems = problems


def from_ledger(error: ledger.LedgerError) -> TimebankError:
    """The ledger's refusal in this family, its code with an underscore: ``ledger_below_floor``."""
    if isinstance(error, ledger.BooksBusy):
        return BooksBusy()
    kind = Conflict if isinstance(error, ledger.KeyConflict) else RuleBroken
    return kind(error.code.replace(".", "_"), **error.params)
