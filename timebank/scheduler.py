"""One tick: keep the checkpoints, issue the statements that are due, send what the outbox holds.

What is due is computed from the database, so a crash or months switched off neither miss nor
repeat anything, and any number of processes may tick at once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from timebank import (
    checkpoints,
    coming,
    community,
    delivery,
    erasure_list,
    imports,
    retention,
    reward_waiting,
    statements,
)
from timebank.errors import BooksBusy, Unavailable
from timebank.roles import Actor
from timebank.unit import NOBODY, Database

log = logging.getLogger(__name__)

# Statements issued in one unit: others get the books after a fraction of a second.
IN_ONE_UNIT = 200


@dataclass(frozen=True, kw_only=True)
class Ticked:
    """What one tick did: statements issued, messages sent, tries that failed."""

    statements: int
    sent: int
    failed: int


def tick(database: Database) -> Ticked:
    """Do everything that is due now; before the set-up there is nothing.

    What the database refuses waits for the next tick, and the rest is done. Raises ``Unavailable``
    when statements wait for more than busy books: somebody must see to that.
    """
    with database.reading(NOBODY) as unit:
        if not community.is_set_up(unit):
            return Ticked(statements=0, sent=0, failed=0)
        console = community.console_actor(unit)
    try:
        checkpoints.keep(database, console)
    except (OSError, Unavailable) as error:
        log.warning("the checkpoint waits for the next tick: %s", error)
    try:
        erasure_list.keep(database, console)
    except (OSError, Unavailable) as error:
        log.warning("the list of erased people waits for the next tick: %s", error)
    try:
        imports.forget_what_is_old(database)
    except Unavailable as error:
        log.warning("files to import that are too old wait for the next tick: %s", error)
    try:
        retention.clean(database, console)
    except Unavailable as error:
        log.warning("what was kept long enough waits for the next tick: %s", error)
    try:
        coming.forget_what_helped(database)
    except Unavailable as error:
        log.warning("what is not needed any more is forgotten at the next tick: %s", error)
    issued, refused = 0, None
    try:
        issued = issue_due(database, console)
    except Unavailable as error:
        refused = error
        log.warning("statements wait for the next tick: %s", error)
    try:
        reward_waiting.move_on(database, console)
    except Unavailable:
        log.warning("the books cannot be written; places that are free wait for the next tick")
    sent = delivery.send_due(database)
    if refused is not None and not isinstance(refused, BooksBusy):
        raise refused
    return Ticked(statements=issued, sent=sent.count, failed=sent.failed)


def issue_due(database: Database, actor: Actor) -> int:
    """Issue every statement that is due, some at a time; returns how many."""
    with database.reading(actor) as unit:
        if not statements.anything_due(unit):
            return 0
    count = 0
    while True:
        with database.unit(actor) as unit:
            issued = statements.issue(unit, statements.last_ended(unit), most=IN_ONE_UNIT)
        if not issued.count:
            return count
        count += issued.count
