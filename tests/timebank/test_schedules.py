"""When statements come: agreed by the group, chosen by members, paused, asked for, and foreseen."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from tests.timebank.test_redemptions import refused
from timebank import (
    accounts,
    audit,
    group_gifts,
    groups,
    pauses,
    people,
    periods,
    scheduler,
    schedules,
    statement_text,
    statements,
)
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import OutboxMessage, Statement
from timebank.pauses import PauseStatements, ResumeStatements
from timebank.roles import Actor
from timebank.schedules import AgreeSchedule, ChooseSchedule
from timebank.statements import RequestStatement
from timebank.words import Words


@pytest.fixture
def anna(community: Community) -> Actor:
    return community.member_actor("Anna Bell", "anna@example.org")


def on(month: int, day: int, hour: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def agree(community: Community, actor: Actor | None = None, **parts: Any) -> None:
    command = {"frequency": "monthly", "day": 31, "year_month": 12, "skip_quiet": False, **parts}
    follows_id = community.read(schedules.agreed)[0]
    community.do(
        schedules.agree_schedule, AgreeSchedule(follows_id=follows_id, **command), actor=actor
    )


def choose(community: Community, who: Actor, frequency: str, **parts: Any) -> None:
    revision = community.read(people.member, who.member_id).revision
    command = ChooseSchedule(revision=revision, frequency=frequency, **parts)
    community.do(schedules.choose_schedule, command, actor=who)


def tick(community: Community, moment: datetime) -> int:
    community.clock.set(moment)
    return scheduler.issue_due(community.database, community.console)


def of(community: Community, who: Actor) -> list[Statement]:
    found = community.read(statements.of_member, who.member_id, by=community.console)
    return list(reversed(found))


def ends(community: Community, who: Actor) -> list[date]:
    return [each.until_on for each in of(community, who)]


# --- choosing -----------------------------------------------------------------------------------


def test_everybody_follows_the_group_until_they_choose(community, anna):
    agree(community, frequency="quarterly", day=30)
    choose(community, community.actor, "none")
    tick(community, on(7, 3))
    assert ends(community, anna) == [date(2026, 3, 31), date(2026, 6, 30)]
    assert ends(community, community.actor) == []


def test_ones_own_choice_stands_over_the_groups_and_can_be_given_up(community, anna):
    choose(community, anna, "monthly", day=15)
    tick(community, on(5, 1))
    assert ends(community, anna) == [date(2026, 3, 15), date(2026, 4, 15)]
    choose(community, anna, "group")
    agree(community, frequency="yearly", year_month=6)
    tick(community, on(8, 1))
    assert ends(community, anna) == [date(2026, 3, 15), date(2026, 4, 15), date(2026, 6, 30)]
    assert of(community, anna)[-1].from_on == date(2026, 4, 16)


def test_a_change_made_before_the_tick_keeps_what_ended_before(community, anna):
    """At half past midnight on 1 April, with nothing issued yet: March is still told of."""
    community.clock.set(on(4, 1, hour=0))
    choose(community, anna, "yearly")
    agree(community, frequency="none")
    tick(community, on(4, 1, hour=1))
    assert ends(community, anna) == ends(community, community.actor) == [date(2026, 3, 31)]
    tick(community, on(2, 1, year=2027))
    assert ends(community, anna) == [date(2026, 3, 31), date(2026, 12, 31)]


def test_several_changes_in_a_day_come_to_the_last(community, anna):
    for frequency in ("monthly", "none", "quarterly"):
        choose(community, anna, frequency)
    assert community.read(schedules.standing, anna.member_id).choice == "quarterly"
    tick(community, on(7, 2))
    assert ends(community, anna) == [date(2026, 3, 31), date(2026, 6, 30)]


def test_quiet_periods_run_on_where_that_was_chosen(community, anna):
    choose(community, anna, "monthly", skip_quiet=True)
    community.clock.set(on(5, 20))
    community.credit(community.session(), [anna.member_id], minutes=60)
    tick(community, on(9, 1))
    (found,) = of(community, anna)
    assert (found.from_on, found.until_on) == (date(2026, 3, 1), date(2026, 5, 31))
    community.credit(community.session("Two"), [anna.member_id], minutes=60)
    tick(community, on(10, 2))
    assert [(s.from_on, s.until_on) for s in of(community, anna)][1:] == [
        (date(2026, 6, 1), date(2026, 9, 30))
    ]


def test_who_may(community, anna):
    ben = community.member_actor("Ben Cole")
    refused(NotAllowed, "role_lacking", agree, community, actor=anna)
    pause = (pauses.pause, PauseStatements(member_id=anna.member_id))
    refused(NotAllowed, "role_lacking", community.do, *pause, actor=anna)
    refused(NotAllowed, "role_lacking", community.do, pauses.pause, PauseStatements(), actor=ben)
    command = ChooseSchedule(revision=1, frequency="none", member_id=anna.member_id)
    refused(NotAllowed, "role_lacking", community.do, schedules.choose_schedule, command, actor=ben)
    refused(
        NotAllowed, "role_lacking", community.do, statements.request_statement,
        RequestStatement(member_id=anna.member_id), actor=ben,
    )  # fmt: skip
    refused(NotFound, "member_unknown", community.read, schedules.standing, anna.member_id, by=ben)
    refused(
        NotAllowed, "role_lacking",
        community.read, statements.due_statements, date(2026, 3, 31), by=anna,
    )  # fmt: skip


def test_stale_pages_and_wrong_values_are_refused(community, anna):
    agree(community, day=10)
    stale = AgreeSchedule(
        follows_id=0, frequency="none", day=31, year_month=12, skip_quiet=False
    )  # fmt: skip
    refused(Conflict, "changed_meanwhile", community.do, schedules.agree_schedule, stale)
    refused(RuleBroken, "schedule_day_wrong", agree, community, day=32)
    refused(RuleBroken, "schedule_month_wrong", agree, community, year_month=0)
    refused(RuleBroken, "choice_unknown", agree, community, frequency="group")
    choose(community, anna, "none")
    old = ChooseSchedule(revision=1, frequency="monthly")
    refused(Conflict, "changed_meanwhile", community.do, schedules.choose_schedule, old, actor=anna)
    refused(RuleBroken, "choice_unknown", choose, community, anna, "weekly")
    refused(RuleBroken, "schedule_day_wrong", choose, community, anna, "monthly", day=0)


# --- pauses -------------------------------------------------------------------------------------


def test_a_pause_holds_everything_back_and_then_it_follows_in_order(community, anna):
    for _ in range(2):
        community.do(pauses.pause, PauseStatements())
    assert tick(community, on(6, 2)) == 0
    assert not community.read(statements.anything_due)
    refused(
        RuleBroken, "statements_paused", community.do,
        statements.issue_statements, statements.IssueStatements(until_on=date(2026, 3, 31)),
    )  # fmt: skip
    assert community.read(pauses.paused).paused_by == community.actor.id
    for _ in range(2):
        community.do(pauses.resume, ResumeStatements())
    assert tick(community, on(6, 3)) == 6
    assert ends(community, anna) == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_a_pause_of_one_member_leaves_the_others_alone(community, anna):
    ben = community.member_actor("Ben Cole")
    choose(community, ben, "monthly")  # asked for in another way than Anna's
    for who in (anna, ben):
        community.do(pauses.pause, PauseStatements(member_id=who.member_id))
    assert tick(community, on(4, 2)) == 1
    assert ends(community, anna) == ends(community, ben) == []
    found = community.read(statements.due_statements, date(2026, 4, 1))
    assert found == []
    for who in (anna, ben):
        community.do(pauses.resume, ResumeStatements(member_id=who.member_id))
    assert tick(community, on(4, 2)) == 2


# --- on request ---------------------------------------------------------------------------------


def test_asked_for_now_it_ends_yesterday_and_the_next_begins_today(community, anna):
    community.credit(community.session(), [anna.member_id], minutes=60)
    community.clock.set(on(4, 10))
    made = community.do(statements.request_statement, RequestStatement(), actor=anna)
    again = community.do(statements.request_statement, RequestStatement(), actor=anna)
    assert made == again
    assert ends(community, anna) == [date(2026, 3, 31), date(2026, 4, 9)]
    assert of(community, anna)[-1].id == made.statement_id
    tick(community, on(5, 1))
    assert [(s.from_on, s.until_on) for s in of(community, anna)][2:] == [
        (date(2026, 4, 10), date(2026, 4, 30))
    ]


def test_only_when_asked_for(community, anna):
    choose(community, anna, "request")
    assert tick(community, on(9, 1)) == 6  # the administrator's alone
    command = RequestStatement(member_id=anna.member_id)
    community.do(statements.request_statement, command)  # by telephone
    assert ends(community, anna) == [date(2026, 8, 31)]


def test_who_wants_none_and_who_joined_today_are_told_why(community, anna):
    refused(
        RuleBroken, "statement_too_early",
        community.do, statements.request_statement, RequestStatement(), actor=anna,
    )  # fmt: skip
    choose(community, anna, "none")
    community.clock.set(on(3, 9))
    refused(
        RuleBroken, "statements_off",
        community.do, statements.request_statement, RequestStatement(), actor=anna,
    )  # fmt: skip


# --- the dry run --------------------------------------------------------------------------------


def test_the_dry_run_says_exactly_what_is_then_issued(community, anna):
    """Also for days to come: what it foretold is what the ticks issue."""
    ben = community.member_actor("Ben Cole")
    choose(community, ben, "monthly", day=10, skip_quiet=True)
    session = community.session("One")
    choose(community, anna, "quarterly")
    community.credit(session, [anna.member_id, ben.member_id], minutes=60)
    foretold = [
        (each.holder.account, each.from_on, each.until_on, each.lines)
        for each in community.read(statements.due_statements, date(2026, 9, 30))
    ]
    with community.database.reading(community.console) as unit:
        assert unit.db.scalars(select(Statement)).all() == []
    assert tick(community, on(10, 1)) == len(foretold)
    with community.database.reading(community.console) as unit:
        issued = [
            (s.account, s.from_on, s.until_on, s.last_seq - (s.first_seq or s.last_seq + 1) + 1)
            for s in unit.db.scalars(select(Statement))
        ]
    assert sorted(issued) == sorted(foretold)
    assert Counter(account for account, *_ in issued) == {
        accounts.member(anna.member_id): 3,
        accounts.member(ben.member_id): 1,
        accounts.member(community.actor.member_id): 7,
    }


# --- the pot ------------------------------------------------------------------------------------


def test_the_pot_has_a_statement_when_something_was_given_to_it(community, anna):
    giver = community.member_actor("Gil Fox", choice="pot")
    session_id = community.session("A session of two")
    community.credit(session_id, [giver.member_id], minutes=90)
    assert tick(community, on(5, 1)) == 7  # two months of three members, one of the pot
    (found,) = community.read(statements.of_pot, by=anna)
    assert (found.from_on, found.until_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (found.member_id, found.closing_minutes) == (None, 90)
    for word in ("A session of two", "Gil", giver.member_id, giver.person_id):
        assert word not in found.content
    assert '"code":"line_pot_given"' in found.content
    with community.database.reading(community.console) as unit:
        told = unit.db.scalars(select(OutboxMessage.subject_id)).all()
        assert found.id not in told
        assert audit.verify(unit).findings == ()
    assert community.read(statements.statement, found.id, by=anna).id == found.id
    nobody = Actor(id="f" * 32, person_id="f" * 32)
    refused(
        NotFound, "statement_unknown", community.read, statements.statement, found.id, by=nobody
    )
    refused(NotAllowed, "role_lacking", community.read, statements.of_pot, by=nobody)


# --- groups -------------------------------------------------------------------------------------


def test_a_groups_statement_is_for_who_speaks_for_it(community, anna):
    """It names the group and nobody else, and begins with the month of its first hours."""
    ben = community.member_actor("Ben Cole")
    community.credit(community.session(), [ben.member_id], minutes=120)
    kept = community.do(groups.add_group, groups.AddGroup(name="Reading circle"))
    holder = groups.AddHolder(group_id=kept.group_id, member_id=anna.member_id)
    community.do(groups.add_holder, holder)
    community.clock.set(on(5, 3))
    gift = group_gifts.GiveGroupHours(
        group_id=kept.group_id, member_id=ben.member_id, to_group=True, minutes=45
    )
    community.do(group_gifts.give_hours, gift)
    tick(community, on(7, 1))
    (found,) = community.read(statements.of_group, kept.group_id, by=anna)
    assert (found.from_on, found.until_on) == (date(2026, 5, 1), date(2026, 5, 31))
    assert (found.member_id, found.opening_minutes, found.closing_minutes) == (None, 0, 45)
    text = " ".join(statement_text.plain(json.loads(found.content)).split())
    assert "Reading circle had 45 minutes on 31 May 2026." in text
    assert "Given to the group by a member on 3 May 2026" in text
    assert "In this time 45 minutes was given." in text
    for word in ("Ben", "Cole", ben.member_id, ben.person_id):
        assert word not in found.content
    assert community.read(statements.statement, found.id, by=anna).id == found.id
    refused(NotFound, "statement_unknown", community.read, statements.statement, found.id, by=ben)
    refused(NotFound, "group_unknown", community.read, statements.of_group, kept.group_id, by=ben)
    assert community.read(audit.verify).findings == ()


# --- clocks -------------------------------------------------------------------------------------


def test_local_midnight_when_the_clocks_change(community, anna):
    """On 29 March 2026 London goes to summer time at one in the morning, on 25 October back."""
    choose(community, anna, "monthly", day=28)
    tick(community, datetime(2026, 3, 28, 23, 59, tzinfo=UTC))
    assert ends(community, anna) == []
    tick(community, datetime(2026, 3, 29, 0, 0, tzinfo=UTC))
    assert ends(community, anna) == [date(2026, 3, 28)]
    agree(community, day=24)
    choose(community, anna, "group")
    tick(community, datetime(2026, 10, 24, 22, 59, tzinfo=UTC))
    assert ends(community, anna)[-1] == date(2026, 9, 24)
    tick(community, datetime(2026, 10, 24, 23, 0, tzinfo=UTC))
    assert ends(community, anna)[-1] == date(2026, 10, 24)


def test_a_clock_that_was_set_back_neither_repeats_nor_loses(community, anna):
    community.credit(community.session("One"), [anna.member_id], minutes=60)
    tick(community, on(4, 1))
    community.clock.set(on(3, 30))
    assert tick(community, on(3, 30)) == 0
    community.credit(community.session("Two", on=date(2026, 3, 29)), [anna.member_id], minutes=30)
    tick(community, on(4, 1))
    tick(community, on(5, 1))
    found = of(community, anna)
    assert [(s.until_on, s.first_seq, s.last_seq) for s in found] == [
        (date(2026, 3, 31), 1, 1), (date(2026, 4, 30), 2, 2),
    ]  # fmt: skip
    assert community.read(audit.verify).findings == ()


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (periods.USUAL, "Every month, up to the last day"),
        (
            periods.Schedule(frequency="monthly", day=15, skip_quiet=True),
            "Every month, up to day 15 of the month; not when nothing was recorded",
        ),
        (periods.Schedule(frequency="none", skip_quiet=True), "None at all"),
    ],
)
def test_a_schedule_in_words(schedule, expected):
    assert schedules.say(Words(), schedule) == expected
