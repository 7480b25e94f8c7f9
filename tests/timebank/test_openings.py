"""Hours from before the books: entered, confirmed by a second person, put right."""

from __future__ import annotations

from datetime import date

import pytest

from tests.timebank.builders import Community
from timebank import (
    accounts,
    amendments,
    audit,
    openings,
    people,
    second_looks,
    statement_lines,
)
from timebank.amendments import AmendPosting, amend_posting
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.errors import Conflict, NotAllowed, NotFound, Rejected, RuleBroken
from timebank.history_files import HistoryOptions
from timebank.history_import import apply_history, plan_history
from timebank.openings import ConfirmOpening, EnterOpening, OpeningLine, WithdrawOpening


def entered(community: Community, *lines: tuple[str, int], **more) -> str:
    """A waiting list entered by the administrator; its id."""
    command = EnterOpening(
        **{
            "as_of_on": date(2026, 1, 31),
            "total_minutes": sum(minutes for _, minutes in lines),
            "lines": tuple(OpeningLine(member_id=id_, minutes=n) for id_, n in lines),
            "words": "From the paper book",
            **more,
        }
    )
    return str(community.do(openings.enter_opening, command).list_id)


def confirm(list_id: str, total: int, revision: int = 1) -> ConfirmOpening:
    return ConfirmOpening(list_id=list_id, revision=revision, total_minutes=total)


@pytest.fixture
def anna(community: Community) -> str:
    return community.member("Anna Bell", "anna@example.org").member_id


@pytest.fixture
def ben(community: Community) -> str:
    return community.member("Ben Okafor").member_id


def rules(community: Community, **more) -> AgreePolicy:
    """A new version of the rules with `more` in it."""
    return AgreePolicy(
        follows_version=community.read(policy).version, rounding="none", money_rewards=False,
        advice_contact="", information_reviewed_by="", information_reviewed_on=None, **more,
    )  # fmt: skip


def test_two_people_confirm_and_then_it_is_posted(community, anna, ben):
    cora = community.coordinator("Cora")
    list_id = entered(community, (anna, 600), (ben, 90))
    assert community.balance(anna) == 0
    made = community.do(openings.confirm_opening, confirm(list_id, 690), actor=cora)
    assert (made.status, made.people, made.total_minutes) == ("confirmed", 2, 690)
    assert (community.balance(anna), community.balance(ben)) == (600, 90)
    assert community.account_balance(accounts.OPENING) == -690
    assert community.account_balance(accounts.ISSUED) == 0
    (line,) = community.read(statement_lines.current_lines, anna)
    assert (line.text_code, line.occurred_on) == ("line_opening", date(2026, 1, 31))
    totals = community.read(openings.totals)
    assert (totals.opening_minutes, totals.opening_people) == (690, 2)
    assert (totals.starting_minutes, totals.starting_people) == (0, 0)
    assert community.read(audit.verify).findings == ()


def test_nobody_confirms_what_they_entered_nor_their_own_hours(community, anna):
    cora, dan = community.coordinator("Cora"), community.coordinator("Dan")
    list_id = entered(community, (anna, 60), (cora.member_id, 60))
    with pytest.raises(NotAllowed, match="own_opening"):
        community.do(openings.confirm_opening, confirm(list_id, 120))
    with pytest.raises(NotAllowed, match="own_hours"):
        community.do(openings.confirm_opening, confirm(list_id, 120), actor=cora)
    with pytest.raises(RuleBroken, match="opening_total_differs"):
        community.do(openings.confirm_opening, confirm(list_id, 119), actor=dan)
    assert community.balance(anna) == 0
    community.do(openings.confirm_opening, confirm(list_id, 120), actor=dan)
    with pytest.raises(Conflict, match="opening_changed"):
        community.do(openings.confirm_opening, confirm(list_id, 120), actor=dan)
    assert community.balance(anna) == 60


def test_a_list_that_cannot_be_is_refused_and_nothing_of_it_stays(community, anna, ben):
    with pytest.raises(RuleBroken, match="opening_total_differs"):
        entered(community, (anna, 60), total_minutes=61)
    with pytest.raises(RuleBroken, match="opening_day_in_future"):
        entered(community, (anna, 60), as_of_on=date(2026, 3, 3))
    with pytest.raises(Rejected) as refused:
        entered(community, (anna, 60), (anna, 60), (ben, 0), ("0" * 32, 5))
    codes = [(problem.code, problem.params["line"]) for problem in refused.value.problems]
    assert codes == [("line_twice", 1), ("minutes_missing", 2), ("member_unknown", 3)]
    assert community.read(openings.openings) == []


def test_hours_are_brought_forward_once(community, anna):
    first = entered(community, (anna, 60))
    with pytest.raises(RuleBroken, match="opening_exists"):
        entered(community, (anna, 60))
    community.do(openings.withdraw_opening, WithdrawOpening(list_id=first, revision=1))
    entered(community, (anna, 60))
    assert community.read(audit.verify).findings == ()


def test_a_member_neither_sees_nor_enters_lists(community, anna):
    bill = community.member_actor("Bill")
    for function, command in (
        (openings.opening, "0" * 32),
        (lambda unit: openings.openings(unit), None),
    ):
        with pytest.raises(NotAllowed):
            community.read(function, *([command] if command else []), by=bill)
    with pytest.raises(NotFound, match="opening_unknown"):
        community.read(openings.opening, "0" * 32)


