"""Histories brought from earlier systems.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# Whole numbers of 64 bits; on SQLite INTEGER.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "import_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_import_file_kept_at"), "import_file", ["kept_at"], unique=False)
    op.create_table(
        "history_import",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("lines", WHOLE, nullable=False),
        sa.Column("posted", WHOLE, nullable=False),
        sa.Column("moved_nothing", WHOLE, nullable=False),
        sa.Column("left_out", WHOLE, nullable=False),
        sa.Column("adjustments", WHOLE, nullable=False),
        sa.Column("members_added", WHOLE, nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("file_sha256"),
    )
    op.create_table(
        "history_row",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("row", WHOLE, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("target_id", sa.Text(), nullable=True),
        sa.Column("minutes", WHOLE, nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["history_import.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["member.id"]),
        sa.ForeignKeyConstraint(["target_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("import_id", "row", "kind"),
        sa.UniqueConstraint("seq"),
    )
    op.create_table(
        "earlier_number",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(
        op.f("ix_earlier_number_member_id"), "earlier_number", ["member_id"], unique=False
    )
