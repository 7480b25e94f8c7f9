"""The test bed itself: the databases are fresh and real, and nothing leaves the machine."""

from __future__ import annotations

import os
import socket

import pytest
from sqlalchemy import create_engine, text

from tests import conftest


def test_an_empty_database_is_empty_and_belongs_to_the_owner(empty_database):
    owner = create_engine(empty_database.owner_url)
    with owner.begin() as connection:
        connection.execute(text("CREATE TABLE greeting (word TEXT)"))
        connection.execute(text("INSERT INTO greeting VALUES ('hello')"))
        assert connection.execute(text("SELECT word FROM greeting")).all() == [("hello",)]
        assert connection.dialect.name == empty_database.name
    owner.dispose()


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_has_a_database_of_its_own(empty_database, run):
    engine = create_engine(empty_database.owner_url)
    with engine.begin() as connection:
        # Fails in the second run if the first one's table were still there.
        connection.execute(text("CREATE TABLE only_mine (word TEXT)"))
    engine.dispose()


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_the_instance_role_owns_nothing_and_may_create_nothing(empty_database):
    engine = create_engine(empty_database.url)
    with engine.connect() as connection:
        role, is_superuser = connection.execute(
            text("SELECT current_user, current_setting('is_superuser')")
        ).one()
        may_create = connection.execute(
            text("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        ).scalar_one()
    engine.dispose()
    assert (role, is_superuser, may_create) == (empty_database.instance_role, "off", False)


@pytest.mark.parametrize(
    "address",
    [("192.0.2.1", 25), ("example.org", 80), ("8.8.8.8", 53), ("2001:db8::1", 443, 0, 0)],
)
def test_an_address_elsewhere_is_not_local(address):
    assert not conftest.is_local(address)


@pytest.mark.parametrize("address", ["/tmp/a-socket", ("127.0.0.1", 1), ("::1", 1, 0, 0)])
def test_an_address_of_this_machine_is_local(address):
    assert conftest.is_local(address)


@pytest.mark.parametrize(
    "leave",
    [
        lambda: socket.create_connection(("192.0.2.1", 25), timeout=1),
        lambda: socket.getaddrinfo("mail.example.org", 25),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)),
    ],
    ids=["connection", "name", "datagram"],
)
def test_leaving_the_machine_is_refused_and_noted(leave, recwarn):
    with pytest.raises(conftest.LeftTheMachine):
        leave()
    assert conftest._attempts
    # This attempt was the test's own purpose.
    conftest._attempts.clear()


def test_settings_of_a_real_instance_do_not_reach_the_tests():
    names = ["PATH", "TIMEBANK_DATA", "TIMEBANK_TEST_DATABASE_URL", "TIMEBANK_CHROMIUM"]
    assert conftest.instance_settings(names) == ["TIMEBANK_DATA"]
    assert conftest.instance_settings(os.environ) == []


def test_two_tests_of_one_name_are_noticed():
    assert conftest.repeated(["a", "b", "a", "c"]) == ["a"]
    assert conftest.repeated(["a", "b"]) == []
