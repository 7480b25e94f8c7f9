"""How a member sees their hours.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Nothing yet."""
