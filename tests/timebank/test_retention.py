"""The daily cleaning: what was kept long enough goes, and nothing of the books ever does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.conftest import Database
from tests.timebank.builders import Community, instance_settings
from tests.timebank.reaching import wants
from timebank import (
    audit,
    letters,
    links,
    people,
    retention,
    scheduler,
    settings,
    sign_ins,
    statements,
    throttle,
)
from timebank.errors import RuleBroken
from timebank.ids import new_id
from timebank.models import (
    Cleaning,
    CommandReceipt,
    CreditDraft,
    FailedAttempt,
    Letter,
    OutboxMessage,
    SignIn,
    SingleUseLink,
    Statement,
    TrailEvent,
)

GOES = (CreditDraft, FailedAttempt, Letter, OutboxMessage, SignIn, SingleUseLink)
STAYS = (CommandReceipt, Statement, TrailEvent)


def count(community: Community, tables: tuple[Any, ...] = GOES) -> dict[str, int]:
    with community.unit() as unit:
        return {
            table.__tablename__: unit.db.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def clean(community: Community) -> int:
    return retention.clean(community.database, community.console)


def filled(community: Community) -> None:
    """One of everything that goes one day, and a statement that does not."""
    anna = community.member("Anna Bell", "anna@example.org")
    iris = community.member("Iris Lane", address="1 Mill Lane")
    wants(community, iris, "post")
    session_id = community.session("Tea")
    community.credit(session_id, [anna.member_id, iris.member_id])
    printed = community.do(letters.print_letters, letters.PrintLetters(), key="letters-of-today")
    (letter,) = community.read(letters.letters, printed.run_id)
    posted = letters.PostLetters(run_id=printed.run_id, letter_ids=(letter.id,))
    community.do(letters.post_letters, posted, key="letters-are-posted")
    with community.unit() as unit:
        for message in unit.db.scalars(select(OutboxMessage)):
            message.status = "sent"
        sign_ins.start(unit, anna.person_id, way="password", shared=False)
        throttle.count(unit, "somebody", most=5, code="throttled")
        unit.db.add(
            CreditDraft(
                session_id=session_id, person_id=community.admin.person_id, step="people",
                session_revision=1, content="[]", begun_at=unit.now, saved_at=unit.now,
            )
        )  # fmt: skip


def test_what_was_kept_long_enough_goes_and_the_books_stay(community: Community):
    filled(community)
    community.clock.forward(days=40)
    with community.unit() as unit:
        statements.issue(unit, statements.last_ended(unit))
        for message in unit.db.scalars(select(OutboxMessage)):
            message.status = "sent"
    before, kept = count(community), count(community, STAYS)
    assert all(before.values())
    balance = community.read(audit.verify).head
    clean(community)
    first = count(community)
    # A quarter of an hour and two weeks and 30 days are over; the rest is not.
    assert first == before | {"failed_attempt": 0}
    community.clock.forward(days=30)
    clean(community)
    assert count(community) == first | {"sign_in": 0, "credit_draft": 0}
    community.clock.forward(days=300)
    clean(community)
    left = count(community)
    assert (0 < left["outbox"] < before["outbox"], left["letter"]) == (True, 0)
    assert left["single_use_link"] == before["single_use_link"]
    community.clock.forward(days=60)
    clean(community)
    assert count(community) == dict.fromkeys(left, 0)
    assert count(community, STAYS) == kept
    found = community.read(audit.verify)
    assert (list(found.findings), found.head) == ([], balance)


def test_it_is_done_once_a_day_and_by_the_tick(community: Community):
    filled(community)
    community.clock.forward(days=1)
    scheduler.tick(community.database)
    assert count(community)["failed_attempt"] == 0
    with community.unit() as unit:
        throttle.count(unit, "somebody", most=5, code="throttled")
        done = unit.db.get_one(Cleaning, unit.today)
        assert done.removed >= 1
    community.clock.forward(hours=1)
    assert clean(community) == 0
    assert count(community)["failed_attempt"] == 1
    community.clock.forward(days=1)
    assert clean(community) == 1


def test_what_still_waits_for_somebody_is_never_removed(community: Community):
    iris = community.member("Iris Lane", address="1 Mill Lane")
    wants(community, iris, "post")
    community.credit(community.session("Tea"), [iris.member_id])
    community.do(letters.print_letters, letters.PrintLetters())
    community.member("Anna Bell", "anna@example.org")  # her invitation waits for a mail server
    community.clock.forward(days=2000)
    before = count(community)
    clean(community)
    left = count(community)
    assert (left["outbox"], left["letter"]) == (before["outbox"], before["letter"]) == (2, 1)


def test_an_old_link_is_not_known_any_more(community: Community):
    anna = community.member("Anna Bell")
    with community.unit() as unit:
        code = links.code_of(unit, anna.link_id or "")
    community.clock.forward(days=14 + 365)
    clean(community)
    with community.unit() as unit, pytest.raises(Exception, match="link_late"):
        links.open_link(unit, code)
    community.clock.forward(days=1)
    clean(community)
    with community.unit() as unit, pytest.raises(Exception, match="link_unknown"):
        links.open_link(unit, code)


def test_many_rows_go_some_at_a_time(community: Community, monkeypatch):
    monkeypatch.setattr(retention, "IN_ONE_UNIT", 3)
    with community.unit() as unit:
        for number in range(10):
            unit.db.add(FailedAttempt(id=new_id(), door=str(number), at=unit.now))
    community.clock.forward(days=1)
    assert clean(community) == 10
    assert count(community)["failed_attempt"] == 0


def test_a_key_means_the_same_for_ever(community: Community):
    command = people.AddMember(name="Anna Bell")
    first = community.do(people.add_member, command, key="anna-joins-now")
    community.clock.forward(days=5000)
    clean(community)
    assert community.do(people.add_member, command, key="anna-joins-now") == first


def test_the_lengths_are_settings_with_a_least(database: Database, tmp_path: Path):
    found = instance_settings(database, tmp_path, TIMEBANK_KEEP_DRAFTS_DAYS="7")
    assert found.keep_drafts == timedelta(days=7)
    assert found.keep_messages == timedelta(days=365)
    for name, wrong in {
        "TIMEBANK_KEEP_MESSAGES_DAYS": "99",
        "TIMEBANK_KEEP_LINKS_DAYS": "0",
        "TIMEBANK_KEEP_SIGN_INS_DAYS": "soon",
    }.items():
        with pytest.raises(RuleBroken, match="setting_wrong"):
            settings.load({"TIMEBANK_DATA": str(tmp_path), name: wrong})
