"""Queries, opening hours, and what follows a session.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing yet."""
