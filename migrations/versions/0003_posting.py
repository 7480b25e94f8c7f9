"""Days found quickly in the ledger; on PostgreSQL one CHECK for each table that posting touches.

A CHECK that is a long expression is read anew by every statement; a function is compiled once. The
new CHECK of a table says all that its old ones said, and every row is judged by it before they go.
Spelled out as SQL, like the layout itself. Never batch-alter a ledger table.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION public.ledger_book_allowed(id integer, key text, head_seq bigint,
  head_digest bytea)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $check$
BEGIN
  RETURN id > 0 AND length(key) = 32 AND key ~ '^[0-9a-f]+$'
    AND head_seq >= 0 AND length(head_digest) = 32;
END
$check$
""",
    """
CREATE OR REPLACE FUNCTION public.ledger_transaction_allowed(seq bigint, kind text, reference text,
  occurred_on text, posted_at bigint, actor text, idempotency_key text, reverses_seq bigint,
  replaces_seq bigint, posting_count integer, digest_version integer, previous_digest bytea,
  digest bytea)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $check$
BEGIN
  RETURN length(kind) <= 100 AND kind ~ '^[a-z_.]+$'
    AND length(reference) <= 200 AND reference ~ '^[0-9A-Za-z][0-9A-Za-z_.:/-]*$'
    AND length(idempotency_key) <= 200 AND idempotency_key ~ '^[0-9A-Za-z][0-9A-Za-z_.:/-]*$'
    AND (actor IS NULL OR length(actor) = 32 AND actor ~ '^[0-9a-f]+$')
    AND occurred_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    AND make_date(CAST(substr(occurred_on, 1, 4) AS integer),
      CAST(substr(occurred_on, 6, 2) AS integer),
      CAST(substr(occurred_on, 9, 2) AS integer)) IS NOT NULL
    AND seq >= 1 AND posted_at BETWEEN 0 AND 253402300799999999
    AND posting_count >= 2 AND digest_version = 1
    AND length(previous_digest) = 32 AND length(digest) = 32
    AND (reverses_seq IS NULL OR replaces_seq IS NULL)
    AND (reverses_seq IS NULL OR reverses_seq BETWEEN 1 AND seq - 1)
    AND (replaces_seq IS NULL OR replaces_seq BETWEEN 1 AND seq - 1);
END
$check$
""",
    """
CREATE OR REPLACE FUNCTION public.ledger_posting_allowed(account_seq bigint, seq bigint,
  amount bigint, balance bigint)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $check$
BEGIN
  RETURN account_seq >= 1 AND seq >= 1
    AND amount <> 0 AND amount BETWEEN -1000000000000 AND 1000000000000
    AND balance BETWEEN -1000000000000 AND 1000000000000;
END
$check$
""",
)

# The columns each function judges, and the CHECKs of the first migration that it says again.
TABLES = (
    (
        "book",
        "id, key, head_seq, head_digest",
        ("key", "id", "head"),
    ),
    (
        "transaction",
        "seq, kind, reference, occurred_on, posted_at, actor, idempotency_key, reverses_seq, "
        "replaces_seq, posting_count, digest_version, previous_digest, digest",
        (
            *("kind", "reference", "idempotency_key", "actor", "occurred_on"),
            *("numbers", "digests", "links"),
        ),
    ),
    (
        "posting",
        "account_seq, seq, amount, balance",
        ("numbers", "amount"),
    ),
)


def upgrade() -> None:
    """Index the days; exchange the CHECKs on PostgreSQL (SQLite cannot, and need not)."""
    op.create_index(
        "ix_ledger_transaction_day", "ledger_transaction", ["occurred_on", "book", "seq"]
    )
    if op.get_context().dialect.name == "sqlite":
        return
    # Rows that a restore has just loaded are checked now: a table is not altered before.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for function in FUNCTIONS:
        op.execute(function)
    for table, columns, replaced in TABLES:
        changes = [
            f"ADD CONSTRAINT ck_ledger_{table}_allowed CHECK (ledger_{table}_allowed({columns}))",
            *(f"DROP CONSTRAINT ck_ledger_{table}_{name}" for name in replaced),
        ]
        op.execute(f"ALTER TABLE ledger_{table} {', '.join(changes)}")
    op.execute("SET CONSTRAINTS ALL DEFERRED")
