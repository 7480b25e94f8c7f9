"""More choices of a member, and their history.

Never import application code here, and never batch-alter a ledger table.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CHANGED = ("member.choices_changed", "member.communication_changed")
# What the trail called a choice, and the topic it is about.
TOPICS = {"choice": "hours", "channel": "channel", "form": "form"}


def upgrade() -> None:
    op.create_table(
        "choice_made",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_choice_made_member_id"), "choice_made", ["member_id"])
    op.create_table(
        "skill",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("title_words", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_skill_member_id"), "skill", ["member_id"])
    _from_the_trail()


def _from_the_trail() -> None:
    """What was chosen before stands in the trail; somebody who was erased keeps no choices."""
    connection = op.get_bind()
    known = sa.text(
        "SELECT member.id, no_money_rewards, statement_by FROM member"
        " JOIN person ON person.id = member.person_id WHERE person.name <> ''"
    )
    members = {row.id: row for row in connection.execute(known)}
    made = [each for each in _made(connection, members) if each[1] in members]
    before: dict[tuple[str, str], str] = {}
    rows = []
    for at, member_id, actor, topic, said in sorted(made, key=lambda each: each[0]):
        was = before.get((member_id, topic), "")
        if said != was:
            row = {"member_id": member_id, "topic": topic, "was": was, "said": said}
            rows.append(row | {"made_by": actor, "made_at": at})
        before[member_id, topic] = said
    if rows:
        columns = ("member_id", "topic", "was", "said", "made_by", "made_at")
        op.bulk_insert(sa.table("choice_made", *map(sa.column, columns)), rows)


def _made(connection: sa.Connection, members: dict[str, sa.Row]) -> list[tuple]:
    """When, whose, by whom, about what, and what was chosen."""
    names = ("id", "at", "actor", "action", "subject_id", "details")
    trail = sa.table("trail_event", *map(sa.column, names))
    query = sa.select(trail).where(trail.c.action.in_(CHANGED)).order_by(trail.c.id)
    events = connection.execute(query).all()
    # Only the newest change of the standing choices is known to have left these as they are.
    newest = {each.subject_id: each for each in events if each.action == CHANGED[0]}
    found = []
    for event in events:
        details = json.loads(event.details)
        for name, topic in TOPICS.items():
            if name in details:
                found.append((event.at, event.subject_id, event.actor, topic, details[name]))
    for member_id, event in newest.items():
        if member_id in members:
            no_money = "yes" if members[member_id].no_money_rewards else "no"
            by = members[member_id].statement_by
            found.append((event.at, member_id, event.actor, "no_money", no_money))
            found.append((event.at, member_id, event.actor, "statement_by", by))
    return found + _schedules(connection)


def _schedules(connection: sa.Connection) -> list[tuple]:
    chosen = sa.text(
        "SELECT member_id, frequency, day, skip_quiet, actor, recorded_at FROM statement_schedule"
        " WHERE member_id IS NOT NULL ORDER BY id"
    )
    found = []
    for row in connection.execute(chosen):
        code = row.frequency
        if code in ("monthly", "quarterly", "yearly"):
            code += f":{row.day}" + (":quiet" if row.skip_quiet else "")
        found.append((row.recorded_at, row.member_id, row.actor, "frequency", code))
    return found
