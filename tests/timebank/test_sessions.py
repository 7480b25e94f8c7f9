"""Planning sessions, kinds of activity, and who may see which."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from timebank import activities, sessions
from timebank.activities import AddActivityType
from timebank.attendance_import import ImportOptions, plan_import
from timebank.crediting import AttendanceLine, CreditSession, Figures, credit_session
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.sessions import CancelSession, ChangeSession, PlanSession

# The answers to the four questions of what counts as work.
WORK = dict.fromkeys(activities.QUESTIONS, True)
SOCIAL = dict.fromkeys(activities.QUESTIONS, False)


def plan(community, **what) -> PlanSession:
    return PlanSession(
        **{
            "title": "Reading group",
            "activity_type_id": community.activity(),
            "starts_on": date(2026, 3, 1),
            **what,
        }
    )


def test_a_session_is_planned(community):
    command = plan(community, starts_at_time="18:30", place=" Town hall ", usual_minutes=90)
    made = community.do(sessions.plan_session, command)
    found = community.read(sessions.session, made.session_id)
    assert (found.starts_on, found.ends_on) == (date(2026, 3, 1), date(2026, 3, 1))
    assert (found.status, found.revision, found.usual_minutes) == ("planned", 1, 90)
    assert (found.starts_at_time, found.place) == ("18:30", "Town hall")
    assert found.activity_type.credited


@pytest.mark.parametrize(
    ("what", "code", "field"),
    [
        ({"title": ""}, "text_missing", "title"),
        ({"ends_on": date(2026, 2, 28)}, "ends_before_start", "ends_on"),
        ({"ends_on": date(2026, 4, 1)}, "session_too_long", "ends_on"),
        ({"starts_at_time": "24:00"}, "time_of_day_wrong", "starts_at_time"),
        ({"starts_at_time": "9:30"}, "time_of_day_wrong", "starts_at_time"),
        ({"usual_minutes": -1}, "minutes_negative", "usual_minutes"),
        ({"usual_minutes": 90.0}, "minutes_not_whole", "usual_minutes"),
    ],
)
def test_a_session_that_cannot_be_is_refused(community, what, code, field):
    with pytest.raises(RuleBroken) as refused:
        community.do(sessions.plan_session, plan(community, **what))
    assert (refused.value.code, refused.value.field) == (code, field)
    assert community.read(sessions.sessions) == []


def test_an_unknown_kind_of_activity_is_not_found(community):
    with pytest.raises(NotFound, match="activity_type_unknown"):
        community.do(sessions.plan_session, plan(community, activity_type_id="0" * 32))


def test_a_session_is_imported_once(community):
    community.do(sessions.plan_session, plan(community, import_key="abc"))
    with pytest.raises(Conflict, match="session_imported"):
        community.do(sessions.plan_session, plan(community, import_key="abc"))


def test_a_member_plans_nothing_and_sees_only_where_they_were(community):
    anna, bill = community.member_actor("Anna"), community.member("Bill")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(sessions.plan_session, plan(community), actor=anna)
    there, elsewhere = community.session("There"), community.session("Elsewhere")
    community.credit(there, [anna.member_id, bill.member_id])
    community.credit(elsewhere, [bill.member_id])
    assert [s.id for s in community.read(sessions.sessions, by=anna)] == [there]
    with pytest.raises(NotFound, match="session_unknown"):
        community.read(sessions.session, elsewhere, by=anna)
    [own] = community.read(sessions.attendances, there, by=anna)
    assert own.attendance.member_id == anna.member_id
    theirs = community.attendance_id(there, bill.member_id)
    with pytest.raises(NotFound, match="attendance_unknown"):
        community.read(sessions.attendance, theirs, by=anna)


def test_sessions_come_newest_first_in_pages_and_by_status(community):
    days = [date(2026, 2, 1), date(2026, 3, 1), date(2026, 1, 1)]
    ids = [community.session("One", on=day) for day in days]
    anna = community.member("Anna").member_id
    community.credit(ids[2], [anna])
    assert [s.id for s in community.read(sessions.sessions)] == [ids[1], ids[0], ids[2]]
    assert [s.id for s in community.read(sessions.sessions, limit=1, offset=1)] == [ids[0]]
    credited = community.read(sessions.sessions, status="credited")
    assert [s.id for s in credited] == [ids[2]]


def test_attendance_is_one_list_by_name(community):
    names = ["bea", "Ann", "Cid"]
    ids = [community.member(name).member_id for name in names]
    session_id = community.session()
    community.credit(session_id, ids)
    found = community.read(sessions.attendances, session_id)
    assert [e.attendance.member.person.name for e in found] == ["Ann", "bea", "Cid"]


# --- kinds of activity ------------------------------------------------------------------------


def test_a_kind_that_is_not_credited_says_why(community):
    with pytest.raises(RuleBroken, match="reason_missing"):
        community.do(
            activities.add_activity_type, AddActivityType(name="Tea", credited=False, **SOCIAL)
        )
    command = AddActivityType(
        name="Tea", credited=False, **SOCIAL, reason="We come for the company."
    )
    made = community.do(activities.add_activity_type, command)
    found = community.read(activities.activity_type, made.activity_type_id)
    assert (found.credited, found.reason) == (False, "We come for the company.")
    with pytest.raises(Conflict, match="activity_type_taken"):
        community.do(
            activities.add_activity_type, AddActivityType(name="tea", credited=True, **WORK)
        )


def test_a_member_adds_no_kind(community):
    anna = community.member_actor("Anna")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(
            activities.add_activity_type,
            AddActivityType(name="Tea", credited=True, **WORK),
            actor=anna,
        )


# --- putting right what was planned -----------------------------------------------------------


def change(community, session_id: str, revision: int = 1, **what) -> ChangeSession:
    details = {k: v for k, v in asdict(plan(community)).items() if k != "import_key"}
    return ChangeSession(**{**details, "session_id": session_id, "revision": revision, **what})


def line(community) -> AttendanceLine:
    return AttendanceLine(
        member_id=community.member("Anna").member_id, figures=Figures(session_minutes=60)
    )


def test_a_wrong_date_is_put_right_before_anybody_is_credited(community):
    session_id = community.session(on=date(2027, 3, 1))
    made = community.do(
        sessions.change_session, change(community, session_id, title="Reading", place="Hall")
    )
    assert (made.session_id, made.status, made.revision) == (session_id, "planned", 2)
    found = community.read(sessions.session, session_id)
    assert (found.title, found.place, found.starts_on, found.ends_on) == (
        "Reading", "Hall", date(2026, 3, 1), date(2026, 3, 1),
    )  # fmt: skip
    community.do(
        credit_session,
        CreditSession(session_id=session_id, revision=2, lines=(line(community),)),
    )


def test_what_cannot_be_planned_cannot_be_changed_to_either(community):
    session_id = community.session()
    with pytest.raises(RuleBroken, match="ends_before_start"):
        wrong = change(community, session_id, ends_on=date(2026, 2, 1))
        community.do(sessions.change_session, wrong)
    assert community.read(sessions.session, session_id).revision == 1


def test_a_cancelled_session_waits_for_nothing_and_is_never_credited(community):
    session_id = community.session("Coffee and cake")
    command = CancelSession(session_id=session_id, revision=1)
    assert community.do(sessions.cancel_session, command).status == "cancelled"
    assert community.read(sessions.sessions, status="planned") == []
    assert [s.id for s in community.read(sessions.sessions, status="cancelled")] == [session_id]
    for function, again in (
        (sessions.cancel_session, CancelSession(session_id=session_id, revision=2)),
        (sessions.change_session, change(community, session_id, 2)),
        (credit_session,
         CreditSession(session_id=session_id, revision=2, lines=(line(community),))),
    ):  # fmt: skip
        with pytest.raises(RuleBroken, match="session_cancelled"):
            community.do(function, again)


def test_an_import_leaves_a_cancelled_session_alone(community):
    title, day = "Coffee and cake", "2026-03-02"
    session_id = community.session(title)
    community.do(sessions.cancel_session, CancelSession(session_id=session_id, revision=1))
    community.member("Anna")
    file = f"member,session,date,minutes\nAnna,{title},{day},60\n".encode()
    planned = community.read(plan_import, file, ImportOptions())
    assert (planned.problems, planned.sessions[0].session_id) == ((), None)


def test_a_credited_session_stays_as_it_is(community):
    session_id = community.session()
    community.credit(session_id, [community.member("Anna").member_id])
    with pytest.raises(RuleBroken, match="session_credited"):
        community.do(sessions.change_session, change(community, session_id, 2))
    with pytest.raises(RuleBroken, match="session_credited"):
        community.do(sessions.cancel_session, CancelSession(session_id=session_id, revision=2))


def test_two_who_change_a_session_at_once(community):
    cora, session_id = community.coordinator("Cora"), community.session()
    at = community.clock()
    community.do(sessions.change_session, change(community, session_id), actor=cora)
    community.clock.forward(minutes=1)
    for function, late, code in (
        (sessions.change_session, change(community, session_id), "changed_meanwhile"),
        (sessions.cancel_session,
         CancelSession(session_id=session_id, revision=1), "changed_meanwhile"),
        (credit_session,
         CreditSession(session_id=session_id, revision=1, lines=(line(community),)),
         "session_changed"),
    ):  # fmt: skip
        with pytest.raises(Conflict) as refused:
            community.do(function, late)
        assert refused.value.code == code
        assert refused.value.params == {"by": cora.id, "at": at}


def test_who_may_not_plan_changes_nothing(community):
    session_id = community.session()
    theo = community.coordinator("Theo", role="treasurer")
    for function, command in (
        (sessions.change_session, change(community, session_id)),
        (sessions.cancel_session, CancelSession(session_id=session_id, revision=1)),
    ):
        with pytest.raises(NotAllowed, match="role_lacking"):
            community.do(function, command, actor=theo)
