"""The upgrade that brought the history of choices: what the trail knows is not forgotten."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, select, text

from migrations import runner
from tests.conftest import Database
from timebank.models import ChoiceMade
from timebank.unit import make_engine

BEFORE = "0016"
ADA, BEN, GONE, CORA = "a" * 32, "b" * 32, "d" * 32, "c" * 32
ROWS = (
    "INSERT INTO person (id, name) VALUES (:ada, 'Ada'), (:ben, 'Ben'), (:gone, '')",
    "INSERT INTO member (id, person_id, number, joined_on, status, choice, no_money_rewards,"
    " statement_by, revision) VALUES"
    " (:ada, :ada, 101, '2026-01-05', 'active', 'pot', true, 'paper', 3),"
    " (:ben, :ben, 102, '2026-02-06', 'active', 'accept', false, 'link', 1),"
    " (:gone, :gone, 103, '2026-02-06', 'left', 'accept', false, 'link', 2)",
    "INSERT INTO statement_schedule (member_id, from_on, frequency, day, year_month, skip_quiet,"
    " actor, recorded_at) VALUES (:ada, '2026-02-01', 'quarterly', 15, 12, true, :ada, 250),"
    " (NULL, '2026-02-01', 'monthly', 31, 12, false, :cora, 260)",
)
TRAIL = (
    (100, ADA, "member.choices_changed", ADA, {"choice": "decline", "revision": 2}),
    (200, CORA, "member.communication_changed", ADA, {"channel": "post", "form": "large_print"}),
    (300, CORA, "member.choices_changed", ADA, {"choice": "pot", "revision": 3}),
    (400, CORA, "member.changed", BEN, {"revision": 2}),
    (500, CORA, "member.choices_changed", GONE, {"choice": "pot", "revision": 2}),
)


def fill(connection: Connection) -> None:
    """Two members with choices in the trail, one of whom was erased, and one without any."""
    values = {"ada": ADA, "ben": BEN, "gone": GONE, "cora": CORA}
    for row in ROWS:
        names = {name: value for name, value in values.items() if f":{name}" in row}
        connection.execute(text(row), names)
    for at, actor, action, about, details in TRAIL:
        connection.execute(
            text(
                "INSERT INTO trail_event (at, actor, action, subject, subject_id, details)"
                " VALUES (:at, :actor, :action, 'member', :about, :details)"
            ),
            {"at": at, "actor": actor, "action": action, "about": about,
             "details": json.dumps(details)},
        )  # fmt: skip


@pytest.fixture
def upgraded(empty_database: Database) -> Database:
    runner.upgrade(
        empty_database.owner_url,
        instance_role=empty_database.instance_role,
        load=fill,
        load_at=BEFORE,
    )
    return empty_database


def test_what_was_chosen_before_stands_in_the_history(upgraded: Database) -> None:
    engine = make_engine(upgraded.url)
    with engine.connect() as connection:
        table = ChoiceMade.__table__
        names = ("member_id", "topic", "was", "said", "made_by")
        query = select(*(table.c[name] for name in names)).order_by(table.c.id)
        rows = [tuple(row) for row in connection.execute(query)]
    engine.dispose()
    assert rows == [
        (ADA, "hours", "", "decline", ADA),
        (ADA, "channel", "", "post", CORA),
        (ADA, "form", "", "large_print", CORA),
        (ADA, "frequency", "", "quarterly:15:quiet", ADA),
        (ADA, "hours", "decline", "pot", CORA),
        (ADA, "no_money", "", "yes", CORA),
        (ADA, "statement_by", "", "paper", CORA),
    ]
