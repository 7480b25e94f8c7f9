"""Time that people send in themselves: nobody confirms their own, and it is counted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from tests.timebank.test_approvals import name_approver
from tests.timebank.test_crediting import agree_rounding, line
from timebank import audit, links, people, sent_lines, sessions, time_by_link
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.figures import Figures
from timebank.models import OutboxMessage, Person, SingleUseLink
from timebank.sent_time import (
    ChangeSentTime,
    SendTime,
    WithdrawTime,
    change_sent_time,
    send_time,
    withdraw_time,
)
from timebank.time_decisions import (
    AskAboutTime,
    ConfirmTime,
    DeclineTime,
    ask_about_time,
    confirm_time,
    decline_time,
)
from timebank.unit import NOBODY

HOME = Figures(preparation_minutes=25, follow_up_minutes=15)


@pytest.fixture
def anna(community: Community):
    return community.member_actor("Anna Bell")


@pytest.fixture
def session_id(community: Community, anna) -> str:
    """A session at which Anna was for an hour."""
    found = community.session()
    community.credit(found, lines=[line(anna.member_id, session=60)])
    return found


def send(community, actor, session_id, figures=HOME, words="Read the papers"):
    command = SendTime(session_id=session_id, figures=figures, words=words)
    return community.do(send_time, command, actor=actor)


def confirm(sent) -> ConfirmTime:
    return ConfirmTime(sent_time_id=sent.sent_time_id, revision=sent.revision)


def test_what_a_member_sends_counts_once_somebody_confirmed_it(community, anna, session_id):
    agree_rounding(community, "up_15")
    sent = send(community, anna, session_id)
    assert community.balance(anna.member_id) == 60
    [waits] = community.read(sent_lines.waiting)
    assert (waits.words, waits.status, waits.preparation_minutes) == (
        "Read the papers", "waiting", 25,
    )  # fmt: skip
    done = community.do(confirm_time, confirm(sent))
    # 60 were credited when nothing was rounded, and that rule holds for the whole.
    assert (done.credited_minutes, done.added_minutes) == (100, 40)
    assert community.balance(anna.member_id) == 100
    assert community.read(sent_lines.waiting) == []
    [entry] = community.read(sessions.attendances, session_id)
    assert (entry.late, entry.recorded_by) == (True, community.actor.id)
    assert community.read(audit.verify).findings == ()
    with pytest.raises(Conflict, match="sent_time_changed") as refused:
        community.do(confirm_time, confirm(sent))
    assert refused.value.params["by"] == community.actor.id


def test_nobody_confirms_asks_or_declines_their_own(community, session_id):
    cora = community.coordinator("Cora")
    sent = send(community, cora, session_id)
    about = {"sent_time_id": sent.sent_time_id, "revision": 1}
    for function, command in (
        (confirm_time, ConfirmTime(**about)),
        (ask_about_time, AskAboutTime(**about, question="Really?")),
        (decline_time, DeclineTime(**about, reason="No")),
    ):
        with pytest.raises(NotAllowed, match="own_time"):
            community.do(function, command, actor=cora)
    community.do(confirm_time, confirm(sent))
    assert community.balance(cora.member_id) == 40
    assert community.read(audit.verify).findings == ()


def test_a_member_confirms_nothing_and_sees_only_their_own(community, anna, session_id):
    sent = send(community, anna, session_id)
    bill = community.member_actor("Bill")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(confirm_time, confirm(sent), actor=bill)
    with pytest.raises(NotFound, match="sent_time_unknown"):
        community.read(sent_lines.sent, sent.sent_time_id, by=bill)
    withdraw = WithdrawTime(sent_time_id=sent.sent_time_id, revision=1)
    with pytest.raises(NotFound, match="sent_time_unknown"):
        community.do(withdraw_time, withdraw, actor=bill)
    # Nor is a session anybody's who was not there.
    with pytest.raises(NotFound, match="session_unknown"):
        send(community, bill, session_id)


def test_a_question_and_an_answer(community, anna, session_id):
    with community.unit() as unit:
        unit.db.get_one(Person, anna.person_id).email = "anna@example.org"
    sent = send(community, anna, session_id)
    ask = AskAboutTime(sent_time_id=sent.sent_time_id, revision=1, question="Which papers?")
    asked = community.do(ask_about_time, ask)
    assert (asked.status, asked.revision) == ("asked", 2)
    [told] = community.read(lambda unit: unit.db.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "time_asked")).all())  # fmt: skip
    assert told.subject_id == sent.sent_time_id
    change = ChangeSentTime(
        sent_time_id=sent.sent_time_id, revision=2, words="The budget",
        figures=Figures(preparation_minutes=20),
    )  # fmt: skip
    answered = community.do(change_sent_time, change, actor=anna)
    assert answered.status == "waiting"
    with pytest.raises(Conflict, match="sent_time_changed"):  # a page from before the answer
        community.do(confirm_time, ConfirmTime(sent_time_id=sent.sent_time_id, revision=2))
    community.do(confirm_time, confirm(answered))
    assert community.balance(anna.member_id) == 80


def test_declined_and_withdrawn_count_nothing(community, anna, session_id):
    sent = send(community, anna, session_id)
    decline = DeclineTime(sent_time_id=sent.sent_time_id, revision=1, reason="Done by post")
    community.do(decline_time, decline)
    found = community.read(sent_lines.sent, sent.sent_time_id, by=anna)
    assert (found.status, found.question_words) == ("declined", "Done by post")
    again = send(community, anna, session_id)
    withdraw = WithdrawTime(sent_time_id=again.sent_time_id, revision=1)
    community.do(withdraw_time, withdraw, actor=anna)
    with pytest.raises(Conflict, match="sent_time_changed"):
        community.do(confirm_time, confirm(again))
    assert community.balance(anna.member_id) == 60


def test_one_at_a_time_for_each_session(community, anna, session_id):
    send(community, anna, session_id)
    with pytest.raises(Conflict, match="already_waiting"):
        send(community, anna, session_id)


def test_what_cannot_be_is_refused(community, anna, session_id):
    for figures, code in (
        (Figures(), "time_missing"),
        (Figures(follow_up_minutes=-1), "minutes_negative"),
        (Figures(session_minutes=23 * 60 + 1), "time_too_long"),
    ):
        with pytest.raises(RuleBroken, match=code):
            send(community, anna, session_id, figures)
    community.clock.forward(days=29)
    with pytest.raises(RuleBroken, match="late_over"):
        send(community, anna, session_id)


def test_what_was_sent_in_time_is_confirmed_later_too(community, anna, session_id):
    sent = send(community, anna, session_id)
    community.clock.forward(days=90)
    community.do(confirm_time, confirm(sent))
    assert community.balance(anna.member_id) == 100


def test_an_own_line_becomes_an_attendance_as_it_was_entered(community):
    cora = community.coordinator("Cora")
    session_id = community.session()
    own = line(cora.member_id, session=90, choice="pot")
    community.credit(session_id, lines=[own], actor=cora)
    [waits] = community.read(sent_lines.waiting, session_id=session_id)
    done = community.do(confirm_time, ConfirmTime(sent_time_id=waits.id, revision=1))
    assert (done.credited_minutes, community.balance(cora.member_id)) == (90, 0)
    [entry] = community.read(sessions.attendances, session_id)
    assert (entry.choice, entry.recorded_by) == ("pot", community.actor.id)
    assert community.read(sessions.session, session_id).status == "credited"
    assert community.read(audit.verify).findings == ()


def test_two_at_once_confirm_it_once(community, anna, session_id):
    cora = community.coordinator("Cora")
    sent = send(community, anna, session_id)
    together = Barrier(2)

    def act(actor) -> str:
        together.wait(timeout=10)
        try:
            community.do(confirm_time, confirm(sent), actor=actor)
        except Conflict as error:
            return error.code
        return "confirmed"

    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(act, (community.actor, cora)))
    assert sorted(outcomes) == ["confirmed", "sent_time_changed"]
    assert community.balance(anna.member_id) == 100


# --- the second approver ----------------------------------------------------------------------


@pytest.fixture
def trustee(community: Community) -> str:
    added = community.do(
        people.add_person, people.AddPerson(name="Tess Trust", email="tess@example.org")
    )
    name_approver(community, added.person_id)
    return str(added.person_id)


def link_of(community) -> SingleUseLink | None:
    query = select(SingleUseLink).where(SingleUseLink.purpose == "confirm_time")
    return community.read(lambda unit: unit.db.scalars(query).first())


def by_link(community, code: str, decision: str):
    with community.database.unit(NOBODY) as unit:
        return time_by_link.decide(unit, code, decision)


def test_the_only_coordinator_is_confirmed_by_the_second_approver(community, trustee):
    session_id = community.session()
    community.credit(session_id, [community.admin.member_id])
    link = link_of(community)
    assert link is not None
    assert link.person_id == trustee
    code = community.read(links.code_of, link.id)
    asked = community.read(time_by_link.question, code)
    assert (asked.member_name, asked.figures.session_minutes) == ("Ada Marsh", 120)
    with pytest.raises(RuleBroken, match="decision_wrong"):
        by_link(community, code, "maybe")
    by_link(community, code, "confirm")
    assert community.balance(community.admin.member_id) == 120
    [entry] = community.read(sessions.attendances, session_id)
    assert entry.recorded_by == trustee
    with pytest.raises(Conflict, match="link_spent"):
        by_link(community, code, "confirm")
    assert community.read(audit.verify).findings == ()


def test_a_link_stops_when_somebody_was_faster_or_was_named_instead(community, trustee):
    session_id = community.session()
    community.credit(session_id, [community.admin.member_id])
    code = community.read(links.code_of, link_of(community).id)
    name_approver(community, None)
    with pytest.raises(NotAllowed, match="approver_changed"):
        by_link(community, code, "confirm")
    name_approver(community, trustee)
    cora = community.coordinator("Cora")
    [waits] = community.read(sent_lines.waiting)
    community.do(confirm_time, ConfirmTime(sent_time_id=waits.id, revision=1), actor=cora)
    with pytest.raises(Conflict, match="sent_time_changed"):
        by_link(community, code, "decline")
    assert community.balance(community.admin.member_id) == 120


def test_nobody_is_asked_by_mail_while_a_colleague_can(community, trustee):
    community.coordinator("Cora")
    community.credit(community.session(), [community.admin.member_id])
    assert link_of(community) is None
