"""A member's whole month by post alone: letters, one that came back, a call; nothing by mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import Database
from tests.mail_server import Kept, mail_server, settings_for
from tests.timebank.builders import Community
from tests.timebank.pdf_reading import words_of
from tests.timebank.reaching import wants
from tests.timebank.test_redemptions import add_reward, refused, request, step
from timebank import calls, letter_pdf, letters, scheduler, to_do
from timebank.calls import NobodyAnswered, ReadOut
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.letters import PostLetters, PrintLetters, ReturnLetter
from timebank.models import OutboxMessage
from timebank.redemptions import ApproveRedemption


@pytest.fixture
def server() -> Iterator[Kept]:
    with mail_server() as (kept, port):
        kept.port = port  # type: ignore[attr-defined]
        yield kept


@pytest.fixture
def posting(database: Database, tmp_path: Path, server: Kept) -> Iterator[Community]:
    """A community with a mail server, to see that it is left alone."""
    settings = settings_for(server.port)  # type: ignore[attr-defined]
    built = Community(database, tmp_path / "data", **settings)
    yield built
    built.close()


def statuses(community: Community, person_id: str) -> dict[str, str]:
    with community.database.reading(community.console) as unit:
        query = select(OutboxMessage).where(OutboxMessage.person_id == person_id)
        return {row.kind: row.status for row in unit.db.scalars(query)}


def verbs(community: Community) -> set[str]:
    return {task.verb for task in community.read(to_do.waiting)}


def post(community: Community) -> tuple[str, str, str]:
    """Print what waits and post it: the file's id, the letter's id, and the words in the file."""
    printed = community.do(letters.print_letters, PrintLetters())
    words = words_of(community.read(letter_pdf.sheets, printed.run_id).pdf())
    (letter,) = community.read(letters.letters, printed.run_id)
    command = PostLetters(run_id=printed.run_id, letter_ids=(letter.id,))
    community.do(letters.post_letters, command)
    return printed.run_id, letter.id, words


def test_a_month_by_post_alone(posting, server):
    anna = posting.member(
        "Anna Bell", "anna@example.org", phone="020 7946 0001", address="1 High Street\nTown"
    )
    wants(posting, anna, "post", "large_print")
    actor = posting.actor_of(anna.person_id)
    scheduler.tick(posting.database)
    server.mails.clear()  # what went out before she said so: how to choose a password

    # Hours are recorded, something is asked for and agreed: one letter tells all of it.
    posting.credit(posting.session("Reading panel"), [anna.member_id], minutes=345)
    asked = request(posting, add_reward(posting, price_minutes=45), anna.member_id, actor)
    step(posting, ApproveRedemption, asked.redemption_id, posting.actor)
    assert "print_letters" in verbs(posting)
    _run_id, _letter_id, words = post(posting)
    for said in ("Anna Bell", "1 High Street", "We have recorded the time you gave.",
                 "We have your request.", "Your request was agreed.", "020 7946 0000"):  # fmt: skip
        assert said in words, said
    for never in ("Reading panel", "5 hours", "45 minutes", "https://", "Pottery"):
        assert never not in words, never
    assert "print_letters" not in verbs(posting)

    # The month ends: her statement is a letter too, in large print.
    posting.clock.set(datetime(2026, 4, 2, 9, tzinfo=UTC))
    scheduler.tick(posting.database)
    run_id, letter_id, words = post(posting)
    assert "Statement: " in words
    assert "Reading panel" in words
    refused(NotFound, "letter_unknown", posting.do, letters.post_letters,
            PostLetters(run_id=run_id, letter_ids=("0" * 32,)))  # fmt: skip

    # It comes back. Nothing more goes there, and somebody is asked to find out.
    posting.clock.forward(days=5)
    posting.do(letters.return_letter, ReturnLetter(letter_id=letter_id))
    refused(Conflict, "changed_meanwhile", posting.do, letters.return_letter,
            ReturnLetter(letter_id=letter_id))  # fmt: skip
    assert "ask_how_to_reach" in verbs(posting)
    assert statuses(posting, anna.person_id)["statement_paper"] == "waiting"
    assert posting.do(letters.print_letters, PrintLetters()).run_id is None

    # She would rather be rung: the statement is read out, at the second try.
    wants(posting, anna, "phone", "script")
    assert "ask_how_to_reach" not in verbs(posting)
    assert "ring" in verbs(posting)
    posting.do(calls.nobody_answered, NobodyAnswered(person_id=anna.person_id))
    assert "ring" not in verbs(posting)
    posting.clock.forward(days=1)
    script = posting.read(calls.script, anna.person_id)
    assert "Am I speaking to Anna Bell?" in script.text
    assert "Statement: " in script.text
    posting.do(calls.read_out, ReadOut(person_id=anna.person_id, message_ids=script.message_ids))
    assert set(statuses(posting, anna.person_id).values()) == {"sent"}
    refused(NotFound, "call_unknown", posting.read, calls.script, anna.person_id)

    scheduler.tick(posting.database)
    assert [made for made in server.mails if "anna@example.org" in str(made["To"])] == []


def test_letters_that_are_not_posted_are_asked_about(posting):
    anna = posting.member("Anna Bell", address="1 High Street")
    wants(posting, anna, "post")
    posting.credit(posting.session(), [anna.member_id])
    printed = posting.do(letters.print_letters, PrintLetters())
    assert "post_letters" not in verbs(posting)
    posting.clock.forward(days=2)
    assert "post_letters" in verbs(posting)
    (letter,) = posting.read(letters.letters, printed.run_id)
    refused(RuleBroken, "letter_not_posted", posting.do, letters.return_letter,
            ReturnLetter(letter_id=letter.id))  # fmt: skip
    command = PostLetters(run_id=printed.run_id, letter_ids=(letter.id,))
    assert posting.do(letters.post_letters, command).count == 1
    assert posting.do(letters.post_letters, command).count == 0
    assert "post_letters" not in verbs(posting)


def test_each_person_gets_one_envelope_and_what_comes_later_another(posting):
    people = [posting.member(f"Person {n}", address=f"{n} High Street") for n in range(3)]
    for added in people:
        wants(posting, added, "post")
    for _ in range(2):
        posting.credit(posting.session(), [added.member_id for added in people])
    printed = posting.do(letters.print_letters, PrintLetters())
    assert (printed.count, printed.left) == (3, 0)
    assert posting.do(letters.print_letters, PrintLetters()).run_id is None
    posting.credit(posting.session(), [people[0].member_id])
    assert posting.do(letters.print_letters, PrintLetters()).count == 1


def test_a_long_day_takes_several_files(posting, monkeypatch):
    monkeypatch.setattr(letters, "IN_ONE_FILE", 2)
    monkeypatch.setattr(letters.waiting, "__defaults__", (2,))
    people = [posting.member(f"Person {n}", address=f"{n} High Street") for n in range(3)]
    for added in people:
        wants(posting, added, "post")
    posting.credit(posting.session(), [added.member_id for added in people])
    counts = [posting.do(letters.print_letters, PrintLetters()) for _ in range(2)]
    assert [(each.count, each.left) for each in counts] == [(2, 1), (1, 0)]


def test_nobody_without_the_role_touches_letters_or_calls(posting):
    anna = posting.member_actor("Anna Bell")
    for function, command in (
        (letters.print_letters, PrintLetters()),
        (letters.post_letters, PostLetters(run_id="0" * 32, letter_ids=())),
        (letters.return_letter, ReturnLetter(letter_id="0" * 32)),
        (calls.read_out, ReadOut(person_id=anna.person_id, message_ids=())),
        (calls.nobody_answered, NobodyAnswered(person_id=anna.person_id)),
    ):
        refused(NotAllowed, "role_lacking", posting.do, function, command, actor=anna)
