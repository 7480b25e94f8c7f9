"""Letters, texts, calls, collected messages and certificates.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
