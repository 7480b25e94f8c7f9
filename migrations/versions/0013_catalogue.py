"""More facts about rewards, and waiting lists for places.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("place", "access", "conditions"):
        op.add_column("reward", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "reward", sa.Column("online", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("reward", sa.Column("member_pays_pence", WHOLE, nullable=True))
    op.create_table(
        "reward_wait",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("turn", WHOLE, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.BigInteger(), nullable=True),
        sa.Column("offered_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("reward_id", "turn"),
    )
    op.create_index(op.f("ix_reward_wait_member_id"), "reward_wait", ["member_id"])
    op.create_index(op.f("ix_reward_wait_status"), "reward_wait", ["status"])
