"""Processes ask for the last place at the same moment: one has it, the others may wait for it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select

from tests.integration.workers import Raised, Start, at_once, starts_of
from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward
from timebank import accounts, audit, redemptions, reward_waiting
from timebank.errors import Conflict
from timebank.models import Redemption
from timebank.reward_waiting import JoinWaiting
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


def ask_or_wait(start: Start, reward_id: str) -> str:
    """A worker: as a member at the page, who joins the waiting list when the last place is gone."""
    try:
        ask(start, reward_id)
    except Conflict as refused:
        if refused.code != "places_gone":
            raise
    else:
        return "won"
    command = JoinWaiting(reward_id=reward_id, member_id=start.actor.member_id or "")
    with start.database() as database, database.unit(start.actor) as unit:
        return reward_waiting.join_waiting(unit, command).status


def test_the_loser_waits_with_hours_untouched(community):
    """Two ask for the last place; the other waits, and has it when the first says no."""
    people = [community.member_actor(name) for name in ("Anna Bell", "Bob Carr")]
    community.credit(community.session(), [each.member_id for each in people], minutes=120)
    reward_id = add_reward(community, places=1, price_minutes=60)
    starts = starts_of(community.settings, people, community.clock())
    given = at_once(ask_or_wait, starts, *[(reward_id,)] * 2)
    assert sorted(given) == ["waiting", "won"]
    winner, loser = sorted(people, key=lambda actor: given[people.index(actor)], reverse=True)
    assert community.balance(winner.member_id) == 60
    assert community.balance(loser.member_id) == 120
    (asked,) = community.read(lambda unit: unit.db.scalars(select(Redemption)).all())
    assert asked.member_id == winner.member_id
    cancel = redemptions.CancelRedemption(redemption_id=asked.id, revision=asked.revision)
    community.do(redemptions.cancel_redemption, cancel, actor=winner)
    with community.database.reading(loser) as unit:
        waits = reward_waiting.of_reward(unit, reward_id, loser.member_id or "")
    assert waits is not None
    assert (waits.status, community.balance(loser.member_id)) == ("offered", 120)
    assert community.read(audit.verify).findings == ()


def test_hours_for_one_of_several_requests(community):
    """The same member at several doors at once: the hours go out once."""
    anna = community.member_actor("Anna Bell")
    community.credit(community.session(), [anna.member_id], minutes=100)
    reward_id = add_reward(community, price_minutes=60)
    assert answers(community, [anna] * 4, reward_id) == {"won": 1, "hours_insufficient": 3}
    assert community.balance(anna.member_id) == 40
