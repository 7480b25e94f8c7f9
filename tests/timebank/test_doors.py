"""How people are let in: passwords, links, signed-in browsers, tokens, too many tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.timebank.builders import PASSWORD, Community
from timebank import doors, links
from timebank.doors import PasswordDoor
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import ApiToken, FailedAttempt, SignIn

NEW_PASSWORD = "an even quieter place"


def sign_in(community: Community, who: str, password: str = PASSWORD) -> str:
    return PasswordDoor().sign_in(community.database, who, password)


def holder(community: Community, token: str) -> str | None:
    return community.read(doors.person_for_token, token)


def link_code(community: Community, link_id: str) -> str:
    return community.read(links.code_of, link_id)


@pytest.fixture
def hashings(monkeypatch) -> list[str]:
    """Counts the slow work: one entry for each verification."""
    seen: list[str] = []
    real = doors._hasher

    class Counting:
        def verify(self, password_hash: str, password: bytes) -> bool:
            seen.append(password_hash)
            return real.verify(password_hash, password)

        def hash(self, password: bytes) -> str:
            return real.hash(password)

    monkeypatch.setattr(doors, "_hasher", Counting())
    return seen


# --- signing in -------------------------------------------------------------------------------


def test_by_address_in_any_case_and_by_number(community):
    number = community.read(lambda unit: doors._find(unit, "101"))
    assert number[0] == community.admin.person_id
    for who in ("ada@example.org", " ADA@Example.org ", "101"):
        assert holder(community, sign_in(community, who)) == community.admin.person_id


def test_the_token_is_not_what_is_kept(community):
    token = sign_in(community, "ada@example.org")
    kept = community.read(lambda unit: unit.db.scalars(select(SignIn.token_sha256)).one())
    assert token not in kept
    assert holder(community, kept) is None


@pytest.mark.parametrize(
    "who", ["ada@example.org", "nobody@example.org", "999", "", "a\0b", "\ud800"]
)
def test_a_refusal_is_the_same_and_takes_the_same_work(community, hashings, who):
    with pytest.raises(NotAllowed) as refused:
        sign_in(community, who, "a wrong password")
    assert (refused.value.code, refused.value.params) == ("sign_in_failed", {})
    assert len(hashings) == 1


def test_somebody_without_a_password_is_refused(community):
    community.member("Anna", "anna@example.org")
    with pytest.raises(NotAllowed, match="sign_in_failed"):
        sign_in(community, "anna@example.org")


def test_a_signed_in_browser_is_signed_out_by_itself_or_with_all(community):
    one, two = (sign_in(community, "101") for _ in range(2))
    with community.database.doorstep() as unit:
        doors.sign_out(unit, one)
    assert holder(community, one) is None
    assert holder(community, two) == community.admin.person_id
    with community.database.doorstep() as unit:
        doors.sign_out_everywhere(unit, community.admin.person_id)
    assert holder(community, two) is None


def test_a_signed_in_browser_is_not_signed_in_for_ever(community):
    token = sign_in(community, "101")
    community.clock.forward(days=13)
    assert holder(community, token) is not None
    community.clock.forward(days=1)
    assert holder(community, token) is None


# --- too many tries ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ada@example.org", "nobody@example.org"])
def test_too_many_tries_close_the_door_for_a_while(community, hashings, monkeypatch, who):
    monkeypatch.setattr(doors, "MOST_FAILURES", 3)
    for _ in range(3):
        with pytest.raises(NotAllowed, match="sign_in_failed"):
            sign_in(community, who, "a wrong password")
    work = len(hashings)
    with pytest.raises(NotAllowed) as refused:
        sign_in(community, who)  # the right password does not help either
    assert (refused.value.code, refused.value.params) == ("sign_in_throttled", {"minutes": 15})
    assert len(hashings) == work
    community.clock.forward(minutes=14, seconds=30)
    with pytest.raises(NotAllowed) as refused:
        sign_in(community, who)
    assert refused.value.params == {"minutes": 1}
    community.clock.forward(seconds=30)
    if who == "ada@example.org":
        assert sign_in(community, who)


def test_number_and_address_are_one_door(community, monkeypatch):
    monkeypatch.setattr(doors, "MOST_FAILURES", 2)
    for who in ("101", "ada@example.org"):
        with pytest.raises(NotAllowed, match="sign_in_failed"):
            sign_in(community, who, "a wrong password")
    with pytest.raises(NotAllowed, match="sign_in_throttled"):
        sign_in(community, "101")


def test_a_try_that_works_is_not_counted_and_names_are_not_kept(community, monkeypatch):
    monkeypatch.setattr(doors, "MOST_FAILURES", 2)
    for _ in range(4):
        sign_in(community, "101")
    with pytest.raises(NotAllowed):
        sign_in(community, "nobody@example.org", "a wrong password")
    [attempt] = community.read(lambda unit: unit.db.scalars(select(FailedAttempt)).all())
    assert "nobody" not in attempt.door
    community.clock.forward(minutes=16)
    sign_in(community, "101")
    left = community.read(lambda unit: unit.db.scalar(select(func.count(FailedAttempt.id))))
    assert left == 0


# --- choosing a password ----------------------------------------------------------------------


def test_a_link_lets_somebody_choose_a_password_once(community):
    anna = community.member("Anna", "anna@example.org")
    code = link_code(community, anna.link_id)
    assert doors.choose_password(community.database, code, NEW_PASSWORD) == anna.person_id
    token = sign_in(community, "anna@example.org", NEW_PASSWORD)
    assert holder(community, token) == anna.person_id
    with pytest.raises(Conflict, match="link_spent"):
        doors.choose_password(community.database, code, "somebody else's choice")
    sign_in(community, "anna@example.org", NEW_PASSWORD)


def test_a_new_password_signs_every_browser_out(community):
    old = sign_in(community, "101")
    with community.unit() as unit:
        link = links.make(
            unit,
            "password",
            person_id=community.admin.person_id,
            subject_id=community.admin.person_id,
        )
        code = links.code_of(unit, link.id)
    doors.choose_password(community.database, code, NEW_PASSWORD)
    assert holder(community, old) is None
    with pytest.raises(NotAllowed, match="sign_in_failed"):
        sign_in(community, "101")


def test_a_link_that_is_late_wrong_or_for_something_else_is_refused(community):
    anna = community.member("Anna", "anna@example.org")
    code = link_code(community, anna.link_id)
    with pytest.raises(NotFound, match="link_unknown"):
        doors.choose_password(community.database, code[:-1], NEW_PASSWORD)
    with community.unit() as unit:
        other = links.make(unit, "decide", person_id=anna.person_id, subject_id="0" * 32)
        other_code = links.code_of(unit, other.id)
    with pytest.raises(NotFound, match="link_unknown"):
        doors.choose_password(community.database, other_code, NEW_PASSWORD)
    community.clock.forward(days=14)
    with pytest.raises(Conflict, match="link_late"):
        doors.choose_password(community.database, code, NEW_PASSWORD)


@pytest.mark.parametrize(
    ("password", "code"), [("nine char", "password_short"), ("x" * 1001, "password_long")]
)
def test_a_password_that_will_not_do_leaves_the_link_unspent(community, password, code):
    anna = community.member("Anna", "anna@example.org")
    link = link_code(community, anna.link_id)
    with pytest.raises(RuleBroken) as refused:
        doors.choose_password(community.database, link, password)
    assert (refused.value.code, refused.value.field) == (code, "password")
    doors.choose_password(community.database, link, NEW_PASSWORD)


# --- tokens -----------------------------------------------------------------------------------


def test_a_token_is_for_its_person_until_it_is_ended(community):
    with community.unit() as unit:
        token = doors.new_api_token(unit, community.admin.person_id, "My laptop")
    assert community.read(doors.person_for_api_token, token) == community.admin.person_id
    assert community.read(doors.person_for_api_token, token + "x") is None
    row = community.read(lambda unit: unit.db.scalars(select(ApiToken)).one())
    assert token not in row.token_sha256
    anna = community.member_actor("Anna")
    with pytest.raises(NotFound, match="token_unknown"), community.unit(anna) as unit:
        doors.revoke_api_token(unit, row.id)
    with community.unit() as unit:
        doors.revoke_api_token(unit, row.id)
    assert community.read(doors.person_for_api_token, token) is None
    with pytest.raises(Conflict, match="token_revoked"), community.unit() as unit:
        doors.revoke_api_token(unit, row.id)


def test_nobody_makes_a_token_for_somebody_else_but_the_operator(community):
    anna = community.member_actor("Anna")
    with pytest.raises(NotAllowed, match="token_for_oneself"), community.unit() as unit:
        doors.new_api_token(unit, anna.person_id, "Not mine")
    with community.unit(community.console) as unit:
        token = doors.new_api_token(unit, anna.person_id, "Command line")
    assert community.read(doors.person_for_api_token, token) == anna.person_id


def test_a_token_with_an_end_works_until_then(community):
    with community.unit() as unit:
        token = doors.new_api_token(unit, community.admin.person_id, "Short")
        row = unit.db.scalars(select(ApiToken)).one()
        row.expires_at = unit.now + timedelta(hours=1)
    assert community.read(doors.person_for_api_token, token) == community.admin.person_id
    community.clock.forward(hours=1)
    assert community.read(doors.person_for_api_token, token) is None
