"""Crediting a session: who, how much, where it goes, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, select

from tests.timebank.builders import Community
from timebank import accounts, audit, crediting, sent_lines, sessions
from timebank import community as communities
from timebank.crediting import AttendanceLine, CreditSession, credit_session, preview_credit
from timebank.errors import Conflict, NotAllowed, NotFound, Rejected, RuleBroken
from timebank.figures import Figures
from timebank.models import Attendance, AttendanceEntry, OutboxMessage, TrailEvent


def line(member_id: str, *, capacity="own_time", choice=None, **minutes: int) -> AttendanceLine:
    """One person's line; `session=90` means 90 minutes of session time."""
    figures = Figures(**{f"{name}_minutes": value for name, value in minutes.items()})
    return AttendanceLine(member_id=member_id, capacity=capacity, choice=choice, figures=figures)


def count(community: Community, model: type) -> int:
    return community.read(lambda unit: unit.db.scalar(select(func.count()).select_from(model)))


def agree_rounding(community: Community, rounding: str) -> None:
    command = communities.AgreePolicy(
        follows_version=community.read(communities.policy).version,
        rounding=rounding,
        money_rewards=False,
        advice_contact="",
        information_reviewed_by="",
        information_reviewed_on=None,
    )
    community.do(communities.agree_policy, command)


# --- where the hours go -----------------------------------------------------------------------


def test_every_component_counts_the_same_and_reaches_the_member(community):
    anna = community.member("Anna Bell")
    session_id = community.session()
    one = line(anna.member_id, session=60, preparation=30, travel=20, paperwork=10, follow_up=5)
    credited = community.credit(session_id, lines=[one])
    assert community.balance(anna.member_id) == 125
    assert community.account_balance(accounts.ISSUED) == -125
    assert credited == crediting.SessionCredited(
        session_id=session_id,
        people=1,
        credited=1,
        credited_minutes=125,
        pot_minutes=0,
        declined_minutes=0,
        paid_job=0,
    )


def test_one_person_is_one_transaction_about_the_attendance(community):
    anna, bill = community.member("Anna Bell"), community.member("Bill Cook")
    session_id = community.session(on=date(2026, 3, 1))
    community.credit(session_id, [anna.member_id, bill.member_id], minutes=90)
    entries = community.read(sessions.attendances, session_id)
    assert [entry.attendance.member.person.name for entry in entries] == ["Anna Bell", "Bill Cook"]
    for entry in entries:
        posted = community.read(lambda unit, seq=entry.seq: unit.book.transaction(seq))
        assert posted.reference == entry.attendance_id
        assert posted.key == f"credit:{entry.attendance_id}:1"
        assert (posted.kind, posted.occurred_on) == ("credit", date(2026, 3, 1))
        assert posted.actor == community.actor.id == entry.recorded_by


def test_the_pot_a_decline_and_a_paid_job_leave_the_member_at_nothing(community):
    ids = [community.member(name).member_id for name in ("Anna", "Bill", "Cora", "Dan")]
    session_id = community.session()
    credited = community.credit(
        session_id,
        lines=[
            line(ids[0], session=60, choice="pot"),
            line(ids[1], session=45, choice="decline"),
            line(ids[2], session=60, capacity="paid_job"),
            line(ids[3], capacity="paid_job"),
        ],
    )
    assert [community.balance(member_id) for member_id in ids] == [0, 0, 0, 0]
    assert community.account_balance(accounts.COMMUNITY_POT) == 60
    assert community.account_balance(accounts.ISSUED) == -60
    assert (credited.people, credited.credited, credited.credited_minutes) == (4, 0, 0)
    assert (credited.pot_minutes, credited.declined_minutes, credited.paid_job) == (60, 45, 2)
    entries = {
        e.attendance.member_id: (e.credited_minutes, e.seq is not None)
        for e in community.read(sessions.attendances, session_id)
    }
    assert [entries[i] for i in ids] == [(60, True), (45, False), (0, False), (0, False)]
    assert community.read(audit.verify).findings == ()


