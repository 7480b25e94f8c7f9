"""The four tables, whose columns the first migration laid down for good.

`digest.py` and the guards depend on every name here. Amounts and balances are whole minutes.
The CHECKs are spelled for each engine, since neither knows the other's pattern matching; where
posting is concerned, PostgreSQL has one for each table, a function (`checks_postgresql`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from ledger import checks_postgresql

metadata = MetaData()

# Twelve digits of minutes are nineteen million years; a 64-bit sum of millions cannot overflow.
LIMIT = 10**12
# The end of the year 9999 in microseconds since 1970.
LAST_MICROSECOND = 253402300799999999

# SQLite's STRICT tables know no other name for an integer.
_Big = BigInteger().with_variant(Integer, "sqlite")
_STRICT: dict[str, Any] = {"sqlite_strict": True}
_STRICT_BY_KEY: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _check(name: str, both: str) -> CheckConstraint:
    return CheckConstraint(both, name=name)


def _checks(name: str, *, sqlite: str, postgresql: str) -> list[Any]:
    return [
        CheckConstraint(sqlite, name=name).ddl_if(dialect="sqlite"),
        CheckConstraint(postgresql, name=name).ddl_if(dialect="postgresql"),
    ]


def _sqlite_check(name: str, rule: str) -> Any:
    return CheckConstraint(rule, name=name).ddl_if(dialect="sqlite")


def _allowed(table: str, *columns: str) -> Any:
    """Return PostgreSQL's one CHECK of a table: its function in `checks_postgresql`."""
    return CheckConstraint(
        f"ledger_{table}_allowed({', '.join(columns)})", name=f"ck_ledger_{table}_allowed"
    ).ddl_if(dialect="postgresql")


def _ascii(column: str, most: int) -> str:
    # SQLite's length() and GLOB stop at a NUL; the length of the bytes does not.
    return (
        f"length({column}) BETWEEN 1 AND {most} "
        f"AND length({column}) = length(CAST({column} AS BLOB))"
    )


def _hex_id(column: str) -> str:
    return (
        f"length({column}) = 32 AND length(CAST({column} AS BLOB)) = 32 "
        f"AND {column} NOT GLOB '*[^0-9a-f]*'"
    )


def _token(column: str) -> str:
    # On SQLite only that it is ASCII: matching every character there costs as much as all the
    # guards of a posting together. Python refuses the rest first, and verify names it.
    return _ascii(column, 200)


book = Table(
    "ledger_book",
    metadata,
    Column("id", Integer, Identity()),
    Column("key", Text, nullable=False),
    Column("head_seq", _Big, nullable=False),
    Column("head_digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id", name="pk_ledger_book"),
    UniqueConstraint("key", name="uq_ledger_book_key"),
    _sqlite_check("ck_ledger_book_key", _hex_id("key")),
    _sqlite_check("ck_ledger_book_id", "id > 0"),
    _sqlite_check("ck_ledger_book_head", "head_seq >= 0 AND length(head_digest) = 32"),
    _allowed("book", "id", "key", "head_seq", "head_digest"),
    **_STRICT,
)

