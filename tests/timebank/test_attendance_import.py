"""Importing attendance: what a file may say, all or nothing, and twice is once."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from tests.timebank.builders import Community
from timebank import accounts, attendance_csv, people, sessions
from timebank.attendance_import import Imported, ImportOptions, apply_import, plan_import
from timebank.corrections import CorrectCredit, correct_credit
from timebank.errors import NotAllowed, Rejected, RuleBroken
from timebank.figures import Figures

NOTHING = Imported(sessions=0, credits=0, minutes=0, members=0)
TWO_HOURS = ImportOptions(minutes=120, starts_on=date(2026, 1, 5), every_days=7)
NEW_PEOPLE = ImportOptions(
    minutes=120, starts_on=date(2026, 1, 5), every_days=7, create_members=True
)


@pytest.fixture
def late(community: Community) -> Community:
    """The community in November, so that the year's sessions lie behind it."""
    community.clock.set(datetime(2026, 11, 21, 12, tzinfo=UTC))
    return community


def run(community: Community, text: str, options: ImportOptions = TWO_HOURS, **more) -> Imported:
    plan = community.read(plan_import, text.encode(), options, by=more.get("actor"))
    return community.do(apply_import, plan, **more)


def problems(community: Community, text: str, options: ImportOptions = TWO_HOURS):
    """The problems as code and line; applying the plan must refuse with the same."""
    plan = community.read(plan_import, text.encode(), options)
    found = [(problem.code, problem.params["line"]) for problem in plan.problems]
    if found:
        with pytest.raises(Rejected) as refused:
            community.do(apply_import, plan)
        assert [(p.code, p.params["line"]) for p in refused.value.problems] == found
        assert community.read(sessions.sessions) == []
        assert community.account_balance(accounts.ISSUED) == 0
    return found


# --- what is recorded -------------------------------------------------------------------------


def test_new_people_and_sessions_in_the_order_of_the_file(late):
    text = "member,session\nAnn Low,E2\nBea High,E2\nAnn Low,E1\nCid Long,E2\n"
    made = run(late, text, NEW_PEOPLE, actor=late.console)
    assert made == Imported(sessions=2, credits=4, minutes=480, members=3)
    found = late.read(sessions.sessions)
    assert [(s.title, s.starts_on, s.status) for s in found] == [
        ("E1", date(2026, 1, 12), "credited"),
        ("E2", date(2026, 1, 5), "credited"),
    ]
    entries = late.read(sessions.attendances, found[1].id)
    assert [e.attendance.member.person.name for e in entries] == ["Ann Low", "Bea High", "Cid Long"]
    assert {e.recorded_by for e in entries} == {late.console.id}
    assert late.balance(entries[0].attendance.member_id) == 240
    assert late.account_balance(accounts.ISSUED) == -480


def test_the_same_file_again_changes_nothing(late):
    text = "member,session\nAnn Low,E1\nBea High,E1\nAnn Low,E2\n"
    run(late, text, NEW_PEOPLE)
    trail = late.read(lambda unit: unit.book.head())
    assert run(late, text, NEW_PEOPLE) == NOTHING
    assert late.read(lambda unit: unit.book.head()) == trail
    assert late.read(plan_import, text.encode(), NEW_PEOPLE).already == 3


def test_a_longer_file_adds_only_what_is_new(late):
    run(late, "member,session\nAnn Low,E1\n", NEW_PEOPLE)
    made = run(late, "member,session\nAnn Low,E1\nBea High,E1\n", NEW_PEOPLE)
    assert made == Imported(sessions=1, credits=1, minutes=120, members=1)
    assert len(late.read(sessions.sessions)) == 1


def test_every_column_is_read(late):
    ann = late.member("Ann Low")
    text = (
        "\ufeffMember;Session;Date;Minutes;Preparation;Travel;Paperwork;Follow-up;Capacity;Choice\r\n"
        "Ann Low;Day out;2026-03-01;60;30;20;10;5;own_time;pot\r\n"
        ";;;;;;;;;\r\n"
        f"{ann.number};Day in;2026-03-02;;15;;;;;\r\n"
        "Ann Low;Job;2026-03-03;0;;;;;paid_job;\r\n"
    )
    made = run(late, text, ImportOptions(minutes=90))
    assert made == Imported(sessions=3, credits=2, minutes=230, members=0)
    assert late.account_balance(accounts.COMMUNITY_POT) == 125
    assert late.balance(ann.member_id) == 105