def test_the_standing_choice_holds_unless_the_line_says_otherwise(community):
    anna = community.member("Anna", choice="pot").member_id
    bill = community.member("Bill", choice="decline").member_id
    session_id = community.session()
    community.credit(
        session_id, lines=[line(anna, session=60), line(bill, session=60, choice="accept")]
    )
    assert community.account_balance(accounts.COMMUNITY_POT) == 60
    assert (community.balance(anna), community.balance(bill)) == (0, 60)


def test_a_part_for_the_pot_stands_in_the_same_transaction(community):
    anna = community.member("Anna").member_id
    session_id = community.session()
    one = AttendanceLine(
        member_id=anna, choice="accept", pot_minutes=30, figures=Figures(session_minutes=120)
    )
    done = community.credit(session_id, lines=[one])
    assert (done.credited, done.credited_minutes, done.pot_minutes) == (1, 90, 30)
    assert community.balance(anna) == 90
    assert community.account_balance(accounts.COMMUNITY_POT) == 30
    [entry] = community.read(sessions.attendances, session_id)
    posted = community.read(lambda unit: unit.book.transaction(entry.seq))
    assert sorted(line.amount for line in posted.lines) == [-120, 30, 90]
    assert community.read(audit.verify).findings == ()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"choice": "accept", "pot_minutes": 121}, "pot_part_too_much"),
        ({"choice": "pot", "pot_minutes": 30}, "pot_part_not_accepted"),
        ({"choice": "decline", "pot_minutes": 30}, "pot_part_not_accepted"),
        ({"choice": "accept", "pot_minutes": 1, "capacity": "paid_job"}, "pot_part_too_much"),
        ({"choice": "accept", "pot_minutes": -1}, "minutes_negative"),
        ({"involvement": "honoured_guest"}, "choice_unknown"),
    ],
)
def test_a_part_or_an_involvement_that_cannot_be_is_refused(community, given, code):
    anna = community.member("Anna").member_id
    one = AttendanceLine(member_id=anna, figures=Figures(session_minutes=120), **given)
    with pytest.raises(RuleBroken, match=code):
        community.credit(community.session(), lines=[one])
    assert community.balance(anna) == 0


def test_all_of_it_for_the_pot_as_a_part_leaves_the_account_out(community):
    anna = community.member("Anna").member_id
    one = AttendanceLine(member_id=anna, pot_minutes=60, figures=Figures(session_minutes=60))
    community.credit(community.session(), lines=[one])
    assert (community.balance(anna), community.account_balance(accounts.COMMUNITY_POT)) == (0, 60)
    assert community.read(audit.verify).findings == ()


def test_there_is_no_travel_to_a_session_on_line(community):
    anna = community.member("Anna").member_id
    session_id = community.session(online=True)
    with pytest.raises(RuleBroken, match="online_no_travel"):
        community.credit(session_id, lines=[line(anna, session=60, travel=10)])
    with pytest.raises(RuleBroken, match="online_no_travel"):
        community.session(online=True, usual_travel_minutes=10)


def test_being_elsewhere_at_the_same_time_is_warned_about(community):
    ids = [community.member(name).member_id for name in ("Anna", "Bill", "Cora")]
    earlier = community.session("Morning", starts_at_time="10:00")
    community.credit(earlier, lines=[line(ids[0], session=120), line(ids[1], session=60),
                                     line(ids[2], session=600)])  # fmt: skip
    later = community.session("Lunch", starts_at_time="11:00", minutes=150)
    revision = community.read(sessions.session, later).revision
    lines = tuple(line(member_id, session=150) for member_id in ids)
    command = CreditSession(session_id=later, revision=revision, lines=lines)
    preview = community.read(preview_credit, command)
    assert [each.warnings for each in preview.lines] == [
        ("overlap",), (), ("overlap", "day_long"),
    ]  # fmt: skip
    # It may be right all the same.
    assert community.do(credit_session, command).people == 3


@pytest.mark.parametrize(
    ("rounding", "credited"), [("none", 155), ("nearest_15", 150), ("up_15", 165)]
)
def test_rounding_is_once_for_the_person_and_not_per_component(community, rounding, credited):
    agree_rounding(community, rounding)
    anna = community.member("Anna").member_id
    # Each component alone would round to 45 + 30 + 75 and 60 + 30 + 90.
    community.credit(community.session(), lines=[line(anna, session=50, preparation=24, travel=81)])
    assert community.balance(anna) == credited


