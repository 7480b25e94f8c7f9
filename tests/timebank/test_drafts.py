"""Drafts of a half-filled table: kept for each coordinator, seen by colleagues, gone when done."""

from __future__ import annotations

import pytest

from timebank import drafts, retention
from timebank.errors import NotAllowed, NotFound


def rows(*member_ids: str, time: str = "1:30") -> list[dict[str, str]]:
    return [{"member_id": member_id, "session_minutes": time} for member_id in member_ids]


def save(community, session_id: str, kept, actor=None, step: str = "times"):
    with community.database.doorstep(actor or community.actor) as unit:
        return drafts.save(unit, session_id, step=step, session_revision=1, rows=kept)


def test_each_coordinator_has_their_own_and_sees_the_others(community):
    cora = community.coordinator("Cora")
    anna, bill = (community.member(name).member_id for name in ("Anna", "Bill"))
    session_id = community.session()
    began = community.clock()
    save(community, session_id, rows(anna))
    community.clock.forward(minutes=5)
    save(community, session_id, rows(anna, bill, time="half past"))  # in place of the first
    save(community, session_id, rows(bill), actor=cora, step="people")
    found = {each.name: each for each in community.read(drafts.drafts, session_id, by=cora)}
    assert found.keys() == {"Ada Marsh", "Cora"}
    mine = found["Ada Marsh"]
    assert mine.rows == rows(anna, bill, time="half past")
    assert (mine.begun_at, mine.saved_at) == (began, community.clock())
    assert (found["Cora"].step, mine.step) == ("people", "times")


def test_whoever_was_credited_meanwhile_is_no_longer_in_it(community):
    anna, bill = (community.member(name).member_id for name in ("Anna", "Bill"))
    session_id = community.session()
    save(community, session_id, rows(anna, bill))
    community.credit(session_id, [anna])
    save(community, session_id, rows(anna, bill))
    [left] = community.read(drafts.drafts, session_id)
    assert left.rows == rows(bill)
    community.credit(session_id, [bill])
    assert community.read(drafts.drafts, session_id) == []
    assert save(community, session_id, rows(anna, bill)) is None


def test_what_nobody_touches_goes(community):
    anna = community.member("Anna").member_id
    old, new = community.session("Old"), community.session("New")
    save(community, old, rows(anna))
    community.clock.forward(days=61)
    assert community.read(drafts.drafts, old) == []
    save(community, new, rows(anna))
    retention.clean(community.database, community.console)
    count = community.read(lambda unit: unit.db.query(drafts.CreditDraft).count())
    assert count == 1


def test_it_is_for_those_who_credit_and_see_the_session(community):
    anna = community.member_actor("Anna")
    session_id = community.session()
    with pytest.raises(NotAllowed, match="role_lacking"):
        save(community, session_id, rows(anna.member_id), actor=anna)
    with pytest.raises(NotAllowed, match="role_lacking"):
        community.read(drafts.drafts, session_id, by=anna)
    with pytest.raises(NotFound, match="session_unknown"):
        save(community, "0" * 32, rows(anna.member_id))


def test_no_name_stands_in_it(community):
    anna = community.member("Anna Bell").member_id
    session_id = community.session()
    save(community, session_id, rows(anna))
    content = community.read(lambda unit: unit.db.query(drafts.CreditDraft).one().content)
    assert "Anna" not in content
    assert anna in content
