"""A small community on SQLite behind the API, with a token for each kind of person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.timebank.builders import Community, HasUrl
from timebank import community as groups
from timebank import doors, rewards
from timebank.roles import Actor
from web.app import create_app


@dataclass(frozen=True)
class OnSqlite:
    """What `Community` wants of a database."""

    url: str


@dataclass(kw_only=True)
class Door:
    """The API as one person comes to it."""

    client: FlaskClient
    token: str
    keys: Iterator[int] = field(default_factory=count)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read `path` under /api/v1."""
        return self.ask("GET", path, query_string=query or None)

    def post(self, path: str, body: Any, *, key: str | None = "new") -> TestResponse:
        """Post `body` under a new key, the given one, or (None) none."""
        return self.ask("POST", path, json=body, headers=self._key(key))

    def put(self, path: str, body: Any) -> TestResponse:
        """Put `body`."""
        return self.ask("PUT", path, json=body)

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        """Any request, with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **(more.pop("headers", None) or {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    def _key(self, key: str | None) -> dict[str, str]:
        if key is None:
            return {}
        value = f"{self.token[-8:]}-{next(self.keys):04}" if key == "new" else key
        return {"Idempotency-Key": value}


@dataclass(kw_only=True)
class Bench:
    """A community of an administrator, a second coordinator and two members, and their doors.

    Mary and Noor were credited 2 hours each; `class_id` costs an hour.
    """

    community: Community
    app: Flask
    admin: Door
    cora: Door
    mary: Door
    noor: Door
    nobody: FlaskClient
    cora_actor: Actor
    mary_actor: Actor
    noor_actor: Actor
    session_id: str
    class_id: str


@pytest.fixture
def bench(_migrated_file: Path, tmp_path: Path) -> Iterator[Bench]:
    """A fresh community behind a fresh application."""
    bench = make_bench(on_sqlite(_migrated_file, tmp_path), tmp_path)
    yield bench
    close(bench)


@pytest.fixture
def bench_on_both(database: HasUrl, tmp_path: Path) -> Iterator[Bench]:
    """The same, once on each engine."""
    bench = make_bench(database, tmp_path)
    yield bench
    close(bench)


def on_sqlite(migrated: Path, folder: Path) -> OnSqlite:
    """A fresh copy of the migrated file."""
    shutil.copyfile(migrated, folder / "api.db")
    return OnSqlite(f"sqlite:///{folder / 'api.db'}")


def close(bench: Bench) -> None:
    """Close both pools of connections."""
    bench.app.extensions["timebank"].dispose()
    bench.community.database.dispose()


def make_bench(database: HasUrl, folder: Path) -> Bench:
    """Build it all through commands."""
    community = Community(database, folder)
    app = create_app(community.settings, clock=community.clock)
    app.testing = True
    cora = community.coordinator("Cora Finch", "cora@example.org")
    mary = community.member_actor("Mary Okafor", "mary@example.org")
    noor = community.member_actor("Noor Aziz")
    session_id = community.session("Planning group")
    assert mary.member_id
    assert noor.member_id
    community.credit(session_id, [mary.member_id, noor.member_id])
    class_id = community.do(
        rewards.add_reward,
        rewards.AddReward(kind="class", title="Pottery class", price_minutes=60, places=2),
    ).reward_id

    def door(actor: Actor) -> Door:
        assert actor.person_id
        with community.unit(actor) as unit:
            token = doors.new_api_token(unit, actor.person_id, "tests")
        return Door(client=app.test_client(), token=token)

    return Bench(
        community=community,
        app=app,
        admin=door(community.actor),
        cora=door(cora),
        mary=door(mary),
        noor=door(noor),
        nobody=app.test_client(),
        cora_actor=cora,
        mary_actor=mary,
        noor_actor=noor,
        session_id=session_id,
        class_id=class_id,
    )


def switch_money_rewards_on(community: Community) -> None:
    """Agree a policy under which rewards with a money value are offered."""
    community.do(
        groups.agree_policy,
        groups.AgreePolicy(
            follows_version=community.read(groups.policy).version,
            rounding="none",
            money_rewards=True,
            advice_contact="Riverside Advice, 020 7946 0001",
            information_reviewed_by="Riverside Advice",
            information_reviewed_on=community.clock().date(),
        ),
    )