@pytest.mark.parametrize("rounding", ["none", "nearest_15", "up_15"])
def test_the_sum_over_people_is_the_sum_of_the_sessions_transactions(community, rounding):
    agree_rounding(community, rounding)
    ids = [community.member(f"Person {number}").member_id for number in range(7)]
    given = [(50, 20, 96), (7, 0, 0), (8, 0, 0), (0, 1, 0), (61, 14, 3), (120, 0, 7), (33, 33, 33)]
    session_id = community.session()
    lines = [
        line(member_id, session=a, preparation=b, travel=c, choice=("accept", "pot")[a % 2])
        for member_id, (a, b, c) in zip(ids, given, strict=True)
    ]
    done = community.credit(session_id, lines=lines)
    entries = community.read(sessions.attendances, session_id)
    posted = [community.read(lambda unit, seq=e.seq: unit.book.transaction(seq))
              for e in entries if e.seq]  # fmt: skip
    sums = [max(each.amount for each in txn.lines) for txn in posted]
    assert sums == [entry.credited_minutes for entry in entries if entry.credited_minutes]
    assert sum(sums) == done.credited_minutes + done.pot_minutes
    assert community.account_balance(accounts.ISSUED) == -sum(sums)
    first = next(e for e in entries if e.attendance.member_id == ids[0])
    assert first.credited_minutes == {"none": 166, "nearest_15": 165, "up_15": 180}[rounding]


def test_the_console_credits_and_stands_in_the_record(community):
    anna = community.member("Anna").member_id
    session_id = community.session()
    community.credit(session_id, [anna], minutes=30, actor=community.console)
    [entry] = community.read(sessions.attendances, session_id)
    assert entry.recorded_by == community.console.id
    assert community.balance(anna) == 30


def test_those_who_got_hours_are_told_and_nobody_else(community):
    told = community.member("Anna", "anna@example.org")
    community.member("Not there", "nowhere@example.org")
    declined = community.member("Bill", "bill@example.org", choice="decline")
    no_mail = community.member("Cora")
    session_id = community.session()
    community.credit(session_id, [told.member_id, declined.member_id, no_mail.member_id])
    asked = OutboxMessage.kind.in_(("hours_credited", "is_it_right"))
    [message] = community.read(
        lambda unit: unit.db.scalars(select(OutboxMessage).where(asked)).all()
    )
    assert message.person_id == told.person_id


# --- who may, and when ------------------------------------------------------------------------


def test_nobody_credits_their_own_hours(community):
    cora = community.coordinator("Cora")
    anna = community.member("Anna").member_id
    session_id = community.session()
    done = community.credit(session_id, [cora.member_id, anna], actor=cora)
    assert (done.people, done.credited_minutes, done.waiting) == (1, 120, 1)
    assert community.balance(cora.member_id) == 0
    assert len(community.read(sessions.attendances, session_id)) == 1
    [waits] = community.read(sent_lines.waiting, session_id=session_id)
    assert (waits.member_id, waits.session_minutes) == (cora.member_id, 120)
    with pytest.raises(Conflict, match="already_waiting"):
        community.credit(session_id, [cora.member_id], actor=cora)


def test_an_own_line_alone_leaves_the_session_to_be_credited(community):
    cora = community.coordinator("Cora")
    session_id = community.session()
    done = community.credit(session_id, [cora.member_id], actor=cora)
    assert (done.people, done.waiting) == (0, 1)
    assert community.read(sessions.session, session_id).status == "planned"
    community.credit(session_id, [cora.member_id])  # another coordinator may credit her
    assert community.balance(cora.member_id) == 120


def test_a_member_credits_nobody(community):
    anna = community.member_actor("Anna")
    bill = community.member("Bill")
    session_id = community.session()
    command = CreditSession(session_id=session_id, revision=1, lines=(line(bill.member_id),))
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(credit_session, command, actor=anna)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.read(preview_credit, command, by=anna)


