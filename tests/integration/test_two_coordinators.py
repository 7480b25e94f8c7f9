"""Two coordinators act on the same thing at the same moment: one does it, one is told who did."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.workers import Raised, Start, at_once, starts_of
from tests.timebank.builders import Community
from timebank import (
    audit,
    comparison,
    corrections,
    crediting,
    redemptions,
    rewards,
    sessions,
    statements,
)
from timebank.community import policy
from timebank.figures import Figures
from timebank.roles import Actor

ROUNDS = 3


@pytest.fixture
def cora(community: Community) -> Actor:
    """A second coordinator."""
    return community.coordinator("Cora Finch")


def carry_out(start: Start, function: Any, command: Any) -> Any:
    """A worker: one command in one unit."""
    with start.database() as database:
        start.together()
        with database.unit(start.actor) as unit:
            return function(unit, command)


def both(community: Community, cora: Actor, function: Any, *commands: Any) -> tuple[Any, Raised]:
    """Carry out by the administrator and by Cora; what one got, and how the other was refused.

    Also checks that exactly one was refused, and that the refusal names the other one.
    """
    actors = [community.actor, cora]
    answers = at_once(
        carry_out,
        starts_of(community.settings, actors, community.clock()),
        *((function, command) for command in commands),
    )
    refused = [answer for answer in answers if isinstance(answer, Raised)]
    assert len(refused) == 1, answers
    loser = answers.index(refused[0])
    winner = 1 - loser
    if "by" in refused[0].params:
        assert refused[0].params["by"] == actors[winner].id
        assert refused[0].params["at"] == community.clock()
    return answers[winner], refused[0]


def lines(*member_ids: str) -> tuple[crediting.AttendanceLine, ...]:
    return tuple(
        crediting.AttendanceLine(member_id=member_id, figures=Figures(session_minutes=60))
        for member_id in member_ids
    )


def test_the_same_people_are_credited_once(community, cora):
    members = [community.member(name).member_id for name in ("Anna Bell", "Ben Hall", "Cy Grant")]
    for number in range(1, ROUNDS + 1):
        session_id = community.session()
        command = crediting.CreditSession(session_id=session_id, revision=1, lines=lines(*members))
        credited, refused = both(community, cora, crediting.credit_session, command, command)
        assert (credited.people, credited.credited_minutes) == (3, 180)
        assert (refused.kind, refused.code) == ("Conflict", "session_changed")
        assert refused.params["by"]
        assert len(community.read(sessions.attendances, session_id)) == 3
        assert [community.balance(member_id) for member_id in members] == [60 * number] * 3
    assert community.read(audit.verify).findings == ()


def test_the_other_is_told_what_differs(community, cora):
    ids = [community.member(name).member_id for name in ("Anna Bell", "Ben Hall", "Cy Grant")]
    dot = community.member("Dot Lee").member_id
    session_id = community.session()

    def command(*minutes: int, also: str | None = None) -> crediting.CreditSession:
        given = dict(zip(ids, minutes, strict=False)) | ({also: 30} if also else {})
        return crediting.CreditSession(
            session_id=session_id,
            revision=1,
            lines=tuple(
                crediting.AttendanceLine(member_id=member_id, figures=Figures(session_minutes=each))
                for member_id, each in given.items()
            ),
        )

    # Both have Anna for an hour; about Ben they differ; each has one whom the other has not.
    commands = [command(60, 90), command(60, 45, also=dot)]
    credited, refused = both(community, cora, crediting.credit_session, *commands)
    first = commands[0] if credited.people == 2 else commands[1]
    late = commands[1] if first is commands[0] else commands[0]
    told = community.read(comparison.compare, late)
    assert {each.member_id: each.differs for each in told.both} == {
        ids[0]: (), ids[1]: ("session_minutes",),
    }  # fmt: skip
    only_theirs = [dot] if first is commands[1] else []
    assert [entry.attendance.member_id for entry in told.others] == only_theirs
    assert refused.code == "session_changed"
    # Each person was credited once, as the first one said.
    for each in first.lines:
        assert community.balance(each.member_id) == each.figures.session_minutes
    assert community.balance(ids[2]) == 0
    assert community.read(audit.verify).findings == ()


def test_other_people_on_a_stale_page_are_refused_too(community, cora):
    anna, ben = (community.member(name).member_id for name in ("Anna Bell", "Ben Hall"))
    session_id = community.session()
    commands = [
        crediting.CreditSession(session_id=session_id, revision=1, lines=lines(member_id))
        for member_id in (anna, ben)
    ]
    _credited, refused = both(community, cora, crediting.credit_session, *commands)
    assert refused.code == "session_changed"
    assert sorted(map(community.balance, (anna, ben))) == [0, 60]


def test_a_credit_is_corrected_once(community, cora):
    anna = community.member("Anna Bell").member_id
    session_id = community.session()
    community.credit(session_id, [anna], minutes=120)
    commands = [
        corrections.CorrectCredit(
            attendance_id=community.attendance_id(session_id, anna),
            revision=1,
            capacity="own_time",
            choice=None,
            figures=Figures(session_minutes=minutes),
            reason="wrong_time",
        )
        for minutes in (90, 45)
    ]
    corrected, refused = both(community, cora, corrections.correct_credit, *commands)
    assert refused.code == "credit_changed"
    assert refused.params["by"]
    assert community.balance(anna) == corrected.balance_minutes in (90, 45)
    assert len(community.read(statements.current_lines, anna)) == 3
    assert community.read(audit.verify).findings == ()


def test_a_reward_is_handed_over_once(community, cora):
    anna = community.member_actor("Anna Bell")
    community.credit(community.session(), [anna.member_id], minutes=120)
    reward_id = community.do(
        rewards.add_reward, rewards.AddReward(kind="class", title="Pottery class", price_minutes=60)
    ).reward_id
    asked = community.do(
        redemptions.request_redemption,
        redemptions.RequestRedemption(
            reward_id=reward_id,
            reward_revision=1,
            member_id=anna.member_id,
            information_version=community.read(policy).version,
        ),
        actor=anna,
    )
    for kind, function in (
        (redemptions.ApproveRedemption, redemptions.approve_redemption),
        (redemptions.FulfilRedemption, redemptions.fulfil_redemption),
    ):
        revision = community.read(redemptions.redemption, asked.redemption_id).revision
        command = kind(redemption_id=asked.redemption_id, revision=revision)
        _moved, refused = both(community, cora, function, command, command)
        assert (refused.kind, refused.code) == ("Conflict", "redemption_changed")
    assert community.account_balance("hours:redeemed:class") == 60
    assert community.account_balance("hours:held") == 0
    assert community.read(audit.verify).findings == ()
