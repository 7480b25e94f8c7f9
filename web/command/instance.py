"""What the commands share: the instance they work on, its console actor, and saying things."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from sqlalchemy import make_url

from migrations import runner
from timebank import community, moving, receipts
from timebank.clock import Clock, system_clock
from timebank.errors import Conflict, RuleBroken
from timebank.models import Member
from timebank.roles import Actor
from timebank.settings import Settings, load
from timebank.unit import NOBODY, Database, Unit
from timebank.words import Words

Command = TypeVar("Command")
Result = TypeVar("Result")

words = Words()

key_option = click.option(
    "--key",
    metavar="KEY",
    help="Name this request (8 to 100 letters and digits), so that sent again it counts once.",
)


@dataclass(frozen=True)
class Instance:
    """One instance at its newest revision, and the actor that stands for its operator."""

    database: Database
    actor: Actor

    @property
    def settings(self) -> Settings:
        """The instance's settings."""
        return self.database.settings

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """A unit for reading."""
        with self.database.reading(self.actor) as unit:
            yield unit

    @contextmanager
    def acting(self) -> Iterator[Unit]:
        """A unit for changing things, which holds the books' lock."""
        with self.database.unit(self.actor) as unit:
            yield unit

    def run(
        self, function: Callable[[Unit, Command], Result], command: Command, key: str | None
    ) -> Result:
        """Carry a command out once; without a key every call is a new request."""
        with self.acting() as unit:
            return receipts.once(unit, key or uuid.uuid4().hex, function, command)


def read_settings() -> Settings:
    """The settings of the environment and of timebank.toml."""
    return load(os.environ)


@contextmanager
def open_instance(
    settings: Settings | None = None, *, clock: Clock = system_clock
) -> Iterator[Instance]:
    """The instance, refused in one line unless its database is at this version's revision."""
    settings = settings or read_settings()
    refuse_unless_current(settings)
    database = Database(settings, clock=clock)
    try:
        with database.reading(NOBODY) as unit:
            actor = community.console_actor(unit)
        yield Instance(database, actor)
    finally:
        database.dispose()


def refuse_unless_current(settings: Settings) -> None:
    """``RuleBroken``: ``database_missing``, ``database_older`` or ``database_newer``."""
    path = make_url(settings.database_url).database
    if settings.database_url.startswith("sqlite") and not os.path.exists(path or ""):
        raise RuleBroken("database_missing", path=path)  # connecting would make an empty file
    found = runner.current(settings.database_url)
    if found is None:
        raise RuleBroken("database_missing", path=path)
    if found == moving.MOVED:
        raise RuleBroken("database_moved")
    if found != runner.newest():
        code = "database_older" if found < runner.newest() else "database_newer"
        raise RuleBroken(code, revision=found)


def migrate(settings: Settings, *, instance_role: str | None = None) -> runner.Upgraded:
    """Make the tables, or bring them to what this version needs; nothing is put into them."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return runner.upgrade(
        settings.owner_url,
        instance_role=instance_role or instance_role_of(settings),
        copies=settings.data / "backups",
    )


def upgrade(settings: Settings, *, instance_role: str | None = None) -> runner.Upgraded:
    """Migrate, and make what an instance has before its set-up."""
    upgraded = migrate(settings, instance_role=instance_role)
    database = Database(settings)
    try:
        with database.unit(NOBODY) as unit:
            community.prepare(unit)
    except Conflict:
        pass  # another process that started at the same moment made it
    finally:
        database.dispose()
    return upgraded


def instance_role_of(settings: Settings) -> str | None:
    """The PostgreSQL role that serves, when it is not the one that owns the tables."""
    serving, owning = make_url(settings.database_url), make_url(settings.owner_url)
    if serving.get_backend_name() == "sqlite" or serving.username == owning.username:
        return None
    return serving.username


# --- saying things --------------------------------------------------------------------------


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], right: str = "") -> None:
    """Print a table in plain columns; ``right`` names the headings whose column is to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(headings), *cells]) for i in range(len(headings))]
    for line in [list(headings), *cells]:
        click.echo(
            "  ".join(
                cell.rjust(width) if heading in right.split(",") else cell.ljust(width)
                for heading, cell, width in zip(headings, line, widths, strict=True)
            ).rstrip()
        )


def count(number: int, one: str, many: str) -> str:
    """ "1 session", "14 sessions"."""
    return f"{number:,} {one if number == 1 else many}"


def progress(label: str) -> Callable[..., None]:
    """Says how far long work has come, in one line, on a terminal only.

    What it returns takes anything and shows the whole numbers and names among it.
    """
    if not sys.stderr.isatty():
        return lambda *_what: None

    def show(*what: object) -> None:
        done = " ".join(f"{part:,}" if isinstance(part, int) else str(part) for part in what)
        click.echo(f"\r\x1b[K{label} {done}", err=True, nl=False)

    click.get_current_context().call_on_close(lambda: click.echo("\r\x1b[K", err=True, nl=False))
    return show


def find_member(unit: Unit, text: str) -> Member:
    """A member by number, e-mail address or whole name.

    Raises ``RuleBroken``: ``no_such_member`` or ``several_members``.
    """
    from timebank import people

    wanted = text.strip().casefold()
    found: list[Member] = []
    while page := people.members(unit, search=text, limit=500, offset=len(found)):
        found += page
    exact = [m for m in found if wanted in _names(m)]
    if not exact:
        raise RuleBroken("no_such_member", given=text)
    if len(exact) > 1:
        numbers = ", ".join(str(m.number) for m in exact)
        raise RuleBroken("several_members", given=text, numbers=numbers)
    return exact[0]


def _names(member: Member) -> set[str]:
    email: Any = member.person.email or ""
    return {str(member.number), email.casefold(), member.person.name.casefold()}