def test_a_page_overtaken_by_another_coordinator_is_refused(community):
    cora = community.coordinator("Cora")
    anna, bill = community.member("Anna").member_id, community.member("Bill").member_id
    session_id = community.session()
    seen = community.read(sessions.session, session_id).revision
    community.clock.forward(minutes=5)
    community.credit(session_id, [anna], actor=cora)
    community.clock.forward(minutes=5)
    stale = CreditSession(session_id=session_id, revision=seen, lines=(line(bill, session=60),))
    with pytest.raises(Conflict) as refused:
        community.do(credit_session, stale)
    assert refused.value.code == "session_changed"
    assert refused.value.params["by"] == cora.id
    assert refused.value.params["at"] == community.clock() - timedelta(minutes=5)
    assert community.balance(bill) == 0
    community.credit(session_id, [bill], minutes=60)  # somebody who was forgotten, page fresh
    assert community.balance(bill) == 60


def test_a_session_to_come_is_not_credited(community):
    anna = community.member("Anna").member_id
    tomorrow = community.clock().date() + timedelta(days=1)
    session_id = community.session(ends_on=tomorrow)
    with pytest.raises(RuleBroken, match="session_in_future"):
        community.credit(session_id, [anna])
    community.clock.forward(days=1)
    assert community.credit(session_id, [anna]).credited == 1


def test_an_activity_that_is_not_credited_says_why(community):
    anna = community.member("Anna").member_id
    with pytest.raises(RuleBroken) as refused:
        community.credit(community.session(credited=False), [anna])
    assert refused.value.code == "activity_not_credited"
    assert refused.value.params["reason"]


def test_nobody_chosen_is_refused(community):
    with pytest.raises(RuleBroken, match="nobody_chosen"):
        community.credit(community.session(), [])


def test_an_unknown_session_is_not_found(community):
    with pytest.raises(NotFound, match="session_unknown"):
        community.credit("0" * 32, ["0" * 32])


