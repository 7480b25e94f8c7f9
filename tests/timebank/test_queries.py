"""Queries: opened, answered, decided by somebody not involved, looked at again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.timebank.builders import Community
from timebank import minor_issues, queries, statement_lines
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import OutboxMessage, Query
from timebank.queries import (
    AnswerQuery,
    AppealQuery,
    OpenQuery,
    ReplyToQuery,
    ResolveQuery,
    SettleQuery,
)
from timebank.roles import Actor


@pytest.fixture
def anna(community: Community) -> Actor:
    """Anna, credited 120 minutes by the administrator Ada."""
    found = community.member_actor("Anna Bell", "anna@example.org")
    community.credit(community.session(), [found.member_id])
    return found


@pytest.fixture
def cora(community: Community) -> Actor:
    return community.coordinator("Cora")


@pytest.fixture
def dan(community: Community) -> Actor:
    return community.coordinator("Dan", role="treasurer")


def ask(community: Community, who: Actor, **more) -> queries.QueryMoved:
    """A query about the first line of somebody's account."""
    command = OpenQuery(
        **{"member_id": who.member_id, "subject": "posting", "account_seq": 1,
           "words": "I stayed until four.", **more}
    )  # fmt: skip
    return community.do(queries.open_query, command, actor=who)


def found(community: Community, query_id: str) -> Query:
    return community.read(queries.query, query_id)


def resolve(moved: queries.QueryMoved, outcome: str = "explained") -> ResolveQuery:
    return ResolveQuery(
        query_id=moved.query_id, revision=moved.revision, outcome=outcome, words="We looked."
    )


def test_a_query_has_a_day_by_which_it_is_answered_and_an_end(community, anna, cora):
    moved = ask(community, anna)
    opened = found(community, moved.query_id)
    assert opened.reply_by_on == community.clock().date() + timedelta(days=7)
    assert (opened.status, opened.about_id, opened.how) == (
        "open", community.actor.person_id, "online",
    )  # fmt: skip
    answer = AnswerQuery(query_id=moved.query_id, revision=1, words="Was it not three?")
    assert community.do(queries.answer_query, answer, actor=cora).status == "answered"
    reply = ReplyToQuery(query_id=moved.query_id, revision=2, words="No, four.")
    community.clock.forward(days=2)
    moved = community.do(queries.reply_to_query, reply, actor=anna)
    assert moved.status == "open"
    assert found(community, moved.query_id).reply_by_on == date(2026, 3, 11)
    moved = community.do(queries.resolve_query, resolve(moved, "put_right"), actor=cora)
    assert moved.status == "resolved"
    settle = SettleQuery(query_id=moved.query_id, revision=moved.revision)
    assert community.do(queries.settle_query, settle, actor=anna).status == "closed"
    said = [(each.kind, each.words) for each in found(community, moved.query_id).messages]
    assert said == [
        ("opened", "I stayed until four."), ("answer", "Was it not three?"),
        ("reply", "No, four."), ("resolved", "We looked."), ("settled", None),
    ]  # fmt: skip


def test_whoever_recorded_it_may_explain_and_does_not_decide(community, anna, cora):
    moved = ask(community, anna)
    with pytest.raises(NotAllowed, match="query_involved"):
        community.do(queries.resolve_query, resolve(moved))
    answer = AnswerQuery(query_id=moved.query_id, revision=1, words="I read the sheet.")
    moved = community.do(queries.answer_query, answer)
    with pytest.raises(NotAllowed, match="query_involved"):
        community.do(queries.resolve_query, resolve(moved))
    assert community.do(queries.resolve_query, resolve(moved), actor=cora).status == "resolved"


def test_after_an_appeal_somebody_decides_who_was_not_involved(community, anna, cora, dan):
    moved = community.do(queries.resolve_query, resolve(ask(community, anna)), actor=cora)
    appeal = AppealQuery(query_id=moved.query_id, revision=moved.revision, words="No.")
    moved = community.do(queries.appeal_query, appeal, actor=anna)
    assert moved.status == "appealed"
    for involved in (cora, community.actor):
        with pytest.raises(NotAllowed, match="query_involved"):
            community.do(queries.resolve_query, resolve(moved), actor=involved)
    moved = community.do(queries.resolve_query, resolve(moved, "as_recorded"), actor=dan)
    assert moved.status == "closed"
    again = AppealQuery(query_id=moved.query_id, revision=moved.revision, words="Still no.")
    with pytest.raises(RuleBroken, match="query_step"):
        community.do(queries.appeal_query, again, actor=anna)


def test_nobody_decides_their_own(community, cora):
    community.credit(community.session(), [cora.member_id])
    moved = ask(community, cora)
    for function, command in (
        (queries.resolve_query, resolve(moved)),
        (queries.answer_query, AnswerQuery(query_id=moved.query_id, revision=1, words="Fine.")),
    ):
        with pytest.raises((NotAllowed, RuleBroken)):
            community.do(function, command, actor=cora)


