"""How a member sees their hours.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column(
        "member",
        sa.Column("quiet_balance", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
