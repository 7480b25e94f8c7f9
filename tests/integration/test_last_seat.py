"""Eight processes sign up for the last place at a session at the same moment: one has it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.integration.workers import Raised, Start, at_once, starts_of
from tests.timebank.builders import Community
from tests.timebank.test_coming import join, leave, published
from timebank import coming
from timebank.roles import Actor

ASKING = 8


def ask(start: Start, session_id: str, function: str) -> str:
    """A worker: join or leave the session for oneself, when everybody is ready."""
    assert start.actor.member_id is not None
    ids = {"session_id": session_id, "member_id": start.actor.member_id}
    with start.database() as database:
        start.together()
        with database.unit(start.actor) as unit:
            if function == "leave":
                return coming.leave_session(unit, coming.LeaveSession(**ids)).status
            return coming.join_session(unit, coming.JoinSession(**ids)).status


def answers(
    community: Community, actors: list[Actor], session_id: str, *functions: str
) -> Counter[str]:
    """Everybody asks at once; how often each answer was given."""
    starts = starts_of(community.settings, actors, community.clock())
    given: list[Any] = at_once(ask, starts, *[(session_id, each) for each in functions])
    return Counter(each.code if isinstance(each, Raised) else each for each in given)


def rows(community: Community, session_id: str) -> dict[str, list[Any]]:
    found = community.read(coming.signed_up, session_id)
    by_status: dict[str, list[Any]] = {}
    for row in sorted(found, key=lambda row: row.turn):
        by_status.setdefault(row.status, []).append(row)
    return by_status


def test_one_last_place_for_many(community):
    session_id = published(community, places=1)
    actors = [community.member_actor(f"Member {n}") for n in range(ASKING)]
    given = answers(community, actors, session_id, *["join"] * ASKING)
    assert given == {"coming": 1, "waiting": ASKING - 1}
    found = rows(community, session_id)
    assert [row.turn for row in found["coming"]] == [1]
    assert [row.turn for row in found["waiting"]] == list(range(2, ASKING + 1))
    assert len({row.code for row in found["coming"] + found["waiting"]}) == ASKING


def test_one_click_sent_twice_takes_one_place(community):
    session_id = published(community, places=2)
    anna = community.member_actor("Anna")
    given = answers(community, [anna] * 3, session_id, *["join"] * 3)
    assert given == {"coming": 1, "signed_up_already": 2}


def test_whoever_waits_longest_moves_up_while_others_come_and_go(community):
    session_id = published(community, places=2)
    actors = [community.member_actor(f"Member {n}") for n in range(6)]
    for actor in actors[:4]:
        join(community, session_id, actor)
    # Both who have a place leave while two more ask: those who waited have the places.
    given = answers(
        community, [*actors[:2], *actors[4:]], session_id, "leave", "leave", "join", "join"
    )
    assert given == {"withdrawn": 2, "waiting": 2}
    found = rows(community, session_id)
    assert [row.member_id for row in found["coming"]] == [a.member_id for a in actors[2:4]]
    leave(community, session_id, actors[2])
    assert len(rows(community, session_id)["coming"]) == 2
