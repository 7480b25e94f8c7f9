"""More ways to come in, trusted people, leaving.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
