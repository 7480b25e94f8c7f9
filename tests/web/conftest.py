"""A browser without a browser: Flask's client on a small community, on SQLite.

    def test_home(web):
        anna = web.member("Anna Bell")      # with the password of `builders`
        web.sign_in(anna)
        page = web.get("/")                 # -> Page: .status, .text, .title, .form values

CSRF protection stays on: `web.post` fetches the page of the form first, as a browser would, and
sends what its hidden fields hold.
"""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cheap import Templates, hash_password
from tests.conftest import Database
from tests.timebank.builders import PASSWORD, Community
from timebank import redemptions, rewards
from timebank.community import AgreePolicy, agree_policy, policy
from timebank.models import Password
from timebank.people import MemberAdded
from web.app import create_app

_CHEAP = hash_password(PASSWORD)
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z_-]+)="([^"]*)"')


@dataclass
class Page:
    """An answer: its status, its markup, and the same as plain words."""

    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def location(self) -> str:
        return self.response.headers["Location"]

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.html, re.S)
        return html.unescape(found[1]).strip() if found else ""

    @property
    def words(self) -> str:
        """What stands on the page between its tags, white space made one."""
        main = re.search(r"<main\b.*?</main>", self.html, re.S)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0] if main else "")).split())

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields of the forms in the page's main part."""
        main = self.html[self.html.index("<main") :]
        found = (dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(main))
        return {
            each["name"]: html.unescape(each.get("value", ""))
            for each in found
            if each.get("type") == "hidden"
        }

    def value(self, name: str) -> str:
        """What a box of this name shows."""
        for tag in _INPUT.findall(self.html):
            attributes = dict(_ATTRIBUTE.findall(tag))
            if attributes.get("name") == name:
                return html.unescape(attributes.get("value", ""))
        raise AssertionError(f"no box {name}")


class Web:
    """A community and one browser looking at it."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.app = create_app(community.settings, clock=community.clock)
        self.app.testing = True
        self.app.jinja_env.bytecode_cache = Templates()
        with community.unit() as unit:
            unit.db.get_one(Password, community.admin.person_id).hash = _CHEAP
        # The community's address is https, as it should be: the cookie is Secure.
        self.base = community.settings.address
        self.browser: FlaskClient = self.app.test_client()

    def get(self, path: str, **more: Any) -> Page:
        return Page(self.browser.get(path, base_url=self.base, buffered=True, **more))

    def post(self, path: str, data: dict[str, Any] | None = None, *, page: str = "") -> Page:
        """Send a form as the page at ``page`` (else ``path``) gives it, with ``data`` filled in."""
        hidden = self.get(page or path).hidden
        return self.send(path, {**hidden, **(data or {})})

    def send(self, path: str, data: dict[str, Any]) -> Page:
        """Send exactly these fields."""
        return Page(self.browser.post(path, data=data, base_url=self.base))

    def member(self, name: str, email: str | None = None, **more: Any) -> MemberAdded:
        """A member who has the password of `builders`."""
        added = self.community.member(name, email, **more)
        with self.community.unit() as unit:
            row = Password(person_id=added.person_id, hash=_CHEAP, changed_at=unit.now)
            unit.db.add(row)
        return added

    def sign_in(self, who: MemberAdded | str | int, password: str = PASSWORD) -> Page:
        name = who if isinstance(who, str | int) else who.number
        return self.post("/sign-in", {"name_or_number": str(name), "password": password})

    def new_browser(self) -> None:
        """Another browser, in which nobody is signed in."""
        self.browser = self.app.test_client()

    def credited(self, member_id: str, minutes: int) -> None:
        """Credit a member with a session of this length."""
        session_id = self.community.session(minutes=minutes)
        self.community.credit(session_id, [member_id], minutes=minutes)

    def reward(self, title: str = "Pottery class", minutes: int = 120, **more: Any) -> str:
        """Offer a reward; its id."""
        details: dict[str, Any] = {"kind": "class", "provider": "The Old Mill", **more}
        command = rewards.AddReward(title=title, price_minutes=minutes, **details)
        return str(self.community.do(rewards.add_reward, command).reward_id)

    def money_rewards_on(self) -> None:
        """Switch rewards with a money value on, as an administrator does."""
        self.community.do(
            agree_policy,
            AgreePolicy(
                follows_version=self.community.read(policy).version,
                rounding="none",
                money_rewards=True,
                advice_contact="Riverside Law Centre",
                information_reviewed_by="Riverside Law Centre",
                information_reviewed_on=self.community.clock().date(),
            ),
        )

    def ask(self, reward_id: str, member: MemberAdded) -> str:
        """A member asks for a reward; the redemption's id."""
        command = redemptions.RequestRedemption(
            reward_id=reward_id,
            reward_revision=1,
            member_id=member.member_id,
            information_version=self.community.read(policy).version,
        )
        actor = self.community.actor_of(member.person_id)
        made = self.community.do(redemptions.request_redemption, command, actor=actor)
        return str(made.redemption_id)

    def redemption_of(self, member_id: str) -> Any:
        """A member's newest redemption."""
        return self.community.read(redemptions.of_member, member_id)[0]


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A fresh migrated SQLite database."""
    path = tmp_path / "timebank.db"
    shutil.copyfile(request.getfixturevalue("_migrated_file"), path)
    return Database(name="sqlite", owner_url=f"sqlite:///{path}", url=f"sqlite:///{path}")


@pytest.fixture
def web(sqlite_database: Database, tmp_path: Path) -> Iterator[Web]:
    """A community that was set up, and a browser in which nobody is signed in."""
    yield from _web(sqlite_database, tmp_path)


@pytest.fixture
def web_on_both(database: Database, tmp_path: Path) -> Iterator[Web]:
    """The same, once on each engine."""
    yield from _web(database, tmp_path)


def _web(database: Database, tmp_path: Path) -> Iterator[Web]:
    community = Community(database, tmp_path / "data")
    found = Web(community)
    yield found
    found.app.extensions["timebank"].dispose()
    community.close()
