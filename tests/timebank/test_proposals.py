"""Corrections above the group's limit, and undoing a whole session: a second person agrees."""

from __future__ import annotations

import pytest

from tests.timebank.builders import Community
from tests.timebank.test_corrections import correction
from timebank import audit, corrections, late_time, proposals, second_looks, sessions
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.corrections import correct_credit, preview_correction
from timebank.crediting import AttendanceLine
from timebank.errors import Conflict, NotAllowed, RuleBroken
from timebank.figures import Figures
from timebank.roles import Actor
from timebank.second_looks import AgreeCorrection, RefuseCorrection
from timebank.session_undo import UndoSession, preview_undo, undo_session


def limit(community: Community, minutes: int | None) -> None:
    """Corrections of more than `minutes` need a second person from now on."""
    command = AgreePolicy(
        follows_version=community.read(policy).version, rounding="none", money_rewards=False,
        advice_contact="", information_reviewed_by="", information_reviewed_on=None,
        second_approval_minutes=minutes,
    )  # fmt: skip
    community.do(agree_policy, command)


@pytest.fixture
def cora(community: Community) -> Actor:
    return community.coordinator("Cora")


@pytest.fixture
def anna(community: Community) -> str:
    return community.member("Anna Bell", "anna@example.org").member_id


@pytest.fixture
def ben(community: Community) -> str:
    return community.member("Ben Okafor").member_id


@pytest.fixture
def session_id(community: Community, anna: str, ben: str) -> str:
    """Anna and Ben were credited 120 minutes each."""
    found = community.session()
    community.credit(found, [anna, ben])
    return found


def agree(community: Community, proposal_id: str, actor: Actor) -> str:
    command = AgreeCorrection(proposal_id=proposal_id)
    return str(community.do(second_looks.agree_correction, command, actor=actor).status)


def test_more_than_the_limit_waits_for_a_second_person(community, session_id, anna, cora):
    limit(community, 30)
    attendance_id = community.attendance_id(session_id, anna)
    small = correction(attendance_id, words="Left early")
    assert not community.read(preview_correction, small).needs_second
    large = correction(attendance_id, figures=Figures(session_minutes=89), words="Left early")
    assert community.read(preview_correction, large).needs_second
    made = community.do(correct_credit, large)
    assert (made.revision, made.credited_minutes, made.balance_minutes) == (1, 120, 120)
    assert community.balance(anna) == 120
    with pytest.raises(Conflict, match="proposal_waiting"):
        community.do(correct_credit, large, actor=cora)
    with pytest.raises(NotAllowed, match="own_proposal"):
        agree(community, made.proposal_id, community.actor)
    assert agree(community, made.proposal_id, cora) == "agreed"
    assert community.balance(anna) == 89
    entry = community.read(sessions.attendance, attendance_id).entries[-1]
    assert (entry.recorded_by, entry.words, entry.reason) == (cora.id, "Left early", "wrong_time")
    with pytest.raises(Conflict, match="proposal_decided"):
        agree(community, made.proposal_id, cora)
    assert community.read(audit.verify).findings == ()


def test_nobody_agrees_about_their_own_hours(community, anna, cora):
    limit(community, 0)
    session_id = community.session()
    community.credit(session_id, [cora.member_id])
    own = correction(community.attendance_id(session_id, cora.member_id))
    proposal_id = community.do(correct_credit, own).proposal_id
    with pytest.raises(NotAllowed, match="own_correction"):
        agree(community, proposal_id, cora)
    with pytest.raises(NotAllowed, match="own_correction"):
        community.do(second_looks.refuse_correction, RefuseCorrection(proposal_id=proposal_id),
                     actor=cora)  # fmt: skip
    dan = community.coordinator("Dan", role="treasurer")
    assert agree(community, proposal_id, dan) == "agreed"
    assert community.balance(cora.member_id) == 90


