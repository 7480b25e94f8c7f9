"""Faults that nothing acts out: a full disk, a deadlock, a file that cannot be written, two serves.

The full disks need a small file system of their own, which only root can make.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from tests.conftest import Database
from tests.postgres import Server
from tests.simulation import simulate as simulation
from tests.simulation.simulate import Arena, Report, Run, simulate
from tests.small_disk import MEGABYTE, NoSmallDisk, given_to_server, small_disk
from tests.timebank.builders import Community, instance_settings
from tests.timebank.conftest import community
from timebank import unit as units
from timebank.errors import BooksBusy, Unavailable
from timebank.people import AddMember, add_member

__all__ = ["community"]

ROOT = Path(__file__).parents[2]
POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


# --- a full disk --------------------------------------------------------------------------------


@pytest.fixture
def disk() -> Iterator[Path]:
    """A file system of a few megabytes."""
    try:
        with small_disk(40 * MEGABYTE) as found:
            yield found.path
    except NoSmallDisk as missing:
        pytest.skip(str(missing))


@pytest.mark.drill
def test_a_disk_that_is_really_full_sqlite(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "LOCK_SECONDS", simulation.LOCK_SECONDS)
    arena = Arena("sqlite", disk, disk=disk)
    runs_on_a_full_disk(arena, 8)


@pytest.mark.drill
@pytest.mark.postgres
def test_a_disk_that_is_really_full_postgresql(
    disk: Path, postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "LOCK_SECONDS", simulation.LOCK_SECONDS)
    place = tablespace_of(postgres_server, disk)
    arena = Arena("postgresql", tmp_path / "arena", postgres_server, disk=place)
    runs_on_a_full_disk(arena, 8)


def tablespace_of(server: Server, disk: Path) -> Path:
    """The disk, given to the account that the server runs as."""
    url = server.admin_url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as admin:
        return given_to_server(disk, admin)


def runs_on_a_full_disk(arena: Arena, seeds: int) -> None:
    total = Report(0)
    try:
        for seed in range(seeds):
            total.add(simulate(arena, seed))
        fills_it_itself(arena)
    finally:
        arena.close()
    if arena.engine == "sqlite":  # the other has free room inside its pages
        assert total.struck["disk really full"], total.struck


def fills_it_itself(arena: Arena) -> None:
    """Batch after batch until there is no room: all of the last one or nothing, and said so."""
    with arena.fresh():
        run, instance = Run(0, arena), arena.instances[0]
        with simulation._full_disk(run, instance):
            for number in range(200):
                op = ("post", tuple((f"batch:{number}-{n}", "a", "b", 1) for n in range(100)))
                if number % 2:
                    op = ("post", tuple((key, "b", "a", 1) for key, *_rest in op[1]))
                built = run.world.build("batch", op)
                answer = instance.attempt(built, None)
                if answer.codes:
                    break
                run.model.carry_out("batch", op)
        assert answer.codes == ("disk_full",)
        assert "There is no room left on the disk. Nothing was recorded." in answer.words
        run.same("on the full disk", run.model)
        run.proven("on the full disk")
        assert instance.attempt(built, None).result == run.model.carry_out("batch", op)
        run.same("with room again", run.model)


# --- a deadlock ---------------------------------------------------------------------------------


@pytest.mark.parametrize("database", [POSTGRESQL], indirect=True)
def test_a_real_deadlock_is_busy_books(database: Database, community: Community) -> None:
    assert database.admin_url is not None
    url = make_url(database.admin_url).set(drivername="postgresql")
    other = psycopg.connect(url.render_as_string(hide_password=False))
    other.execute("SET deadlock_timeout = '60s'")  # so the unit is the one that is told
    other.execute("UPDATE community SET name = name")
    waiting = threading.Thread(target=lock_the_book, args=(other,))
    with pytest.raises(BooksBusy), community.unit() as unit:
        add_member(unit, AddMember(name="Anna Bell"))
        unit.db.flush()
        waiting.start()
        unit.connection.execute(text("UPDATE community SET name = name"))
    waiting.join(30)
    assert not waiting.is_alive()
    other.close()
    community.member("Anna Bell")  # once: the first time left nothing
    assert len(community.read(lambda unit: unit.book.accounts("member:"))) == 2


def lock_the_book(connection: psycopg.Connection[object]) -> None:
    connection.execute("SELECT 1 FROM ledger_book FOR UPDATE")
    connection.rollback()


# --- a file that cannot be written --------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_database_opened_for_reading_alone(
    database: Database, community: Community, tmp_path: Path
) -> None:
    path = make_url(database.url).database
    place = type("Place", (), {"url": f"sqlite:///file:{path}?mode=ro&uri=true"})()
    read_only = units.Database(instance_settings(place, tmp_path / "data"), clock=community.clock)
    with read_only.reading(community.actor) as unit:
        assert unit.community.name == "Riverside Time Bank"
    with pytest.raises(Unavailable) as refused, read_only.unit(community.actor) as unit:
        add_member(unit, AddMember(name="Anna Bell"))
    assert refused.value.code == "database_read_only"
    read_only.dispose()


# --- two instances started on one data folder -----------------------------------------------------


def test_two_serves_started_at_once_on_an_empty_folder(tmp_path: Path) -> None:
    """Both bring the same new database up to date; both serve; the books are whole."""
    environment = {**os.environ, "TIMEBANK_DATA": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-c", "from web.command import main; main()"]
    serves = [
        subprocess.Popen(
            [*command, "serve", "--port", "0"], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for _ in range(2)
    ]  # fmt: skip
    try:
        said = [until_serving(serve) for serve in serves]
    finally:
        for serve in serves:
            serve.terminate()
        rest = [serve.communicate(timeout=60)[0] for serve in serves]
    assert all(re.search(r"Serving on http://127\.0\.0\.1:\d+", each) for each in said), said
    assert all("Traceback" not in each for each in (*said, *rest)), (said, rest)
    checked = subprocess.run(
        [*command, "doctor"], cwd=ROOT, env=environment, text=True, capture_output=True, timeout=60
    )
    assert "Traceback" not in checked.stderr
    assert (tmp_path / "data" / "timebank.sqlite3").exists()


def until_serving(serve: subprocess.Popen[str]) -> str:
    """What it says until it serves, or until it ends."""
    assert serve.stdout is not None
    lines = []
    for line in serve.stdout:
        lines.append(line)
        if line.startswith("Serving on"):
            break
    return "".join(lines)
