"""Letters, texts, calls, collected messages and certificates.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

# Whole numbers of 64 bits; on SQLite INTEGER.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "communication",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("copy_name", sa.Text(), nullable=True),
        sa.Column("copy_email", sa.Text(), nullable=True),
        sa.Column("copy_agreed_on", sa.Date(), nullable=True),
        sa.Column("no_news", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("place", WHOLE, nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("printed_by", sa.Text(), nullable=False),
        sa.Column("printed_at", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("run_id", "person_id", "status"):
        op.create_index(op.f(f"ix_letter_{column}"), "letter", [column], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("minutes", WHOLE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reference"),
    )
    op.create_index(op.f("ix_certificate_member_id"), "certificate", ["member_id"], unique=False)
    _outbox()


def _outbox() -> None:
    """Which way each message goes. Statements on paper are letters; all others were mail."""
    op.add_column("outbox", sa.Column("channel", sa.Text(), nullable=False, server_default="mail"))
    op.execute("UPDATE outbox SET channel = 'post' WHERE kind = 'statement_paper'")
    # In plain words, because both engines take the key with the column only so.
    op.execute("ALTER TABLE outbox ADD COLUMN letter_id TEXT REFERENCES letter (id)")
    op.add_column("outbox", sa.Column("collected_in", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_outbox_status"), table_name="outbox")
    op.create_index("ix_outbox_due", "outbox", ["status", "channel", "due_at"], unique=False)
    for column in ("letter_id", "collected_in"):
        op.create_index(op.f(f"ix_outbox_{column}"), "outbox", [column], unique=False)
