"""More choices of a member, and their history.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Nothing yet."""
