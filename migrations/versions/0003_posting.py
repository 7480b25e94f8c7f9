"""Checks of the ledger's tables in one function each on PostgreSQL, and days found quickly.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet."""
