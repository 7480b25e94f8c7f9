"""The ledger's four tables, laid down for good: never altered, never rebuilt.

Guards are not made here: the runner makes them after every migration. Spelled out as SQL, since
this is the layout that the bytes of every digest and the text of every guard rely on.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = (
    """
CREATE TABLE ledger_book (
    id INTEGER NOT NULL,
    key TEXT NOT NULL,
    head_seq INTEGER NOT NULL,
    head_digest BLOB NOT NULL,
    CONSTRAINT pk_ledger_book PRIMARY KEY (id),
    CONSTRAINT uq_ledger_book_key UNIQUE (key),
    CONSTRAINT ck_ledger_book_key CHECK
        (length(key) = 32 AND length(CAST(key AS BLOB)) = 32 AND key NOT GLOB
        '*[^0-9a-f]*'),
    CONSTRAINT ck_ledger_book_id CHECK (id > 0),
    CONSTRAINT ck_ledger_book_head CHECK (head_seq >= 0 AND length(head_digest) = 32)
)
 STRICT
""",
    """
CREATE TABLE ledger_account (
    id INTEGER NOT NULL,
    book INTEGER NOT NULL,
    name TEXT NOT NULL,
    floor INTEGER,
    CONSTRAINT pk_ledger_account PRIMARY KEY (id),
    CONSTRAINT uq_ledger_account_name UNIQUE (name, book),
    CONSTRAINT fk_ledger_account_book FOREIGN KEY(book) REFERENCES ledger_book (id),
    CONSTRAINT ck_ledger_account_name CHECK
        (length(name) BETWEEN 1 AND 100 AND length(name) = length(CAST(name AS BLOB))
        AND name GLOB '[a-z]*:?*' AND name NOT GLOB '*[^a-z0-9_:]*' AND name NOT GLOB
        '*::*' AND name NOT GLOB '*:'),
    CONSTRAINT ck_ledger_account_id_in_name CHECK
        (substr(name, 1, instr(name, ':')) NOT IN ('member:', 'group:', 'pot:') OR
        (length(name) - instr(name, ':') = 32 AND substr(name, instr(name, ':') + 1) NOT
        GLOB '*[^0-9a-f]*')),
    CONSTRAINT ck_ledger_account_floor CHECK
        (floor IS NULL OR floor BETWEEN -1000000000000 AND 1000000000000),
    CONSTRAINT ck_ledger_account_held_floor CHECK
        ((name <> 'hours:held' AND substr(name, 1, 4) <> 'pot:') OR (floor IS NOT NULL
        AND floor >= 0)),
    CONSTRAINT ck_ledger_account_id CHECK (id > 0)
)
 STRICT
""",
    """
