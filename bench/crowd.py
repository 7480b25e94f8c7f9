"""Four processes that post at once, each with a connection of its own.

As a program (`python crowd.py ours|raw URL FIRST`) it is one of them: it reads how many to post
from its input, line by line, and answers each line when they are committed.
"""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType
from typing import Any

from sqlalchemy import create_engine

from bench.contenders import Ours, RawPostgresql
from tests.postgres import INSTANCE_ROLE, OWNER_ROLE, Server

SIZE = 4
# Far enough from what one connection has posted, so that keys never meet.
APART = 1_000_000_000


class Crowd:
    """Four processes on the database of `contender`."""

    def __init__(self, server: Server, kind: str, contender: Any) -> None:
        role = INSTANCE_ROLE if kind == "ours" else OWNER_ROLE
        url = server.url(f"bench_{kind}", role)
        self._workers = [
            subprocess.Popen(
                [sys.executable, __file__, kind, url, str((number + 1) * APART)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
            )
            for number in range(SIZE)
        ]
        self.post(1)

    def post(self, commits: int) -> None:
        """Let each of them post and commit so many, all at once."""
        for worker in self._workers:
            assert worker.stdin
            worker.stdin.write(f"{commits}\n")
        for worker in self._workers:
            assert worker.stdout
            if worker.stdout.readline() != "done\n":
                raise RuntimeError("a process that was posting ended")

    def __enter__(self) -> Crowd:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.communicate()


def main(kind: str, url: str, first: int) -> None:
    """Be one of them."""
    contender: Any
    if kind == "ours":
        contender = Ours(create_engine(url), first)
    else:
        contender = RawPostgresql(create_engine(url), first)
    for line in sys.stdin:
        for _ in range(int(line)):
            contender.post(1)
        print("done", flush=True)
    contender.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
