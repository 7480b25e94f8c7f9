"""Notices and their delivery, through a real SMTP server on this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Database
from tests.mail_server import Kept, mail_server, settings_for
from tests.timebank.builders import Community
from tests.timebank.test_redemptions import add_reward, refused, request, step
from timebank import delivery, links, notices, people, scheduler, statement_text, statements
from timebank.delivery import SendAgain
from timebank.errors import BooksBusy, NotAllowed, NotFound, Unavailable
from timebank.models import OutboxMessage, Statement
from timebank.redemptions import ApproveRedemption, DeclineRedemption, FulfilRedemption
from timebank.words import PROBLEMS


@pytest.fixture
def server() -> Iterator[tuple[Kept, int]]:
    with mail_server() as running:
        yield running


@pytest.fixture
def mailing(database: Database, tmp_path: Path, server: tuple[Kept, int]) -> Iterator[Community]:
    """A community whose mail goes to the server; only what a test causes is in its outbox."""
    built = Community(database, tmp_path / "data", **settings_for(server[1]))
    yield built
    built.close()


def rows(community: Community) -> list[OutboxMessage]:
    with community.database.reading(community.console) as unit:
        return list(unit.db.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)))


def one(community: Community, kind: str) -> OutboxMessage:
    (found,) = [row for row in rows(community) if row.kind == kind]
    return found


def test_an_invitation_arrives(mailing, server):
    kept, _port = server
    added = mailing.member("Zoë Ångström", "zoe@example.org")
    assert delivery.send_due(mailing.database) == delivery.Sent(count=1, failed=0)
    (made,) = kept.mails
    assert kept.envelopes == [("hello@riverside.example.org", ["zoe@example.org"])]
    assert made["From"] == "Riverside Time Bank <hello@riverside.example.org>"
    assert made["To"].addresses[0].display_name == "Zoë Ångström"
    assert made["Subject"] == "Choose your password"
    assert made["Message-ID"] == one(mailing, "invitation").message_id
    assert made["Auto-Submitted"] == "auto-generated"
    assert made.get_content_type() == "text/plain"
    with mailing.database.reading(mailing.console) as unit:
        address = links.address_of(unit, added.link_id)
    text = kept.text()
    assert text.startswith("Dear Zoë Ångström,\n\n")
    assert f"\n\n{address}\n\n" in text
    assert "ask Ada Marsh: 020 7946 0000, hello@riverside.example.org" in text
    assert text.rstrip().endswith("\n\nRiverside Time Bank")
    row = one(mailing, "invitation")
    assert (row.status, row.sent_at, row.problem, row.leased_until) == (
        "sent", mailing.clock(), None, None,
    )  # fmt: skip
    assert delivery.send_due(mailing.database) == delivery.Sent(count=0, failed=0)


def test_every_notice_is_plain_and_says_nothing_personal(mailing, server):
    kept, _port = server
    anna = mailing.member_actor("Anna Bell", "anna@example.org")
    mailing.credit(mailing.session("Reading panel"), [anna.member_id], minutes=345)
    reward_id = add_reward(mailing, title="Pottery class", price_minutes=45)
    asked = [request(mailing, reward_id, anna.member_id, anna).redemption_id for _ in range(2)]
    step(mailing, DeclineRedemption, asked[0], mailing.actor)
    for taken in (ApproveRedemption, FulfilRedemption):
        delivery.send_due(mailing.database)
        mailing.clock.forward(hours=1)
        step(mailing, taken, asked[1], mailing.actor)
    mailing.clock.forward(hours=2)
    delivery.send_due(mailing.database)
    mailing.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    scheduler.tick(mailing.database)
    to_anna = [made for made in kept.mails if "anna@example.org" in made["To"]]
    assert {row.kind for row in rows(mailing) if row.person_id == anna.person_id} == {
        "invitation", "is_it_right", "redemption_requested", "redemption_declined",
        "redemption_approved", "redemption_fulfilled", "statement_ready",
    }  # fmt: skip
    # The first step and the invitation at once, the rest within the hour together, and so on.
    assert [made["Subject"] for made in to_anna].count("Several things for you to see") == 2
    assert len(to_anna) == 5
    for made in to_anna:
        text = made.get_content()
        for word in ("Pottery", "Reading panel", "5 hours", "45 minutes", "%", "Traceback"):
            assert word not in text + made["Subject"]
        assert not made.is_multipart()
        assert "https://time.example.org/" in text
        assert len(made["Subject"]) < 60


@pytest.mark.parametrize("kind", sorted(notices.KINDS))
def test_every_kind_of_notice_can_be_said(mailing, kind):
    """None of them breaks on its own text; the link leads somewhere of ours."""
    anna = mailing.member("Anna Bell", "anna@example.org")
    mailing.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    with mailing.unit(mailing.console) as unit:
        statements.issue(unit, statements.last_ended(unit))
    with mailing.unit() as unit:
        subject_id = anna.link_id
        if kind == "statement_ready":
            subject_id = unit.db.scalars(select(Statement.id)).first()
        notices.send_later(unit, kind, anna.person_id, subject_id)
        unit.db.flush()
        message = unit.db.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == kind).limit(1)
        ).one()
        subject, body = notices.render(unit, message)
    assert subject
    assert body.count("https://time.example.org/") == 1
    assert "%" not in body


def test_the_statement_itself_for_who_chose_so(mailing, server):
    kept, _port = server
    mailing.member("Mia Mail", "mia@example.org", statement_by="mail")
    mailing.member("Lou Link", "lou@example.org", statement_by="link")
    mailing.member("Pat Paper", "pat@example.org", statement_by="paper")
    delivery.send_due(mailing.database)
    kept.mails.clear()
    mailing.clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    assert scheduler.tick(mailing.database).statements == 4
    texts = {made["To"].addresses[0].addr_spec: made.get_content() for made in kept.mails}
    assert set(texts) == {"mia@example.org", "lou@example.org", "ada@example.org"}
    with mailing.database.reading(mailing.console) as unit:
        found = {s.member.person.email: s for s in unit.db.scalars(select(Statement))}
        whole = statement_text.plain(json.loads(found["mia@example.org"].content))
        link = f"https://time.example.org/statements/{found['lou@example.org'].id}"
    assert whole.strip() in texts["mia@example.org"].replace("\r\n", "\n")
    assert link in texts["lou@example.org"]
    assert "Statement " not in texts["lou@example.org"]


def test_without_a_server_everything_waits(community):
    community.member("Anna Bell", "anna@example.org")
    assert delivery.send_due(community.database) == delivery.Sent(count=0, failed=0)
    (row,) = rows(community)
    assert (row.status, row.attempts) == ("waiting", 0)


def test_no_address_no_mail(mailing):
    mailing.member("Nora Nowhere")
    assert rows(mailing) == []


def test_an_unknown_kind_is_refused_and_not_lost(mailing):
    with mailing.unit() as unit:
        refused(
            NotFound, "notice_unknown",
            notices.send_later, unit, "party", mailing.actor.id, "0" * 32,
        )  # fmt: skip


def test_one_bad_address_never_holds_up_the_others(mailing, server):
    kept, _port = server
    for name in ("refused", "later", "hangup"):
        mailing.member(name, f"someone@{name}.example.org")
        mailing.member(f"after {name}", f"good-{name}@example.org")
    sent = delivery.send_due(mailing.database)
    assert sent == delivery.Sent(count=3, failed=3)
    assert sorted(to[0] for _sender, to in kept.envelopes) == [
        "good-hangup@example.org", "good-later@example.org", "good-refused@example.org",
    ]  # fmt: skip
    waiting = {row.problem: row for row in rows(mailing) if row.status == "waiting"}
    assert len(waiting) == 2  # both refusals are address_refused
    problems = sorted(row.problem for row in rows(mailing) if row.status == "waiting")
    assert problems == ["address_refused", "address_refused", "server_lost"]
    assert all(row.problem in PROBLEMS for row in rows(mailing) if row.problem)
    # A lasting refusal waits longer than one for now.
    dues = sorted(row.due_at - mailing.clock() for row in rows(mailing) if row.problem)
    assert dues == [timedelta(minutes=1), timedelta(minutes=1), timedelta(hours=6)]
    assert delivery.send_due(mailing.database) == delivery.Sent(count=0, failed=0)


def test_tries_again_later_and_then_less_often():
    waits = [delivery.wait_after(attempts) for attempts in range(1, 60)]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=6)
    assert sum(waits[:12], timedelta()) > timedelta(days=1)


def test_gives_up_after_two_weeks_and_tells(mailing, server):
    kept, _port = server
    added = mailing.member("Rita", "rita@refused.example.org")
    delivery.send_due(mailing.database)
    assert one(mailing, "invitation").status == "waiting"
    # The invitation's own link lasts two weeks too: nothing is sent that no longer works.
    mailing.clock.forward(days=14)
    delivery.send_due(mailing.database)
    row = one(mailing, "invitation")
    assert (row.status, row.problem) == ("cancelled", "link_late")
    with mailing.unit() as unit:
        notices.send_later(unit, "hours_credited", added.person_id, "0" * 32)
    for _ in range(15):
        delivery.send_due(mailing.database)
        assert one(mailing, "hours_credited").status == "waiting"
        mailing.clock.forward(days=1)
    delivery.send_due(mailing.database)
    row = one(mailing, "hours_credited")
    assert (row.status, row.problem) == ("failed", "address_refused")
    (trouble,) = mailing.read(delivery.troubles)
    assert trouble.id == row.id

    # The address is put right, and the message goes out.
    with mailing.unit() as unit:
        people.member(unit, added.member_id).person.email = "rita@example.org"
    mailing.do(delivery.send_again, SendAgain(message_id=row.id))
    assert delivery.send_due(mailing.database).count == 1
    assert kept.mails[-1]["Message-ID"] == row.message_id
    assert mailing.read(delivery.troubles) == []
    refused(
        NotFound, "message_unknown", mailing.do, delivery.send_again, SendAgain(message_id=row.id)
    )
    refused(
        NotAllowed, "role_lacking",
        mailing.read, delivery.troubles, by=mailing.actor_of(added.person_id),
    )  # fmt: skip


def test_a_dead_server_is_tried_once_a_tick(mailing, server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = replace(mailing.settings, smtp_port=free.getsockname()[1])
    mailing.database.settings = dead
    for number in range(5):
        mailing.member(f"Member {number}", f"m{number}@example.org")
    assert delivery.send_due(mailing.database) == delivery.Sent(count=0, failed=1)
    assert [row.problem for row in rows(mailing) if row.problem] == ["server_unreachable"]
    mailing.database.settings = mailing.settings
    mailing.clock.forward(minutes=2)
    assert delivery.send_due(mailing.database).count == 5


def test_an_erased_address_is_not_written_to(mailing, server):
    kept, _port = server
    added = mailing.member("Anna Bell", "anna@example.org")
    with mailing.unit() as unit:
        people.member(unit, added.member_id).person.email = None
    assert delivery.send_due(mailing.database) == delivery.Sent(count=0, failed=0)
    assert kept.mails == []
    row = one(mailing, "invitation")
    assert (row.status, row.problem) == ("cancelled", "no_address")


def test_a_spent_link_is_not_sent(mailing, server):
    kept, _port = server
    added = mailing.member("Anna Bell", "anna@example.org")
    with mailing.unit() as unit:
        links.spend(unit, unit.db.get_one(links.SingleUseLink, added.link_id))
    delivery.send_due(mailing.database)
    assert kept.mails == []
    assert one(mailing, "invitation").problem == "link_spent"


def test_what_cannot_be_written_waits_and_the_others_go(mailing, server, monkeypatch, caplog):
    mailing.member("Anna Bell", "anna@example.org")
    with mailing.unit() as unit:
        notices.send_later(unit, "hours_credited", mailing.actor.id, "0" * 32)
    real = notices.render_together

    def broken(unit: Any, messages: Any) -> Any:
        if messages[0].kind == "hours_credited":
            raise KeyError(messages[0].kind)
        return real(unit, messages)

    monkeypatch.setattr(notices, "render_together", broken)
    assert delivery.send_due(mailing.database) == delivery.Sent(count=1, failed=1)
    assert one(mailing, "hours_credited").problem == "cannot_be_written"
    assert "ada@example.org" not in caplog.text


def test_a_rolled_back_credit_mails_nobody(mailing):
    anna = mailing.member("Anna Bell")
    with mailing.unit() as unit:
        people.member(unit, anna.member_id).person.email = "anna@example.org"
    session_id = mailing.session()
    with pytest.raises(ZeroDivisionError), mailing.unit() as unit:
        notices.send_later(unit, "hours_credited", anna.person_id, session_id)
        unit.db.flush()
        raise ZeroDivisionError
    assert rows(mailing) == []


def test_a_lease_keeps_others_off_until_it_ends(mailing, server):
    kept, _port = server
    mailing.member("Anna Bell", "anna@example.org")
    claim = delivery._claim(mailing.database)
    assert claim is not None
    assert delivery._claim(mailing.database) is None
    assert delivery.send_due(mailing.database).count == 0
    mailing.clock.forward(minutes=5)
    assert delivery.send_due(mailing.database).count == 1
    assert one(mailing, "invitation").attempts == 2
    # Whoever held the old lease no longer writes anything about it.
    delivery._note(mailing.database, claim, delivery.Outcome(problem="server_lost"))
    assert (one(mailing, "invitation").status, len(kept.mails)) == ("sent", 1)


def test_at_most_so_many(mailing, server):
    for number in range(5):
        mailing.member(f"Member {number}", f"m{number}@example.org")
    assert delivery.send_due(mailing.database, most=2).count == 2
    assert len(server[0].mails) == 2


def test_nothing_ticks_before_the_set_up(database, tmp_path):
    from tests.timebank.builders import instance_settings
    from timebank.unit import Database as Instance

    instance = Instance(instance_settings(database, tmp_path))
    assert scheduler.tick(instance) == scheduler.Ticked(statements=0, sent=0, failed=0)
    instance.dispose()


@pytest.mark.parametrize("code", ["disk_full", "books_busy"])
def test_without_room_for_statements_the_mail_goes_out_and_somebody_is_told(
    mailing, server, monkeypatch, caplog, code
):
    refusal = BooksBusy() if code == "books_busy" else Unavailable(code)

    def refuse(*_args):
        raise refusal

    mailing.member("Anna Bell", "anna@example.org")
    monkeypatch.setattr(scheduler, "issue_due", refuse)
    if code == "books_busy":  # which is over by the next tick
        scheduler.tick(mailing.database)
    else:
        with pytest.raises(Unavailable, match=code):
            scheduler.tick(mailing.database)
    assert len(server[0].mails) == 1
    assert f"statements wait for the next tick: {code}" in caplog.messages