CREATE TABLE ledger_transaction (
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
    CONSTRAINT uq_ledger_transaction_reverses UNIQUE (reverses_seq, book),
    CONSTRAINT uq_ledger_transaction_replaces UNIQUE (replaces_seq, book),
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
        (length(CAST(occurred_on AS BLOB)) = 10 AND occurred_on IS date(occurred_on, '+0
        days') AND occurred_on >= '0001-01-01'),
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
""",
    """
CREATE TABLE ledger_posting (
    account INTEGER NOT NULL,
    account_seq INTEGER NOT NULL,
    book INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    floor INTEGER,
    CONSTRAINT pk_ledger_posting PRIMARY KEY (account, account_seq),
    CONSTRAINT uq_ledger_posting_transaction UNIQUE (book, seq, account),
    CONSTRAINT fk_ledger_posting_account FOREIGN KEY(account) REFERENCES ledger_account (id),
    CONSTRAINT fk_ledger_posting_transaction FOREIGN KEY
        (book, seq) REFERENCES ledger_transaction (book, seq) DEFERRABLE INITIALLY
        DEFERRED,
    CONSTRAINT ck_ledger_posting_numbers CHECK (account_seq >= 1 AND seq >= 1),
    CONSTRAINT ck_ledger_posting_amount CHECK
        (amount <> 0 AND amount BETWEEN -1000000000000 AND 1000000000000 AND balance
        BETWEEN -1000000000000 AND 1000000000000)
)
 WITHOUT ROWID,
 STRICT
""",
)

POSTGRESQL = (
    """
CREATE TABLE ledger_book (
    id INTEGER GENERATED BY DEFAULT AS IDENTITY,
    key TEXT NOT NULL,
    head_seq BIGINT NOT NULL,
    head_digest BYTEA NOT NULL,
    CONSTRAINT pk_ledger_book PRIMARY KEY (id),
    CONSTRAINT uq_ledger_book_key UNIQUE (key),
    CONSTRAINT ck_ledger_book_key CHECK (length(key) = 32 AND key ~ '^[0-9a-f]+$'),
    CONSTRAINT ck_ledger_book_id CHECK (id > 0),
    CONSTRAINT ck_ledger_book_head CHECK (head_seq >= 0 AND length(head_digest) = 32)
)
""",
    """
CREATE TABLE ledger_account (
    id INTEGER GENERATED BY DEFAULT AS IDENTITY,
    book INTEGER NOT NULL,
    name TEXT NOT NULL,
    floor BIGINT,
    CONSTRAINT pk_ledger_account PRIMARY KEY (id),
    CONSTRAINT uq_ledger_account_name UNIQUE (name, book),
    CONSTRAINT fk_ledger_account_book FOREIGN KEY(book) REFERENCES ledger_book (id),
    CONSTRAINT ck_ledger_account_name CHECK
        (length(name) <= 100 AND name ~ '^[a-z][a-z0-9_]*(:[a-z0-9_]+)+$'),
    CONSTRAINT ck_ledger_account_id_in_name CHECK
        (name !~ '^(member|group|pot):' OR name ~ '^(member|group|pot):[0-9a-f]{32}$'),
    CONSTRAINT ck_ledger_account_floor CHECK
        (floor IS NULL OR floor BETWEEN -1000000000000 AND 1000000000000),
    CONSTRAINT ck_ledger_account_held_floor CHECK
        ((name <> 'hours:held' AND substr(name, 1, 4) <> 'pot:') OR (floor IS NOT NULL
        AND floor >= 0)),
    CONSTRAINT ck_ledger_account_id CHECK (id > 0)
)
""",
    """
CREATE TABLE ledger_transaction (
    book INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    posted_at BIGINT NOT NULL,
    actor TEXT,
    idempotency_key TEXT NOT NULL,
    reverses_seq BIGINT,
    replaces_seq BIGINT,
    posting_count INTEGER NOT NULL,
    digest_version INTEGER NOT NULL,
    previous_digest BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    CONSTRAINT pk_ledger_transaction PRIMARY KEY (book, seq),
    CONSTRAINT uq_ledger_transaction_key UNIQUE (idempotency_key, book),
    CONSTRAINT uq_ledger_transaction_reverses UNIQUE (reverses_seq, book),
    CONSTRAINT uq_ledger_transaction_replaces UNIQUE (replaces_seq, book),
    CONSTRAINT fk_ledger_transaction_book FOREIGN KEY(book) REFERENCES ledger_book (id),
    CONSTRAINT ck_ledger_transaction_kind CHECK (length(kind) <= 100 AND kind ~ '^[a-z_.]+$'),
    CONSTRAINT ck_ledger_transaction_reference CHECK
        (length(reference) <= 200 AND reference ~ '^[0-9A-Za-z][0-9A-Za-z_.:/-]*$'),
    CONSTRAINT ck_ledger_transaction_idempotency_key CHECK
        (length(idempotency_key) <= 200 AND idempotency_key ~
        '^[0-9A-Za-z][0-9A-Za-z_.:/-]*$'),
    CONSTRAINT ck_ledger_transaction_actor CHECK (length(actor) = 32 AND actor ~ '^[0-9a-f]+$'),
    CONSTRAINT ck_ledger_transaction_occurred_on CHECK
        (occurred_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND
        make_date(CAST(substr(occurred_on, 1, 4) AS integer), CAST(substr(occurred_on,
        6, 2) AS integer), CAST(substr(occurred_on, 9, 2) AS integer)) IS NOT NULL),
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
""",
    """
CREATE TABLE ledger_posting (
    account INTEGER NOT NULL,
    account_seq BIGINT NOT NULL,
    book INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    balance BIGINT NOT NULL,
    floor BIGINT,
    CONSTRAINT pk_ledger_posting PRIMARY KEY (account, account_seq),
    CONSTRAINT uq_ledger_posting_transaction UNIQUE (book, seq, account),
    CONSTRAINT fk_ledger_posting_account FOREIGN KEY(account) REFERENCES ledger_account (id),
    CONSTRAINT fk_ledger_posting_transaction FOREIGN KEY
        (book, seq) REFERENCES ledger_transaction (book, seq) DEFERRABLE INITIALLY
        DEFERRED,
    CONSTRAINT ck_ledger_posting_numbers CHECK (account_seq >= 1 AND seq >= 1),
    CONSTRAINT ck_ledger_posting_amount CHECK
        (amount <> 0 AND amount BETWEEN -1000000000000 AND 1000000000000 AND balance
        BETWEEN -1000000000000 AND 1000000000000)
)
""",
)


def upgrade() -> None:
    """Create the tables of whichever engine this is."""
    statements = SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a ledger is not taken back by a migration."""
    raise NotImplementedError("migration.no_way_back")
