"""Whole commands, from a request at the API to the commit, beside the bare rows they leave.

The bare rows are those that one command added, written again by the driver alone into tables of
the same columns and primary keys, in one commit. There is no aim for these lines: they are shown
with a profile, so that it is known where the time goes.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, MetaData, Table, create_engine

import ledger
from bench.contenders import sqlite_engine
from bench.measuring import Table as Lines
from bench.measuring import alternate, medians
from migrations import runner
from tests.postgres import INSTANCE_ROLE, OWNER_ROLE, Server
from tests.timebank.builders import Community
from timebank import doors, rewards
from web.app import create_app

PEOPLE = 300
_PARTS = (
    ("sqlalchemy", "SQLAlchemy"),
    ("psycopg", "driver"),
    ("sqlite3", "driver"),
    ("/ledger/", "ledger"),
    ("/timebank/", "timebank"),
    ("/web/", "web"),
    ("site-packages", "Flask, marshmallow and the like"),
)


@dataclass(frozen=True, kw_only=True)
class Address:
    """What `Community` wants of a database."""

    url: str


@contextmanager
def migrated(server: Server | None, folder: Path) -> Iterator[tuple[str, Engine]]:
    """Give the address of a migrated database, and an engine on an empty one for bare rows."""
    if server is None:
        url = f"sqlite:///{folder / 'whole.db'}"
        runner.upgrade(url)
        bare = sqlite_engine(folder / "bare.db")
        yield url, bare
        bare.dispose()
        return
    for name in ("bench_whole", "bench_bare"):
        server.create_database(name)
    runner.upgrade(server.url("bench_whole", OWNER_ROLE), instance_role=INSTANCE_ROLE)
    bare = create_engine(server.url("bench_bare", OWNER_ROLE))
    yield server.url("bench_whole", INSTANCE_ROLE), bare
    bare.dispose()
    for name in ("bench_whole", "bench_bare"):
        server.drop_database(name)


class Whole:
    """A community of 300, its API, and a coordinator's token."""

    def __init__(self, url: str, folder: Path) -> None:
        self.community = Community(Address(url=url), folder)
        self.app = create_app(self.community.settings, clock=self.community.clock)
        cora = self.community.coordinator("Cora Finch")
        self.members = [self.community.member(f"Person {n}").member_id for n in range(PEOPLE)]
        reward = rewards.AddReward(kind="class", title="Pottery class", price_minutes=10)
        self.reward_id = self.community.do(rewards.add_reward, reward).reward_id
        assert cora.person_id
        with self.community.unit(cora) as unit:
            token = doors.new_api_token(unit, cora.person_id, "bench")
        self.client = self.app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"}
        self.keys = count(1)
        self.plan()

    def plan(self) -> None:
        """Plan the session that the next `credit` credits; not part of what is measured."""
        self.session_id = self.community.session("Planning group")

    def credit(self) -> None:
        """Credit everybody for the session planned last."""
        figures = {"session_minutes": 90, "travel_minutes": 30}
        lines = [{"member_id": each, "figures": figures} for each in self.members]
        self._post(f"/sessions/{self.session_id}/credit", {"revision": 1, "lines": lines})

    def redeem(self) -> None:
        """Ask for a class on behalf of one member after another."""
        body = {
            "reward_id": self.reward_id,
            "reward_revision": 1,
            "how": "phone",
            "member_id": self.members[next(self.keys) % PEOPLE],
            "information_version": 1,
        }
        self._post("/redemptions", body)

    def _post(self, path: str, body: object) -> None:
        headers = {**self.headers, "Idempotency-Key": f"bench-{next(self.keys):08}"}
        answer = self.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.json

    def close(self) -> None:
        """Close every connection."""
        self.app.extensions["timebank"].dispose()
        self.community.close()


class Bare:
    """The rows that one command added, to be written again and again."""

    def __init__(
        self, whole: Whole, engine: Engine, name: str, command: Callable[[], None]
    ) -> None:
        before = {table: set(_rows(whole, table)) for table in _tables()}
        command()
        found = {table: _rows(whole, table) for table in before}
        self.added = {
            table: [row for row in rows if row not in before[table]]
            for table, rows in found.items()
            if len(rows) > len(before[table])
        }
        metadata = MetaData()
        for table in self.added:
            columns = [Column(c.name, c.type, primary_key=c.primary_key) for c in table.columns]
            Table(f"{name}_{table.name}", metadata, *columns)
        metadata.create_all(engine)
        self.statements = []
        mark = "?" if engine.dialect.name == "sqlite" else "%s"
        for table, rows in self.added.items():
            marks = ", ".join([mark] * len(table.columns))
            self.statements.append((f"INSERT INTO {name}_{table.name} VALUES ({marks})", rows))
        self.tables = [f"{name}_{table.name}" for table in self.added]
        self.connection = engine.raw_connection()
        self.driver: Any = self.connection.driver_connection

    def clear(self) -> None:
        """Empty the tables; not part of what is measured."""
        for table in self.tables:
            self.driver.execute(f"DELETE FROM {table}")
        self.driver.commit()

    def write(self) -> None:
        """Write and commit the rows."""
        cursor = self.driver.cursor()
        cursor.execute("BEGIN IMMEDIATE") if hasattr(self.driver, "in_transaction") else None
        for statement, rows in self.statements:
            cursor.executemany(statement, rows)
        self.driver.commit()

    def count(self) -> int:
        """Return how many rows they are."""
        return sum(map(len, self.added.values()))


def _tables() -> list[Table]:
    return list(ledger.metadata.sorted_tables)


def _rows(whole: Whole, table: Table) -> list[tuple[Any, ...]]:
    with whole.community.database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        return [tuple(row) for row in driver.execute(f"SELECT {names} FROM {table.name}")]


def profile(command: Callable[[], None]) -> str:
    """Say which part of the time of one call each part of the software has of its own."""
    profiler = cProfile.Profile()
    profiler.runcall(command)
    own: Counter[str] = Counter()
    for (file, _, name), figures in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        where = f"{file}:{name}"
        part = next((part for mark, part in _PARTS if mark in where), "Python")
        own[part] += figures[2]
    whole = sum(own.values())
    return ", ".join(f"{part} {spent / whole:.0%}" for part, spent in own.most_common())


def measure(engine: str, server: Server | None, lines: Lines, folder: Path, quick: bool) -> None:
    """Add the lines of crediting a session of 300 and of requesting a redemption."""
    place = folder / f"whole-{engine}"
    place.mkdir()
    with migrated(server, place) as (url, bare_engine):
        whole = Whole(url, place)
        whole.credit()
        whole.plan()
        commands: tuple[tuple[str, str, Callable[[], None], Callable[[], None], int], ...] = (
            ("credit", "session of 300", whole.credit, whole.plan, 7),
            ("redeem", "request a redemption", whole.redeem, lambda: None, 15 if quick else 51),
        )
        for name, label, command, prepare, rounds in commands:
            bare = Bare(whole, bare_engine, name, command)
            prepare()
            bare.clear()
            taken = alternate(
                {"ours": command, "raw": bare.write},
                rounds,
                before={"ours": prepare, "raw": bare.clear},
            )
            middle = medians(taken)
            label = f"{label}, edge to commit ({bare.count()} rows), us"
            lines.show(engine, label, middle["ours"] * 1e6, middle["raw"] * 1e6)
            prepare()
            lines.note(f"its time: {profile(command)}")
            bare.connection.close()
        whole.close()
