"""A process of its own for tests: ticks when told to, with settings from the environment.

    python -m tests.integration.child tick|crowd NOW

It says ``ready`` when everything is loaded, waits for a line, and answers with one line of JSON.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import resource
import sys
from datetime import datetime
from typing import Any

from timebank import community, mail, scheduler, settings
from timebank.errors import Unavailable
from timebank.unit import NOBODY, Database
from web.command.errors import in_words


def tick(database: Database) -> dict[str, Any]:
    """One tick, a few statements in each unit so that two processes take turns."""
    scheduler.IN_ONE_UNIT = 4
    return dataclasses.asdict(scheduler.tick(database))


class Said(logging.Handler):
    """Keeps what goes to the log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(record.getMessage())


def crowd(database: Database) -> dict[str, Any]:
    """One tick for thousands; a mail server that keeps silent is not waited for as long.

    Also ``said``, what an operator reads of it, and ``peak_mb``, the memory it took.
    """
    mail.ANSWER_SECONDS = 1
    said = Said()
    logging.getLogger("timebank").addHandler(said)
    try:
        done = dataclasses.asdict(scheduler.tick(database))
    except Unavailable as error:
        done = {"statements": 0, "sent": 0, "failed": 0}
        said.lines.append(in_words(error))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {**done, "said": said.lines, "peak_mb": peak}


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
