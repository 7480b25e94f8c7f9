"""A process of its own for tests: ticks when told to, with settings from the environment.

    python -m tests.integration.child tick|crowd NOW

It says ``ready`` when everything is loaded, waits for a line, and answers with one line of JSON.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from datetime import datetime
from typing import Any

from timebank import community, mail, scheduler, settings
from timebank.unit import NOBODY, Database


def tick(database: Database) -> dict[str, Any]:
    """One tick, a few statements in each unit so that two processes take turns."""
    scheduler.IN_ONE_UNIT = 4
    return dataclasses.asdict(scheduler.tick(database))


def crowd(database: Database) -> dict[str, Any]:
    """One tick for thousands; a mail server that keeps silent is not waited for as long."""
    mail.ANSWER_SECONDS = 1
    return dataclasses.asdict(scheduler.tick(database))


WORK = {"tick": tick, "crowd": crowd}


def main(verb: str, now: str) -> None:
    """Get everything ready, wait for the word, act, answer."""
    instant = datetime.fromisoformat(now)
    database = Database(settings.load(os.environ), clock=lambda: instant)
    with database.reading(NOBODY) as unit:
        community.is_set_up(unit)
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(WORK[verb](database)), flush=True)
    database.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
