"""Credits members from several connections at once, and notes each COMMIT that was answered.

    python -m tests.drill.load FILE [--count N]

Works on the instance of the environment until its database is gone, or until N credits. After each
answered COMMIT a line ``DAY SEQ:DIGEST`` goes to FILE and to the disk: the books then stood there,
whatever happens next. ``timebank verify --against-file FILE`` compares them.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from timebank import crediting, people, sessions
from timebank.checkpoints import Checkpoint
from timebank.errors import TimebankError
from timebank.figures import Figures
from web.command.instance import Instance, open_instance

CONNECTIONS = 4


@dataclass
class Notes:
    """The file of what was acknowledged, shared by all connections."""

    path: Path
    lock: threading.Lock

    def add(self, line: Checkpoint) -> None:
        """Note one position, and do not return before it is on the disk."""
        with self.lock, self.path.open("a", encoding="ascii") as file:
            file.write(f"{line}\n")
            file.flush()
            os.fsync(file.fileno())


def credit_until_refused(instance: Instance, notes: Notes, most: int | None) -> tuple[int, str]:
    """Credit a member of one's own again and again: how many were answered, and what ended it."""
    done = 0
    try:
        with instance.acting() as unit:
            name = f"Drill {uuid.uuid4().hex[:8]}"
            member_id = people.add_member(unit, people.AddMember(name=name, email=None)).member_id
        while most is None or done < most:
            notes.add(_credit(instance, member_id))
            done += 1
    except (TimebankError, DBAPIError) as error:
        return done, type(error).__name__
    return done, "done"


def _credit(instance: Instance, member_id: str) -> Checkpoint:
    with instance.acting() as unit:
        kind = next(kind for kind in sessions.activity_types(unit) if kind.credited)
        planned = sessions.plan_session(
            unit,
            sessions.PlanSession(
                title="Drill", activity_type_id=kind.id, starts_on=unit.today, usual_minutes=60
            ),
        )
        line = crediting.AttendanceLine(member_id=member_id, figures=Figures(session_minutes=60))
        crediting.credit_session(
            unit, crediting.CreditSession(session_id=planned.session_id, revision=1, lines=(line,))
        )
        head = unit.book.head()
        # Leaving the unit commits: the caller gets this only when COMMIT was answered.
        return Checkpoint(day=unit.today, seq=head.seq, digest=head.digest.hex())


def main() -> None:
    """Run until the database is gone or everything was credited."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int)
    options = parser.parse_args()
    notes = Notes(options.file, threading.Lock())
    each = None if options.count is None else options.count // CONNECTIONS
    with open_instance() as instance, ThreadPoolExecutor(CONNECTIONS) as pool:
        ended = list(
            pool.map(lambda _n: credit_until_refused(instance, notes, each), range(CONNECTIONS))
        )
    sys.stdout.write(
        f"{sum(done for done, _why in ended)} credits acknowledged;"
        f" ended by {', '.join(sorted({why for _done, why in ended}))}\n"
    )


if __name__ == "__main__":
    main()
