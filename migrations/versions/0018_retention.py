"""How long what is not the books is kept: the days on which it was cleaned.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cleaning",
        sa.Column("cleaned_on", sa.Date(), nullable=False),
        sa.Column("cleaned_at", sa.BigInteger(), nullable=False),
        sa.Column("removed", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("cleaned_on"),
    )
