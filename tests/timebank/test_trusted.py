"""Trusted people: the member's consent, its limits, and that it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from timebank import (
    choices,
    gifts,
    leaving,
    own_data,
    people,
    redemptions,
    reward_waiting,
    rewards,
    sign_in_cards,
    sign_ins,
    statement_lines,
    statements,
    to_do,
    trail,
    trusted,
    trusted_cards,
)
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.leaving import ErasePerson, LeaveGroup
from timebank.models import Member, OutboxMessage, Person, Redemption, SignIn, Trust
from timebank.redemptions import ApproveRedemption, CancelRedemption, RequestRedemption
from timebank.trusted import EndTrust, TrustPerson


@pytest.fixture
def dora(community):
    """A member with hours."""
    actor = community.member_actor("Dora", "dora@example.org")
    community.credit(community.session(minutes=300), [actor.member_id], minutes=300)
    return actor


@pytest.fixture
def cara(community):
    """Somebody with a sign-in, a member herself."""
    return community.member_actor("Cara", "cara@example.org")


def trust(community, dora, email="cara@example.org", **more):
    command = TrustPerson(name="Cara", email=email, **more)
    return community.do(trusted.trust_person, command, actor=dora).trust_id


def acting(community, person_id, trust_id):
    found = community.read(trusted.acting, person_id, trust_id=trust_id)
    return found and found.actor


def reward(community, **more):
    details = {"title": "Pottery", "kind": "class", "provider": "The Old Mill",
               "price_minutes": 60, **more}  # fmt: skip
    return community.do(rewards.add_reward, rewards.AddReward(**details)).reward_id


def ask(community, actor, reward_id, member_id=None, **more):
    command = RequestRedemption(
        reward_id=reward_id, reward_revision=1, member_id=member_id or actor.member_id,
        information_version=community.read(policy).version, **more,
    )  # fmt: skip
    return community.do(redemptions.request_redemption, command, actor=actor).redemption_id


def told(community, person_id):
    query = select(OutboxMessage.kind).where(OutboxMessage.person_id == person_id)
    return community.read(lambda unit: list(unit.db.scalars(query)))


def test_a_trusted_person_sees_the_hours_and_nothing_is_changed_by_looking(community, dora, cara):
    actor = acting(community, cara.person_id, trust(community, dora))
    assert (actor.id, actor.member_id) == (cara.person_id, dora.member_id)
    balance = community.read(statement_lines.balance, dora.member_id, by=actor)
    assert balance.available_minutes == 300
    assert community.read(statements.of_member, dora.member_id, by=actor) == []
    with pytest.raises(NotFound):
        community.read(statement_lines.balance, cara.member_id, by=actor)
    assert "trust_recorded" in told(community, dora.person_id)
    assert "trust_given" in told(community, cara.person_id)


@pytest.mark.parametrize(
    ("allowed", "may"),
    [("none", set()), ("no_money", {"class"}), ("all", {"class", "voucher", "money"})],
)
def test_what_they_may_ask_for_is_what_the_member_said(community, dora, cara, allowed, may):
    wanted = {
        "class": reward(community),
        "voucher": reward(community, title="A voucher", kind="voucher"),
    }
    actor = acting(community, cara.person_id, trust(community, dora, rewards=allowed))
    for kind, reward_id in wanted.items():
        if kind in may:
            found = ask(community, actor, reward_id)
            row = community.read(lambda unit, id_=found: unit.db.get_one(Redemption, id_))
            assert (row.how, row.requested_by, row.member_id) == (
                "trusted", cara.person_id, dora.member_id,
            )  # fmt: skip
        else:
            with pytest.raises(NotAllowed):
                ask(community, actor, reward_id)
    assert ("trusted_asked" in told(community, dora.person_id)) is bool(may)
    assert "redemption_requested" not in told(community, dora.person_id)


def test_a_reward_with_a_money_value_needs_the_members_own_word(community, dora, cara):
    community.do(
        agree_policy,
        AgreePolicy(
            follows_version=community.read(policy).version, rounding="none", money_rewards=True,
            advice_contact="Riverside Law Centre", information_reviewed_by="Riverside Law Centre",
            information_reviewed_on=community.clock().date(),
        ),
    )  # fmt: skip
    reward_id = reward(community, money_pence=2000)
    actor = acting(community, cara.person_id, trust(community, dora, rewards="no_money"))
    with pytest.raises(NotAllowed, match="trusted_no_money"):
        ask(community, actor, reward_id)
    actor = acting(community, cara.person_id, trust(community, dora, rewards="all"))
    assert ask(community, actor, reward_id)


def test_they_cancel_what_was_asked_only_where_they_may_ask(community, dora, cara):
    redemption_id = ask(community, dora, reward(community))
    cancel = CancelRedemption(redemption_id=redemption_id, revision=1)
    looking = acting(community, cara.person_id, trust(community, dora))
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(redemptions.cancel_redemption, cancel, actor=looking)
    asking = acting(community, cara.person_id, trust(community, dora, rewards="no_money"))
    assert community.do(redemptions.cancel_redemption, cancel, actor=asking).status == "cancelled"
    assert "redemption_cancelled" in told(community, dora.person_id)


def test_both_stand_in_the_trail(community, dora, cara):
    actor = acting(community, cara.person_id, trust(community, dora, rewards="no_money"))
    redemption_id = ask(community, actor, reward(community))
    [event] = community.read(trail.about, redemption_id)
    assert event.actor == cara.person_id
    assert dora.person_id in event.details


def test_whoever_asked_decides_nothing_and_the_second_is_somebody_else(community, dora):
    cora = community.coordinator("Cora", "cora@example.org")
    trust_id = trust(community, dora, "cora@example.org", rewards="no_money")
    redemption_id = ask(community, acting(community, cora.person_id, trust_id), reward(community))
    approve = ApproveRedemption(redemption_id=redemption_id, revision=1)
    with pytest.raises(NotAllowed, match="asked_and_approves"):
        community.do(redemptions.approve_redemption, approve, actor=cora)
    [task] = [each for each in community.read(to_do.waiting, by=cora) if redemption_id in each.path]
    assert task.hindrance == "asked"
    assert community.do(redemptions.approve_redemption, approve).status == "approved"


def test_a_coordinator_who_acts_has_none_of_their_own_powers(community, dora):
    cora = community.coordinator("Cora", "cora@example.org")
    actor = acting(community, cora.person_id, trust(community, dora, "cora@example.org"))
    for action in ("member.view_all", "redemption.approve", "session.credit", "card.issue"):
        assert not actor.may(action)


@pytest.mark.parametrize(
    ("function", "command"),
    [
        (gifts.give_hours, lambda id_: gifts.GiveHours(member_id=id_, given_minutes=5)),
        (choices.change_choices, lambda id_: choices.ChangeChoices(
            member_id=id_, revision=1, choice="pot", no_money_rewards=True, statement_by="link")),
        (leaving.leave_group, lambda id_: LeaveGroup(member_id=id_, revision=1, hours="keep")),
        (trusted.trust_person, lambda id_: TrustPerson(
            member_id=id_, name="Eve", email="eve@example.org")),
    ],
)  # fmt: skip
def test_never_gifts_choices_leaving_or_consents(community, dora, cara, function, command):
    actor = acting(community, cara.person_id, trust(community, dora, rewards="all"))
    with pytest.raises((NotAllowed, NotFound)):
        community.do(function, command(dora.member_id), actor=actor)


# --- ending -------------------------------------------------------------------------------------


def _by(community, dora, cara):
    return {"member": dora, "trusted": cara, "coordinator": community.coordinator("Cora")}


@pytest.mark.parametrize("who", ["member", "trusted", "coordinator"])
def test_each_of_them_ends_it_at_once(community, dora, cara, who):
    trust_id = trust(community, dora)
    command = EndTrust(trust_id=trust_id)
    with pytest.raises(NotFound, match="trust_unknown"):
        community.do(trusted.end_trust, command, actor=community.member_actor("Bob"))
    with pytest.raises(NotFound, match="trust_unknown"):
        actor = acting(community, cara.person_id, trust_id)
        community.do(trusted.end_trust, command, actor=actor)
    ender = _by(community, dora, cara)[who]
    community.do(trusted.end_trust, command, actor=ender)
    assert acting(community, cara.person_id, trust_id) is None
    with pytest.raises(Conflict, match="trust_ended"):
        community.do(trusted.end_trust, command, actor=ender)


def test_it_ends_after_its_last_day_and_when_the_member_leaves(community, dora, cara):
    today = community.clock().date()
    trust_id = trust(community, dora, until_on=today + timedelta(days=1))
    community.clock.forward(days=1)
    assert acting(community, cara.person_id, trust_id)
    community.clock.forward(days=1)
    assert acting(community, cara.person_id, trust_id) is None
    trust_id = trust(community, dora)
    with community.unit() as unit:
        unit.db.get_one(Member, dora.member_id).status = "left"
    assert acting(community, cara.person_id, trust_id) is None


def test_named_again_the_newest_limits_hold(community, dora, cara):
    old = trust(community, dora, rewards="all")
    new = trust(community, dora)
    assert acting(community, cara.person_id, old) is None
    assert not acting(community, cara.person_id, new).may("redemption.request_own")


def test_nobody_elses_consent_lets_anybody_act(community, dora, cara):
    trust_id = trust(community, dora)
    assert acting(community, community.member_actor("Bob").person_id, trust_id) is None
    assert acting(community, dora.person_id, trust_id) is None


# --- naming -------------------------------------------------------------------------------------


def test_somebody_new_is_put_on_file_and_invited_and_is_no_member(community, dora):
    trust_id = trust(community, dora, "New@example.org")
    row = community.read(lambda unit: unit.db.scalars(
        select(Person).where(Person.email == "new@example.org")).one())  # fmt: skip
    assert sorted(told(community, row.id)) == ["invitation", "trust_given"]
    assert community.actor_of(row.id).member_id is None
    assert acting(community, row.id, trust_id).member_id == dora.member_id


def test_the_member_learns_nothing_about_who_is_on_file(community, dora, cara):
    command = TrustPerson(name="My sister", email="cara@example.org")
    trust_id = community.do(trusted.trust_person, command, actor=dora).trust_id
    [row] = community.read(trusted.of_member, dora.member_id, by=dora)
    assert (row.id, row.called_words, row.person_id) == (trust_id, "My sister", cara.person_id)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"email": None}, "trust_needs_email"),
        ({"email": "dora@example.org"}, "own_trust"),
        ({"email": "nonsense"}, "email_wrong"),
        ({"name": " "}, "text_missing"),
        ({"rewards": "everything"}, "choice_unknown"),
        ({"how": "phone"}, "trust_how_online"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(community, dora, more, code):
    command = TrustPerson(**{"name": "Cara", "email": "cara@example.org", **more})
    with pytest.raises((RuleBroken, NotAllowed)) as refused:
        community.do(trusted.trust_person, command, actor=dora)
    assert (refused.value.code, bool(refused.value.field)) == (code, True)


def test_a_day_that_is_over_is_refused(community, dora):
    with pytest.raises(RuleBroken, match="trust_day_past"):
        trust(community, dora, until_on=community.clock().date() - timedelta(days=1))


def test_not_more_than_five_and_not_many_at_once(community, dora):
    for number in range(trusted.MOST_OF_ONE):
        trust(community, dora, f"p{number}@example.org")
    with pytest.raises(NotAllowed, match="trust_throttled"):
        trust(community, dora, "p9@example.org")
    community.clock.forward(minutes=16)
    with pytest.raises(RuleBroken, match="trusts_many"):
        trust(community, dora, "p9@example.org")


def test_a_coordinator_writes_down_what_a_member_said_but_not_about_themselves(
    community, dora, cara
):
    cora = community.coordinator("Cora", "cora@example.org")
    number = community.read(lambda unit: unit.db.get_one(Member, cara.member_id).number)
    command = TrustPerson(member_id=dora.member_id, name="Cara", number=number, how="phone")
    trust_id = community.do(trusted.trust_person, command, actor=cora).trust_id
    assert acting(community, cara.person_id, trust_id)
    [row] = community.read(trusted.of_member, dora.member_id, by=cora)
    assert (row.how, row.recorded_by) == ("phone", cora.id)
    own = TrustPerson(member_id=dora.member_id, name="Cora", email="cora@example.org", how="phone")
    with pytest.raises(NotAllowed, match="own_trust_recorded"):
        community.do(trusted.trust_person, own, actor=cora)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(trusted.trust_person, command, actor=cara)


def test_somebody_without_an_address_gets_a_card_on_paper(community, dora):
    cora = community.coordinator("Cora")
    command = TrustPerson(member_id=dora.member_id, name="Old Tom", how="paper")
    trust_id = community.do(trusted.trust_person, command, actor=cora).trust_id
    make = trusted_cards.IssueTrustedCard(trust_id=trust_id)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(trusted_cards.issue_trusted_card, make, actor=dora)
    card_id = community.do(trusted_cards.issue_trusted_card, make, actor=cora).card_id
    code = community.read(sign_in_cards.code_of, card_id)
    token = sign_in_cards.sign_in(community.database, code, shared=False)
    person_id = community.read(sign_ins.person_for_token, token)
    assert acting(community, person_id, trust_id).member_id == dora.member_id
    community.do(trusted.end_trust, EndTrust(trust_id=trust_id), actor=cora)
    with pytest.raises(NotFound, match="trust_unknown"):
        community.do(trusted_cards.issue_trusted_card, make, actor=cora)


def test_nobody_makes_a_card_for_themselves_or_for_somebody_with_a_role(community, dora):
    cora = community.coordinator("Cora", "cora@example.org")
    make = trusted_cards.IssueTrustedCard(trust_id=trust(community, dora, "cora@example.org"))
    with pytest.raises(NotAllowed, match="own_card"):
        community.do(trusted_cards.issue_trusted_card, make, actor=cora)
    with pytest.raises(NotAllowed, match="role_lacking"):
        other = community.coordinator("Olga")
        community.do(trusted_cards.issue_trusted_card, make, actor=other)


def test_a_member_who_is_asked_for_by_number_is_not_found_so(community, dora, cara):
    with pytest.raises(RuleBroken, match="trust_needs_email"):
        trust(community, dora, None, number=101)


# --- what else ----------------------------------------------------------------------------------


def test_a_browser_begins_and_stops(community, dora, cara):
    trust_id = trust(community, dora)
    with community.database.doorstep(cara) as unit:
        token = sign_ins.start(unit, cara.person_id, way="password", shared=False)
        unit.db.flush()
        trusted.start(unit, token, trust_id)
    found = community.read(sign_ins.of_token, token)
    assert found.trust_id == trust_id
    community.do(trusted.end_trust, EndTrust(trust_id=trust_id), actor=dora)
    assert community.read(sign_ins.of_token, token).trust_id is None
    with (
        pytest.raises(NotFound, match="trust_unknown"),
        community.database.doorstep(cara) as unit,
    ):
        trusted.start(unit, token, trust_id)


def test_a_waiting_list_is_joined_within_the_same_limits(community, dora, cara):
    reward_id = reward(community, places=1)
    other = community.member_actor("Olive")
    community.credit(community.session(minutes=60), [other.member_id], minutes=60)
    ask(community, other, reward_id)
    wait = reward_waiting.JoinWaiting(reward_id=reward_id, member_id=dora.member_id)
    looking = acting(community, cara.person_id, trust(community, dora))
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(reward_waiting.join_waiting, wait, actor=looking)
    asking = acting(community, cara.person_id, trust(community, dora, rewards="no_money"))
    assert community.do(reward_waiting.join_waiting, wait, actor=asking).status == "waiting"


def test_a_copy_of_ones_data_names_them_and_an_erasure_takes_it(community, dora, cara):
    trust_id = trust(community, dora)
    sheets = community.read(own_data.sheets, dora.member_id, by=dora)
    cells = [cell for sheet in sheets for row in sheet.rows for cell in row]
    assert "May act for you" in cells
    revision = community.read(lambda unit: unit.db.get_one(Member, dora.member_id).revision)
    leave = LeaveGroup(member_id=dora.member_id, revision=revision, hours="keep", erase=True)
    community.do(leaving.leave_group, leave, actor=dora)
    community.do(leaving.erase_person, ErasePerson(person_id=dora.person_id))
    assert community.read(lambda unit: unit.db.get(Trust, trust_id)) is None
    assert acting(community, cara.person_id, trust_id) is None
    assert community.read(people.person_name, cara.person_id) == "Cara"
    assert community.read(lambda unit: unit.db.scalars(
        select(SignIn).where(SignIn.trust_id.is_not(None))).first()) is None  # fmt: skip
