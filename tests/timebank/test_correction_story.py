"""A correction found three weeks later, after the hours were used: everything tells one story.

Balances, messages, the next statement and the trail agree; the earlier statement prints byte for
byte as before, in every form.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from sqlalchemy import select

from tests.timebank.builders import Community
from tests.timebank.test_corrections import correction
from tests.timebank.test_redemptions import add_reward, request
from timebank import (
    audit,
    is_it_right,
    links,
    postings,
    queries,
    redemptions,
    statement_formats,
    statement_lines,
    statement_text,
    statements,
    trail,
)
from timebank.corrections import correct_credit, preview_correction
from timebank.figures import Figures
from timebank.models import OutboxMessage, Statement
from timebank.roles import Actor
from timebank.unit import NOBODY


def printed(community: Community, statement: Statement) -> dict[str, bytes]:
    """A statement in every form, with the money values and without."""
    made = {}
    for code in statement_formats.FORMATS:
        wanted = community.read(
            lambda unit, code=code: statement_formats.wanted(
                unit, unit.db.get_one(Statement, statement.id), code
            )
        )
        for money_values in (False, True):
            made[f"{code} {money_values}"] = wanted.make(money_values=money_values)
    return made


def issued(community: Community, now: datetime, until: date, member_id: str) -> Statement:
    """The newest statement of a member, once the month of `until` was issued."""
    community.clock.set(now)
    community.do(lambda unit, day: statements.issue(unit, day), until)
    return community.read(statements.of_member, member_id)[0]


def use_hours(community: Community, anna: Actor, cora: Actor) -> str:
    """Anna asks for a class of four hours, which is agreed to and handed over; its reference."""
    reward_id = add_reward(community, title="Watercolours", price_minutes=240)
    moved = request(community, reward_id, anna.member_id, anna)
    for function, command in (
        (redemptions.approve_redemption, redemptions.ApproveRedemption),
        (redemptions.fulfil_redemption, redemptions.FulfilRedemption),
    ):
        found = community.read(redemptions.redemption, moved.redemption_id)
        community.do(function, command(redemption_id=found.id, revision=found.revision), actor=cora)
    return str(found.reference)


def test_balances_messages_statements_and_the_trail_tell_the_same_story(community):
    anna = community.member_actor("Anna Bell", "anna@example.org")
    cora = community.coordinator("Cora", "cora@example.org")
    session_id = community.session("Community meeting", minutes=300)
    community.credit(session_id, [anna.member_id], minutes=300)
    community.clock.forward(days=9)
    reference = use_hours(community, anna, cora)
    march = issued(
        community, datetime(2026, 4, 1, 9, tzinfo=UTC), date(2026, 3, 31), anna.member_id
    )
    before = printed(community, march)
    assert (march.opening_minutes, march.closing_minutes) == (0, 60)

    # Three weeks after the session: it was 200 minutes, not 300.
    community.clock.set(datetime(2026, 4, 2, 14, tzinfo=UTC))
    attendance_id = community.attendance_id(session_id, anna.member_id)
    command = correction(
        attendance_id, figures=Figures(session_minutes=200), words="She left at four."
    )
    preview = community.read(preview_correction, command, by=cora)
    assert (preview.balance_before_minutes, preview.balance_after_minutes) == (60, -40)
    assert [(each.title, each.reference, each.status) for each in preview.used] == [
        ("Watercolours", reference, "fulfilled")
    ]
    made = community.do(correct_credit, command, actor=cora)

    # The balance, wherever it is asked for.
    assert made.balance_minutes == community.balance(anna.member_id) == -40
    assert community.read(statements.balance, anna.member_id, by=anna).available_minutes == -40

    # The message: what is recorded now, and a way to disagree.
    query = select(OutboxMessage).where(OutboxMessage.kind == "is_it_right_now")
    (message,) = community.read(lambda unit: list(unit.db.scalars(query)))
    assert message.person_id == anna.person_id
    code = community.read(links.code_of, message.subject_id)
    asked = community.read(is_it_right.question, code, by=NOBODY)
    assert (asked.credited_minutes, asked.reason) == (200, "wrong_time")

    # The lines of the account, each leading to the others.
    lines = list(reversed(community.read(statement_lines.current_lines, anna.member_id, by=anna)))
    assert [(line.text_code, line.amount_minutes, line.balance_minutes) for line in lines] == [
        ("line_credited", 300, 300), ("line_set_aside", -240, 60),
        ("line_credit_reversed", -300, -240), ("line_credited_again", 200, -40),
    ]  # fmt: skip
    for number in (1, 3, 4):
        opened = community.read(postings.posting, anna.member_id, number, by=anna)
        assert [line.account_seq for line in opened.family] == [1, 3, 4]
    assert opened.recorded_by == "Cora"

    # The trail, in figures and codes alone.
    event = community.read(trail.about, attendance_id)[-1]
    assert (event.action, event.actor) == ("credit.corrected", cora.id)
    assert json.loads(event.details) == {
        "reason": "wrong_time", "before_minutes": 300, "after_minutes": 200, "revision": 2,
    }  # fmt: skip

    # She does not agree: somebody decides who did not record it.
    community.clock.set(datetime(2026, 4, 6, 18, tzinfo=UTC))
    with community.database.unit(NOBODY) as unit:
        answered = is_it_right.answer_by_link(unit, code, "no", "I was there until five.")
    found = community.read(queries.query, answered.query_id)
    assert found.about_id == cora.id
    assert "resolve" not in queries.steps(cora, found)
    assert "resolve" in queries.steps(community.actor, found)

    # The statement after it explains both, with the session's own day.
    april = issued(
        community, datetime(2026, 5, 1, 9, tzinfo=UTC), date(2026, 4, 30), anna.member_id
    )
    assert (april.opening_minutes, april.closing_minutes) == (60, -40)
    content = json.loads(april.content)
    told = [(each["code"], each["occurred_on"], each["recorded_on"]) for each in content["lines"]]
    assert told == [
        ("line_credit_reversed", "2026-03-02", "2026-04-02"),
        ("line_credited_again", "2026-03-02", "2026-04-02"),
    ]  # fmt: skip
    said = " ".join(statement_text.plain(content).split())
    assert "Community meeting on 2 March 2026: taken back, because the time was not right" in said
    assert "Community meeting on 2 March 2026, put right: 3 hours 20 minutes" in said
    assert "40 minutes below zero" in said
    assert "Recorded on 2 April 2026." in said

    # And the one that was issued before it is what it was, in every form.
    again = next(
        each for each in community.read(statements.of_member, anna.member_id) if each.id == march.id
    )
    assert (again.content, again.content_sha256) == (march.content, march.content_sha256)
    after = printed(community, again)
    assert after == before
    assert len(after) >= 14

    assert community.read(audit.verify).findings == ()
