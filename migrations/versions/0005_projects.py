"""Projects, opportunities, and who is coming.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""
