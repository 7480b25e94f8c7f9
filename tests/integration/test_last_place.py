"""Twenty processes ask for the last place at the same moment: one has it, the books hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from tests.integration.workers import Raised, Start, at_once, starts_of
from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward
from timebank import accounts, audit, redemptions
from timebank.models import Redemption
from timebank.roles import Actor

ASKING = 20


def ask(start: Start, reward_id: str) -> str:
    """A worker: ask for the reward for oneself, when everybody is ready."""
    assert start.actor.member_id is not None
    command = redemptions.RequestRedemption(
        reward_id=reward_id,
        reward_revision=1,
        member_id=start.actor.member_id,
        information_version=1,
    )
    with start.database() as database:
        start.together()
        with database.unit(start.actor) as unit:
            return redemptions.request_redemption(unit, command).redemption_id


def answers(community: Community, actors: list[Actor], reward_id: str) -> Counter[str]:
    """Everybody asks at once; how often each answer was given."""
    starts = starts_of(community.settings, actors, community.clock())
    given: list[Any] = at_once(ask, starts, *[(reward_id,)] * len(actors))
    return Counter(each.code if isinstance(each, Raised) else "won" for each in given)


def test_one_winner(community):
    people = [community.member_actor(f"Member {number}") for number in range(ASKING)]
    member_ids = [actor.member_id for actor in people if actor.member_id]
    community.credit(community.session(), member_ids, minutes=120)
    reward_id = add_reward(community, places=1, price_minutes=60)
    assert answers(community, people, reward_id) == {"won": 1, "places_gone": ASKING - 1}
    with community.database.reading(community.console) as unit:
        (found,) = unit.db.scalars(select(Redemption)).all()
        winner = accounts.member(found.member_id)
        balances = Counter(
            unit.book.balances(s.name for s in unit.book.accounts("member:")).values()
        )
        assert unit.book.balance(winner) == 60
        assert unit.book.balance(accounts.HELD) == 60
        # Nobody else's hours were touched; the administrator has none.
        assert balances == {60: 1, 120: ASKING - 1, 0: 1}
        assert audit.verify(unit).findings == ()


def test_hours_for_one_of_several_requests(community):
    """The same member at several doors at once: the hours go out once."""
    anna = community.member_actor("Anna Bell")
    community.credit(community.session(), [anna.member_id], minutes=100)
    reward_id = add_reward(community, price_minutes=60)
    assert answers(community, [anna] * 4, reward_id) == {"won": 1, "hours_insufficient": 3}
    assert community.balance(anna.member_id) == 40
