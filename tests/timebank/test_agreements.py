"""What is agreed with one person: minutes only, and used once a second person signed it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from timebank import agreements, involvement, sessions
from timebank.agreements import (
    EndAgreement,
    ProposeAgreement,
    SignAgreement,
    end_agreement,
    propose_agreement,
    sign_agreement,
)
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import Agreement

FROM = date(2026, 3, 1)


@pytest.fixture
def cora(community):
    return community.coordinator("Cora")


@pytest.fixture
def anna(community):
    return community.member_actor("Anna Bell")


def propose(community, member_id, actor=None, **what):
    what = {"extra_preparation_minutes": 45, "from_on": FROM, **what}
    command = ProposeAgreement(member_id=member_id, **what)
    return community.do(propose_agreement, command, actor=actor)


def sign(community, made, actor):
    command = SignAgreement(agreement_id=made.agreement_id, revision=made.revision)
    return community.do(sign_agreement, command, actor=actor)


def offered(community, member_id: str, day: date = FROM, how: str = "prepared"):
    """What the grid begins with for somebody at a session with half an hour of preparation."""
    session_id = community.session(on=day, usual_preparation_minutes=30)

    def read(unit):
        session = sessions.session(unit, session_id)
        held = agreements.in_force(unit, [member_id], session.starts_on)
        return involvement.offered(session, how, held.get(member_id, ()))

    return community.read(read)


def test_it_is_used_once_somebody_else_has_signed_it(community, cora, anna):
    made = propose(community, anna.member_id)
    assert offered(community, anna.member_id).preparation_minutes == 30
    signed = sign(community, made, cora)
    assert signed.status == "signed"
    assert offered(community, anna.member_id).preparation_minutes == 75
    # Nobody else's minutes change, nor any other of hers.
    assert offered(community, cora.member_id).preparation_minutes == 30
    assert offered(community, anna.member_id).session_minutes == 120
    # Whoever only took part is offered what was agreed as well.
    assert offered(community, anna.member_id, how="took_part").preparation_minutes == 45


def test_whoever_proposed_does_not_sign_nor_does_the_member(community, cora, anna):
    made = propose(community, anna.member_id)
    with pytest.raises(NotAllowed, match="agreement_own_proposal"):
        sign(community, made, community.actor)
    with pytest.raises(NotAllowed, match="role_lacking"):
        sign(community, made, anna)
    with_cora = propose(community, cora.member_id)
    with pytest.raises(NotAllowed, match="own_agreement"):
        sign(community, with_cora, cora)
    with pytest.raises(NotAllowed, match="own_agreement"):
        propose(community, cora.member_id, actor=cora)


def test_it_holds_from_its_first_day_to_its_last(community, cora, anna):
    made = propose(community, anna.member_id, until_on=FROM + timedelta(days=1))
    sign(community, made, cora)
    days = [FROM - timedelta(days=1), FROM, FROM + timedelta(days=1)]
    found = [offered(community, anna.member_id, day).preparation_minutes for day in days]
    assert found == [30, 75, 75]


def test_ended_it_still_holds_for_the_days_before(community, cora, anna):
    signed = sign(community, propose(community, anna.member_id), cora)
    community.clock.forward(days=10)
    end = EndAgreement(agreement_id=signed.agreement_id, revision=signed.revision)
    assert community.do(end_agreement, end).status == "ended"
    assert offered(community, anna.member_id, FROM).preparation_minutes == 75
    community.clock.forward(days=1)
    today = community.clock().date()
    assert offered(community, anna.member_id, today).preparation_minutes == 30
    with pytest.raises(Conflict, match="changed_meanwhile"):
        community.do(end_agreement, end)


def test_what_was_never_signed_never_holds(community, cora, anna):
    made = propose(community, anna.member_id)
    end = EndAgreement(agreement_id=made.agreement_id, revision=1)
    community.do(end_agreement, end)
    assert offered(community, anna.member_id).preparation_minutes == 30
    with pytest.raises(RuleBroken, match="agreement_not_open"):
        sign(community, type(made)(agreement_id=made.agreement_id, status="", revision=2), cora)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"extra_preparation_minutes": 0}, "agreement_empty"),
        ({"extra_preparation_minutes": -5}, "minutes_negative"),
        ({"extra_preparation_minutes": 721}, "agreement_too_long"),
        ({"until_on": FROM - timedelta(days=1)}, "agreement_ends_early"),
    ],
)
def test_what_cannot_be_agreed(community, anna, what, code):
    with pytest.raises(RuleBroken, match=code):
        propose(community, anna.member_id, **what)


def test_leaving_early_with_the_whole_session_is_a_mark(community, cora, anna):
    made = propose(community, anna.member_id, extra_preparation_minutes=0, full_session=True)
    sign(community, made, cora)
    held = community.read(agreements.in_force, [anna.member_id], FROM)
    assert [each.full_session for each in held[anna.member_id]] == [True]
    assert offered(community, anna.member_id).session_minutes == 120


def test_a_member_reads_their_own_and_nobody_elses(community, anna):
    propose(community, anna.member_id, words="Reads with a magnifier")
    assert len(community.read(agreements.of_member, anna.member_id, by=anna)) == 1
    bill = community.member_actor("Bill")
    with pytest.raises(NotFound):
        community.read(agreements.of_member, anna.member_id, by=bill)


def test_no_column_could_weigh_anybodys_time():
    columns = {column.name for column in Agreement.__table__.columns}
    amounts = {name for name in columns if name.endswith("_minutes")}
    assert amounts == {"extra_preparation_minutes"}
    assert not any(word in name for name in columns for word in ("rate", "factor", "per_"))
