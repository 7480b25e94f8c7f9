"""Time added afterwards: rounded once with what was there, and only the difference posted."""

from __future__ import annotations

import pytest

from tests.timebank.test_crediting import agree_rounding, line
from timebank import accounts, audit, corrections, sessions, statements
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.errors import Conflict, NotAllowed, RuleBroken
from timebank.figures import Figures
from timebank.late_time import AddLateTime, add_late_time, preview_late_time


@pytest.fixture
def anna(community):
    return community.member("Anna Bell", "anna@example.org").member_id


def add(community, attendance_id: str, revision: int = 1, **minutes: int) -> AddLateTime:
    figures = Figures(**{f"{name}_minutes": value for name, value in minutes.items()})
    return AddLateTime(attendance_id=attendance_id, revision=revision, figures=figures)


def recorded(community, member_id: str, **minutes: int) -> tuple[str, str]:
    """A session at which somebody was recorded: its id and the attendance's."""
    session_id = community.session()
    community.credit(session_id, lines=[line(member_id, **minutes)])
    return session_id, community.attendance_id(session_id, member_id)


def test_rounding_takes_the_whole_and_posts_only_the_difference(community, anna):
    agree_rounding(community, "up_15")
    session_id, attendance_id = recorded(community, anna, session=50, preparation=20)
    assert community.balance(anna) == 75
    day = community.clock().date()
    community.clock.forward(days=9)
    added = community.do(add_late_time, add(community, attendance_id, follow_up=96))
    # 50 + 20 + 96 is 2 hours 46 minutes, up to 3 hours; rounding each part would give 3:15.
    assert (added.credited_minutes, added.added_minutes, added.balance_minutes) == (180, 105, 180)
    [entry] = community.read(sessions.attendances, session_id)
    assert (entry.revision, entry.late, entry.credited_minutes) == (2, True, 180)
    posted = community.read(lambda unit: unit.book.transaction(entry.seq))
    assert posted.key == f"credit:{attendance_id}:2"
    assert posted.occurred_on == day
    assert sorted(each.amount for each in posted.lines) == [-105, 105]
    assert community.read(audit.verify).findings == ()


def test_what_changes_nothing_after_rounding_is_recorded_and_not_posted(community, anna):
    agree_rounding(community, "up_15")
    session_id, attendance_id = recorded(community, anna, session=50)
    added = community.do(add_late_time, add(community, attendance_id, follow_up=10))
    assert (added.credited_minutes, added.added_minutes) == (60, 0)
    [entry] = community.read(sessions.attendances, session_id)
    assert (entry.seq, entry.follow_up_minutes) == (None, 10)
    # The ten minutes count when more comes.
    community.do(add_late_time, add(community, attendance_id, 2, follow_up=10))
    assert community.balance(anna) == 75
    assert community.read(audit.verify).findings == ()


def test_the_rule_of_the_day_it_was_credited_holds(community, anna):
    agree_rounding(community, "up_15")
    _session_id, attendance_id = recorded(community, anna, session=50)
    agree_rounding(community, "none")
    community.do(add_late_time, add(community, attendance_id, follow_up=11))
    assert community.balance(anna) == 75


def test_it_goes_where_the_hours_went(community):
    ids = [community.member(name).member_id for name in ("Pat", "Dee", "Job", "Part")]
    session_id = community.session()
    community.credit(session_id, lines=[
        line(ids[0], session=60, choice="pot"), line(ids[1], session=60, choice="decline"),
        line(ids[2], session=60, capacity="paid_job"), line(ids[3], session=60),
    ])  # fmt: skip
    for member_id in ids:
        attendance_id = community.attendance_id(session_id, member_id)
        community.do(add_late_time, add(community, attendance_id, follow_up=30))
    assert [community.balance(member_id) for member_id in ids] == [0, 0, 0, 90]
    assert community.account_balance(accounts.COMMUNITY_POT) == 90
    assert community.read(audit.verify).findings == ()


