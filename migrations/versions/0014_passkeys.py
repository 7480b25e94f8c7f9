"""Passkeys.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Nothing yet."""
