"""What follows a session: is it right, thanks, how it was, and a word afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from tests.timebank.test_corrections import correction
from timebank import (
    communication,
    feedback,
    follow_up,
    is_it_right,
    links,
    queries,
    thanks,
    wellbeing,
)
from timebank.corrections import correct_credit
from timebank.errors import Conflict, NotAllowed, NotFound
from timebank.follow_up import PlanFollowUp, plan_follow_up
from timebank.models import Confirmation, Feedback, OutboxMessage, SingleUseLink
from timebank.people import MemberAdded
from timebank.unit import NOBODY


@pytest.fixture
def anna(community: Community) -> MemberAdded:
    return community.member("Anna Bell", "anna@example.org")


@pytest.fixture
def ben(community: Community) -> MemberAdded:
    """Ben, who has no e-mail address."""
    return community.member("Ben Okafor")


def codes(community: Community, purpose: str) -> list[str]:
    """The codes of all links of a purpose, by person."""
    query = (
        select(SingleUseLink.id)
        .where(SingleUseLink.purpose == purpose)
        .order_by(SingleUseLink.person_id, SingleUseLink.created_by)
    )
    with community.database.reading(NOBODY) as unit:
        return [links.code_of(unit, id_) for id_ in unit.db.scalars(query)]


def kinds(community: Community, person_id: str) -> list[str]:
    query = select(OutboxMessage.kind).where(OutboxMessage.person_id == person_id)
    return [kind for kind in community.read(lambda unit: list(unit.db.scalars(query)))
            if kind != "invitation"]  # fmt: skip


def by_link(community: Community, function, *args):
    with community.database.unit(NOBODY) as unit:
        return function(unit, *args)


def plan(session_id: str, revision: int = 0, **more) -> PlanFollowUp:
    return PlanFollowUp(
        **{"session_id": session_id, "revision": revision, "ask_right": True,
           "ask_feedback": False, "thank": False, **more}
    )  # fmt: skip


# --- is this right? -----------------------------------------------------------------------------


def test_yes_is_kept_and_the_link_works_once(community, anna):
    session_id = community.session()
    community.credit(session_id, [anna.member_id])
    assert kinds(community, anna.person_id) == ["is_it_right"]
    (code,) = codes(community, "is_it_right")
    for _ in range(2):  # looking changes nothing
        asked = community.read(is_it_right.question, code, by=NOBODY)
        assert (asked.member_name, asked.credited_minutes) == ("Anna Bell", 120)
    assert by_link(community, is_it_right.answer_by_link, code, "yes").query_id is None
    (row,) = community.read(lambda unit: list(unit.db.scalars(select(Confirmation))))
    assert (row.answer, row.revision, row.answered_by) == ("yes", 1, anna.person_id)
    with pytest.raises(Conflict, match="link_spent"):
        by_link(community, is_it_right.answer_by_link, code, "no")


def test_no_opens_a_query_that_the_recorder_does_not_decide(community, anna):
    session_id = community.session()
    community.credit(session_id, [anna.member_id])
    (code,) = codes(community, "is_it_right")
    made = by_link(community, is_it_right.answer_by_link, code, "no", "I stayed until four.")
    found = community.read(queries.query, made.query_id)
    assert (found.subject, found.how, found.about_id) == (
        "attendance", "link", community.actor.person_id,
    )  # fmt: skip
    assert found.subject_id == community.attendance_id(session_id, anna.member_id)
    assert (found.opened_by, found.messages[0].words) == (anna.person_id, "I stayed until four.")
    assert "resolve" not in queries.steps(community.actor, found)


def test_after_a_correction_the_member_may_disagree(community, anna):
    session_id = community.session()
    community.credit(session_id, [anna.member_id])
    attendance_id = community.attendance_id(session_id, anna.member_id)
    community.do(correct_credit, correction(attendance_id))
    assert sorted(kinds(community, anna.person_id)) == ["is_it_right", "is_it_right_now"]
    code = codes(community, "is_it_right")[1]
    asked = community.read(is_it_right.question, code, by=NOBODY)
    assert (asked.credited_minutes, asked.reason) == (90, "wrong_time")
    assert by_link(community, is_it_right.answer_by_link, code, "no").reference


def test_who_has_no_mail_is_asked_by_no_link(community, ben):
    community.credit(community.session(), [ben.member_id])
    assert codes(community, "is_it_right") == []


def test_it_is_not_asked_where_the_session_says_so(community, anna):
    session_id = community.session()
    community.do(plan_follow_up, plan(session_id, ask_right=False))
    community.credit(session_id, [anna.member_id])
    assert kinds(community, anna.person_id) == ["hours_credited"]


# --- thanks, feedback, a word afterwards ----------------------------------------------------------


def test_thanks_go_by_mail_or_wait_as_a_card_once(community, anna, ben):
    session_id = community.session()
    words = "You read ninety pages."
    community.do(plan_follow_up, plan(session_id, ask_right=False, thank=True, words=words))
    community.credit(session_id, [anna.member_id, ben.member_id])
    assert "thanks" in kinds(community, anna.person_id)
    ((card, session),) = community.read(thanks.waiting)
    assert (card.member_id, card.words, session.id) == (ben.member_id, words, session_id)
    community.do(plan_follow_up, plan(session_id, 1, thank=True))
    assert len(community.read(thanks.waiting)) == 1
    assert kinds(community, anna.person_id).count("thanks") == 1
    (task,) = community.read(thanks.to_write)
    assert (task.verb, task.params) == ("write_cards", {"count": 1})
    community.do(thanks.card_sent, thanks.CardSent(thank_you_id=card.id, sent=True))
    assert community.read(thanks.to_write) == []
    with pytest.raises(NotFound, match="card_unknown"):
        community.do(thanks.card_sent, thanks.CardSent(thank_you_id=card.id, sent=True))


def test_who_wants_no_thanks_gets_neither_mail_nor_card(community, anna, ben):
    for each, channel in ((anna, "mail"), (ben, "none")):
        command = communication.ChangeCommunication(
            member_id=each.member_id, revision=0, channel=channel, form="standard", words=None,
            copy_name=None, copy_email=None, copy_agreed=False, no_news=True,
        )  # fmt: skip
        community.do(communication.change_communication, command)
    session_id = community.session()
    community.do(plan_follow_up, plan(session_id, thank=True))
    community.credit(session_id, [anna.member_id, ben.member_id])
    assert "thanks" not in kinds(community, anna.person_id)
    assert community.read(thanks.waiting) == []


def test_a_card_can_be_asked_for_one_person(community, anna):
    session_id = community.session()
    community.credit(session_id, [anna.member_id])
    queue = thanks.QueueCard(attendance_id=community.attendance_id(session_id, anna.member_id))
    community.do(thanks.queue_card, queue)
    with pytest.raises(Conflict, match="card_queued"):
        community.do(thanks.queue_card, queue)


def test_feedback_names_nobody_and_few_answers_are_not_shown(community):
    session_id = community.session()
    people = [community.member(f"Person {n}", f"p{n}@example.org") for n in range(3)]
    community.do(plan_follow_up, plan(session_id, ask_feedback=True))
    community.credit(session_id, [each.member_id for each in people])
    found = codes(community, "feedback")
    for number, code in enumerate(found):
        given = community.read(feedback.of_session, session_id)
        assert (given.count, given.answers, given.words) == (number, {}, ())
        by_link(community, feedback.give_feedback, code, "good", f"Words {number}")
        with pytest.raises(Conflict, match="link_spent"):
            by_link(community, feedback.give_feedback, code, "good", "")
    given = community.read(feedback.of_session, session_id)
    assert given.answers == {"good": 3, "mixed": 0, "not_good": 0}
    assert set(given.words) == {"Words 0", "Words 1", "Words 2"}
    names = {column.name for column in Feedback.__table__.columns}
    assert names == {"id", "session_id", "answer", "words", "given_on"}


def test_a_word_afterwards_is_seen_by_the_named_person_alone(community, anna):
    cora, dan = community.coordinator("Cora"), community.coordinator("Dan")
    session_id = community.session()
    community.do(plan_follow_up, plan(session_id, wellbeing_by_id=cora.person_id))
    community.credit(session_id, [anna.member_id])
    (task,) = community.read(wellbeing.to_ask, by=cora)
    assert (task.verb, task.subject) == ("ask_how_people_are", "")
    for other in (community.actor, dan):
        assert community.read(wellbeing.to_ask, by=other) == []
    (reminder,) = community.read(wellbeing.mine, by=cora)
    with pytest.raises(NotFound, match="follow_up_unknown"):
        community.do(wellbeing.mark_asked, wellbeing.MarkAsked(follow_up_id=reminder.id), actor=dan)
    community.do(wellbeing.mark_asked, wellbeing.MarkAsked(follow_up_id=reminder.id), actor=cora)
    assert community.read(wellbeing.to_ask, by=cora) == []


def test_a_word_with_one_person_after_a_session(community, anna):
    cora = community.coordinator("Cora")
    session_id = community.session()
    community.credit(session_id, [anna.member_id])
    attendance_id = community.attendance_id(session_id, anna.member_id)
    command = wellbeing.AskWellbeing(attendance_id=attendance_id, for_id=cora.person_id)
    community.do(wellbeing.ask_wellbeing, command)
    (task,) = community.read(wellbeing.to_ask, by=cora)
    assert task.subject == "Anna Bell"
    nobody = wellbeing.AskWellbeing(attendance_id=attendance_id, for_id=anna.person_id)
    with pytest.raises(NotFound, match="person_unknown"):
        community.do(wellbeing.ask_wellbeing, nobody)


def test_what_follows_is_planned_by_a_coordinator_from_a_fresh_page(community, anna):
    session_id = community.session()
    with pytest.raises(NotAllowed):
        community.do(plan_follow_up, plan(session_id), actor=community.actor_of(anna.person_id))
    community.do(plan_follow_up, plan(session_id, thank=True))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(plan_follow_up, plan(session_id))
    assert community.read(follow_up.of_session, session_id).thank
