"""Languages: who read and passed each.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Nothing yet."""
