"""Drafts, late components, agreements and time sent in by members.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing yet."""
