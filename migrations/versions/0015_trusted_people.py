"""People whom a member trusts to act with them.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Nothing yet."""
