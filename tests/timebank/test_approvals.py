"""The second approver of a small group: asked by mail, acts by a single-use link."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.timebank.builders import Community
from tests.timebank.test_redemptions import (
    add_reward,
    held,
    refused,
    request,
    step,
    switch_money_on,
)
from timebank import accounts, approvals, links, people, redemptions
from timebank.approvals import AskSecondApprover
from timebank.community import ChangeCommunity, change_community
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import OutboxMessage, Redemption, TrailEvent
from timebank.redemptions import CancelRedemption
from timebank.unit import NOBODY


def name_approver(community: Community, person_id: str | None) -> None:
    row = community.read(lambda unit: unit.community)
    command = ChangeCommunity(
        revision=row.revision,
        name=row.name,
        brand_colour=row.brand_colour,
        contact_name=row.contact_name,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        second_approver_id=person_id,
    )
    community.do(change_community, command)


@pytest.fixture
def trustee(community: Community) -> str:
    """A person without any role or membership, named as second approver."""
    added = community.do(
        people.add_person, people.AddPerson(name="Tess Trust", email="tess@example.org")
    )
    name_approver(community, added.person_id)
    return str(added.person_id)


@pytest.fixture
def asked(community: Community, trustee: str) -> str:
    """The only coordinator's own request: the second approver is asked by itself."""
    actor = community.actor
    session_id = community.session()
    cora = community.coordinator("Cora Dunn")
    community.credit(session_id, [actor.member_id], minutes=300, actor=cora)
    end = people.EndRole(person_id=cora.person_id, role="coordinator")
    community.do(people.end_role, end)
    reward_id = add_reward(community)
    return str(request(community, reward_id, actor.member_id, actor).redemption_id)


def mails(community: Community, person_id: str) -> list[OutboxMessage]:
    with community.database.reading(community.console) as unit:
        query = (
            select(OutboxMessage)
            .where(OutboxMessage.person_id == person_id, OutboxMessage.kind != "invitation")
            .order_by(OutboxMessage.created_at, OutboxMessage.id)
        )
        return list(unit.db.scalars(query))


def code_in(community: Community, message: OutboxMessage) -> str:
    with community.database.reading(community.console) as unit:
        return links.code_of(unit, message.subject_id)


def decide(community: Community, code: str, decision: str) -> Any:
    with community.unit(NOBODY) as unit:
        return approvals.decide_by_link(unit, code, decision)


def status(community: Community, redemption_id: str) -> str:
    found: Redemption = community.read(redemptions.redemption, redemption_id)
    return found.status


def test_approves_and_then_hands_over_without_signing_in(community, trustee, asked):
    (message,) = mails(community, trustee)
    assert message.kind == "decide_link"
    code = code_in(community, message)
    with community.database.reading(NOBODY) as unit:
        question = approvals.question(unit, code)
    found = community.read(redemptions.redemption, asked)
    assert question == approvals.Question(
        purpose="decide",
        decisions=("approve", "decline"),
        member_name="Ada Marsh",
        reference=found.reference,
        title="Pottery class",
        kind="class",
        price_minutes=90,
        money_pence=None,
    )
    assert decide(community, code, "approve").status == "approved"

    community.clock.forward(minutes=1)
    second = [m for m in mails(community, trustee) if m.kind == "hand_over_link"]
    assert len(second) == 1
    hand_over = code_in(community, second[0])
    assert decide(community, hand_over, "hand_over").status == "fulfilled"
    assert community.account_balance(accounts.redeemed("class")) == 90
    found = community.read(redemptions.redemption, asked)
    assert found.decided_by == found.fulfilled_by == trustee
    with community.database.reading(community.console) as unit:
        actors = unit.db.execute(
            select(TrailEvent.action, TrailEvent.actor).where(TrailEvent.subject_id == asked)
        ).all()
    assert ("redemption.approved", trustee) in actors
    assert ("redemption.fulfilled", trustee) in actors


