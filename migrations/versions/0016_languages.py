"""Languages: each person's own, and who read and passed each.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Everybody reads pages in a language, also who was never asked how to be in touch.
    op.add_column("person", sa.Column("language", sa.Text(), nullable=True))
    op.execute(
        "UPDATE person SET language = (SELECT communication.language FROM communication"
        " WHERE communication.person_id = person.id)"
    )
    op.drop_column("communication", "language")
    op.create_table(
        "language_passed",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("passed_by_id", sa.Text(), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=False),
        sa.Column("information_by_id", sa.Text(), nullable=True),
        sa.Column("information_on", sa.Date(), nullable=True),
        sa.Column("information_sha256", sa.Text(), nullable=True),
        sa.Column("off_at", sa.BigInteger(), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["passed_by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["information_by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("language"),
    )
