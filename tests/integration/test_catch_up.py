"""Switched off for three months, then started as two processes at once; and senders killed.

Three statements for each member, each issued once. Each is sent once when nothing crashes, and at
least once, with the same Message-ID, when the sender is killed.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.conftest import Database
from tests.integration.children import children
from tests.mail_server import Kept, mail_server, settings_for
from tests.timebank.builders import Community
from timebank import audit, delivery, people, scheduler, schedules, statements
from timebank.models import Member, OutboxMessage, Statement

MEMBERS = 12
BACK_ON = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)
MONTHS = 3
KILLS = 6


class SlowServer(Kept):
    """Takes a moment over each message, so that the processes are both at it."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        await asyncio.sleep(0.01)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def server() -> Iterator[tuple[SlowServer, int]]:
    with mail_server(SlowServer()) as running:
        yield running


@pytest.fixture
def off(database: Database, tmp_path: Path, server: tuple[SlowServer, int]) -> Iterator[Community]:
    """A community up to date at the beginning of April, then left alone."""
    community = Community(database, tmp_path / "data", **settings_for(server[1]))
    member_ids = [
        community.member(f"Member {number}", f"m{number}@example.org").member_id
        for number in range(MEMBERS)
    ]
    community.clock.set(datetime(2026, 3, 20, tzinfo=UTC))
    community.credit(community.session("In March"), member_ids, minutes=60)
    community.clock.set(datetime(2026, 4, 1, 9, tzinfo=UTC))
    scheduler.tick(community.database)
    community.credit(community.session("In April"), member_ids, minutes=30)
    # Everything up to here is sent; from here on the instance is off.
    assert delivery.send_due(community.database).failed == 0
    server[0].mails.clear()
    yield community
    community.close()


def all_statements_once(community: Community) -> list[Statement]:
    """Check that every member has March, April, May and June, once; those of the three months."""
    with community.database.reading(community.console) as unit:
        found = list(unit.db.scalars(select(Statement).order_by(Statement.until_on)))
        members = unit.db.scalar(select(func.count()).select_from(Member))
        waiting = unit.db.scalars(select(OutboxMessage.id).where(OutboxMessage.status == "waiting"))
        assert list(waiting) == []
        assert not statements.due(unit)
        assert audit.verify(unit).findings == ()
    months = Counter((each.member_id, each.until_on.month) for each in found)
    assert set(months.values()) == {1}
    assert len(months) == members * (MONTHS + 1)
    return [each for each in found if each.until_on.month > 3]


def message_ids(community: Community, issued: list[Statement]) -> set[str]:
    with community.database.reading(community.console) as unit:
        query = select(OutboxMessage.message_id).where(
            OutboxMessage.subject_id.in_([each.id for each in issued])
        )
        return set(unit.db.scalars(query))


def test_two_processes_catch_up_at_once(off, server):
    kept, _port = server
    calls = [("tick", BACK_ON.isoformat())] * 2
    with children(off.settings, calls) as started:
        answers = [child.answer() or {} for child in started]
    issued = all_statements_once(off)
    assert len(issued) == MONTHS * (MEMBERS + 1)
    assert sum(answer["statements"] for answer in answers) == len(issued)
    assert sum(answer["sent"] for answer in answers) == len(issued)
    assert all(answer["failed"] == 0 for answer in answers)
    assert all(answer["sent"] for answer in answers), "one process did all the work"
    assert kept.times() == dict.fromkeys(message_ids(off, issued), 1)


def test_killed_while_issuing_and_sending(off, server):
    """Two processes at once, one of them killed at a random moment, again and again."""
    kept, _port = server
    moments = random.Random(8)
    now = BACK_ON
    killed = 0
    for _ in range(KILLS):
        calls = [("tick", now.isoformat())] * 2
        with children(off.settings, calls) as (victim, other):
            time.sleep(moments.uniform(0, 0.25))
            victim.kill()
            killed += victim.answer() is None
            other.kill()
        now += delivery.LEASE + timedelta(seconds=1)
    with children(off.settings, [("tick", now.isoformat())] * 2) as started:
        for child in started:
            assert child.answer() is not None
    assert killed >= KILLS // 2, "the processes were done before they were killed"
    issued = all_statements_once(off)
    times = kept.times()
    assert set(times) == message_ids(off, issued)
    assert sum(times.values()) <= len(issued) + 2 * KILLS


# Each with what it comes to while nobody is there, from the last statement on 31 March to 1 July.
SCHEDULES = [
    ({"frequency": "monthly", "day": 10}, ["04-10", "05-10", "06-10"]),
    ({"frequency": "monthly", "day": 30}, ["04-30", "05-31", "06-30"]),
    ({"frequency": "monthly", "day": 15, "skip_quiet": True}, ["04-15"]),
    ({"frequency": "quarterly"}, ["06-30"]),
    ({"frequency": "yearly"}, []),
    ({"frequency": "request"}, []),
    ({"frequency": "none"}, []),
    ({"frequency": "group"}, ["04-30", "05-31", "06-30"]),
]


def test_every_schedule_is_caught_up_by_two_processes_one_of_them_killed(off, server):
    """Nobody is told too much or too little, whatever they chose and whenever it stopped."""
    with off.database.reading(off.console) as unit:
        everybody = [each.id for each in people.every_member(unit)]
    expected = {}
    for number, member_id in enumerate(everybody):
        chosen, days = SCHEDULES[number % len(SCHEDULES)]
        command = schedules.ChooseSchedule(revision=1, member_id=member_id, **chosen)
        off.do(schedules.choose_schedule, command)
        expected[member_id] = ["03-31", *days]
    now = BACK_ON
    with children(off.settings, [("tick", now.isoformat())] * 2) as (victim, other):
        time.sleep(0.1)
        victim.kill()
        other.answer()
    now += delivery.LEASE + timedelta(seconds=1)
    with children(off.settings, [("tick", now.isoformat())] * 2) as started:
        for child in started:
            assert child.answer() is not None
    # What the killed one left under a lease, or had tried in vain, goes out at a later tick.
    off.clock.set(now + delivery.LEASE + timedelta(seconds=1))
    scheduler.tick(off.database)
    with off.database.reading(off.console) as unit:
        found = list(unit.db.scalars(select(Statement).order_by(Statement.until_on)))
        assert not statements.due(unit)
        assert audit.verify(unit).findings == ()
    issued: dict[str, list[str]] = {member_id: [] for member_id in everybody}
    for each in found:
        assert each.member_id is not None
        issued[each.member_id].append(f"{each.until_on:%m-%d}")
    assert issued == expected
    assert set(server[0].times()) == message_ids(off, [s for s in found if s.until_on.month > 3])


def test_killed_between_the_servers_yes_and_our_note(off, server, monkeypatch):
    """The one moment in which a notice goes out twice: both have the same Message-ID."""
    kept, _port = server
    off.clock.set(BACK_ON)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_note", killed)
        with pytest.raises(KeyboardInterrupt):
            scheduler.tick(off.database)
    assert len(kept.mails) == 1
    off.clock.forward(minutes=4)
    scheduler.tick(off.database)
    assert set(kept.times().values()) == {1}, "the lease still stood"
    off.clock.forward(minutes=1)
    scheduler.tick(off.database)
    issued = all_statements_once(off)
    times = kept.times()
    assert set(times) == message_ids(off, issued)
    assert sorted(times.values()) == [1] * (len(issued) - 1) + [2]
