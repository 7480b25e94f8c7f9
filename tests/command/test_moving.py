"""docs/moving.md, followed step by step; and what keeps a move from losing or doubling anything."""

from __future__ import annotations

import re
import secrets
import shlex
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from migrations import runner
from tests.command.conftest import ROOT, Place
from tests.conftest import Database
from tests.postgres import Server
from timebank import moving
from timebank.errors import RuleBroken, Unavailable
from timebank.unit import NOBODY, make_engine
from timebank.unit import Database as Instance
from web.command.instance import open_instance

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


class Reader:
    """Somebody who follows the page, with names of their own."""

    def __init__(self, place: Place, server: Server) -> None:
        self.place, self.server = place, server
        self.name = f"riverside_{secrets.token_hex(4)}"
        self.said: list[str] = []

    def follow(self, kind: str, block: str) -> None:
        url = self.server.admin_url
        block = block.replace("riverside", self.name).replace(
            "@localhost/", f"@{url.host}:{url.port}/"
        )
        getattr(self, kind)(block)

    def sql(self, block: str) -> None:
        address = self.server.admin_url.set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            for statement in block.strip().split(";\n"):
                connection.execute(statement.rstrip(";\n"))  # type: ignore[arg-type]

    def sh(self, block: str) -> None:
        for line in block.strip().splitlines():
            program, *arguments = shlex.split(line)
            assert program == "timebank"
            self.said.append(self.place.run(*arguments).output)

    def toml(self, block: str) -> None:
        (self.place.data / "timebank.toml").write_text(block)


@pytest.fixture
def reader(sample_place: Place, postgres_server: Server) -> Iterator[Reader]:
    found = Reader(sample_place, postgres_server)
    yield found
    postgres_server.drop_database(found.name)
    found.sql(f"DROP ROLE IF EXISTS {found.name};\nDROP ROLE IF EXISTS {found.name}_owner;\n")


@pytest.fixture
def empty_postgresql(postgres_server: Server) -> Iterator[Database]:
    from tests.conftest import _fresh_name, _postgresql

    name = _fresh_name()
    postgres_server.create_database(name)
    yield _postgresql(postgres_server, name)
    postgres_server.drop_database(name)


def statements(place: Place) -> list[Any]:
    with open_instance(place.settings) as instance, instance.reading() as unit:
        query = "SELECT id, reference, content, content_sha256 FROM statement ORDER BY reference"
        return [tuple(row) for row in unit.connection.execute(text(query))]


@pytest.mark.postgres
def test_the_page_moves_a_whole_community(reader: Reader) -> None:
    place = reader.place
    place.run("tick")
    before = statements(place)
    chain = place.run("export", "--format", "chain").stdout
    secret = place.settings.secret
    for kind, block in BLOCK.findall((ROOT / "docs" / "moving.md").read_text(encoding="utf-8")):
        reader.follow(kind, block)
    assert place.settings.database_url.startswith("postgresql")
    heads = set(re.findall(r"\d+:[0-9a-f]{64}", "\n".join(reader.said)))
    assert len(heads) == 1
    assert "BAD" not in reader.said[2]
    assert len(before) > 10
    assert statements(place) == before
    assert place.run("export", "--format", "chain").stdout == chain
    assert place.settings.secret == secret
    place.run("verify", "--against-file", place.data / "checkpoints.txt")
    # People go on working there, and numbers go on where they were.
    place.run("member", "add", "Zoe Last")
    lines = place.file("x.csv", "member,session,date,minutes\nZoe Last,New,2026-01-05,60\n")
    place.run("import", "attendance", lines, "--yes")
    assert "The books hold." in place.run("verify").output
    # And the old one says where everybody has gone.
    (place.data / "timebank.toml").unlink()
    for command in (["member", "add", "Zoe"], ["verify"], ["tick"], ["db", "upgrade"], ["serve"]):
        assert "has moved to another database" in place.fail(*command)


def refused(place: Place, code: str, target: Database) -> None:
    with pytest.raises(RuleBroken, match=code):
        move(place, target)


def move(place: Place, target: Database) -> moving.Moved:
    there = settings_of(place, target)
    with open_instance(place.settings) as instance:
        return moving.move(instance.database, instance.actor, there, migrate_to(target))