def test_declines(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    assert decide(community, code, "decline").status == "declined"
    assert held(community) == 0


def test_a_link_works_once(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    decide(community, code, "approve")
    refused(Conflict, "link_spent", decide, community, code, "approve")
    with community.database.reading(NOBODY) as unit:
        refused(Conflict, "link_spent", approvals.question, unit, code)


def test_opening_the_page_changes_nothing(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    for _ in range(3):
        with community.database.reading(NOBODY) as unit:
            approvals.question(unit, code)
    assert status(community, asked) == "requested"
    assert decide(community, code, "approve").status == "approved"


def test_a_link_gets_too_old(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    community.clock.forward(days=14)
    refused(Conflict, "link_late", decide, community, code, "approve")


def test_an_altered_code_opens_nothing(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    other = code[:-1] + ("a" if code[-1] != "a" else "b")
    for wrong in (other, code.partition("-")[0], "", "é", code + "a"):
        refused(NotFound, "link_unknown", decide, community, wrong, "approve")
    assert status(community, asked) == "requested"


def test_each_link_takes_its_own_answers_only(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    for wrong in ("hand_over", "maybe", ""):
        refused(RuleBroken, "decision_wrong", decide, community, code, wrong)
    assert decide(community, code, "approve").status == "approved"


def test_a_password_link_decides_nothing(community, trustee, asked):
    added = community.member("Nell New", "nell@example.org")
    with community.database.reading(NOBODY) as unit:
        code = links.code_of(unit, added.link_id)
        refused(NotFound, "link_unknown", approvals.question, unit, code)
    refused(RuleBroken, "decision_wrong", decide, community, code, "approve")


def test_somebody_was_faster(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    step(community, CancelRedemption, asked, community.actor)
    refused(Conflict, "redemption_changed", decide, community, code, "approve")
    assert held(community) == 0


def test_an_approver_who_was_replaced_decides_nothing(community, trustee, asked):
    code = code_in(community, mails(community, trustee)[0])
    other = community.member("Olive Other", "olive@example.org")
    name_approver(community, other.person_id)
    refused(NotAllowed, "approver_changed", decide, community, code, "approve")


def test_never_for_the_approvers_own(community, trustee):
    """The approver is a member too: a link for their own redemption is never made or taken."""
    ben = community.member_actor("Ben Cole", "ben@example.org")
    community.credit(community.session(), [ben.member_id], minutes=300)
    asked = request(community, add_reward(community), ben.member_id, ben)
    name_approver(community, ben.person_id)
    ask = AskSecondApprover(redemption_id=asked.redemption_id)
    for actor in (ben, community.actor):
        refused(
            NotAllowed, "own_redemption",
            community.do, approvals.ask_second_approver, ask, actor=actor,
        )  # fmt: skip
    # Nor does a link help that was made before they became the member concerned.
    with community.unit() as unit:
        link = links.make(unit, "decide", person_id=ben.person_id, subject_id=asked.redemption_id)
        unit.db.flush()
        code = links.code_of(unit, link.id)
    refused(NotAllowed, "own_redemption", decide, community, code, "approve")
    assert status(community, asked.redemption_id) == "requested"


def test_not_asked_while_somebody_else_can(community, trustee):
    cora = community.coordinator("Cora Dunn")
    community.credit(community.session(), [cora.member_id], minutes=300)
    request(community, add_reward(community), cora.member_id, cora)
    assert mails(community, trustee) == []


def test_a_treasurer_can_too(community, trustee):
    community.coordinator("Tom Till", role="treasurer")
    cora = community.coordinator("Cora Dunn")
    community.credit(community.session(), [community.actor.member_id], minutes=300, actor=cora)
    community.do(people.end_role, people.EndRole(person_id=cora.person_id, role="coordinator"))
    request(community, add_reward(community), community.actor.member_id, community.actor)
    assert mails(community, trustee) == []


def test_asked_when_the_only_coordinator_asked_for_somebody_and_money_counts(community, trustee):
    switch_money_on(community)
    anna = community.member_actor("Anna Bell")
    community.credit(community.session(), [anna.member_id], minutes=300)
    plain = add_reward(community)
    request(community, plain, anna.member_id, community.actor, how="phone")
    assert mails(community, trustee) == []
    voucher = add_reward(community, kind="voucher", price_minutes=60, money_pence=1000)
    request(community, voucher, anna.member_id, community.actor, how="phone")
    assert [message.kind for message in mails(community, trustee)] == ["decide_link"]


def test_asking_again_mails_the_same_link(community, trustee, asked):
    first = mails(community, trustee)[0].subject_id
    again = community.do(approvals.ask_second_approver, AskSecondApprover(redemption_id=asked))
    assert again.link_id == first
    assert [message.subject_id for message in mails(community, trustee)] == [first, first]


def test_asking_without_a_usable_approver(community):
    anna = community.member_actor("Anna Bell")
    community.credit(community.session(), [anna.member_id], minutes=300)
    asked = request(community, add_reward(community), anna.member_id, anna)
    ask = AskSecondApprover(redemption_id=asked.redemption_id)
    refused(RuleBroken, "approver_missing", community.do, approvals.ask_second_approver, ask)
    nobody_mails = community.do(people.add_person, people.AddPerson(name="No Mail"))
    name_approver(community, nobody_mails.person_id)
    refused(RuleBroken, "approver_without_email", community.do, approvals.ask_second_approver, ask)
    ben = community.member_actor("Ben Cole")
    refused(
        NotFound, "redemption_unknown",
        community.do, approvals.ask_second_approver, ask, actor=ben,
    )  # fmt: skip


def test_nothing_left_to_ask(community, trustee, asked):
    step(community, CancelRedemption, asked, community.actor)
    ask = AskSecondApprover(redemption_id=asked)
    refused(Conflict, "redemption_changed", community.do, approvals.ask_second_approver, ask)


def test_a_coordinator_may_still_hand_over_what_the_approver_agreed(community, trustee, asked):
    cora = community.coordinator("Cora Dunn")
    code = code_in(community, mails(community, trustee)[0])
    decide(community, code, "approve")
    assert not [m for m in mails(community, trustee) if m.kind == "hand_over_link"]
    moved = step(community, redemptions.FulfilRedemption, asked, cora)
    assert moved.status == "fulfilled"


def test_the_mail_names_nobody_and_nothing(community, trustee, asked):
    from timebank import notices

    (message,) = mails(community, trustee)
    with community.database.reading(community.console) as unit:
        subject, body = notices.render(unit, message)
    for word in ("Ada Marsh,", "Pottery", "hour"):
        assert word not in subject + body
    assert f"https://time.example.org/link/{code_in(community, message)}" in body