account = Table(
    "ledger_account",
    metadata,
    Column("id", Integer, Identity()),
    Column("book", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("floor", _Big),
    PrimaryKeyConstraint("id", name="pk_ledger_account"),
    UniqueConstraint("name", "book", name="uq_ledger_account_name"),
    ForeignKeyConstraint(["book"], ["ledger_book.id"], name="fk_ledger_account_book"),
    *_checks(
        "ck_ledger_account_name",
        sqlite=f"{_ascii('name', 100)} AND name GLOB '[a-z]*:?*' "
        "AND name NOT GLOB '*[^a-z0-9_:]*' AND name NOT GLOB '*::*' AND name NOT GLOB '*:'",
        postgresql="length(name) <= 100 AND name ~ '^[a-z][a-z0-9_]*(:[a-z0-9_]+)+$'",
    ),
    # What stands for a person, a group or a pot is an opaque id: no word about anybody enters.
    *_checks(
        "ck_ledger_account_id_in_name",
        sqlite="substr(name, 1, instr(name, ':')) NOT IN ('member:', 'group:', 'pot:') "
        "OR (length(name) - instr(name, ':') = 32 "
        "AND substr(name, instr(name, ':') + 1) NOT GLOB '*[^0-9a-f]*')",
        postgresql="name !~ '^(member|group|pot):' OR name ~ '^(member|group|pot):[0-9a-f]{32}$'",
    ),
    _check(
        "ck_ledger_account_floor",
        f"floor IS NULL OR floor BETWEEN -{LIMIT} AND {LIMIT}",
    ),
    _check(
        "ck_ledger_account_held_floor",
        "(name <> 'hours:held' AND substr(name, 1, 4) <> 'pot:') "
        "OR (floor IS NOT NULL AND floor >= 0)",
    ),
    _check("ck_ledger_account_id", "id > 0"),
    **_STRICT,
)

transaction = Table(
    "ledger_transaction",
    metadata,
    Column("book", Integer, nullable=False),
    Column("seq", _Big, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("occurred_on", Text, nullable=False),
    Column("posted_at", _Big, nullable=False),
    Column("actor", Text),
    Column("idempotency_key", Text, nullable=False),
    Column("reverses_seq", _Big),
    Column("replaces_seq", _Big),
    Column("posting_count", Integer, nullable=False),
    Column("digest_version", Integer, nullable=False),
    Column("previous_digest", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("book", "seq", name="pk_ledger_transaction"),
    UniqueConstraint("idempotency_key", "book", name="uq_ledger_transaction_key"),
    ForeignKeyConstraint(["book"], ["ledger_book.id"], name="fk_ledger_transaction_book"),
    _sqlite_check(
        "ck_ledger_transaction_kind", f"{_ascii('kind', 100)} AND kind NOT GLOB '*[^a-z_.]*'"
    ),
    _sqlite_check("ck_ledger_transaction_reference", _token("reference")),
    _sqlite_check("ck_ledger_transaction_idempotency_key", _token("idempotency_key")),
    _sqlite_check("ck_ledger_transaction_actor", _hex_id("actor")),
    # date(x) alone would take 30 February for 1 March; with a modifier it says so.
    _sqlite_check(
        "ck_ledger_transaction_occurred_on",
        "length(CAST(occurred_on AS BLOB)) = 10 "
        "AND occurred_on IS date(occurred_on, '+0 days') AND occurred_on >= '0001-01-01'",
    ),
    _sqlite_check(
        "ck_ledger_transaction_numbers",
        f"seq >= 1 AND posted_at BETWEEN 0 AND {LAST_MICROSECOND} "
        "AND posting_count >= 2 AND digest_version = 1",
    ),
    _sqlite_check(
        "ck_ledger_transaction_digests",
        "length(previous_digest) = 32 AND length(digest) = 32",
    ),
    _sqlite_check(
        "ck_ledger_transaction_links",
        "(reverses_seq IS NULL OR replaces_seq IS NULL) "
        "AND (reverses_seq IS NULL OR reverses_seq BETWEEN 1 AND seq - 1) "
        "AND (replaces_seq IS NULL OR replaces_seq BETWEEN 1 AND seq - 1)",
    ),
    _allowed(
        "transaction",
        *("seq", "kind", "reference", "occurred_on", "posted_at", "actor", "idempotency_key"),
        *("reverses_seq", "replaces_seq", "posting_count", "digest_version"),
        *("previous_digest", "digest"),
    ),
    **_STRICT_BY_KEY,
)


def _once(column: Column[Any], name: str) -> Index:
    # Few transactions name another: an entry for each of the rest is a page of every commit.
    named = column.is_not(None)
    columns = (column, transaction.c.book)
    return Index(name, *columns, unique=True, sqlite_where=named, postgresql_where=named)


# A transaction is reversed once, and replaced once. Made with the guards and compared like them.
ONCE = (
    _once(transaction.c.reverses_seq, "uq_ledger_transaction_reverses"),
    _once(transaction.c.replaces_seq, "uq_ledger_transaction_replaces"),
)

# For pages of chosen days; in the order in which transactions come, so it costs little to keep.
Index("ix_ledger_transaction_day", transaction.c.occurred_on, transaction.c.book, transaction.c.seq)

posting = Table(
    "ledger_posting",
    metadata,
    Column("account", Integer, nullable=False),
    Column("account_seq", _Big, nullable=False),
    Column("book", Integer, nullable=False),
    Column("seq", _Big, nullable=False),
    Column("amount", _Big, nullable=False),
    Column("balance", _Big, nullable=False),
    Column("floor", _Big),
    PrimaryKeyConstraint("account", "account_seq", name="pk_ledger_posting"),
    UniqueConstraint("book", "seq", "account", name="uq_ledger_posting_transaction"),
    ForeignKeyConstraint(["account"], ["ledger_account.id"], name="fk_ledger_posting_account"),
    # Postings come first and their transaction last, so this one waits for the commit.
    ForeignKeyConstraint(
        ["book", "seq"],
        ["ledger_transaction.book", "ledger_transaction.seq"],
        name="fk_ledger_posting_transaction",
        deferrable=True,
        initially="DEFERRED",
    ),
    _sqlite_check("ck_ledger_posting_numbers", "account_seq >= 1 AND seq >= 1"),
    _sqlite_check(
        "ck_ledger_posting_amount",
        f"amount <> 0 AND amount BETWEEN -{LIMIT} AND {LIMIT} "
        f"AND balance BETWEEN -{LIMIT} AND {LIMIT}",
    ),
    _allowed("posting", "account_seq", "seq", "amount", "balance"),
    **_STRICT_BY_KEY,
)

for _table in (book, transaction, posting):
    _function = checks_postgresql.FUNCTIONS[f"{_table.name}_allowed"].replace("%", "%%")
    _before = DDL(_function).execute_if(dialect="postgresql")  # type: ignore[no-untyped-call]
    event.listen(_table, "before_create", _before)