def test_people_are_known_by_number_address_or_exact_name(late):
    ann = late.member("Ann Low", "ann@example.org")
    text = f"member,session\n{ann.number},A\nANN@example.org,B\nAnn Low,C\n"
    assert run(late, text).credits == 3
    assert late.balance(ann.member_id) == 360
    assert problems_of_names(late, ["ann low", "999", "bea@example.org"]) == [
        ("member_near", 2),
        ("member_not_on_file", 3),
        ("member_not_on_file", 4),
    ]


def problems_of_names(community: Community, names: list[str]) -> list[tuple[str, int]]:
    text = "member,session\n" + "".join(f"{name},Z\n" for name in names)
    plan = community.read(plan_import, text.encode(), TWO_HOURS)
    return [(problem.code, problem.params["line"]) for problem in plan.problems]


def test_a_standing_choice_holds_for_an_imported_credit(late):
    ann = late.member("Ann Low", choice="decline")
    assert run(late, "member,session\nAnn Low,E1\n").credits == 0
    assert late.balance(ann.member_id) == 0


def test_a_session_that_was_planned_by_hand_is_the_same_session(late):
    ann = late.member("Ann Low")
    planned = late.session("E1", on=date(2026, 1, 5))
    run(late, "member,session\nAnn Low,E1\n")
    assert [s.id for s in late.read(sessions.sessions)] == [planned]
    assert late.balance(ann.member_id) == 120


# --- what is refused, line by line ------------------------------------------------------------


def test_every_bad_line_is_named_and_nothing_is_recorded(late):
    late.member("Ann Low")
    late.member("Two Same")
    late.member("Two Same")
    text = (
        "member,session,minutes,date,capacity\n"
        "Ann Low,A,60,2026-01-05,\n"
        "Nobody,A,60,2026-01-05,\n"
        "Two Same,A,60,2026-01-05,\n"
        "Ann Low,A,90,2026-01-05,\n"
        "Ann Low,B,-60,2026-01-05,\n"
        "Ann Low,B,1.5,2026-01-05,\n"
        "Ann Low,B,0,2026-01-05,\n"
        "Ann Low,E,1500,2026-01-05,\n"
        "Ann Low,B,60,05/01/2026,\n"
        "Ann Low,B,60,2026-02-30,\n"
        "Ann Low,C,60,2026-11-22,\n"
        "Ann Low,D,60,2026-01-05,chair\n"
        ",D,60,2026-01-05,\n"
        '"Ann\nLow",D,60,2026-01-05,\n'
        "Ann Low,D,60,2026-01-05,,more\n"
        "Ada Marsh,D,60,2026-01-05,\n"
    )
    assert problems(late, text) == [
        ("member_not_on_file", 3),
        ("member_ambiguous", 4),
        ("row_twice", 5),
        ("minutes_negative", 6),
        ("minutes_not_whole", 7),
        ("time_missing", 8),
        ("time_too_long", 9),
        ("date_wrong", 10),
        ("date_wrong", 11),
        ("session_in_future", 12),
        ("choice_unknown", 13),
        ("text_missing", 14),
        ("text_control", 15),
        ("cells_too_many", 17),
        ("own_credit", 18),
    ]


def test_the_same_person_written_in_two_ways_is_there_once(late):
    ann = late.member("Ann Low")
    assert problems(late, f"member,session\nAnn Low,A\n{ann.number},A\n") == [("row_twice", 3)]


def test_nobody_is_added_under_a_number_or_an_address(late):
    text = "member,session\n555,A\nbea@example.org,A\nBea High,A\n"
    assert problems(late, text, NEW_PEOPLE) == [
        ("member_not_on_file", 2),
        ("member_not_on_file", 3),
    ]
    assert len(late.read(people.members)) == 1


def test_a_line_without_day_in_a_file_with_days_needs_one(late):
    late.member("Ann Low")
    text = "member,session,date\nAnn Low,A,\nAnn Low,B,2026-01-05\n"
    assert problems(late, text, ImportOptions(minutes=60)) == [("date_missing", 2)]


