"""Drafts, late components, agreements and time sent in by members.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# Whole numbers of 64 bits; on SQLite INTEGER.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTS = ("session", "preparation", "travel", "paperwork", "follow_up")
QUESTIONS = ("takes_time", "uses_experience", "one_team", "develops")


def upgrade() -> None:
    # The four questions of kinds that are there already were never asked: their answer is unknown.
    for question in QUESTIONS:
        op.add_column("activity_type", sa.Column(question, sa.Boolean(), nullable=True))
    op.add_column("activity_type", _no("social"))
    op.add_column("activity_type", _number("revision", 1))
    op.add_column("session", _no("online"))
    for part in PARTS[1:]:
        op.add_column("session", _number(f"usual_{part}_minutes", 0))
    op.add_column(
        "attendance_entry",
        sa.Column("involvement", sa.Text(), server_default="took_part", nullable=False),
    )
    op.add_column("attendance_entry", _number("pot_minutes", 0))
    op.add_column("attendance_entry", _no("late"))
    op.add_column("policy", _number("late_days", 28))
    _credit_draft()
    _sent_time()
    _agreement()


def _no(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _number(name: str, at_first: int) -> sa.Column:
    return sa.Column(name, WHOLE, server_default=str(at_first), nullable=False)


def _minutes() -> list[sa.Column]:
    return [sa.Column(f"{part}_minutes", WHOLE, nullable=False) for part in PARTS]


def _credit_draft() -> None:
    op.create_table(
        "credit_draft",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("session_revision", WHOLE, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"]),
        sa.PrimaryKeyConstraint("session_id", "person_id"),
    )


def _sent_time() -> None:
    op.create_table(
        "sent_time",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("involvement", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("pot_minutes", WHOLE, nullable=False),
        *_minutes(),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("question_words", sa.Text(), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("session_id", "member_id", "status"):
        op.create_index(op.f(f"ix_sent_time_{column}"), "sent_time", [column], unique=False)


def _agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("extra_preparation_minutes", WHOLE, nullable=False),
        sa.Column("full_session", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.BigInteger(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_agreement_member_id"), "agreement", ["member_id"], unique=False)
