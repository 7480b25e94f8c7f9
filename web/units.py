"""Units of work for views: who acts, and one locked unit around one command.

``run`` answers only after the unit has closed, so that nothing is said to be done that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import current_app, g
from flask_login import current_user

from timebank import receipts
from timebank.clock import local_day
from timebank.errors import OutcomeUnknown
from timebank.roles import Actor
from timebank.unit import NOBODY, Database, Unit

Command = TypeVar("Command")
Result = TypeVar("Result")
Value = TypeVar("Value")


def database() -> Database:
    """This instance's database."""
    found: Database = current_app.extensions["timebank"]
    return found


def current_actor() -> Actor:
    """Whoever is signed in (on the API: whose token it is), or ``NOBODY``."""
    actor: Actor | None = getattr(current_user, "actor", None)
    return actor or NOBODY


@contextmanager
def acting() -> Iterator[Unit]:
    """A locked unit of whoever is signed in."""
    try:
        with database().unit(current_actor()) as unit:
            yield unit
    except OutcomeUnknown as error:
        g.outcome_unknown = error
        raise


@contextmanager
def reading() -> Iterator[Unit]:
    """A unit for reading, of whoever is signed in."""
    with database().reading(current_actor()) as unit:
        yield unit


def kept(name: Hashable, read: Callable[[Unit], Value]) -> Value:
    """What a reading gives to whoever is signed in, read anew after any change, and each day.

    ``name`` holds all else that it depends on. Its value is only looked at: others get it too, in
    other requests of the same person.
    """
    actor = current_actor()
    today = local_day(database().clock(), database().settings.zone)

    def now() -> Value:
        with reading() as unit:
            return read(unit)

    return database().unchanged.get((name, actor, today), now)


@contextmanager
def doorstep() -> Iterator[Unit]:
    """A unit without the book's lock, for sign-in rows and throttling."""
    with database().doorstep(current_actor()) as unit:
        yield unit


def run(function: Callable[[Unit, Command], Result], command: Command, key: str) -> Result:
    """Carry a command out once, in a unit of its own; its result, or that of the first time."""
    with acting() as unit:
        return receipts.once(unit, key, function, command)
