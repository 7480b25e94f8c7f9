"""Statements: unbroken runs of the account, calendar months, fixed for ever once issued."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select

from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward, refused, request, step, switch_money_on
from timebank import corrections, people, schedules, session_undo, statement_text, statements
from timebank.errors import NotAllowed, NotFound, RuleBroken
from timebank.figures import Figures
from timebank.models import OutboxMessage, Statement
from timebank.redemptions import (
    ApproveRedemption,
    CancelRedemption,
    FulfilRedemption,
    UndoFulfilment,
)
from timebank.roles import Actor
from timebank.statement_content import canonical, receipt, receipt_of, sha256_of
from timebank.words import Words


def at(month: int, day: int, hour: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def issue(community: Community, until_on: date | None = None, **more: Any) -> int:
    with community.unit(community.console) as unit:
        issued = statements.issue(unit, until_on or statements.last_ended(unit), **more)
    return issued.count


def of(community: Community, member_id: str) -> list[Statement]:
    found = community.read(statements.of_member, member_id, by=community.console)
    return list(reversed(found))


def content(found: Statement) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(found.content)
    return decoded


@pytest.fixture
def anna(community: Community) -> Actor:
    return community.member_actor("Anna Bell", "anna@example.org")


def correct(community: Community, session_id: str, member_id: str, minutes: int) -> None:
    attendance_id = community.attendance_id(session_id, member_id)
    command = corrections.CorrectCredit(
        attendance_id=attendance_id, revision=1, capacity="own_time", choice="accept",
        figures=Figures(session_minutes=minutes), reason="wrong_time", words="",
    )  # fmt: skip
    community.do(corrections.correct_credit, command)


def test_a_month_with_a_credit_and_a_redemption(community, anna):
    session_id = community.session("Reading panel", on=date(2026, 3, 2))
    community.credit(session_id, [anna.member_id], minutes=450)
    asked = request(community, add_reward(community), anna.member_id, anna)
    community.clock.set(at(4, 1))
    assert issue(community) == 2  # Anna's, and the administrator's own
    (found,) = of(community, anna.member_id)
    assert (found.from_on, found.until_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (found.first_seq, found.last_seq) == (1, 2)
    assert (found.opening_minutes, found.closing_minutes) == (0, 360)
    said = content(found)
    assert canonical(said) == found.content
    assert sha256_of(found.content) == found.content_sha256
    assert said["held_minutes"] == 90
    assert [line["code"] for line in said["lines"]] == ["line_credited", "line_set_aside"]
    assert said["lines"][0]["params"] == {
        "title": "Reading panel", "session_minutes": 450, "credited_minutes": 450,
    }  # fmt: skip
    assert [line["balance_minutes"] for line in said["lines"]] == [450, 360]
    assert asked.reference == said["lines"][1]["params"]["reference"]
    seq, _, digest = said["head"].partition(":")
    with community.database.reading(community.console) as unit:
        assert unit.book.transaction(int(seq)).digest.hex() == digest


def test_no_name_or_contact_stands_in_it(community, anna):
    community.credit(community.session(), [anna.member_id])
    community.clock.set(at(4, 1))
    issue(community)
    (found,) = of(community, anna.member_id)
    for word in ("Anna", "Bell", "example.org", anna.person_id):
        assert word not in found.content


def test_months_without_anything_and_a_second_issue(community, anna):
    community.clock.set(at(6, 2))
    assert [(d.until_on, d.statements) for d in community.read(statements.due)] == [
        (date(2026, 3, 31), 2),
        (date(2026, 4, 30), 2),
        (date(2026, 5, 31), 2),
    ]
    counts: list[int] = []
    assert issue(community, progress=counts.append) == 6
    assert counts == [2, 4, 6]
    assert issue(community) == 0
    assert community.read(statements.due) == []
    found = of(community, anna.member_id)
    assert [(s.first_seq, s.last_seq) for s in found] == [(None, 0)] * 3
    assert [s.until_on.month for s in found] == [3, 4, 5]


def test_the_period_ends_at_local_midnight(community, anna):
    """On 31 March 2026 London is at UTC+1: half past eleven at night UTC is April already."""
    community.clock.set(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    community.credit(community.session("Evening"), [anna.member_id], minutes=60)
    refused(RuleBroken, "period_not_ended", issue, community, date(2026, 3, 31))
    community.clock.set(datetime(2026, 3, 31, 23, 0, tzinfo=UTC))
    community.credit(community.session("Night", on=date(2026, 3, 31)), [anna.member_id], minutes=30)
    assert issue(community, date(2026, 3, 31)) == 2
    (found,) = of(community, anna.member_id)
    assert (found.last_seq, found.closing_minutes) == (1, 60)
    community.clock.set(at(5, 1))
    issue(community)
    following = of(community, anna.member_id)[1]
    assert (following.first_seq, following.opening_minutes) == (2, 60)
    line = content(following)["lines"][0]
    assert (line["occurred_on"], line["recorded_on"]) == ("2026-03-31", "2026-04-01")
    assert "Recorded on 1 April 2026." in statement_text.plain(content(following))


def test_what_has_ended_by_a_day_is_issued_and_no_more(community, anna):
    community.clock.set(at(5, 1))
    assert issue(community, date(2026, 3, 30)) == 0
    assert issue(community, date(2026, 4, 14)) == 2
    assert of(community, anna.member_id)[0].until_on == date(2026, 3, 31)
    refused(RuleBroken, "period_not_ended", issue, community, date(2026, 5, 1))


def test_who_joins_later_begins_later(community):
    community.clock.set(at(5, 20))
    late = community.member("Late Comer")
    community.clock.set(at(6, 1))
    issue(community)
    (found,) = of(community, late.member_id)
    assert (found.from_on, found.until_on) == (date(2026, 5, 1), date(2026, 5, 31))


def test_changing_the_frequency_neither_repeats_nor_skips(community, anna):
    def frequency(value: str) -> None:
        command = schedules.ChooseSchedule(
            revision=community.read(people.member, anna.member_id).revision,
            frequency=value,
            member_id=anna.member_id,
        )
        community.do(schedules.choose_schedule, command)

    community.credit(community.session("One"), [anna.member_id], minutes=60)
    community.clock.set(at(4, 2))
    issue(community)
    frequency("none")
    community.credit(community.session("Two"), [anna.member_id], minutes=30)
    community.clock.set(at(6, 2))
    issue(community)
    assert len(of(community, anna.member_id)) == 1
    frequency("monthly")
    issue(community)
    assert len(of(community, anna.member_id)) == 1, "nothing ended since"
    community.clock.set(at(7, 2))
    issue(community)
    found = of(community, anna.member_id)
    assert [(s.from_on, s.until_on) for s in found] == [
        (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30)),
    ]  # fmt: skip
    assert [(s.first_seq, s.last_seq) for s in found] == [(1, 1), (2, 2)]


def test_who_left_still_gets_what_was_recorded(community, anna):
    community.credit(community.session("One"), [anna.member_id], minutes=60)
    with community.unit() as unit:
        people.member(unit, anna.member_id).status = "left"
    community.clock.set(at(5, 2))
    issue(community)
    assert [s.until_on.month for s in of(community, anna.member_id)] == [3]


def test_a_correction_stands_on_the_next_statement(community, anna):
    session_id = community.session("Reading panel")
    community.credit(session_id, [anna.member_id], minutes=120)
    community.clock.set(at(4, 2))
    issue(community)
    before = of(community, anna.member_id)[0].content
    correct(community, session_id, anna.member_id, 90)
    community.clock.set(at(5, 2))
    issue(community)
    first, second = of(community, anna.member_id)
    assert first.content == before
    assert (second.opening_minutes, second.closing_minutes) == (120, 90)
    text = " ".join(statement_text.plain(content(second)).split())
    assert "Reading panel on 2 March 2026: taken back, because the time was not right." in text
    assert "2 hours taken off. Then: 0 minutes." in text
    assert "Reading panel on 2 March 2026, put right: 1 hour 30 minutes." in text


def test_what_was_set_aside_at_the_end_is_as_it_was_then(community, anna):
    """Also when the statement is issued long after the redemption moved on."""
    community.credit(community.session(), [anna.member_id], minutes=600)
    reward_id = add_reward(community, price_minutes=60)
    ids = [request(community, reward_id, anna.member_id, anna).redemption_id for _ in range(4)]
    for each in ids[1:]:
        step(community, ApproveRedemption, each, community.actor)
    step(community, FulfilRedemption, ids[2], community.actor)
    step(community, FulfilRedemption, ids[3], community.actor)
    step(community, UndoFulfilment, ids[3], community.actor)
    # End of March: 0 requested, 1 approved, 2 fulfilled, 3 undone.
    community.clock.set(at(4, 10))
    step(community, CancelRedemption, ids[0], anna)
    step(community, FulfilRedemption, ids[1], community.actor)
    step(community, UndoFulfilment, ids[2], community.actor)
    step(community, FulfilRedemption, ids[3], community.actor)
    # End of April: only 2 is held again.
    community.clock.set(at(5, 10))
    request(community, reward_id, anna.member_id, anna)
    issue(community)
    march, april = of(community, anna.member_id)
    assert content(march)["held_minutes"] == 180
    assert content(april)["held_minutes"] == 60


def test_money_values_stand_apart_from_the_hours(community, anna):
    switch_money_on(community)
    community.credit(community.session(), [anna.member_id], minutes=600)
    voucher = add_reward(
        community, kind="voucher", title="Book voucher", price_minutes=60, money_pence=2050
    )
    asked = request(community, voucher, anna.member_id, anna)
    community.clock.set(at(4, 2))
    issue(community)
    said = content(of(community, anna.member_id)[0])
    assert said["money_values"] == [
        {"title": "Book voucher", "reference": asked.reference, "money_pence": 2050}
    ]
    assert "pence" not in json.dumps(said["lines"])
    text = " ".join(statement_text.plain(said).split())
    assert f"Book voucher (reference {asked.reference}) has a money value of £20.50." in text


def test_the_whole_text(community, anna):
    community.credit(community.session("Reading panel"), [anna.member_id], minutes=450)
    community.clock.set(at(4, 2))
    issue(community)
    (found,) = of(community, anna.member_id)
    said = content(found)
    text = statement_text.plain(said)
    assert max(len(row) for row in text.splitlines()) <= 72 or "http" in text
    assert text == statement_text.plain(json.loads(found.content))
    number = said["holder"]["number"]
    assert text.split("\n\n")[:5] == [
        f"Riverside Time Bank, member {number}",
        f"Statement {found.reference}: 1 March 2026 to 31 March 2026",
        "On 31 March 2026 you had 7 hours 30 minutes. You can use all of it.",
        "At the start, on 1 March 2026, you could use 0 minutes.",
        "Reading panel on 2 March 2026: 7 hours 30 minutes.\n"
        "7 hours 30 minutes added. Then: 7 hours 30 minutes.",
    ]
    assert receipt(found.content_sha256) == receipt_of(said)
    assert receipt_of(said) in text
    assert said["head"] in text.replace("\n", "")


@pytest.mark.parametrize(
    ("available", "held", "expected"),
    [
        (450, 0, "On 30 November 2026 you had 7 hours 30 minutes. You can use all of it."),
        (300, 150, "On 30 November 2026 you had 7 hours 30 minutes. You can use 5 hours of it."
         " 2 hours 30 minutes is set aside for what you asked for."),
        (0, 0, "On 30 November 2026 you had no hours to use."),
        (-120, 0, "On 30 November 2026 you had 2 hours below zero."),
    ],
)  # fmt: skip
def test_the_first_sentence(available, held, expected):
    assert statement_text.summary(Words(), date(2026, 11, 30), available, held) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"session_minutes": 120}, "2 hours"),
        ({"session_minutes": 120, "preparation_minutes": 30},
         "2 hours, with 30 minutes of preparation"),
        ({"session_minutes": 60, "preparation_minutes": 15, "travel_minutes": 10,
          "follow_up_minutes": 5},
         "1 hour, with 15 minutes of preparation, 10 minutes of travel and 5 minutes of follow-up"),
        ({"preparation_minutes": 30}, "30 minutes of preparation"),
        ({"session_minutes": 50, "credited_minutes": 60}, "50 minutes, rounded to 1 hour"),
    ],
)  # fmt: skip
def test_a_credit_in_words(params, expected):
    total = sum(value for name, value in params.items() if name != "credited_minutes")
    params = {"title": "Meeting", "credited_minutes": total, **params}
    said = statement_text.line(Words(), "line_credited", params, date(2026, 8, 6))
    assert said == f"Meeting on 6 August 2026: {expected}"


def test_titles_with_percent_signs(community, anna):
    community.credit(community.session("100% accessible %(day)s"), [anna.member_id])
    community.clock.set(at(4, 2))
    issue(community)
    assert "100% accessible %(day)s on" in statement_text.plain(
        content(of(community, anna.member_id)[0])
    )


def test_a_receipt_is_easy_to_read_and_depends_on_everything(community, anna):
    community.clock.set(at(4, 2))
    issue(community)
    (found,) = of(community, anna.member_id)
    code = receipt(found.content_sha256)
    assert [len(part) for part in code.split("-")] == [4, 4, 4, 5]
    assert not set(code) & set("01OIL")
    for name in content(found):
        changed = {**content(found), name: "another"}
        assert receipt_of(changed) != code


def test_a_receipt_holds_eighty_bits():
    assert receipt("f" * 64) == receipt("f" * 20 + "0" * 44) != receipt("f" * 19 + "e" * 45)
    for bit in range(80):
        assert receipt(f"{1 << bit:020x}") != receipt("0" * 20)
    shortest, longest = receipt("0" * 64), receipt("f" * 64)
    assert len(shortest) == len(longest) == 20


def test_scope(community, anna):
    ben = community.member_actor("Ben Cole")
    community.clock.set(at(4, 2))
    issue(community)
    (found,) = of(community, anna.member_id)
    assert community.read(statements.statement, found.id, by=anna).id == found.id
    spoken = found.reference.lower().replace("-", " ")
    assert community.read(statements.statement_by_reference, spoken, by=anna).id == found.id
    refused(NotFound, "statement_unknown", community.read, statements.statement, found.id, by=ben)
    refused(
        NotFound, "statement_unknown",
        community.read, statements.statement_by_reference, found.reference, by=ben,
    )  # fmt: skip
    for function in (statements.of_member, statements.balance, statements.current_lines):
        refused(NotFound, "member_unknown", community.read, function, anna.member_id, by=ben)
    with pytest.raises(NotAllowed), community.unit(anna) as unit:
        statements.issue(unit, date(2026, 3, 31))


def test_the_newest_lines_page_backwards(community, anna):
    for number in range(5):
        community.credit(community.session(f"Session {number}"), [anna.member_id], minutes=60)
    first = community.read(statements.current_lines, anna.member_id, 2, by=anna)
    assert [line.params["title"] for line in first] == ["Session 4", "Session 3"]
    before = first[-1].account_seq
    rest = community.read(statements.current_lines, anna.member_id, 9, before, by=anna)
    assert [line.balance_minutes for line in rest] == [180, 120, 60]


def test_paper_waits_to_be_printed(community):
    paper = community.member("Pat Print", "pat@example.org", statement_by="paper")
    nowhere = community.member("Nora Nowhere")
    community.clock.set(at(4, 2))
    issue(community)
    waiting = community.read(statements.to_print)
    assert {found.member_id for found in waiting} == {paper.member_id, nowhere.member_id}
    command = statements.PrintStatement(statement_id=waiting[0].id)
    for _ in range(2):
        community.do(statements.print_statement, command)
    assert [found.id for found in community.read(statements.to_print)] == [waiting[1].id]
    refused(
        NotAllowed, "role_lacking",
        community.read, statements.to_print, by=community.actor_of(nowhere.person_id),
    )  # fmt: skip


def test_a_second_statement_of_a_run_or_period_cannot_be_written(community, anna, database):
    """The database itself refuses it, whatever the code above does."""
    from sqlalchemy.exc import DBAPIError

    community.credit(community.session(), [anna.member_id])
    community.clock.set(at(5, 2))
    issue(community, date(2026, 3, 31))
    (found,) = of(community, anna.member_id)
    columns = {c.key: getattr(found, c.key) for c in Statement.__table__.columns}
    for change in ({"until_on": date(2026, 4, 30)}, {"first_seq": 7}):
        with pytest.raises(DBAPIError), community.unit() as unit:
            unit.db.add(Statement(**{**columns, "id": "0" * 32, "reference": "X", **change}))


def test_issuing_takes_as_many_queries_for_many_as_for_few(community):
    def queries_of_a_month() -> int:
        count = 0

        def counted(*_: Any) -> None:
            nonlocal count
            count += 1

        now = community.clock.now
        community.clock.set(datetime(now.year, now.month + 1, 2, tzinfo=UTC))
        event.listen(community.database.engine, "before_cursor_execute", counted)
        issue(community)
        event.remove(community.database.engine, "before_cursor_execute", counted)
        return count

    def month_of(members: list[str]) -> int:
        community.credit(community.session("Meeting"), members)
        return queries_of_a_month()

    few = [community.member(f"Member {n}", f"m{n}@example.org").member_id for n in range(5)]
    first = month_of(few)
    many = [community.member(f"More {n}", f"n{n}@example.org").member_id for n in range(60)]
    assert month_of(few + many) == first
    with community.database.reading(community.console) as unit:
        kind = OutboxMessage.kind == "statement_ready"
        assert unit.db.scalar(select(func.count()).where(kind)) == 6 + 66


def test_history_lines_of_an_erased_session_still_read(community, anna):
    community.credit(community.session(), [anna.member_id])
    (line,) = community.read(statements.current_lines, anna.member_id, by=anna)
    odd = replace(line, text_code="line_from_a_later_version", params={})
    said = statement_text.line(Words(), odd.text_code, odd.params, odd.occurred_on)
    assert said == "Another change on 2 March 2026"


def test_every_reason_of_a_correction_has_words():
    assert set(statement_text.REASONS) == {*corrections.REASONS, session_undo.REASON}
