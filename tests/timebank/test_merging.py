"""A person who is on file twice: one account is emptied into the other, once and for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.timebank.builders import Community
from timebank import (
    accounts,
    audit,
    corrections,
    doors,
    links,
    merging,
    people,
    redemptions,
    rewards,
    sessions,
    statement_lines,
)
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.figures import Figures
from timebank.merging import MembersMerged, MergeMembers
from timebank.people import MemberAdded
from timebank.roles import TREASURER


@dataclass
class Twice:
    """Anna on file twice: 3 hours under the old number, 1 under the one to keep."""

    community: Community
    old: MemberAdded
    kept: MemberAdded
    old_session: str

    def merge(self, **more: Any) -> MembersMerged:
        facts = {"old_member_id": self.old.member_id, "old_revision": 1,
                 "kept_member_id": self.kept.member_id, "kept_revision": 1}  # fmt: skip
        made: MembersMerged = self.community.do(
            merging.merge_members, MergeMembers(**{**facts, **more})
        )
        return made

    def balances(self) -> tuple[int, int]:
        return tuple(self.community.balance(each.member_id) for each in (self.old, self.kept))  # type: ignore[return-value]


@pytest.fixture
def twice(community: Community) -> Twice:
    old = community.member("Anna Bell", "anna@example.org", phone="01632 960001")
    kept = community.member("Anna B. Bell")
    old_session = community.session("Reading group", minutes=180)
    community.credit(old_session, [old.member_id], minutes=180)
    community.credit(community.session(minutes=60), [kept.member_id], minutes=60)
    return Twice(community, old, kept, old_session)


def _findings(community: Community) -> list[str]:
    return [finding.code for finding in community.read(audit.verify).findings]


def test_one_transfer_empties_the_old_account(community: Community, twice: Twice) -> None:
    made = twice.merge()
    assert (made.moved_minutes, made.balance_minutes) == (180, 240)
    assert twice.balances() == (0, 240)
    old = community.read(people.member, twice.old.member_id)
    assert old.status == "merged"
    row = community.read(lambda unit: merging.merge_of(unit, old))
    assert row.kept_member_id == twice.kept.member_id
    assert _findings(community) == []


def test_what_was_recorded_stays_with_the_old_number(community: Community, twice: Twice) -> None:
    twice.merge()
    entries = community.read(sessions.attendances, twice.old_session)
    assert [each.attendance.member_id for each in entries] == [twice.old.member_id]
    lines = community.read(statement_lines.current_lines, twice.old.member_id)
    assert [each.text_code for each in lines] == ["line_merged", "line_credited"]
    lines = community.read(statement_lines.current_lines, twice.kept.member_id)
    assert [(each.text_code, each.amount_minutes) for each in lines] == [
        ("line_merged", 180), ("line_credited", 60),
    ]  # fmt: skip


def test_contacts_go_along_and_the_old_doors_are_shut(community: Community, twice: Twice) -> None:
    twice.merge()
    kept = community.read(people.member, twice.kept.member_id).person
    old = community.read(people.member, twice.old.member_id).person
    assert (kept.email, kept.phone) == ("anna@example.org", "01632 960001")
    assert (old.name, old.email, old.phone) == ("Anna Bell", None, None)
    with community.unit() as unit:
        code = links.code_of(unit, twice.old.link_id or "")
    with pytest.raises(Conflict, match="link_spent"):
        doors.choose_password(community.database, code, "a quiet place to think")


def test_it_happens_once(community: Community, twice: Twice) -> None:
    twice.merge()
    with pytest.raises(RuleBroken, match="member_merged"):
        twice.merge(old_revision=2, kept_revision=2)
    with pytest.raises(RuleBroken, match="member_merged"):
        community.do(
            merging.merge_members,
            MergeMembers(
                old_member_id=twice.kept.member_id, old_revision=2,
                kept_member_id=twice.old.member_id, kept_revision=2,
            ),
        )  # fmt: skip
    assert twice.balances() == (0, 240)


def test_the_same_key_merges_once(community: Community, twice: Twice) -> None:
    command = MergeMembers(
        old_member_id=twice.old.member_id, old_revision=1,
        kept_member_id=twice.kept.member_id, kept_revision=1,
    )  # fmt: skip
    made = [community.do(merging.merge_members, command, key="k" * 32) for _ in range(2)]
    assert made[0] == made[1]
    assert twice.balances() == (0, 240)


def test_a_stale_page_merges_nothing(community: Community, twice: Twice) -> None:
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.credit(community.session(), [twice.old.member_id])
        community.do(
            people.change_choices,
            people.ChangeChoices(
                member_id=twice.old.member_id, revision=1, choice="pot",
                no_money_rewards=False, statement_by="paper",
            ),
        )  # fmt: skip
        twice.merge()
    assert twice.balances() == (300, 60)


def test_both_at_the_same_session_is_put_right_first(community: Community, twice: Twice) -> None:
    session_id = community.session("Garden day")
    community.credit(session_id, [twice.old.member_id, twice.kept.member_id])
    seen = community.read(merging.preview_merge, twice.old.member_id, twice.kept.member_id)
    assert [each.title for each in seen.both_at] == ["Garden day"]
    with pytest.raises(RuleBroken, match="merge_both_there"):
        twice.merge()
    wrong = corrections.CorrectCredit(
        attendance_id=community.attendance_id(session_id, twice.old.member_id), revision=1,
        capacity="own_time", choice=None, figures=Figures(), reason="not_there",
    )  # fmt: skip
    community.do(corrections.correct_credit, wrong)
    assert twice.merge().moved_minutes == 180
    assert _findings(community) == []


def test_hours_held_are_settled_first(community: Community, twice: Twice) -> None:
    reward = rewards.AddReward(title="Bird walk", kind="class", price_minutes=60)
    reward_id = community.do(rewards.add_reward, reward).reward_id
    request = redemptions.RequestRedemption(
        reward_id=reward_id, reward_revision=1, member_id=twice.old.member_id, information_version=1
    )
    actor = community.actor_of(twice.old.person_id)
    made = community.do(redemptions.request_redemption, request, actor=actor)
    with pytest.raises(RuleBroken, match="merge_hours_held"):
        twice.merge()
    cancel = redemptions.CancelRedemption(redemption_id=made.redemption_id, revision=1)
    community.do(redemptions.cancel_redemption, cancel, actor=actor)
    assert twice.merge().moved_minutes == 180


def test_nobody_merges_themselves_and_no_role_goes_along(
    community: Community, twice: Twice
) -> None:
    own = community.admin.member_id
    with pytest.raises(NotAllowed, match="own_merge"):
        twice.merge(kept_member_id=own)
    grant = people.GrantRole(person_id=twice.old.person_id, role=TREASURER)
    community.do(people.grant_role, grant)
    with pytest.raises(RuleBroken, match="merge_has_role"):
        twice.merge()
    with pytest.raises(RuleBroken, match="merge_same"):
        twice.merge(kept_member_id=twice.old.member_id)
    with pytest.raises(NotFound):
        twice.merge(kept_member_id="0" * 32)


def test_a_later_correction_settles_with_the_kept_account(
    community: Community, twice: Twice
) -> None:
    twice.merge()
    for minutes, kept in ((60, 120), (150, 210)):
        found = community.read(
            sessions.attendance, community.attendance_id(twice.old_session, twice.old.member_id)
        )
        right = corrections.CorrectCredit(
            attendance_id=found.id, revision=found.revision, capacity="own_time", choice=None,
            figures=Figures(session_minutes=minutes), reason="wrong_time",
        )  # fmt: skip
        community.do(corrections.correct_credit, right)
        assert twice.balances() == (0, kept)
    assert _findings(community) == []


def test_nobody_is_credited_under_the_old_number(community: Community, twice: Twice) -> None:
    twice.merge()
    with pytest.raises(Exception, match=r"member_merged|several_problems") as refused:
        community.credit(community.session(), [twice.old.member_id])
    problems = getattr(refused.value, "problems", [refused.value])
    assert [each.code for each in problems] == ["member_merged"]


def test_an_empty_old_account_needs_no_transaction(community: Community) -> None:
    old, kept = community.member("Bert Cole"), community.member("Bert Cole")
    made = community.do(
        merging.merge_members,
        MergeMembers(old_member_id=old.member_id, old_revision=1,
                     kept_member_id=kept.member_id, kept_revision=1),
    )  # fmt: skip
    assert made.moved_minutes == 0
    assert _findings(community) == []


def test_a_merge_that_the_books_tell_otherwise_is_found(community: Community, twice: Twice) -> None:
    from sqlalchemy import text

    twice.merge()
    with community.unit() as unit:
        unit.connection.execute(text("UPDATE merge SET minutes = 90"))
    assert _findings(community) == ["merge_differs"]
    assert community.account_balance(accounts.member(twice.old.member_id)) == 0
