"""Members and tokens at the terminal."""

from __future__ import annotations

import pytest

from tests.command.conftest import Place
from timebank import doors
from timebank.unit import NOBODY, Database


def test_a_member_is_added_listed_and_found(any_place: Place) -> None:
    said = any_place.run(
        "member", "add", "Siân Pritchard", "--email", "Sian@example.org", "--statement-by", "mail"
    ).output
    assert "Siân Pritchard is member 101." in said
    assert "http://127.0.0.1:8000/link/" in said
    listed = any_place.run("member", "list").stdout.splitlines()
    assert listed[0].split() == ["Number", "Name", "Status", "Hours"]
    assert listed[1].split() == ["101", "Siân", "Pritchard", "active", "0", "minutes"]
    for who in ("101", "siân pritchard", "sian@example.org"):
        assert any_place.run("balance", who).output == "Siân Pritchard has 0 minutes to use.\n"


def test_the_same_key_adds_one_member(any_place: Place) -> None:
    first = any_place.run("member", "add", "Ada", "--key", "joining-ada-1").output
    assert any_place.run("member", "add", "Ada", "--key", "joining-ada-1").output == first
    assert "already used" in any_place.fail("member", "add", "Ben", "--key", "joining-ada-1")
    assert any_place.run("member", "list").stderr == "1 member\n"
    assert "8 to 100" in any_place.fail("member", "add", "Ben", "--key", "short")


def test_without_an_e_mail_statements_are_paper(place: Place) -> None:
    place.run("member", "add", "Dorothy", "--phone", "01632 960 131")
    assert place.run("member", "list", "--search", "doro").stderr == "1 member\n"
    assert place.run("member", "list", "--search", "nobody").output == "0 members\n"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x07b"])
def test_an_unusable_name_is_refused(place: Place, name: str) -> None:
    assert place.fail("member", "add", name).startswith("Error: Name: ")
    assert place.run("member", "list").output == "0 members\n"


def test_an_e_mail_address_belongs_to_one(place: Place) -> None:
    place.run("member", "add", "Ada", "--email", "ada@example.org")
    assert place.fail("member", "add", "Ben", "--email", "ADA@example.org").startswith(
        "Error: Email: "
    )


def test_unknown_and_ambiguous_members(place: Place) -> None:
    place.run("member", "add", "Ada Bell")
    place.run("member", "add", "Ada Bell")
    assert "Nobody is called Ada." in place.fail("balance", "Ada")
    assert "101, 102" in place.fail("balance", "Ada Bell")
    assert "Ada Bell has 0 minutes" in place.run("balance", "102").output


def test_a_token_acts_as_its_person(place: Place) -> None:
    place.run("member", "add", "Ada")
    token = place.run("token", "add", "Ada", "--label", "spreadsheet").output.strip()
    database = Database(place.settings)
    with database.doorstep(NOBODY) as unit:
        assert doors.person_for_api_token(unit, token) is not None
        assert doors.person_for_api_token(unit, token + "x") is None
    database.dispose()
    assert "Nobody is called Zoe." in place.fail("token", "add", "Zoe")


def test_a_role_holder_who_is_no_member_has_a_token_too(sample_place: Place) -> None:
    assert sample_place.run("token", "add", "helen@example.org").output.startswith(
        doors.API_TOKEN_PREFIX
    )
