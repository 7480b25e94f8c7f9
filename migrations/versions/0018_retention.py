"""How long what is not the books is kept.

Never import application code here, and never batch-alter a ledger table.
"""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Nothing yet."""
