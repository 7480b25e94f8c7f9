"""Statement number, closing hours and receipt: together or not, and nothing more is given away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select

from timebank import statement_check, statements
from timebank.errors import NotAllowed
from timebank.models import FailedAttempt
from timebank.statement_check import MOST_AT_ALL, MOST_AT_ONE, CheckStatement
from timebank.statement_content import receipt


@pytest.fixture
def issued(community):
    """Two statements of March: two hours, and nothing."""
    anna = community.member("Anna Bell")
    ben = community.member("Ben Cole")
    community.credit(community.session(), [anna.member_id])
    community.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    with community.unit(community.console) as unit:
        statements.issue(unit, statements.last_ended(unit))
    return [community.read(statements.of_member, each.member_id)[0] for each in (anna, ben)]


def check(community, reference, minutes, code) -> bool:
    command = CheckStatement(reference=reference, closing_minutes=minutes, receipt=code)
    return statement_check.belongs_together(community.database, command)


def test_only_all_three_of_one_statement_belong_together(community, issued):
    annas, bens = ((s.reference, s.closing_minutes, receipt(s.content_sha256)) for s in issued)
    assert annas[1] == 120
    assert check(community, *annas)
    assert check(community, *bens)
    below = CheckStatement(
        reference=annas[0], closing_minutes=120, below_zero=True, receipt=annas[2]
    )
    assert not statement_check.belongs_together(community.database, below)
    for wrong in (
        (annas[0], annas[1], bens[2]),
        (bens[0], annas[1], annas[2]),
        (annas[0], 119, annas[2]),
        (annas[0], -120, annas[2]),
        (annas[0], 120, annas[2][:-1]),
        (annas[0], 120, annas[2] + "A"),
        ("ZZZZ-ZZZZ", 0, receipt("0" * 64)),
        ("", 0, ""),
    ):
        assert not check(community, *wrong)


def test_it_is_read_as_people_write(community, issued):
    number, minutes, code = (
        issued[0].reference, issued[0].closing_minutes, receipt(issued[0].content_sha256)
    )  # fmt: skip
    assert check(community, number.lower().replace("-", " "), minutes, code.lower())
    assert check(community, number.replace("-", ""), minutes, f" {code.replace('-', '')} ")


def test_the_same_work_whether_or_not_there_is_such_a_statement(community, issued):
    number, minutes, code = (
        issued[0].reference, issued[0].closing_minutes, receipt(issued[0].content_sha256)
    )  # fmt: skip
    asked: list[list[str]] = []

    @event.listens_for(community.database.engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, *_more):
        asked[-1].append(statement)

    for what in ((number, minutes, code), ("2222-2222", minutes, code), (number, 1, "x" * 17)):
        asked.append([])
        check(community, *what)
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) > 3


def test_one_number_is_throttled_and_the_others_are_not(community, issued):
    number, minutes, code = (
        issued[0].reference, issued[0].closing_minutes, receipt(issued[0].content_sha256)
    )  # fmt: skip
    for _ in range(MOST_AT_ONE):
        assert not check(community, number, minutes + 1, code)
    with pytest.raises(NotAllowed) as refused:
        check(community, number.lower(), minutes, code)
    assert (refused.value.code, refused.value.params) == ("check_throttled", {"minutes": 15})
    other = issued[1]
    assert check(community, other.reference, 0, receipt(other.content_sha256))
    community.clock.forward(minutes=15)
    assert check(community, number, minutes, code)


def test_all_numbers_together_are_throttled_and_leave_no_heap_of_rows(
    community, issued, monkeypatch
):
    monkeypatch.setattr(statement_check, "MOST_AT_ALL", 20)
    assert MOST_AT_ALL > 20
    for number in range(20):
        check(community, f"{number:08}", 0, "x")
    with pytest.raises(NotAllowed, match="check_throttled"):
        check(community, "another", 0, "x")
    community.clock.forward(minutes=16)
    check(community, "another", 0, "x")
    with community.database.reading(community.console) as unit:
        assert unit.db.scalar(select(func.count()).select_from(FailedAttempt)) == 2


def test_hours_below_zero(community, issued):
    """Thirty minutes below zero: what was given was taken back after it had been used."""
    code = "0" * 64
    row = (-30, code)
    command = CheckStatement(
        reference="x", closing_minutes=30, below_zero=True, receipt=receipt(code)
    )
    assert statement_check.agrees(row, command)
    assert not statement_check.agrees((30, code), command)
