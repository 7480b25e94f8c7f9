"""Partner organisations, joining, and looking after people.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Whole numbers of 64 bits; on SQLite INTEGER.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "member_organisation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("member_organisation", "member_id")
    _index("member_organisation", "organisation_id")
    # In plain words, because both engines take the key with the column only so.
    for table in ("session", "role"):
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN organisation_id TEXT REFERENCES organisation (id)"
        )
    _index("session", "organisation_id")


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
