"""Hours given to another member or the pot, given back, undone; and hours out of the pot."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.timebank.builders import Community
from timebank import accounts, audit, gifts, pot_grants, statement_lines
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.gifts import GiveHours, RefuseGift, UndoGift
from timebank.ids import new_id
from timebank.models import OutboxMessage, TrailEvent
from timebank.pot_grants import DecideGrant, ProposeGrant


@pytest.fixture
def anna(community):
    added = community.member("Anna Bell", "anna@example.org")
    community.credit(community.session(minutes=180), [added.member_id], minutes=180)
    return added


@pytest.fixture
def bob(community):
    return community.member("Bob Carr", "bob@example.org")


def balance(community: Community, account: str) -> int:
    return community.read(lambda unit: unit.book.balance(account))


def of(community: Community, member) -> int:
    return balance(community, accounts.member(member.member_id))


def give(community, giver, receiver, minutes, *, actor=None, **more):
    command = GiveHours(
        member_id=giver.member_id,
        to_member_id=receiver.member_id if receiver else None,
        given_minutes=minutes,
        **more,
    )
    by = actor or community.actor_of(giver.person_id)
    return community.do(gifts.give_hours, command, actor=by)


def clean(community: Community) -> bool:
    return not community.read(audit.verify, by=community.console).findings


def kinds(community: Community, person_id: str) -> list[str]:
    query = select(OutboxMessage.kind).where(OutboxMessage.person_id == person_id)
    return [k for k in community.read(lambda u: u.db.scalars(query).all()) if "gift" in k]


def test_the_minutes_move_and_both_are_told(community, anna, bob):
    made = give(community, anna, bob, 50, words="For the lift on Tuesday")
    assert (of(community, anna), of(community, bob)) == (130, 50)
    assert (made.given_minutes, made.balance_minutes) == (50, 130)
    assert kinds(community, anna.person_id) == ["gift_given"]
    assert kinds(community, bob.person_id) == ["gift_received"]
    assert clean(community)


def test_the_note_is_in_no_table_of_the_books_and_not_in_the_trail(community, anna, bob):
    give(community, anna, bob, 50, words="secretword")

    def read(unit):
        trail = " ".join(str(vars(each)) for each in unit.db.scalars(select(TrailEvent)))
        books = " ".join(str(txn) for txn in unit.book.transactions())
        return trail + books

    assert "secretword" not in community.read(read)


def test_what_is_given_to_the_pot_is_in_the_pot(community, anna):
    made = give(community, anna, None, 60)
    assert (of(community, anna), balance(community, accounts.COMMUNITY_POT)) == (120, 60)
    with pytest.raises(NotAllowed, match="gift_to_pot"):
        community.do(gifts.refuse_gift, RefuseGift(gift_id=made.gift_id, revision=1))
    assert clean(community)


@pytest.mark.parametrize("minutes", [181, 10**6])
def test_nobody_gives_more_than_they_have(community, anna, bob, minutes):
    with pytest.raises(RuleBroken, match="hours_insufficient"):
        give(community, anna, bob, minutes)
    assert of(community, anna) == 180


@pytest.mark.parametrize(
    ("minutes", "code"),
    [(0, "gift_empty"), (-1, "minutes_negative"), (1.5, "minutes_not_whole"), (True, "minutes")],
)
def test_only_whole_minutes_above_nothing_are_given(community, anna, bob, minutes, code):
    with pytest.raises(RuleBroken, match=code):
        give(community, anna, bob, minutes)


def test_nobody_gives_to_themselves_or_somebody_elses_hours(community, anna, bob):
    with pytest.raises(RuleBroken, match="gift_to_oneself"):
        give(community, anna, anna, 10)
    with pytest.raises(NotAllowed, match="role_lacking"):
        give(community, anna, bob, 10, actor=community.actor_of(bob.person_id), how="phone")


def test_a_coordinator_gives_for_somebody_but_never_to_themselves(community, anna, bob):
    give(community, anna, bob, 10, actor=community.actor, how="phone")
    with pytest.raises(RuleBroken, match="how_online_for_somebody"):
        give(community, anna, bob, 10, actor=community.actor)
    with pytest.raises(NotAllowed, match="own_gift"):
        give(community, anna, community.admin, 10, actor=community.actor, how="phone")


def test_the_receiver_may_give_it_back_while_they_have_it(community, anna, bob):
    made = give(community, anna, bob, 50)
    as_bob = community.actor_of(bob.person_id)
    back = RefuseGift(gift_id=made.gift_id, revision=1)
    with pytest.raises(NotAllowed):
        community.do(gifts.refuse_gift, back, actor=community.actor_of(anna.person_id))
    assert community.do(gifts.refuse_gift, back, actor=as_bob).status == "refused"
    assert (of(community, anna), of(community, bob)) == (180, 0)
    with pytest.raises(Conflict, match="gift_changed"):
        community.do(gifts.refuse_gift, back, actor=as_bob)
    assert kinds(community, anna.person_id) == ["gift_given", "gift_returned"]
    assert clean(community)


def test_a_gift_that_was_used_is_not_given_back_but_can_be_undone(community, anna, bob):
    made = give(community, anna, bob, 50)
    give(community, bob, None, 30)
    with pytest.raises(RuleBroken, match="gift_used"):
        community.do(
            gifts.refuse_gift,
            RefuseGift(gift_id=made.gift_id, revision=1),
            actor=community.actor_of(bob.person_id),
        )
    community.do(gifts.undo_gift, UndoGift(gift_id=made.gift_id, revision=1))
    assert (of(community, anna), of(community, bob)) == (180, -30)
    assert clean(community)


def test_others_do_not_see_it(community, anna, bob):
    made = give(community, anna, bob, 50)
    cleo = community.member("Cleo")
    with pytest.raises(NotFound, match="gift_unknown"):
        community.read(gifts.gift, made.gift_id, by=community.actor_of(cleo.person_id))
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.read(
            lambda unit: gifts.of_member(unit, anna.member_id, limit=5, offset=0),
            by=community.actor_of(cleo.person_id),
        )


@pytest.mark.parametrize("name", ["Bob", "bob carr", "CARR", " Carr  bob "])
def test_a_receiver_is_found_by_number_and_name_together(community, anna, bob, name):
    found = gifts.find_receiver(community.database, anna.person_id, bob.number, name)
    assert found == bob.member_id


@pytest.mark.parametrize("name", ["", "Bo", "Anna", "Bob Bell", "."])
def test_a_number_with_another_name_finds_nobody(community, anna, bob, name):
    assert gifts.find_receiver(community.database, anna.person_id, bob.number, name) is None


def test_numbers_are_not_to_be_tried_out(community, anna, bob):
    for number in range(gifts.MOST_LOOKS):
        gifts.find_receiver(community.database, anna.person_id, number, "Bob")
    with pytest.raises(NotAllowed, match="gift_throttled"):
        gifts.find_receiver(community.database, anna.person_id, bob.number, "Bob")


def test_it_reads_in_the_account_without_another_persons_name(community, anna, bob):
    made = give(community, anna, bob, 50)
    community.do(
        gifts.refuse_gift,
        RefuseGift(gift_id=made.gift_id, revision=1),
        actor=community.actor_of(bob.person_id),
    )

    def codes(member):
        lines = community.read(statement_lines.current_lines, member.member_id)
        return [line.text_code for line in lines]

    assert codes(anna) == ["line_gift_back", "line_gift_given", "line_credited"]
    assert codes(bob) == ["line_gift_refused", "line_gift_received"]


def test_verify_names_a_gift_that_was_changed(community, anna, bob):
    made = give(community, anna, bob, 50)
    with community.unit() as unit:
        gifts.gift(unit, made.gift_id).given_minutes = 51
    found = community.read(audit.verify, by=community.console).findings
    assert [each.code for each in found] == ["gift_differs"]


def test_verify_names_hours_that_moved_without_a_gift(community, anna, bob):
    with community.unit() as unit:
        forged = accounts.movement(
            "gift", key=f"gift:{new_id()}", reference=new_id(), occurred_on=unit.today,
            actor=unit.actor.id, source=accounts.member(anna.member_id),
            target=accounts.member(bob.member_id), minutes=5,
        )  # fmt: skip
        unit.book.post(forged, posted_at=unit.posted_at)
    found = community.read(audit.verify, by=community.console).findings
    assert [each.code for each in found] == ["gift_without_record"]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(amounts=st.lists(st.integers(1, 120), max_size=6))
def test_any_row_of_gifts_is_as_a_plain_model_says(community, anna, bob, amounts):
    """Each gift is taken or refused as the model predicts; nothing is made or lost on the way."""
    model = {anna: of(community, anna), bob: of(community, bob)}
    for place, minutes in enumerate(amounts):
        giver, receiver = (anna, bob) if place % 2 == 0 else (bob, anna)
        if model[giver] >= minutes:
            give(community, giver, receiver, minutes)
            model[giver] -= minutes
            model[receiver] += minutes
        else:
            with pytest.raises(RuleBroken, match="hours_insufficient"):
                give(community, giver, receiver, minutes)
        assert {anna: of(community, anna), bob: of(community, bob)} == model
    assert clean(community)


# --- out of the pot -----------------------------------------------------------------------------


def propose(community, member, minutes, actor=None):
    command = ProposeGrant(member_id=member.member_id, granted_minutes=minutes, words="A class")
    return community.do(pot_grants.propose_grant, command, actor=actor)


def decide(community, made, actor, *, agree=True):
    command = DecideGrant(pot_grant_id=made.pot_grant_id, revision=made.revision, agree=agree)
    return community.do(pot_grants.decide_grant, command, actor=actor)


def test_two_people_agree_before_anything_moves(community, anna, bob):
    give(community, anna, None, 100)
    cora = community.coordinator("Cora")
    made = propose(community, bob, 40)
    assert of(community, bob) == 0
    with pytest.raises(NotAllowed, match="own_pot_grant"):
        decide(community, made, community.actor)
    assert decide(community, made, cora).pot_minutes == 60
    assert of(community, bob) == 40
    with pytest.raises(Conflict, match="pot_grant_changed"):
        decide(community, made, cora)
    assert clean(community)


def test_saying_no_moves_nothing(community, anna, bob):
    give(community, anna, None, 100)
    made = propose(community, bob, 40)
    assert decide(community, made, community.coordinator("Cora"), agree=False).status == "declined"
    assert of(community, bob) == 0


def test_the_pot_never_gives_more_than_it_holds(community, anna, bob):
    give(community, anna, None, 50)
    cora = community.coordinator("Cora")
    with pytest.raises(RuleBroken, match="pot_insufficient"):
        propose(community, bob, 51)
    first, second = propose(community, bob, 40), propose(community, anna, 40)
    decide(community, first, cora)
    with pytest.raises(RuleBroken, match="pot_insufficient"):
        decide(community, second, cora)
    assert balance(community, accounts.COMMUNITY_POT) == 10
    assert clean(community)


def test_nobody_proposes_for_themselves_or_decides_what_is_theirs(community, anna):
    give(community, anna, None, 50)
    with pytest.raises(NotAllowed, match="own_pot_grant"):
        propose(community, community.admin, 10)
    cora = community.coordinator("Cora")
    made = propose(community, community.admin, 10, actor=cora)
    with pytest.raises(NotAllowed, match="own_pot_grant"):
        decide(community, made, community.actor)


def test_members_see_what_is_in_the_pot_and_nothing_else(community, anna, bob):
    give(community, anna, None, 50)
    as_bob = community.actor_of(bob.person_id)
    assert community.read(pot_grants.pot_balance, by=as_bob) == 50
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.read(pot_grants.grants, by=as_bob)
