"""Days found quickly in the ledger, however much it has grown.

Never import application code here, and never batch-alter a ledger table.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Index the days on which transactions happened."""
    op.create_index(
        "ix_ledger_transaction_day", "ledger_transaction", ["occurred_on", "book", "seq"]
    )
