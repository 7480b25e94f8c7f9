"""Partner organisations, joining, and looking after people.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
