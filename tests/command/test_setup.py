"""Getting ready: the database, the set-up's code, a way back in."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select, text

from tests.command.conftest import Place
from timebank import community, doors, people
from timebank.errors import NotAllowed
from timebank.models import TrailEvent
from timebank.recovery import RecoverAdministrator, recover_administrator
from timebank.roles import Actor
from timebank.unit import NOBODY, Database


def set_up(place: Place) -> str:
    """Set the community up as its first administrator; that person's id."""
    database = Database(place.settings)
    try:
        with database.unit(NOBODY) as unit:
            return community.set_up(
                unit,
                community.SetUp(
                    name="Riverside", brand_colour="#00625b", contact_name="Ada",
                    contact_email="ada@example.org", contact_phone="", admin_name="Ada",
                    admin_email="ada@example.org", admin_is_member=True,
                ),
                doors.hash_password("a long password"),
            ).person_id  # fmt: skip
    finally:
        database.dispose()


def test_upgrading_again_does_nothing(any_place: Place) -> None:
    assert any_place.run("db", "upgrade").output.startswith("Nothing to do")


def test_an_operator_can_work_before_the_set_up(any_place: Place) -> None:
    any_place.run("member", "add", "Ada")
    assert "Ada" in any_place.run("member", "list").output


def test_the_set_up_names_the_community_that_was_prepared(any_place: Place) -> None:
    any_place.run("member", "add", "Ben")
    set_up(any_place)
    database = Database(any_place.settings)
    with database.reading(NOBODY) as unit:
        assert community.is_set_up(unit)
        assert unit.community.name == "Riverside"
        assert community.policy(unit).version == 1
    database.dispose()
    assert "Ben" in any_place.run("member", "list").output


def test_an_operator_acts_as_the_console_and_the_trail_says_so(any_place: Place) -> None:
    any_place.run("member", "add", "Ada")
    database = Database(any_place.settings)
    with database.reading(NOBODY) as unit:
        actors = unit.db.scalars(
            select(TrailEvent.actor).where(TrailEvent.action == "member.added")
        ).all()
        assert actors == [unit.community.console_id]
        assert people.person_name(unit, actors[0]) == "console"
    database.dispose()


def test_the_code_opens_the_set_up_page_and_a_new_one_replaces_it(place: Place) -> None:
    first = place.run("setup").output.strip()
    second = place.run("setup").output.strip()
    assert first != second
    assert not community.check_setup_code(place.settings, first)
    assert community.check_setup_code(place.settings, second)


def test_no_code_once_it_is_set_up(place: Place) -> None:
    set_up(place)
    assert "set up already" in place.fail("setup")


def test_the_only_administrator_gets_back_in(any_place: Place) -> None:
    set_up(any_place)
    address = any_place.run("setup", "--recover").output.splitlines()[-1]
    code = address.rpartition("/")[2]
    database = Database(any_place.settings)
    doors.choose_password(database, code, "another password")
    assert doors.PasswordDoor().sign_in(database, "ada@example.org", "another password")
    database.dispose()


def test_of_several_administrators_one_is_named(place: Place) -> None:
    first = set_up(place)
    place.run("member", "add", "Ben", "--email", "ben@example.org")
    database = Database(place.settings)
    with database.unit(NOBODY) as unit:
        unit.actor = people.actor_for(unit, first)
        ben = next(m for m in people.members(unit) if m.person.name == "Ben")
        people.grant_role(unit, people.GrantRole(person_id=ben.person_id, role="administrator"))
    database.dispose()
    assert "Ada, Ben" in place.fail("setup", "--recover")
    assert "Ben can choose" in place.run("setup", "--recover", "--who", "ben@example.org").output
    assert "no such administrator" in place.fail("setup", "--recover", "--who", "Cai")
    place.run("setup", "--who", "Ben", expect=2)


def test_nobody_recovers_an_administrator_but_the_operator(place: Place) -> None:
    person_id = set_up(place)
    database = Database(place.settings)
    with (
        pytest.raises(NotAllowed),
        database.unit(Actor(id="1" * 32, roles=frozenset({"administrator"}))) as unit,
    ):
        recover_administrator(unit, RecoverAdministrator(person_id=person_id))
    database.dispose()


def test_a_database_of_a_later_version_is_refused(place: Place) -> None:
    with sqlite3.connect(place.settings.data / "timebank.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "later version" in place.fail("member", "list")
    assert "later version" in place.fail("db", "upgrade")


def test_on_postgresql_the_serving_role_gets_its_rights_and_no_more(any_place: Place) -> None:
    if not any_place.settings.database_url.startswith("postgresql"):
        any_place.run("member", "add", "Ada")  # SQLite has no roles: working is all there is
        return
    database = Database(any_place.settings)
    rights = "SELECT has_table_privilege(current_user, 'ledger_posting', :right)"
    with database.reading(NOBODY) as unit:
        held = {
            right: unit.connection.scalar(text(rights), {"right": right})
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        }
    database.dispose()
    assert held == {
        "SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False,
    }  # fmt: skip


def test_upgrading_puts_a_lost_guard_back_and_says_which(place: Place) -> None:
    file = place.settings.data / "timebank.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("DROP TRIGGER ledger_posting_update")
    database.close()
    said = place.run("db", "upgrade").output
    assert "Guards put back: missing:ledger_posting_update" in said
    assert place.run("db", "upgrade").output.startswith("Nothing to do")