def test_other_figures_than_those_recorded_are_to_be_corrected(late):
    ann = late.member("Ann Low")
    text = "member,session\nAnn Low,E1\n"
    run(late, text)
    [session] = late.read(sessions.sessions)
    attendance_id = late.attendance_id(session.id, ann.member_id)
    correction = CorrectCredit(
        attendance_id=attendance_id,
        revision=1,
        capacity="own_time",
        choice=None,
        figures=Figures(session_minutes=60),
        reason="wrong_time",
    )
    late.do(correct_credit, correction)
    plan = late.read(plan_import, text.encode(), TWO_HOURS)
    assert [problem.code for problem in plan.problems] == ["already_recorded"]
    with pytest.raises(Rejected):
        late.do(apply_import, plan)
    assert late.balance(ann.member_id) == 60


def test_a_plan_is_made_again_under_the_lock(late):
    ann = late.member("Ann Low")
    text = b"member,session\nAnn Low,E1\n"
    plan = late.read(plan_import, text, TWO_HOURS)
    assert late.do(apply_import, plan).credits == 1
    assert late.do(apply_import, plan) == NOTHING  # the same plan, seen before the first import
    assert late.balance(ann.member_id) == 120


def test_a_member_imports_nothing(late):
    ann = late.member_actor("Ann Low")
    with pytest.raises(NotAllowed, match="role_lacking"):
        late.read(plan_import, b"member,session\nAnn Low,E1\n", TWO_HOURS, by=ann)


# --- what is wrong with a whole file ----------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "params"),
    [
        (b"", "file_empty", {}),
        (b"member,session\n\n , \n", "file_empty", {}),
        (b"member,session\nAnn,A\nZo\xeb,A\n", "file_not_utf8", {"line": 3}),
        ("member,session\nAnn,A\n".encode("utf-16"), "file_not_utf8", {"line": 1}),
        (b'member,session\nAnn,"A\nBea,A\n', "file_not_csv", {"line": 2}),
        (b"member,date\nAnn,2026-01-05\n", "column_missing", {"column": "session"}),
        (b"member,session,member\nAnn,A,Ann\n", "column_twice", {"column": "member"}),
        (b"member,session,Hourly Rate\nAnn,A,2\n", "column_weighs", {"column": "hourly_rate"}),
        (b"member,session,multiplier\nAnn,A,2\n", "column_weighs", {"column": "multiplier"}),
        (b"member,session,value\nAnn,A,2\n", "column_weighs", {"column": "value"}),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_why(data, code, params):
    with pytest.raises(RuleBroken) as refused:
        attendance_csv.read(data, usual_minutes=60)
    assert (refused.value.code, refused.value.params) == (code, params)


def test_an_unknown_column_is_refused_with_the_known_ones():
    with pytest.raises(RuleBroken) as refused:
        attendance_csv.read(b"member,session,shoe size\nAnn,A,38\n", usual_minutes=60)
    assert refused.value.code == "column_unknown"
    assert refused.value.params["column"] == "shoe_size"
    assert "follow_up" in refused.value.params["known"]


def test_what_the_file_lacks_must_be_said(late):
    data = b"member,session\nAnn,A\n"
    with pytest.raises(RuleBroken, match="option_minutes_missing"):
        late.read(plan_import, data, ImportOptions(starts_on=date(2026, 1, 5)))
    with pytest.raises(RuleBroken, match="option_starts_on_missing"):
        late.read(plan_import, data, ImportOptions(minutes=60))


# --- size -------------------------------------------------------------------------------------


def test_three_hundred_lines_take_seconds_and_not_minutes(late):
    text = "member,session\n" + "".join(f"Person {n},Big event\n" for n in range(300))
    statements: list[str] = []
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(late.database.engine, "before_cursor_execute", listen)
    # Work and round trips are what we answer for; the clock on the wall counts the neighbours too.
    begun = time.process_time()
    made = run(late, text, NEW_PEOPLE)
    spent = time.process_time() - begun
    event.remove(late.database.engine, "before_cursor_execute", listen)
    assert made == Imported(sessions=1, credits=300, minutes=36000, members=300)
    assert spent < 10
    assert len(statements) < 300 * 12 + 100
