"""What refusals look like on pages and in the API."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.web.conftest import Web
from timebank import people
from timebank.errors import (
    BooksBusy,
    Conflict,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    Rejected,
    RuleBroken,
    Unavailable,
)
from timebank.roles import Actor
from timebank.unit import Unit
from web.errors import TOP, errors_from, status_of


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("link_unknown"), 404),
        (NotAllowed("role_lacking"), 403),
        (NotAllowed("sign_in_throttled", minutes=3), 429),
        (RuleBroken("key_wrong"), 422),
        (Rejected([RuleBroken("key_wrong")]), 422),
        (Conflict("key_used"), 409),
        (BooksBusy(), 503),
        (OutcomeUnknown(), 503),
        (Unavailable("disk_full"), 503),
    ],
)
def test_one_table_of_statuses(error: Exception, status: int) -> None:
    assert status_of(error) == status  # type: ignore[arg-type]


def test_problems_stand_at_their_fields_and_are_said_once(web: Web) -> None:
    problems = [
        RuleBroken("text_missing", field="name"),
        RuleBroken("text_missing", field="name"),
        Conflict("key_used"),
    ]
    with web.app.test_request_context():
        errors = errors_from(Rejected(problems))
    assert set(errors) == {"name", TOP}
    assert len(errors["name"]) == 1


def test_a_page_that_is_not_there(web: Web) -> None:
    page = web.get("/nothing-here")
    assert page.status == 404
    assert page.title.startswith("Page not found")
    assert web.get("/api/v1/nothing-here").response.json["code"] == "not_found"


def test_an_address_that_cannot_be_opened_like_that(web: Web) -> None:
    answer = web.browser.put("/sign-in", base_url=web.base)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_busy_books_say_that_nothing_was_recorded(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    form = web.get("/choices").hidden

    def busy(*_: object) -> None:
        raise BooksBusy

    monkeypatch.setattr("web.carrying_out.run", busy)
    page = web.send("/choices", {**form, "choice": "pot", "statement_by": "paper"})
    assert page.status == 503
    assert "The books are busy. Nothing was recorded. Please try again." in page.words
    assert 'value="pot" checked' in page.html
    assert page.hidden["key"] == form["key"]  # trying again cannot do it twice


def test_after_a_lost_connection_nobody_is_told_that_nothing_was_recorded(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost while the choice is committed, and stays away for the next page."""
    anna = web.member("Anna Bell")
    web.sign_in(anna)
    form = web.get("/choices").hidden
    database = web.app.extensions["timebank"]
    real = database.unit, database.reading

    @contextmanager
    def lost(actor: Actor) -> Iterator[Unit]:
        with real[0](actor) as unit:
            yield unit
        monkeypatch.setattr(database, "reading", gone)
        raise OutcomeUnknown

    def gone(_actor: Actor) -> None:
        raise Unavailable("connection_lost")

    monkeypatch.setattr(database, "unit", lost)
    page = web.send("/choices", {**form, "choice": "pot", "statement_by": "paper"})
    assert page.status == 503
    assert "it is not known whether this was recorded" in page.words
    assert "send the same form again: that is safe" in page.words
    assert "othing was recorded." not in page.words
    monkeypatch.setattr(database, "reading", real[1])
    monkeypatch.setattr(database, "unit", real[0])
    again = web.send("/choices", {**form, "choice": "pot", "statement_by": "paper"})
    assert again.status == 303
    member = web.community.read(people.member, anna.member_id)
    assert member.choice == "pot"


def test_a_full_disk_is_said_on_the_form(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.sign_in(web.member("Anna Bell"))
    form = web.get("/choices").hidden

    def full(*_: object) -> None:
        raise Unavailable("disk_full")

    monkeypatch.setattr("web.carrying_out.run", full)
    page = web.send("/choices", {**form, "choice": "pot", "statement_by": "paper"})
    assert page.status == 503
    assert "There is no room left on the disk. Nothing was recorded." in page.words


def test_what_nobody_foresaw_is_logged_under_a_reference_and_not_shown(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    web.sign_in(web.member("Anna Bell"))
    web.app.testing = False

    def broken(*_: object, **__: object) -> None:
        raise ValueError("a secret inside")

    monkeypatch.setattr("web.pages.account.in_sentences", broken)
    with caplog.at_level(logging.ERROR):
        page = web.get("/history")
    assert page.status == 500
    assert "a secret inside" not in page.html
    reference = page.words.partition("give this reference: ")[2][:9]
    assert len(reference) == 9
    assert reference in caplog.text


def test_an_error_page_needs_no_database(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    web.app.testing = False

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(web.app.extensions["timebank"], "reading", gone)
    page = web.get("/history")
    assert page.status == 500
    assert "Sorry, something went wrong" in page.words
