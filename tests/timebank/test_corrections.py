"""Correcting a credit: reversal and replacement, for one person alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from tests.timebank.builders import Community
from timebank import accounts, audit, redemptions, rewards, sessions, statements
from timebank import community as communities
from timebank.corrections import CorrectCredit, CreditCorrected, correct_credit, preview_correction
from timebank.crediting import AttendanceLine
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.figures import NOTHING, Figures
from timebank.models import OutboxMessage, SingleUseLink


@pytest.fixture
def credited(community: Community) -> tuple[str, str]:
    """Anna was credited 120 minutes: her member id, and her attendance's id."""
    anna = community.member("Anna Bell", "anna@example.org").member_id
    session_id = community.session()
    community.credit(session_id, [anna])
    return anna, community.attendance_id(session_id, anna)


def correction(attendance_id: str, revision: int = 1, **what) -> CorrectCredit:
    """A correction to 90 minutes of session time unless `what` says otherwise."""
    return CorrectCredit(
        **{
            "attendance_id": attendance_id,
            "revision": revision,
            "capacity": "own_time",
            "choice": None,
            "figures": Figures(session_minutes=90),
            "reason": "wrong_time",
            **what,
        }
    )


def kinds(community: Community, member_id: str) -> list[tuple[str, int]]:
    """The member's postings, oldest first: kind and amount."""
    account = accounts.member(member_id)
    page = community.read(lambda unit: unit.book.history(account, newest_first=False))
    return [(posting.kind, posting.amount) for posting in page.postings]


def test_a_correction_reverses_and_replaces(community, credited):
    anna, attendance_id = credited
    community.clock.forward(days=3)
    made = community.do(correct_credit, correction(attendance_id, words=" A slip.\r\nSorry "))
    assert made == CreditCorrected(
        attendance_id=attendance_id, revision=2, credited_minutes=90, balance_minutes=90
    )
    assert kinds(community, anna) == [
        ("credit", 120),
        ("correction.wrong_time", -120),
        ("credit", 90),
    ]
    first, second = community.read(sessions.attendance, attendance_id).entries
    assert (second.reversed_seq, second.reason, second.words) == (
        first.seq,
        "wrong_time",
        "A slip.\nSorry",
    )
    reversal, replacement = (
        community.read(lambda unit, seq=seq: unit.book.transaction(seq))
        for seq in (second.reversal_seq, second.seq)
    )
    assert reversal.reverses_seq == replacement.replaces_seq == first.seq
    assert replacement.key == f"credit:{attendance_id}:2"
    assert reversal.occurred_on == replacement.occurred_on == date(2026, 3, 2)


def test_a_correction_of_a_correction_reverses_the_replacement(community, credited):
    anna, attendance_id = credited
    community.do(correct_credit, correction(attendance_id))
    again = correction(attendance_id, 2, figures=Figures(session_minutes=100))
    assert community.do(correct_credit, again).balance_minutes == 100
    entries = community.read(sessions.attendance, attendance_id).entries
    assert [entry.reversed_seq for entry in entries] == [None, entries[0].seq, entries[1].seq]
    assert len(kinds(community, anna)) == 5


def test_a_choice_can_be_undone_and_made_again(community, credited):
    _, attendance_id = credited
    full = Figures(session_minutes=120)
    steps = [("decline", 0, 0), ("accept", 120, 0), ("pot", 0, 120), ("accept", 120, 0)]
    for revision, (choice, balance, pot) in enumerate(steps, start=1):
        made = community.do(
            correct_credit,
            correction(attendance_id, revision, choice=choice, figures=full, reason="wrong_choice"),
        )
        assert made.balance_minutes == balance
        assert made.credited_minutes == 120
        assert community.account_balance(accounts.COMMUNITY_POT) == pot
    entries = community.read(sessions.attendance, attendance_id).entries
    assert [entry.seq is None for entry in entries] == [False, True, False, False, False]
    anew = community.read(lambda unit: unit.book.transaction(entries[2].seq))
    assert anew.replaces_seq == entries[0].seq
    assert community.read(audit.verify).findings == ()


def test_a_paid_job_found_out_later_takes_the_credit_back(community, credited):
    anna, attendance_id = credited
    paid = correction(
        attendance_id, capacity="paid_job", figures=Figures(session_minutes=120), reason="paid_job"
    )
    assert community.do(correct_credit, paid).credited_minutes == 0
    assert community.balance(anna) == 0


def test_somebody_who_was_not_there_has_no_time_left(community, credited):
    _, attendance_id = credited
    with pytest.raises(RuleBroken, match="time_missing"):
        community.do(correct_credit, correction(attendance_id, figures=NOTHING))
    gone = correction(attendance_id, figures=NOTHING, reason="not_there")
    assert community.do(correct_credit, gone).balance_minutes == 0
    with pytest.raises(RuleBroken, match="nothing_changed"):
        community.do(correct_credit, correction(attendance_id, 2, figures=NOTHING,
                                                reason="not_there"))  # fmt: skip


def test_a_correction_may_leave_a_member_below_zero_openly(community, credited):
    anna, attendance_id = credited
    reward = community.do(
        rewards.add_reward,
        rewards.AddReward(
            kind="class",
            title="Watercolours",
            description="",
            provider="",
            price_minutes=100,
            money_pence=None,
            cost_pence=None,
            places=None,
            starts_on=None,
            charity_number="",
        ),
    )
    request = redemptions.RequestRedemption(
        reward_id=reward.reward_id,
        reward_revision=1,
        member_id=anna,
        how="phone",
        information_version=community.read(communities.policy).version,
    )
    community.do(redemptions.request_redemption, request)
    command = correction(attendance_id, figures=Figures(session_minutes=30))
    preview = community.read(preview_correction, command)
    assert (preview.before_minutes, preview.after_minutes) == (120, 30)
    assert (preview.balance_before_minutes, preview.balance_after_minutes) == (20, -70)
    assert preview.warnings == ("below_zero",)
    assert community.balance(anna) == 20
    assert community.do(correct_credit, command).balance_minutes == -70
    assert community.balance(anna) == -70


