"""A time bank that is really served: waitress in a thread, a clock to move, and mail that arrives.

with served(tmp_path / "data", mails) as site:
    page.goto(site.address)
    site.clock.forward(days=30)
    site.tick()
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore

from tests.cheap import Templates
from tests.mail_server import Kept, settings_for
from tests.timebank.builders import FakeClock
from timebank import community, scheduler, settings
from timebank.roles import Actor
from timebank.scheduler import Ticked
from timebank.unit import NOBODY, Database
from web.app import create_app
from web.command.instance import upgrade

START = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
_LINK = re.compile(r"https?://\S+")


@dataclass
class Site:
    """One served instance. ``clock`` is the time that the whole of it believes in."""

    settings: settings.Settings
    clock: FakeClock
    app: Flask
    mails: Kept

    @property
    def address(self) -> str:
        """Where it is, without a slash at the end."""
        return self.settings.address

    @property
    def database(self) -> Database:
        """The database, as the pages use it."""
        found: Database = self.app.extensions["timebank"]
        return found

    def setup_code(self) -> str:
        """A one-time code for the set-up page, as `timebank serve` prints it."""
        return community.new_setup_code(self.settings)

    def tick(self) -> Ticked:
        """One round of the regular work: statements that are due, and mail."""
        return scheduler.tick(self.database)

    def read(self, function: Callable[..., Any], *args: Any, by: Actor | None = None) -> Any:
        """Call a reading function; without an actor as the operator, who sees everything."""
        with self.database.reading(NOBODY) as unit:
            actor = by or community.console_actor(unit)
        with self.database.reading(actor) as unit:
            return function(unit, *args)

    def mails_to(self, email: str) -> list[str]:
        """The words of every mail to one address, in order."""
        return [
            self.mails.text(number)
            for number, (_sender, receivers) in enumerate(self.mails.envelopes)
            if receivers == [email]
        ]


def link_in(mail: str) -> str:
    """The one address in a mail."""
    found = _LINK.findall(mail)
    assert len(found) == 1, mail
    return str(found[0])


@contextmanager
def served(
    data: Path, mails: Kept, mail_port: int, *, now: datetime = START, host: str = "127.0.0.1"
) -> Iterator[Site]:
    """Serve the instance in ``data``, made new when there is none, until the block ends.

    Passkeys need a ``host`` with a name: ``localhost``.
    """
    found = settings.load(
        {
            "TIMEBANK_DATA": str(data),
            "TIMEBANK_ADDRESS": f"http://{host}:{_free_port()}",
            "TIMEBANK_MAIL_FROM": "hello@riverside.example.org",
            **settings_for(mail_port),
        }
    )
    if not (data / "timebank.sqlite3").exists():
        upgrade(found)
    clock = FakeClock(now)
    app = create_app(found, clock=clock)
    app.jinja_env.bytecode_cache = Templates()
    with _serving(app, int(found.address.rpartition(":")[2])):
        yield Site(settings=found, clock=clock, app=app, mails=mails)
    app.extensions["timebank"].dispose()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _serving(app: Flask, port: int) -> Iterator[None]:
    server = waitress.create_server(app, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        # In the loop's own thread, browsers' open connections included: then the loop ends.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(10)
        server.task_dispatcher.shutdown()
        assert not thread.is_alive()