def test_a_refused_one_posts_nothing_and_may_be_proposed_anew(community, session_id, anna, cora):
    limit(community, 0)
    command = correction(community.attendance_id(session_id, anna))
    for decider in (cora, community.actor):  # whoever proposed it takes it back
        proposal_id = community.do(correct_credit, command).proposal_id
        made = community.do(second_looks.refuse_correction,
                            RefuseCorrection(proposal_id=proposal_id), actor=decider)  # fmt: skip
        assert made.status == "refused"
    assert community.balance(anna) == 120
    assert community.read(proposals.waiting) == []


def test_one_overtaken_by_another_change_is_closed_and_posts_nothing(
    community, session_id, anna, cora
):
    attendance_id = community.attendance_id(session_id, anna)
    limit(community, 30)
    proposal_id = community.do(
        correct_credit, correction(attendance_id, figures=Figures(session_minutes=60))
    ).proposal_id
    community.do(correct_credit, correction(attendance_id, figures=Figures(session_minutes=110)))
    assert agree(community, proposal_id, cora) == "overtaken"
    assert community.balance(anna) == 110


def test_a_member_and_somebody_without_the_role_agree_to_nothing(community, session_id, anna):
    limit(community, 0)
    made = community.do(correct_credit, correction(community.attendance_id(session_id, anna)))
    with pytest.raises(NotAllowed, match="role_lacking"):
        agree(community, made.proposal_id, community.member_actor("Bill"))


# --- a whole session ----------------------------------------------------------------------------


def undo(session_id: str, revision: int = 2, **more) -> UndoSession:
    return UndoSession(**{"session_id": session_id, "revision": revision, "plan_again": False,
                          **more})  # fmt: skip


def test_one_action_takes_everything_back_and_nothing_is_erased(community, session_id, anna, ben):
    preview = community.read(preview_undo, undo(session_id))
    assert [(each.name, each.taken_minutes, each.balance_minutes) for each in preview.people] == [
        ("Anna Bell", 120, 0), ("Ben Okafor", 120, 0),
    ]  # fmt: skip
    assert (preview.minutes, preview.pot_minutes, preview.needs_second) == (240, 0, False)
    made = community.do(undo_session, undo(session_id, words="Wrong day"), key="undo-once")
    assert (made.people, made.minutes, made.again_id) == (2, 240, None)
    assert community.do(undo_session, undo(session_id, words="Wrong day"), key="undo-once") == made
    assert (community.balance(anna), community.balance(ben)) == (0, 0)
    entries = community.read(sessions.attendance, community.attendance_id(session_id, anna)).entries
    assert [entry.credited_minutes for entry in entries] == [120, 0]
    assert (entries[1].reason, entries[1].words) == ("session_undone", "Wrong day")
    assert community.read(sessions.session, session_id).status == "undone"
    with pytest.raises(RuleBroken, match="session_not_credited"):
        community.do(undo_session, undo(session_id, 3))
    with pytest.raises(RuleBroken, match="session_undone"):
        community.do(
            correct_credit, correction(community.attendance_id(session_id, anna), revision=2)
        )
    with pytest.raises(RuleBroken, match="session_undone"):
        community.credit(session_id, [community.member("Carl").member_id])
    assert community.read(audit.verify).findings == ()


def test_the_session_may_be_planned_again_and_credited(community, session_id, anna):
    again_id = community.do(undo_session, undo(session_id, plan_again=True)).again_id
    again, first = (community.read(sessions.session, id_) for id_ in (again_id, session_id))
    assert (again.title, again.starts_on, again.status) == (first.title, first.starts_on, "planned")
    community.credit(again_id, [anna], minutes=60)
    assert community.balance(anna) == 60
    assert community.read(audit.verify).findings == ()