def test_the_rounding_that_held_then_holds_for_the_correction(community, credited):
    _, attendance_id = credited
    community.do(
        communities.agree_policy,
        communities.AgreePolicy(
            follows_version=1,
            rounding="up_15",
            money_rewards=False,
            advice_contact="",
            information_reviewed_by="",
            information_reviewed_on=None,
        ),
    )
    made = community.do(
        correct_credit, correction(attendance_id, figures=Figures(session_minutes=91))
    )
    assert made.credited_minutes == 91


# --- what is refused --------------------------------------------------------------------------


def test_nobody_corrects_their_own_hours(community):
    cora = community.coordinator("Cora")
    session_id = community.session()
    community.credit(session_id, [cora.member_id])
    own = correction(community.attendance_id(session_id, cora.member_id))
    with pytest.raises(NotAllowed, match="own_correction"):
        community.do(correct_credit, own, actor=cora)
    with pytest.raises(NotAllowed, match="own_correction"):
        community.read(preview_correction, own, by=cora)
    assert community.do(correct_credit, own).balance_minutes == 90


def test_a_member_corrects_nobody(community, credited):
    bill = community.member_actor("Bill")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(correct_credit, correction(credited[1]), actor=bill)


def test_a_page_overtaken_by_another_correction_is_refused(community, credited):
    cora = community.coordinator("Cora")
    community.do(correct_credit, correction(credited[1]), actor=cora)
    with pytest.raises(Conflict) as refused:
        community.do(correct_credit, correction(credited[1], figures=Figures(session_minutes=30)))
    assert refused.value.code == "credit_changed"
    assert refused.value.params == {"by": cora.id, "at": community.clock()}
    assert community.balance(credited[0]) == 90


def test_the_same_key_corrects_once(community, credited):
    command = correction(credited[1])
    first = community.do(correct_credit, command, key="correct-1")
    assert community.do(correct_credit, command, key="correct-1") == first
    assert len(kinds(community, credited[0])) == 3


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"figures": Figures(session_minutes=120)}, "nothing_changed"),
        ({"figures": Figures(session_minutes=-1)}, "minutes_negative"),
        ({"figures": Figures(travel_minutes=1441)}, "time_too_long"),
        ({"reason": "because"}, "choice_unknown"),
        ({"words": "x" * 2001}, "text_too_long"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(community, credited, what, code):
    with pytest.raises(RuleBroken) as refused:
        community.do(correct_credit, correction(credited[1], **what))
    assert refused.value.code == code
    assert kinds(community, credited[0]) == [("credit", 120)]


def test_an_unknown_attendance_is_not_found(community):
    with pytest.raises(NotFound, match="attendance_unknown"):
        community.do(correct_credit, correction("0" * 32))


# --- the others -------------------------------------------------------------------------------


def everything_about_others(community: Community, member_id: str) -> list[list]:
    """Every row about other people: postings, statements, attendance, entries, outbox."""
    tables = {
        "ledger_posting": "account NOT IN"
        " (SELECT id FROM ledger_account WHERE name IN (:own, :iss))",
        "statement": "member_id <> :member",
        "attendance": "member_id <> :member",
        "attendance_entry": "attendance_id NOT IN (SELECT id FROM attendance"
        " WHERE member_id = :member)",
        "outbox": "person_id <> (SELECT person_id FROM member WHERE id = :member)",
    }
    values = {
        "own": accounts.member(member_id),
        "iss": accounts.ISSUED,
        "member": member_id,
    }

    def rows(unit):
        return [
            sorted(
                tuple(map(str, row))
                for row in unit.connection.execute(
                    text(f"SELECT * FROM {table} WHERE {others}"),
                    {name: value for name, value in values.items() if f":{name}" in others},
                )
            )
            for table, others in tables.items()
        ]

    found = community.read(rows)
    assert all(len(table) >= 299 for table in found), [len(table) for table in found]
    return found


def test_correcting_one_of_300_leaves_the_other_299_untouched(community):
    ids = [community.member(f"Person {n:03}", f"p{n}@example.org").member_id for n in range(300)]
    session_id = community.session()
    lines = [
        AttendanceLine(member_id=member_id, figures=Figures(session_minutes=60 + n))
        for n, member_id in enumerate(ids)
    ]
    assert community.credit(session_id, lines=lines).credited == 300
    community.clock.set(datetime(2026, 4, 2, 9, tzinfo=UTC))
    community.do(lambda unit, until: statements.issue(unit, until), date(2026, 3, 31))
    one = ids[150]
    before = everything_about_others(community, one)
    attendance_id = community.attendance_id(session_id, one)
    corrected = community.do(
        correct_credit, correction(attendance_id, figures=Figures(session_minutes=30))
    )
    assert corrected.balance_minutes == 30
    assert everything_about_others(community, one) == before
    query = select(OutboxMessage).where(OutboxMessage.kind == "is_it_right_now")
    [message] = community.read(lambda unit: unit.db.scalars(query).all())
    link = community.read(lambda unit: unit.db.get(SingleUseLink, message.subject_id))
    assert link.subject_id == attendance_id
    total = sum(60 + n for n in range(300)) - (60 + 150) + 30
    assert community.account_balance(accounts.ISSUED) == -total
