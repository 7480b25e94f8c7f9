"""Ways in without a password: links by e-mail and printed cards; and how long a sign-in lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.timebank.builders import Community
from timebank import doors, link_door, links, sign_in_cards, sign_ins
from timebank.errors import Conflict, NotAllowed, NotFound
from timebank.models import OutboxMessage, SignIn, SignInCard, SingleUseLink
from timebank.sign_in_cards import IssueCard, StopCard


def holder(community: Community, token: str) -> str | None:
    return community.read(doors.person_for_token, token)


def mailed(community: Community) -> list[str]:
    """The codes of the sign-in links that wait to be mailed."""

    def read(unit) -> list[str]:
        rows = unit.db.scalars(select(OutboxMessage).where(OutboxMessage.kind == "sign_in_link"))
        return [links.code_of(unit, row.subject_id) for row in rows]

    return community.read(read)


# --- links ------------------------------------------------------------------------------------


def test_a_link_signs_in_once(community):
    anna = community.member("Anna", "anna@example.org")
    link_door.ask(community.database, "Anna@example.org")
    [code] = mailed(community)
    token = link_door.enter(community.database, code, shared=False)
    assert holder(community, token) == anna.person_id
    with pytest.raises(Conflict, match="link_spent"):
        link_door.enter(community.database, code, shared=False)


def test_a_link_is_good_for_a_quarter_of_an_hour(community):
    community.member("Anna", "anna@example.org")
    link_door.ask(community.database, "anna@example.org")
    [code] = mailed(community)
    community.clock.forward(minutes=15)
    with pytest.raises(Conflict, match="link_late"):
        link_door.enter(community.database, code, shared=False)


@pytest.mark.parametrize("who", ["nobody@example.org", "999", "a\0b", ""])
def test_nobody_gets_no_link_and_no_other_answer(community, who):
    assert link_door.ask(community.database, who) is None
    assert mailed(community) == []


def test_somebody_without_an_address_gets_no_link(community):
    anna = community.member("Anna")
    link_door.ask(community.database, str(anna.number))
    purposes = select(func.count(SingleUseLink.id)).where(SingleUseLink.purpose == "sign_in")
    assert community.read(lambda unit: unit.db.scalar(purposes)) == 0
    assert mailed(community) == []


@pytest.mark.parametrize("who", ["anna@example.org", "nobody@example.org"])
def test_a_fourth_link_has_to_wait_whether_anybody_is_there_or_not(community, who):
    community.member("Anna", "anna@example.org")
    for _ in range(link_door.MOST_FOR_ONE):
        link_door.ask(community.database, who)
    with pytest.raises(NotAllowed, match="link_throttled"):
        link_door.ask(community.database, who.upper())
    community.clock.forward(minutes=16)
    link_door.ask(community.database, who)


def test_another_kind_of_link_signs_nobody_in(community):
    anna = community.member("Anna", "anna@example.org")
    code = community.read(links.code_of, anna.link_id)
    with pytest.raises(NotFound, match="link_unknown"):
        link_door.enter(community.database, code, shared=False)


# --- cards ------------------------------------------------------------------------------------


@pytest.fixture
def anna(community):
    return community.member("Anna")


def issue(community: Community, member_id: str) -> str:
    """A new card's code."""
    card_id = community.do(sign_in_cards.issue_card, IssueCard(member_id=member_id)).card_id
    return community.read(sign_in_cards.code_of, card_id)


def test_a_card_signs_in_as_often_as_wanted_however_it_is_typed(community, anna):
    code = issue(community, anna.member_id)
    assert len(code.replace("-", "")) == 12
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("-", "")):
        token = sign_in_cards.sign_in(community.database, typed, shared=False)
        assert holder(community, token) == anna.person_id


def test_what_is_kept_of_a_card_does_not_tell_its_code(community, anna):
    code = issue(community, anna.member_id)
    [card] = community.read(lambda unit: unit.db.scalars(select(SignInCard)).all())
    kept = (card.id, card.code_sha256)
    assert not any(code.replace("-", "").lower() in text for text in kept)
    for text in kept:
        with pytest.raises(NotAllowed, match="sign_in_card_unknown"):
            sign_in_cards.sign_in(community.database, text, shared=False)


def test_a_new_card_stops_the_old_one_and_stopping_stops_it(community, anna):
    old = issue(community, anna.member_id)
    new = issue(community, anna.member_id)
    with pytest.raises(NotAllowed, match="sign_in_card_unknown"):
        sign_in_cards.sign_in(community.database, old, shared=False)
    sign_in_cards.sign_in(community.database, new, shared=False)
    stopped = community.do(sign_in_cards.stop_card, StopCard(member_id=anna.member_id))
    assert stopped.count == 1
    with pytest.raises(NotAllowed, match="sign_in_card_unknown"):
        sign_in_cards.sign_in(community.database, new, shared=False)
    with pytest.raises(NotFound, match="card_missing"):
        community.read(sign_in_cards.card_of_member, anna.member_id)
    assert community.do(sign_in_cards.stop_card, StopCard(member_id=anna.member_id)).count == 0


def test_nobody_makes_their_own_card_or_one_for_who_may_do_more(community):
    with pytest.raises(NotAllowed, match="own_card"):
        community.do(sign_in_cards.issue_card, IssueCard(member_id=community.admin.member_id))
    cora = community.coordinator("Cora")
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.do(
            sign_in_cards.issue_card, IssueCard(member_id=community.admin.member_id), actor=cora
        )


def test_guessing_codes_closes_the_door(community, anna):
    code = issue(community, anna.member_id)
    for number in range(sign_in_cards.MOST_TRIES):
        with pytest.raises(NotAllowed, match="sign_in_card_unknown"):
            sign_in_cards.sign_in(community.database, f"wrong{number}", shared=False)
    with pytest.raises(NotAllowed, match="sign_in_throttled"):
        sign_in_cards.sign_in(community.database, code, shared=False)


def test_cards_that_are_right_never_close_the_door(community, anna):
    code = issue(community, anna.member_id)
    for _ in range(sign_in_cards.MOST_TRIES + 1):
        sign_in_cards.sign_in(community.database, code, shared=False)


# --- how long -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shared", "lasts"), [(True, timedelta(minutes=30)), (False, timedelta(days=14))]
)
def test_a_sign_in_lasts_and_is_made_longer_while_somebody_stays(community, shared, lasts):
    token = doors.PasswordDoor().sign_in(
        community.database, "101", "a quiet place to think", shared=shared
    )
    almost = lasts - timedelta(minutes=1)
    community.clock.set(community.clock() + almost)
    with community.database.doorstep() as unit:
        sign_ins.stay(unit, token)
    community.clock.set(community.clock() + almost)
    assert holder(community, token) == community.admin.person_id
    community.clock.forward(minutes=1)
    assert holder(community, token) is None
    with community.database.doorstep() as unit:
        sign_ins.stay(unit, token)
    assert holder(community, token) is None


def test_each_way_in_is_noted(community):
    doors.PasswordDoor().sign_in(community.database, "101", "a quiet place to think")
    [row] = community.read(lambda unit: unit.db.scalars(select(SignIn)).all())
    assert (row.way, row.shared) == ("password", False)
