"""Giving hours, exchanges, offers and wants.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Nothing yet."""