def settings_of(place: Place, target: Database) -> Any:
    environ = {"TIMEBANK_DATABASE_URL": target.url, "TIMEBANK_OWNER_DATABASE_URL": target.owner_url}
    return Place(place.data, {**place.environ, **environ}).settings


def migrate_to(target: Database) -> Any:
    return lambda *, revision, load: runner.upgrade(
        target.owner_url, instance_role=target.instance_role, load=load, load_at=revision
    )


@pytest.mark.postgres
def test_a_server_that_was_forgotten_can_change_nothing(
    place: Place, empty_postgresql: Database
) -> None:
    """Whatever is still connected to the old database: the database itself refuses."""
    place.run("member", "add", "Dorothy Clarke")
    forgotten = Instance(place.settings)
    with forgotten.reading(NOBODY) as unit:
        unit.connection.execute(text("SELECT count(*) FROM member"))
    moved = move(place, empty_postgresql)
    assert moved.rows > 10
    assert moved.copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Unavailable, match="database_moved"), forgotten.doorstep() as unit:
        unit.connection.execute(text("DELETE FROM failed_attempt"))
        unit.connection.execute(text("UPDATE person SET name = 'x'"))
    forgotten.dispose()
    tables = {"person", "member", "ledger_account", "ledger_book", "alembic_version"}
    with sqlite3.connect(place.data / "timebank.sqlite3") as connection:
        for table in tables:
            with pytest.raises(sqlite3.IntegrityError, match="timebank moved"):
                connection.execute(f"DELETE FROM {table}")
    connection.close()


@pytest.mark.postgres
def test_nothing_recorded_meanwhile_is_left_behind(
    place: Place, empty_postgresql: Database
) -> None:
    """A member added while it runs is at the new end, or was refused: never lost."""
    place.run("member", "add", "Dorothy Clarke")
    start = threading.Barrier(2, timeout=60)
    answers: list[int] = []
    process = place.start("member", "add", "Zoe Late")

    def meanwhile() -> None:
        start.wait()
        process.communicate(timeout=120)
        answers.append(process.returncode)

    thread = threading.Thread(target=meanwhile)
    thread.start()
    start.wait()
    move(place, empty_postgresql)
    thread.join()
    engine = make_engine(empty_postgresql.url)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT name FROM person ORDER BY name")).all()
    engine.dispose()
    assert names == (["Dorothy Clarke", "Zoe Late"] if answers == [0] else ["Dorothy Clarke"])


@pytest.mark.postgres
def test_what_arrives_otherwise_is_not_a_move(
    place: Place, empty_postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.run("member", "add", "Dorothy Clarke")
    there = settings_of(place, empty_postgresql)

    def migrate(*, revision: str, load: Any) -> None:
        migrate_to(empty_postgresql)(revision=revision, load=load)
        engine = make_engine(empty_postgresql.owner_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE person SET name = 'Dorothy Clark'"))
        engine.dispose()

    with open_instance(place.settings) as instance, pytest.raises(RuleBroken) as refusal:
        moving.move(instance.database, instance.actor, there, migrate)
    assert refusal.value.code == "move_differs"
    place.run("member", "add", "Goes on")
    refused(place, "restore_database_not_empty", empty_postgresql)


@pytest.mark.postgres
def test_books_that_do_not_hold_stay_where_they_are(
    sample_place: Place, empty_postgresql: Database
) -> None:
    with sqlite3.connect(sample_place.data / "timebank.sqlite3") as connection:
        connection.execute("DROP TRIGGER ledger_transaction_update")
        connection.execute("UPDATE ledger_transaction SET actor = NULL WHERE seq = 2")
    connection.close()
    refused(sample_place, "move_books_do_not_hold", empty_postgresql)
    assert runner.current(empty_postgresql.url) is None


def test_wrong_ends_are_one_line(place: Place, tmp_path: Path) -> None:
    for wrong in (f"sqlite:///{tmp_path}/x", "postgresql://a/b", "nonsense"):
        assert "postgresql+psycopg://" in place.fail("move", "--to", wrong)
    shutil.rmtree(place.data)
    assert "timebank db upgrade" in place.fail("move", "--to", "postgresql+psycopg://a/b")


@pytest.mark.postgres
def test_only_from_sqlite(any_place: Place) -> None:
    if any_place.settings.database_url.startswith("postgresql"):
        said = any_place.fail("move", "--to", any_place.settings.database_url)
        assert "Only an instance on SQLite" in said
