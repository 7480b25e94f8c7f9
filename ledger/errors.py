"""What the ledger refuses, as a machine code and parameters; the words live with the caller."""

from __future__ import annotations

from typing import Any, ClassVar


class LedgerError(Exception):
    """Something the ledger refuses. `code` is stable and `params` holds plain values."""

    default_code: ClassVar[str] = "ledger.error"

    def __init__(self, code: str | None = None, /, **params: Any) -> None:
        self.code = code or self.default_code
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({shown})"


class UnknownBook(LedgerError):
    """No such book, or no single book where one was expected."""

    default_code = "ledger.unknown_book"


class InvalidBook(LedgerError):
    """A book's key is not 32 hexadecimal digits, or is taken."""

    default_code = "ledger.invalid_book"


class UnknownAccount(LedgerError):
    """No account of that name in the book: `account`."""

    default_code = "ledger.unknown_account"


class InvalidAccount(LedgerError):
    """A name or floor the layout forbids, or a name already taken: `account`."""

    default_code = "ledger.invalid_account"


class UnknownTransaction(LedgerError):
    """No transaction with that sequence number: `seq`."""

    default_code = "ledger.unknown_transaction"


class InvalidTransaction(LedgerError):
    """A transaction the layout forbids; the code says which rule, `key` which transaction."""

    default_code = "ledger.invalid_transaction"


class Unbalanced(InvalidTransaction):
    """The lines do not sum to zero: `key`, `total`."""

    default_code = "ledger.unbalanced"


class BelowFloor(LedgerError):
    """A line would leave its account below its floor.

    Params: `account`, `floor`, `balance` (before the line), `amount` (of the line), `key`.
    """

    default_code = "ledger.below_floor"


class KeyConflict(LedgerError):
    """The key is already posted with other content: `key`, `seq` (None within one batch)."""

    default_code = "ledger.key_conflict"


class NotReversible(LedgerError):
    """A reversal the ledger refuses; the code says why, `seq` names what was to be reversed."""

    default_code = "ledger.not_reversible"


class UnsealedPosting(LedgerError):
    """A posting without its transaction blocks the books: `account` or `seq` where known."""

    default_code = "ledger.unsealed_posting"


class BooksBusy(LedgerError):
    """The book's lock was not had in time. Nothing was recorded."""

    default_code = "ledger.books_busy"


class GuardRefused(LedgerError):
    """A guard in the database refused what Python let pass: `guard`."""

    default_code = "ledger.guard_refused"
