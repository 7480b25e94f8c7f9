"""Starts ``child`` processes on a community's database, all at the same moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from timebank.settings import Settings

ROOT = Path(__file__).parents[2]


class Child:
    """One process: loaded, waiting for the word."""

    def __init__(self, settings: Settings, *arguments: str) -> None:
        environment = {
            **os.environ,
            "TIMEBANK_DATA": str(settings.data),
            "TIMEBANK_DATABASE_URL": settings.database_url,
            "TIMEBANK_ADDRESS": settings.address,
            "TIMEBANK_SMTP_HOST": settings.smtp_host,
            "TIMEBANK_SMTP_PORT": str(settings.smtp_port),
            "TIMEBANK_SMTP_SECURITY": settings.smtp_security,
            "TIMEBANK_TEXT_URL": settings.text_url,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.child", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Block until it has loaded everything."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        """Let it act."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any] | None:
        """What it answered; None when it was killed first."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.process.wait(timeout=60)
        if not line:
            assert self.process.returncode < 0, "the process failed by itself"
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def kill(self) -> None:
        """SIGKILL: no clean-up of any kind."""
        self.process.kill()

    def close(self) -> None:
        """Make sure that nothing of it is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=60)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def children(settings: Settings, calls: Sequence[Sequence[str]]) -> Iterator[list[Child]]:
    """Processes that have all loaded and were all told to act; ended at the end."""
    started: list[Child] = []
    try:
        for arguments in calls:
            started.append(Child(settings, *arguments))
        for child in started:
            child.wait_until_ready()
        for child in started:
            child.go()
        yield started
    finally:
        for child in started:
            child.close()
