"""Projects, opportunities, and who is coming.

Never import application code here, and never batch-alter a ledger table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Whole numbers of 64 bits; on SQLite INTEGER. Instants are microseconds.
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _project()
    op.add_column(
        "session", sa.Column("ends_at_time", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("session", sa.Column("places", WHOLE, nullable=True))
    op.add_column("session", sa.Column("expected_people", WHOLE, nullable=True))
    op.add_column("session", sa.Column("series_id", sa.Text(), nullable=True))
    # In plain words, because both engines take the key with the column only so.
    op.execute("ALTER TABLE session ADD COLUMN project_id TEXT REFERENCES project (id)")
    _index("session", "series_id")
    _index("session", "project_id")
    _opportunity()
    _sign_up()
    _check_in_page()
    _calendar_feed()


def _text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _project() -> None:
    op.create_table(
        "project",
        *map(_text, ("id", "title", "purpose", "on_behalf_of", "capacities")),
        sa.Column("ended_on", sa.Date(), nullable=True),
        _text("organisation_id", nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("project", "organisation_id")
    op.create_table(
        "project_seat",
        *map(_text, ("id", "project_id")),
        sa.Column("position", WHOLE, nullable=False),
        _text("title"),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("project_seat", "project_id")


def _opportunity() -> None:
    words = ("what", "preparation", "travel", "access", "rewards", "content_note")
    op.create_table(
        "opportunity",
        *map(_text, ("session_id", *words)),
        _instant("published_at", nullable=True),
        _text("published_by", nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"]),
        sa.PrimaryKeyConstraint("session_id"),
    )


def _sign_up() -> None:
    op.create_table(
        "sign_up",
        *map(_text, ("id", "session_id", "member_id", "status")),
        sa.Column("turn", WHOLE, nullable=False),
        _text("code"),
        _text("capacity", nullable=True),
        _text("words", nullable=True),
        _text("signed_up_by"),
        _instant("signed_up_at"),
        _instant("arrived_at", nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("member_id", "session_id"),
        sa.UniqueConstraint("code", "session_id"),
    )
    _index("sign_up", "session_id")


def _check_in_page() -> None:
    op.create_table(
        "check_in_page",
        *map(_text, ("id", "session_id", "opened_by")),
        _instant("opened_at"),
        _instant("closes_at"),
        _instant("closed_at", nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("check_in_page", "session_id")


def _calendar_feed() -> None:
    op.create_table(
        "calendar_feed",
        *map(_text, ("id", "person_id")),
        _instant("made_at"),
        _instant("stopped_at", nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("calendar_feed", "person_id")
