"""Histories brought from earlier systems.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing yet."""