# --- the lines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "time_missing"),
        ({"session": -5, "travel": 60}, "minutes_negative"),
        ({"session": 10**6 + 1}, "minutes_too_many"),
        ({"session": 1.5}, "minutes_not_whole"),
        ({"session": True}, "minutes_not_whole"),
        ({"session": 20 * 60, "travel": 4 * 60 + 1}, "time_too_long"),
        ({"session": 60, "capacity": "chair"}, "choice_unknown"),
        ({"session": 60, "choice": "maybe"}, "choice_unknown"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_its_place(community, given, code):
    anna, bill = community.member("Anna").member_id, community.member("Bill").member_id
    with pytest.raises(RuleBroken) as refused:
        community.credit(community.session(), lines=[line(anna, session=60), line(bill, **given)])
    assert refused.value.code == code
    assert refused.value.params["line"] == 1
    assert refused.value.params["member"] == bill
    assert refused.value.field
    assert community.balance(anna) == 0


def test_a_session_of_two_days_has_48_hours(community):
    anna = community.member("Anna").member_id
    session_id = community.session(
        on=date(2026, 2, 27), ends_on=date(2026, 2, 28), title="Weekend away"
    )
    community.credit(session_id, lines=[line(anna, session=48 * 60)])
    assert community.balance(anna) == 48 * 60


def test_all_problems_are_named_and_nothing_is_half_written(community):
    anna, bill = community.member("Anna", "anna@example.org").member_id, community.member("Bill")
    session_id = community.session()
    before = [count(community, model) for model in (Attendance, OutboxMessage, TrailEvent)]
    lines = [
        line(anna, session=60),
        line(anna, session=30),
        line("f" * 32, session=60),
        line(bill.member_id),
    ]
    with pytest.raises(Rejected) as refused:
        community.credit(session_id, lines=lines)
    found = [(problem.code, problem.params["line"]) for problem in refused.value.problems]
    assert found == [("line_twice", 1), ("member_unknown", 2), ("time_missing", 3)]
    assert [count(community, model) for model in (Attendance, OutboxMessage, TrailEvent)] == before
    assert community.balance(anna) == 0
    assert community.read(sessions.session, session_id).revision == 1


def test_somebody_already_recorded_is_not_recorded_again(community):
    anna = community.member("Anna").member_id
    session_id = community.session()
    community.credit(session_id, [anna])
    with pytest.raises(Conflict, match="already_attended"):
        community.credit(session_id, [anna])
    assert community.balance(anna) == 120


# --- preview ----------------------------------------------------------------------------------


def test_a_preview_tells_what_would_happen_and_records_nothing(community):
    agree_rounding(community, "up_15")
    anna, bill = community.member("Anna").member_id, community.member("Bill").member_id
    session_id = community.session()
    command = CreditSession(
        session_id=session_id,
        revision=1,
        lines=(line(anna, session=50, preparation=13 * 60), line(bill), line("e" * 32)),
    )
    preview = community.read(preview_credit, command)
    [only] = preview.lines
    assert (only.name, only.choice, only.credited_minutes) == ("Anna", "accept", 840)
    assert only.warnings == ("time_long",)
    assert [problem.code for problem in preview.problems] == ["time_missing", "member_unknown"]
    assert preview.totals.credited_minutes == 840
    assert count(community, Attendance) == 0
    with pytest.raises(Rejected):
        community.do(credit_session, command)


def test_a_preview_of_a_stale_page_says_so(community):
    anna = community.member("Anna").member_id
    command = CreditSession(session_id=community.session(), revision=7, lines=(line(anna),))
    problems = community.read(preview_credit, command).problems
    assert [problem.code for problem in problems] == ["session_changed", "time_missing"]


# --- twice ------------------------------------------------------------------------------------


def test_the_same_key_records_once_and_answers_the_same(community):
    anna = community.member("Anna").member_id
    session_id = community.session()
    command = CreditSession(session_id=session_id, revision=1, lines=(line(anna, session=60),))
    first = community.do(credit_session, command, key="page-0001")
    again = community.do(credit_session, command, key="page-0001")
    assert again == first
    assert community.balance(anna) == 60
    assert count(community, AttendanceEntry) == 1


def test_the_same_key_with_other_content_is_a_conflict(community):
    anna = community.member("Anna").member_id
    session_id = community.session()
    for minutes, outcome in ((60, None), (90, "key_used")):
        command = CreditSession(
            session_id=session_id, revision=1, lines=(line(anna, session=minutes),)
        )
        if outcome is None:
            community.do(credit_session, command, key="page-0001")
        else:
            with pytest.raises(Conflict, match=outcome):
                community.do(credit_session, command, key="page-0001")
    assert community.balance(anna) == 60


# --- size -------------------------------------------------------------------------------------


def statements_to_credit(community: Community, people: int, start: int) -> int:
    """How many SQL statements crediting so many people takes."""
    ids = [
        community.member(f"Person {n}", f"p{n}@example.org").member_id
        for n in range(start, start + people)
    ]
    session_id = community.session(f"Session of {people}")
    seen: list[str] = []
    listen = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(community.database.engine, "before_cursor_execute", listen)
    try:
        credited = community.credit(session_id, ids, minutes=60)
    finally:
        event.remove(community.database.engine, "before_cursor_execute", listen)
    assert credited.credited == people
    return len(seen)


def test_more_people_take_no_more_queries(community):
    few = statements_to_credit(community, 5, start=0)
    many = statements_to_credit(community, 60, start=100)
    assert many == few


def test_two_coordinators_at_once_credit_the_session_once(community):
    cora = community.coordinator("Cora")
    ids = [community.member(name).member_id for name in ("Anna", "Bill")]
    session_id = community.session()
    together = Barrier(2)

    def credit(actor, member_id: str) -> str:
        one = CreditSession(session_id=session_id, revision=1, lines=(line(member_id, session=60),))
        together.wait(timeout=10)
        try:
            community.do(credit_session, one, actor=actor)
        except Conflict as error:
            return error.code
        return "credited"

    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(credit, (community.actor, cora), ids))
    assert sorted(outcomes) == ["credited", "session_changed"]
    assert sorted(community.balance(member_id) for member_id in ids) == [0, 60]