def test_everybody_who_joins_gets_the_starting_hours_of_the_rules(community, anna):
    community.do(agree_policy, rules(community, starting_minutes=120))
    later = community.do(people.add_member, people.AddMember(name="Late Comer"))
    assert (community.balance(anna), community.balance(later.member_id)) == (0, 120)
    (line,) = community.read(statement_lines.current_lines, later.member_id)
    assert line.text_code == "line_starting"
    totals = community.read(openings.totals)
    assert (totals.starting_minutes, totals.starting_people) == (120, 1)
    assert totals.opening_minutes == 0
    assert community.read(audit.verify).findings == ()


# --- putting them right -------------------------------------------------------------------------


@pytest.fixture
def brought(community, anna) -> tuple[str, int]:
    """Anna's 600 minutes from before: her id and the transaction."""
    cora = community.coordinator("Cora")
    community.do(openings.confirm_opening, confirm(entered(community, (anna, 600)), 600),
                 actor=cora)  # fmt: skip
    (line,) = community.read(statement_lines.current_lines, anna)
    return anna, line.seq


def amendment(seq: int, minutes: int, revision: int = 0) -> AmendPosting:
    return AmendPosting(first_seq=seq, revision=revision, minutes=minutes, reason="wrong_time")


def test_opening_hours_are_put_right_again_and_again(community, brought):
    anna, seq = brought
    assert community.do(amend_posting, amendment(seq, 540)).balance_minutes == 540
    with pytest.raises(Conflict, match="credit_changed"):
        community.do(amend_posting, amendment(seq, 500))
    assert community.do(amend_posting, amendment(seq, 0, 1)).balance_minutes == 0
    with pytest.raises(RuleBroken, match="nothing_changed"):
        community.do(amend_posting, amendment(seq, 0, 2))
    assert community.do(amend_posting, amendment(seq, 30, 2)).balance_minutes == 30
    lines = community.read(statement_lines.current_lines, anna)
    assert [line.text_code for line in reversed(lines)] == [
        "line_opening", "line_taken_back", "line_opening_again", "line_taken_back",
        "line_opening_again",
    ]  # fmt: skip
    assert community.read(audit.verify).findings == ()


def test_what_stands_is_found_from_a_replacement_too(community, brought):
    _, seq = brought
    community.do(amend_posting, amendment(seq, 540))
    replacement = community.read(amendments.standing, seq).seq
    assert replacement != seq
    for known in (seq, replacement):
        standing = community.read(amendments.standing, known)
        assert (standing.first_seq, standing.seq) == (seq, replacement)
        assert (standing.minutes, standing.revision) == (540, 1)


def test_nobody_puts_their_own_opening_hours_right(community, brought):
    own = community.actor_of(community.read(people.member, brought[0]).person_id)
    community.do(people.grant_role, people.GrantRole(person_id=own.person_id, role="coordinator"))
    own = community.actor_of(own.person_id)
    with pytest.raises(NotAllowed, match="own_correction"):
        community.do(amend_posting, amendment(brought[1], 540), actor=own)


def test_a_credit_is_not_put_right_here(community, anna):
    session_id = community.session()
    community.credit(session_id, [anna])
    for seq in (1, 99, 0):
        with pytest.raises(NotFound, match="posting_unknown"):
            community.do(amend_posting, amendment(seq, 1))


def test_imported_history_is_put_right_too(community):
    rows = (
        b"member,date,kind,amount\nAnn Lowe,2020-01-05,credit,120\nAnn Lowe,2020-02-05,spend,50\n"
    )
    options = HistoryOptions(kinds_in=("credit",), kinds_out=("spend",), unit="minutes")
    plan = community.read(plan_history, rows, options, by=community.console)
    community.do(apply_history, plan, actor=community.console)
    (ann,) = community.read(people.members, search="Ann Lowe")
    came, went = reversed(community.read(statement_lines.current_lines, ann.id))
    assert (came.amount_minutes, went.amount_minutes) == (120, -50)
    assert community.do(amend_posting, amendment(came.seq, 90)).balance_minutes == 40
    assert community.do(amend_posting, amendment(went.seq, 20)).balance_minutes == 70
    assert community.read(audit.verify, by=community.console).findings == ()


def test_above_the_limit_a_second_person_agrees_to_it(community, brought):
    anna, seq = brought
    community.do(agree_policy, rules(community, second_approval_minutes=30))
    proposal_id = community.do(amend_posting, amendment(seq, 300)).proposal_id
    assert community.balance(anna) == 600
    dan = community.coordinator("Dan", role="treasurer")
    own = community.actor_of(community.read(people.member, anna).person_id)
    community.do(people.grant_role, people.GrantRole(person_id=own.person_id, role="treasurer"))
    own = community.actor_of(own.person_id)
    (task,) = community.read(second_looks.to_agree, by=own)
    assert task.hindrance == "own"
    agree = second_looks.AgreeCorrection(proposal_id=proposal_id)
    with pytest.raises(NotAllowed, match="own_correction"):
        community.do(second_looks.agree_correction, agree, actor=own)
    (task,) = community.read(second_looks.to_agree, by=dan)
    assert (task.hindrance, task.params) == (None, {"moved_minutes": 300})
    assert community.do(second_looks.agree_correction, agree, actor=dan).status == "agreed"
    assert community.balance(anna) == 300
