"""A posting opened: what it was, how it came about, and what belongs to it."""

from __future__ import annotations

import pytest

from tests.timebank.builders import Community
from tests.timebank.test_corrections import correction
from tests.timebank.test_redemptions import add_reward, request
from timebank import postings, redemptions
from timebank.community import AgreePolicy, agree_policy
from timebank.corrections import correct_credit
from timebank.crediting import AttendanceLine
from timebank.errors import NotFound
from timebank.figures import Figures


@pytest.fixture
def anna(community: Community):
    """Anna, credited 1 h 46 under "up to 15", with travel; then put right to 90 minutes."""
    rules = AgreePolicy(
        follows_version=1, rounding="up_15", money_rewards=False, advice_contact="",
        information_reviewed_by="", information_reviewed_on=None,
    )  # fmt: skip
    community.do(agree_policy, rules)
    found = community.member_actor("Anna Bell", "anna@example.org")
    session_id = community.session()
    figures = Figures(session_minutes=96, travel_minutes=10)
    community.credit(session_id, lines=[
        AttendanceLine(member_id=found.member_id, figures=figures)
    ])  # fmt: skip
    community.do(correct_credit, correction(community.attendance_id(session_id, found.member_id)))
    return found


def opened(community: Community, who, number: int, by=None) -> postings.Opened:
    return community.read(postings.posting, who.member_id, number, by=by or who)


def test_a_credit_says_how_its_minutes_came_about(community, anna):
    first = opened(community, anna, 1)
    assert first.parts == (("session_minutes", 96), ("travel_minutes", 10))
    assert (first.line.amount_minutes, first.policy.version) == (120, 2)
    assert (first.recorded_by, first.recorded_at) == ("Ada Marsh", community.clock())


def test_corrections_are_linked_both_ways(community, anna):
    for number in (1, 2, 3):
        family = opened(community, anna, number).family
        assert [line.account_seq for line in family] == [1, 2, 3]
    assert [line.text_code for line in family] == [
        "line_credited", "line_credit_reversed", "line_credited_again",
    ]  # fmt: skip
    assert opened(community, anna, 2).parts == ()
    assert opened(community, anna, 2).entry.reason == "wrong_time"
    assert opened(community, anna, 3).parts == (("session_minutes", 90),)


def test_hours_set_aside_and_given_back_belong_together(community, anna):
    reward_id = add_reward(community)
    moved = request(community, reward_id, anna.member_id, anna)
    cancel = redemptions.CancelRedemption(redemption_id=moved.redemption_id, revision=1)
    community.do(redemptions.cancel_redemption, cancel, actor=anna)
    found = opened(community, anna, 4)
    assert found.redemption.id == moved.redemption_id
    assert [line.account_seq for line in found.family] == [4, 5]
    assert opened(community, anna, 5).recorded_by == "Anna Bell"


def test_nobody_opens_anybody_elses(community, anna):
    ben = community.member_actor("Ben")
    with pytest.raises(NotFound, match="member_unknown"):
        opened(community, anna, 1, by=ben)
    for number in (0, 4, 10**9):
        with pytest.raises(NotFound, match="posting_unknown"):
            opened(community, anna, number)
    assert opened(community, anna, 1, by=community.actor).member.id == anna.member_id
