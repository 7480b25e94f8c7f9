"""Schedules of statements, and statements of groups and pots.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

# Whole numbers of 64 bits; on SQLite INTEGER, which a row id must be named.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "statement_schedule",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("day", WHOLE, nullable=False),
        sa.Column("year_month", WHOLE, nullable=False),
        sa.Column("skip_quiet", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_statement_schedule_member_id"), "statement_schedule", ["member_id"], unique=False
    )
    op.create_table(
        "statement_pause",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("resumed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_statement_pause_member_id"), "statement_pause", ["member_id"], unique=False
    )
    # Who was to get none still gets none. Everybody else had no choice: they follow the group,
    # whose statements came every month.
    op.execute(
        "INSERT INTO statement_schedule"
        " (member_id, from_on, frequency, day, year_month, skip_quiet, actor, recorded_at)"
        " SELECT member.id, member.joined_on, 'none', 31, 12, false, community.console_id,"
        " community.created_at FROM member, community WHERE member.frequency = 'none'"
    )
    op.drop_column("member", "frequency")
    with op.batch_alter_table("statement") as batch:
        batch.alter_column("member_id", existing_type=sa.Text(), nullable=True)
