"""Indexes of reversals and replacements that hold only those, not an entry for every transaction.

Almost every transaction names no other, and its two empty entries were two pages of the ten that a
commit writes on SQLite. What may stand in the columns is as before: a transaction is reversed once,
and replaced once.

SQLite cannot drop a rule that stands in a table, so there the table is built anew, this once:
docs/decisions/0007 says why. The runner has copied the database, switched foreign keys off, and
verifies every row afterwards. Never import application code here.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"

# As in the first migration, without the two rules.
TABLE = """
CREATE TABLE ledger_transaction_anew (
    book INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    actor TEXT,
    idempotency_key TEXT NOT NULL,
    reverses_seq INTEGER,
    replaces_seq INTEGER,
    posting_count INTEGER NOT NULL,
    digest_version INTEGER NOT NULL,
    previous_digest BLOB NOT NULL,
    digest BLOB NOT NULL,
    CONSTRAINT pk_ledger_transaction PRIMARY KEY (book, seq),
    CONSTRAINT uq_ledger_transaction_key UNIQUE (idempotency_key, book),
    CONSTRAINT fk_ledger_transaction_book FOREIGN KEY(book) REFERENCES ledger_book (id),
    CONSTRAINT ck_ledger_transaction_kind CHECK
        (length(kind) BETWEEN 1 AND 100 AND length(kind) = length(CAST(kind AS BLOB))
        AND kind NOT GLOB '*[^a-z_.]*'),
    CONSTRAINT ck_ledger_transaction_reference CHECK
        (length(reference) BETWEEN 1 AND 200 AND length(reference) =
        length(CAST(reference AS BLOB))),
    CONSTRAINT ck_ledger_transaction_idempotency_key CHECK
        (length(idempotency_key) BETWEEN 1 AND 200 AND length(idempotency_key) =
        length(CAST(idempotency_key AS BLOB))),
    CONSTRAINT ck_ledger_transaction_actor CHECK
        (length(actor) = 32 AND length(CAST(actor AS BLOB)) = 32 AND actor NOT GLOB
        '*[^0-9a-f]*'),
    CONSTRAINT ck_ledger_transaction_occurred_on CHECK
        (length(CAST(occurred_on AS BLOB)) = 10
        AND occurred_on IS date(occurred_on, '+0 days') AND occurred_on >= '0001-01-01'),
    CONSTRAINT ck_ledger_transaction_numbers CHECK
        (seq >= 1 AND posted_at BETWEEN 0 AND 253402300799999999 AND posting_count >= 2
        AND digest_version = 1),
    CONSTRAINT ck_ledger_transaction_digests CHECK
        (length(previous_digest) = 32 AND length(digest) = 32),
    CONSTRAINT ck_ledger_transaction_links CHECK
        ((reverses_seq IS NULL OR replaces_seq IS NULL) AND (reverses_seq IS NULL OR
        reverses_seq BETWEEN 1 AND seq - 1) AND (replaces_seq IS NULL OR replaces_seq
        BETWEEN 1 AND seq - 1))
)
 WITHOUT ROWID,
 STRICT
"""
COLUMNS = (
    "book, seq, kind, reference, occurred_on, posted_at, actor, idempotency_key, reverses_seq, "
    "replaces_seq, posting_count, digest_version, previous_digest, digest"
)


def upgrade() -> None:
    """Build the table anew on SQLite, drop the two rules on PostgreSQL; make the two indexes."""
    if op.get_context().dialect.name == "sqlite":
        op.execute(TABLE)
        op.execute(
            f"INSERT INTO ledger_transaction_anew ({COLUMNS}) "
            f"SELECT {COLUMNS} FROM ledger_transaction ORDER BY book, seq"
        )
        op.execute("DROP TABLE ledger_transaction")
        op.execute("ALTER TABLE ledger_transaction_anew RENAME TO ledger_transaction")
        op.create_index(
            "ix_ledger_transaction_day", "ledger_transaction", ["occurred_on", "book", "seq"]
        )
    else:
        # Rows that a restore has just loaded are checked now: a table is not altered before.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute(
            "ALTER TABLE ledger_transaction DROP CONSTRAINT uq_ledger_transaction_reverses, "
            "DROP CONSTRAINT uq_ledger_transaction_replaces"
        )
    for link in ("reverses", "replaces"):
        op.execute(
            f"CREATE UNIQUE INDEX uq_ledger_transaction_{link} ON ledger_transaction "
            f"({link}_seq, book) WHERE {link}_seq IS NOT NULL"
        )
    if op.get_context().dialect.name != "sqlite":
        op.execute("SET CONSTRAINTS ALL DEFERRED")
