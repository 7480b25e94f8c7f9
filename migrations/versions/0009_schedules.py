"""Schedules of statements, and statements of groups and pots.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing yet."""