def test_after_so_many_days_it_is_too_late(community, anna):
    _session_id, attendance_id = recorded(community, anna, session=60)
    community.clock.forward(days=28)
    community.do(add_late_time, add(community, attendance_id, follow_up=10))
    community.clock.forward(days=1)
    with pytest.raises(RuleBroken, match="late_over") as refused:
        community.do(add_late_time, add(community, attendance_id, 2, follow_up=10))
    assert refused.value.params["last_on"] == (community.clock().date().replace(day=30))
    now = community.read(policy)
    rules = AgreePolicy(
        follows_version=now.version, rounding=now.rounding, money_rewards=False, late_days=60,
        advice_contact="", information_reviewed_by="", information_reviewed_on=None,
    )  # fmt: skip
    community.do(agree_policy, rules)
    community.do(add_late_time, add(community, attendance_id, 2, follow_up=10))
    assert community.balance(anna) == 80
    # Other rules agreed later leave it as it is.
    agree_rounding(community, "up_15")
    assert community.read(policy).late_days == 60


def test_a_stale_page_is_refused_and_names_the_other(community, anna):
    cora = community.coordinator("Cora")
    _session_id, attendance_id = recorded(community, anna, session=60)
    community.do(add_late_time, add(community, attendance_id, follow_up=10), actor=cora)
    with pytest.raises(Conflict, match="credit_changed") as refused:
        community.do(add_late_time, add(community, attendance_id, follow_up=10))
    assert refused.value.params["by"] == cora.id
    assert community.balance(anna) == 70


def test_nobody_adds_to_their_own(community):
    cora = community.coordinator("Cora")
    _session_id, attendance_id = recorded(community, cora.member_id, session=60)
    with pytest.raises(NotAllowed, match="own_credit"):
        community.do(add_late_time, add(community, attendance_id, follow_up=10), actor=cora)
    assert community.balance(cora.member_id) == 60


@pytest.mark.parametrize(
    ("minutes", "code"),
    [({}, "time_missing"), ({"travel": -5}, "minutes_negative"),
     ({"session": 23 * 60 + 1}, "time_too_long")],
)  # fmt: skip
def test_what_cannot_be_is_refused(community, anna, minutes, code):
    _session_id, attendance_id = recorded(community, anna, session=60)
    with pytest.raises(RuleBroken, match=code):
        community.do(add_late_time, add(community, attendance_id, **minutes))
    with pytest.raises(RuleBroken, match=code):
        community.read(preview_late_time, add(community, attendance_id, **minutes))
    assert community.balance(anna) == 60


def test_a_preview_tells_and_posts_nothing(community, anna):
    agree_rounding(community, "nearest_15")
    _session_id, attendance_id = recorded(community, anna, session=60)
    told = community.read(preview_late_time, add(community, attendance_id, follow_up=20))
    assert (told.before_minutes, told.after_minutes) == (60, 75)
    assert (told.balance_before_minutes, told.balance_after_minutes) == (60, 75)
    assert community.balance(anna) == 60


def test_a_correction_takes_all_of_it_back(community, anna):
    _session_id, attendance_id = recorded(community, anna, session=60)
    community.do(add_late_time, add(community, attendance_id, follow_up=30))
    community.do(add_late_time, add(community, attendance_id, 2, follow_up=15))
    command = corrections.CorrectCredit(
        attendance_id=attendance_id, revision=3, capacity="own_time", choice=None,
        figures=Figures(session_minutes=40), reason="wrong_time",
    )  # fmt: skip
    community.do(corrections.correct_credit, command)
    assert community.balance(anna) == 40
    assert community.read(audit.verify).findings == ()
    revision = community.read(sessions.attendance, attendance_id).revision
    community.do(add_late_time, add(community, attendance_id, revision, follow_up=5))
    assert community.balance(anna) == 45
    assert community.read(audit.verify).findings == ()


def test_the_history_says_what_was_added(community, anna):
    _session_id, attendance_id = recorded(community, anna, session=60, preparation=10)
    community.do(add_late_time, add(community, attendance_id, preparation=5, follow_up=15))
    newest, first = community.read(statements.current_lines, anna)
    assert (first.text_code, first.amount_minutes) == ("line_credited", 70)
    assert (newest.text_code, newest.amount_minutes) == ("line_credited_late", 20)
    assert newest.params["preparation_minutes"] == 5
    assert newest.params["follow_up_minutes"] == 15
    assert "session_minutes" not in newest.params
