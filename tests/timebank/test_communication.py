"""How each person hears from us: which way each message goes, together, in time, and by text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import Database
from tests.mail_server import Kept, mail_server, settings_for
from tests.timebank.builders import Community
from tests.timebank.reaching import TextService, text_service, wants
from tests.timebank.test_redemptions import refused
from timebank import communication, delivery, news, notices, people, text_messages
from timebank.communication import ChangeCommunication
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import Communication, OutboxMessage
from timebank.news import DeclineNews
from timebank.unit import Database as Instance

STEP = "redemption_requested"
# apprise still looks for a module of older Pythons.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


@pytest.fixture
def server() -> Iterator[tuple[Kept, int]]:
    with mail_server() as running:
        yield running


@pytest.fixture
def texts() -> Iterator[TextService]:
    with text_service() as running:
        yield running


@pytest.fixture
def reached(
    database: Database, tmp_path: Path, server: tuple[Kept, int], texts: TextService
) -> Iterator[Community]:
    """A community with a mail server and a service for texts."""
    settings = {**settings_for(server[1]), "TIMEBANK_TEXT_URL": texts.url}
    built = Community(database, tmp_path / "data", **settings)
    yield built
    built.close()


def outbox(community: Community) -> list[OutboxMessage]:
    with community.database.reading(community.console) as unit:
        query = select(OutboxMessage).where(OutboxMessage.kind != "invitation")
        return list(unit.db.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id)))


def tell(community: Community, person_id: str, kind: str = STEP) -> None:
    with community.unit() as unit:
        notices.send_later(unit, kind, person_id, "0" * 32)


@pytest.mark.parametrize("channel", ["mail", "text", "post", "phone"])
def test_every_message_goes_the_persons_way(reached, channel):
    anna = reached.member("Anna", "anna@example.org", phone="020 7946 0001", address="1 High St")
    wants(reached, anna, channel)
    tell(reached, anna.person_id)
    (row,) = outbox(reached)
    assert (row.channel, row.status, row.kind) == (channel, "waiting", STEP)


def test_who_needs_nothing_gets_nothing(reached):
    anna = reached.member("Anna", "anna@example.org")
    tell(reached, anna.person_id)
    wants(reached, anna, "none")
    tell(reached, anna.person_id)
    (row,) = outbox(reached)
    assert (row.status, row.problem) == ("cancelled", "not_wanted")


def test_what_waits_goes_the_new_way(reached):
    anna = reached.member("Anna", "anna@example.org", phone="020 7946 0001", address="1 High St")
    tell(reached, anna.person_id)
    wants(reached, anna, "post")
    assert [row.channel for row in outbox(reached)] == ["post"]
    wants(reached, anna, "phone")
    assert [row.channel for row in outbox(reached)] == ["phone"]


@pytest.mark.parametrize(
    ("channel", "code"),
    [("mail", "channel_needs_email"), ("text", "channel_needs_phone"),
     ("post", "channel_needs_address"), ("phone", "channel_needs_phone")],
)  # fmt: skip
def test_a_way_that_leads_nowhere_is_refused(reached, channel, code):
    anna = reached.member("Anna")
    error = refused(RuleBroken, code, wants, reached, anna, channel)
    assert error.field == "channel"
    assert reached.read(communication.of_person, anna.person_id) is None


def test_texts_cannot_be_chosen_before_they_are_set_up(community):
    anna = community.member("Anna", phone="020 7946 0001")
    refused(RuleBroken, "texts_not_set_up", wants, community, anna, "text")


def test_nobody_is_copied_in_without_consent(reached, server):
    anna = reached.member("Anna", "anna@example.org")
    ben = {"copy_name": "Ben Bell", "copy_email": "ben@example.org"}
    refused(RuleBroken, "copy_needs_consent", wants, reached, anna, "mail", **ben)
    wants(reached, anna, "mail", copy_agreed=True, **ben)
    row = reached.read(communication.of_person, anna.person_id)
    assert row.copy_agreed_on == reached.clock().date()
    tell(reached, anna.person_id)
    with reached.unit() as unit:
        people.invite_person(unit, people.InvitePerson(person_id=anna.person_id))
    delivery.send_due(reached.database)
    by_subject = dict(zip([made["Subject"] for made in server[0].mails],
                          [to for _, to in server[0].envelopes], strict=True))  # fmt: skip
    assert by_subject["We have your request"] == ["anna@example.org", "ben@example.org"]
    # A link that acts in her name is hers alone.
    assert by_subject["Choose your password"] == ["anna@example.org"]


def test_a_stale_page_and_a_stranger(reached):
    anna = reached.member("Anna", "anna@example.org")
    ben = reached.member_actor("Ben", "ben@example.org")
    wants(reached, anna, "mail")
    command = ChangeCommunication(
        member_id=anna.member_id, revision=0, channel="none", form="standard", words=None,
        copy_name=None, copy_email=None, copy_agreed=False, no_news=False,
    )  # fmt: skip
    change = communication.change_communication
    refused(Conflict, "changed_meanwhile", reached.do, change, command)
    refused(NotAllowed, "role_lacking", reached.do, change, command, actor=ben)


# --- together, and in time ------------------------------------------------------------------------


def test_several_steps_within_an_hour_go_out_together(reached, server):
    kept, _port = server
    anna = reached.member("Anna Bell", "anna@example.org")
    delivery.send_due(reached.database)
    kept.mails.clear()
    for _ in range(3):
        tell(reached, anna.person_id)
        delivery.send_due(reached.database)
        reached.clock.forward(minutes=10)
    tell(reached, anna.person_id, "credit_corrected")
    assert [made["Subject"] for made in kept.mails] == ["We have your request"]
    reached.clock.forward(minutes=30)
    assert delivery.send_due(reached.database).count == 1
    assert kept.mails[-1]["Subject"] == "Several things for you to see"
    assert kept.text().count("We have your request") == 2
    assert kept.text().count("We have corrected it") == 1
    assert {row.status for row in outbox(reached)} == {"sent"}
    assert delivery.send_due(reached.database).count == 0


def test_what_went_out_together_stays_together_after_a_crash(reached, server):
    anna = reached.member("Anna Bell", "anna@example.org")
    delivery.send_due(reached.database)
    for _ in range(2):
        tell(reached, anna.person_id)
    reached.clock.forward(hours=1)
    first = delivery._claim(reached.database)
    tell(reached, anna.person_id)
    assert first is not None
    assert delivery._claim(reached.database) is None
    reached.clock.forward(minutes=5)
    again = delivery._claim(reached.database)
    assert again is not None
    assert again.id == first.id
    with reached.database.reading(reached.console) as unit:
        query = select(OutboxMessage).where(OutboxMessage.collected_in == first.id)
        assert len(unit.db.scalars(query).all()) == 1


def test_mail_that_is_switched_on_late_sends_nothing_stale(database, tmp_path, server):
    without = Community(database, tmp_path / "data")
    anna = without.member("Anna Bell", "anna@example.org")
    tell(without, anna.person_id)
    without.clock.forward(days=29)
    tell(without, anna.person_id, "credit_corrected")
    without.close()
    now_on = replace(without.settings, smtp_host="127.0.0.1", smtp_port=server[1],
                     smtp_security="none")  # fmt: skip
    instance = Instance(now_on, clock=without.clock)
    assert delivery.send_due(instance).count == 1
    assert [made["Subject"] for made in server[0].mails] == ["We have put a mistake right"]
    with instance.reading(without.console) as unit:
        dropped = unit.db.scalars(
            select(OutboxMessage).where(OutboxMessage.problem == "too_old")
        ).all()
        assert {row.kind for row in dropped} == {"invitation", STEP}
        assert {row.status for row in dropped} == {"cancelled"}
    instance.dispose()


def test_nothing_goes_to_whom_something_came_back(reached, server):
    anna = reached.member("Anna Bell", "anna@example.org")
    delivery.send_due(reached.database)
    with reached.unit() as unit:
        communication.stop(unit, anna.person_id)
    tell(reached, anna.person_id)
    assert delivery.send_due(reached.database).count == 0
    wants(reached, anna, "mail")
    assert delivery.send_due(reached.database).count == 1


# --- texts ----------------------------------------------------------------------------------------


def test_a_text_arrives(reached, texts):
    anna = reached.member("Anna Bell", phone="020 7946 0001")
    wants(reached, anna, "text")
    tell(reached, anna.person_id)
    assert delivery.send_due(reached.database) == delivery.Sent(count=1, failed=0)
    assert texts.texts == [
        (
            "+442079460001",
            "Riverside Time Bank: We have your request: https://time.example.org/redemptions"
            " Help or another form: 020 7946 0000",
        )
    ]


def test_a_service_that_refuses_is_tried_again(reached, texts):
    anna = reached.member("Anna Bell", phone="020 7946 0001")
    wants(reached, anna, "text")
    tell(reached, anna.person_id)
    texts.refuse = True
    assert delivery.send_due(reached.database) == delivery.Sent(count=0, failed=1)
    assert [row.problem for row in outbox(reached)] == ["text_refused"]
    texts.refuse = False
    reached.clock.forward(minutes=2)
    assert delivery.send_due(reached.database).count == 1


def test_a_number_that_is_none_is_named(reached, texts):
    anna = reached.member("Anna Bell", phone="ask next door")
    wants(reached, anna, "text")
    tell(reached, anna.person_id)
    delivery.send_due(reached.database)
    assert [(row.status, row.problem) for row in outbox(reached)] == [("cancelled", "no_number")]


def test_texts_keep_quiet_at_night(reached, texts):
    anna = reached.member("Anna Bell", phone="020 7946 0001")
    wants(reached, anna, "text")
    # In summer it is an hour later in London than in UTC.
    reached.clock.set(datetime(2026, 7, 1, 19, 30, tzinfo=UTC))
    tell(reached, anna.person_id)
    assert delivery.send_due(reached.database).count == 0
    reached.clock.set(datetime(2026, 7, 2, 7, 59, tzinfo=UTC))
    assert delivery.send_due(reached.database).count == 0
    reached.clock.set(datetime(2026, 7, 2, 8, 0, tzinfo=UTC))
    assert delivery.send_due(reached.database).count == 1


@pytest.mark.parametrize(
    ("written", "number"),
    [("020 7946 0001", "+442079460001"), ("+44 (0)20 7946 0001", "+442079460001"),
     ("0044 20 7946 0001", "+442079460001"), ("+353 1 234 5678", "+35312345678"),
     ("7946", None), ("", None), ("next door", None)],
)  # fmt: skip
def test_numbers_as_services_want_them(written, number):
    assert text_messages.number_of(written, "44") == number


def test_the_length_of_a_text_is_counted_as_telephones_do():
    assert text_messages.fits("x" * 160)
    assert not text_messages.fits("x" * 161)
    assert text_messages.fits("€" * 80)
    assert not text_messages.fits("€" * 81)
    assert text_messages.fits("ŵ" * 70)
    assert not text_messages.fits("ŵ" * 71)
    assert text_messages.plain("Tŷ Ŵyn ’") == "Ty Wyn '"
    assert text_messages.plain("李 ŵ") == "李 ŵ"


# --- news -----------------------------------------------------------------------------------------


def test_news_is_declined_with_one_code(reached):
    anna = reached.member("Anna Bell", "anna@example.org")
    with reached.database.reading(reached.console) as unit:
        code = news.code_of(unit, anna.person_id)
    refused(NotFound, "link_unknown", reached.do, news.decline_news, DeclineNews(code=code[:-1]))
    for _ in range(2):
        reached.do(news.decline_news, DeclineNews(code=code))
    with reached.database.reading(reached.console) as unit:
        assert unit.db.get_one(Communication, anna.person_id).no_news
        person = people.member(unit, anna.member_id).person
        profile = communication.of_person(unit, anna.person_id)
        assert communication.channel_for(person, profile, "thanks") is None
        assert communication.channel_for(person, profile, STEP) == "mail"


def test_the_longest_hold_is_an_hour(reached):
    """However many steps there are, none waits longer than the hour."""
    anna = reached.member("Anna Bell", "anna@example.org")
    for _ in range(12):
        tell(reached, anna.person_id)
        reached.clock.forward(minutes=20)
    waits = [row.due_at - row.created_at for row in outbox(reached) if row.kind == STEP]
    assert max(waits) <= timedelta(hours=1)