def test_a_complaint_about_somebody_is_not_shown_to_them(community, anna, cora, dan):
    moved = ask(community, anna, subject="person", subject_id=cora.person_id, account_seq=None)
    with pytest.raises(NotFound, match="query_unknown"):
        community.read(queries.query, moved.query_id, by=cora)
    assert community.read(queries.queries, by=cora) == []
    assert community.read(queries.to_answer, by=cora) == []
    assert community.read(queries.of_member, anna.member_id, by=cora) == []
    assert [each.path for each in community.read(queries.to_answer, by=dan)] == [
        f"/queries/{moved.query_id}"
    ]


def test_members_see_their_own_alone_and_open_them_for_nobody_else(community, anna):
    ben = community.member_actor("Ben")
    moved = ask(community, anna)
    with pytest.raises(NotFound, match="query_unknown"):
        community.read(queries.query, moved.query_id, by=ben)
    assert len(community.read(queries.of_member, anna.member_id, by=anna)) == 1
    with pytest.raises(NotAllowed, match="role_lacking"):
        theirs = OpenQuery(member_id=anna.member_id, subject="other", words="x")
        community.do(queries.open_query, theirs, actor=ben)
    with pytest.raises(NotFound, match="posting_unknown"):
        ask(community, ben)


def test_for_somebody_on_the_phone_with_how_they_asked(community, anna, cora):
    command = OpenQuery(
        member_id=anna.member_id, subject="posting", account_seq=1, words="By phone."
    )
    with pytest.raises(RuleBroken, match="how_online_for_somebody"):
        community.do(queries.open_query, command, actor=cora)
    asked = OpenQuery(**{**vars(command), "how": "phone"})
    moved = community.do(queries.open_query, asked, actor=cora)
    opened = found(community, moved.query_id)
    assert (opened.how, opened.opened_by, opened.member_id) == ("phone", cora.id, anna.member_id)


def test_the_same_thing_is_asked_about_once_at_a_time(community, anna, cora):
    moved = ask(community, anna)
    with pytest.raises(Conflict, match="query_open"):
        ask(community, anna)
    assert ask(community, anna, subject="other", account_seq=None).status == "open"
    assert ask(community, anna, subject="other", account_seq=None).status == "open"
    community.do(queries.resolve_query, resolve(moved), actor=cora)
    assert ask(community, anna).status == "open"


def test_a_page_that_somebody_overtook_is_refused(community, anna, cora):
    moved = ask(community, anna)
    answer = AnswerQuery(query_id=moved.query_id, revision=1, words="One")
    community.do(queries.answer_query, answer, actor=cora)
    with pytest.raises(Conflict) as refused:
        community.do(queries.answer_query, answer)
    assert refused.value.params == {"by": cora.id, "at": community.clock()}


@pytest.mark.parametrize(
    ("what", "error", "code"),
    [
        ({"words": " "}, RuleBroken, "text_missing"),
        ({"subject": "weather"}, RuleBroken, "choice_unknown"),
        ({"account_seq": None}, RuleBroken, "subject_missing"),
        ({"subject": "redemption", "subject_id": "0" * 32}, NotFound, "redemption_unknown"),
        ({"subject": "statement", "subject_id": "0" * 32}, NotFound, "statement_unknown"),
        ({"subject": "attendance", "subject_id": "0" * 32}, NotFound, "attendance_unknown"),
        ({"subject": "person", "subject_id": "0" * 32}, NotFound, "person_unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused(community, anna, what, error, code):
    with pytest.raises(error) as refused:
        ask(community, anna, **what)
    assert refused.value.code == code


def test_the_member_is_told_of_each_step(community, anna, cora):
    moved = community.do(queries.resolve_query, resolve(ask(community, anna)), actor=cora)
    rows = community.read(lambda unit: unit.db.query(OutboxMessage).all())
    told = [row.kind for row in rows if row.subject_id == moved.query_id]
    assert sorted(told) == ["query_decided", "query_opened"]


def test_tasks_say_by_when_and_who_may_not_decide(community, anna, cora):
    moved = ask(community, anna)
    (task,) = community.read(queries.to_answer, by=cora)
    assert (task.verb, task.subject, task.hindrance) == ("answer_query", "Anna Bell", None)
    assert task.due_on == community.clock().date() + timedelta(days=7)
    (task,) = community.read(queries.to_answer)
    assert task.hindrance == "own"
    assert community.read(queries.to_answer, by=anna) == []
    assert community.read(statement_lines.current_lines, anna.member_id)[0].account_seq == 1
    assert moved.reference


def test_small_matters_are_noted_without_anybody(community, anna):
    note = minor_issues.NoteMinorIssue(kind="place", words="The hall was locked.")
    community.do(minor_issues.note_minor_issue, note)
    assert community.read(minor_issues.counts)["place"] == 1
    (row,) = community.read(minor_issues.minor_issues)
    assert {column.name for column in row.__table__.columns} == {
        "id", "kind", "words", "noted_by", "noted_at",
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        community.do(minor_issues.note_minor_issue, note, actor=anna)
