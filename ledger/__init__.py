"""An append-only ledger of minutes: amounts and accounts, and no people. See README.md."""

from ledger.book import Book, NewReversal
from ledger.errors import (
    BelowFloor,
    BooksBusy,
    GuardRefused,
    InvalidAccount,
    InvalidBook,
    InvalidTransaction,
    KeyConflict,
    LedgerError,
    NotReversible,
    Unbalanced,
    UnknownAccount,
    UnknownBook,
    UnknownTransaction,
    UnsealedPosting,
)
from ledger.records import (
    AccountState,
    Head,
    Line,
    NewTransaction,
    Page,
    PostedLine,
    PostedTransaction,
    Posting,
)
from ledger.tables import metadata

__all__ = [
    "AccountState",
    "BelowFloor",
    "Book",
    "BooksBusy",
    "GuardRefused",
    "Head",
    "InvalidAccount",
    "InvalidBook",
    "InvalidTransaction",
    "KeyConflict",
    "LedgerError",
    "Line",
    "NewReversal",
    "NewTransaction",
    "NotReversible",
    "Page",
    "PostedLine",
    "PostedTransaction",
    "Posting",
    "Unbalanced",
    "UnknownAccount",
    "UnknownBook",
    "UnknownTransaction",
    "UnsealedPosting",
    "metadata",
]