def test_what_was_corrected_declined_and_given_to_the_pot_is_undone_too(community, anna, ben):
    carl, dora = (community.member(name).member_id for name in ("Carl", "Dora"))
    found = community.session()
    hours = Figures(session_minutes=60)
    community.credit(found, [anna], lines=[
        AttendanceLine(member_id=ben, figures=hours, choice="pot"),
        AttendanceLine(member_id=carl, figures=hours, choice="decline"),
        AttendanceLine(member_id=dora, figures=hours, pot_minutes=20),
    ])  # fmt: skip
    community.do(correct_credit, correction(community.attendance_id(found, anna)))
    community.do(
        late_time.add_late_time,
        late_time.AddLateTime(attendance_id=community.attendance_id(found, anna), revision=2,
                              figures=Figures(follow_up_minutes=10)),
    )  # fmt: skip
    preview = community.read(preview_undo, undo(found))
    assert (preview.minutes, preview.pot_minutes) == (100 + 60 + 60, 60 + 20)
    community.do(undo_session, undo(found))
    for account in ("hours:issued", "pot:5f1c0e8a94d24b7c8c0d6a3e2b7f9d41"):
        assert community.account_balance(account) == 0
    assert community.read(audit.verify).findings == ()


def test_who_was_there_proposes_and_somebody_else_undoes(community, anna, cora):
    found = community.session()
    community.credit(found, [anna, cora.member_id])
    preview = community.read(preview_undo, undo(found), by=cora)
    assert (preview.own, preview.needs_second) == (True, True)
    made = community.do(undo_session, undo(found), actor=cora)
    assert community.balance(anna) == 120
    assert agree(community, made.proposal_id, community.actor) == "agreed"
    assert (community.balance(anna), community.balance(cora.member_id)) == (0, 0)


def test_undoing_more_than_the_limit_waits(community, session_id, anna, cora):
    limit(community, 239)
    made = community.do(undo_session, undo(session_id, plan_again=True))
    assert made.proposal_id is not None
    assert community.balance(anna) == 120
    assert agree(community, made.proposal_id, cora) == "agreed"
    assert community.balance(anna) == 0
    assert len(community.read(sessions.sessions, status="planned")) == 1


# --- late components ----------------------------------------------------------------------------


def test_a_credit_with_time_added_later_is_corrected_as_a_whole(community, session_id, anna):
    attendance_id = community.attendance_id(session_id, anna)
    added = late_time.AddLateTime(
        attendance_id=attendance_id, revision=1, figures=Figures(follow_up_minutes=15)
    )
    assert community.do(late_time.add_late_time, added).balance_minutes == 135
    command = correction(attendance_id, 2, figures=Figures(session_minutes=100))
    preview = community.read(preview_correction, command)
    assert (preview.before_minutes, preview.after_minutes) == (135, 100)
    assert (preview.balance_before_minutes, preview.balance_after_minutes) == (135, 100)
    assert community.do(correct_credit, command).balance_minutes == 100
    entries = community.read(sessions.attendance, attendance_id).entries
    assert [(each.credited_minutes, each.reversed_seq) for each in entries] == [
        (120, None), (135, None), (120, entries[1].seq), (100, entries[0].seq),
    ]  # fmt: skip
    assert community.read(audit.verify).findings == ()
    again = correction(attendance_id, 4, figures=Figures(session_minutes=90))
    assert community.do(correct_credit, again).balance_minutes == 90
    assert community.read(audit.verify).findings == ()


def test_a_correction_can_change_the_part_for_the_pot(community, anna):
    found = community.session()
    line = AttendanceLine(
        member_id=anna, figures=Figures(session_minutes=90), choice="accept", pot_minutes=30
    )
    community.credit(found, lines=[line])
    attendance_id = community.attendance_id(found, anna)
    same = Figures(session_minutes=90)
    assert community.balance(anna) == 60
    made = community.do(correct_credit, correction(attendance_id, figures=same, pot_minutes=0))
    assert made.balance_minutes == 90
    less = corrections.CorrectCredit(
        attendance_id=attendance_id, revision=2, capacity="own_time", choice=None,
        figures=Figures(session_minutes=80), reason="wrong_time", pot_minutes=50,
    )  # fmt: skip
    assert community.do(correct_credit, less).balance_minutes == 30
    assert community.read(audit.verify).findings == ()
