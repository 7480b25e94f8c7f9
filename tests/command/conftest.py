"""Instances to run commands on: in this process (quick), or as real processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Database
from timebank.settings import Settings, load
from web.command import main

ROOT = Path(__file__).parents[2]
# A shell that starts a run in the background has Ctrl+C ignored, and processes inherit that.
_START = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from web.command import main
main(prog_name="timebank")
"""
PROGRAM = [sys.executable, "-c", _START]

OWN_FILE = """member,session,date,minutes,preparation,travel,capacity,choice
Ada,Meeting one,2026-01-05,120,30,20,,
Ben,Meeting one,2026-01-05,120,,,,pot
Cai,Meeting one,2026-01-05,120,,,paid_job,
Ada,Meeting two,2026-01-12,90,,20,,
Ben,Meeting two,2026-01-12,90,,,,decline
"""


@dataclass(frozen=True)
class Place:
    """One instance, and running commands on it. ``environ`` names everything it needs."""

    data: Path
    environ: dict[str, str]

    @property
    def settings(self) -> Settings:
        """The settings its commands see."""
        return load(self.environ)

    def run(self, *arguments: object, expect: int = 0, input: str | None = None) -> Result:
        """Run a command in this process and check its exit code."""
        environ: dict[str, str | None] = dict.fromkeys(
            name for name in os.environ if name.startswith("TIMEBANK_")
        )
        result = CliRunner().invoke(
            main,
            [str(each) for each in arguments],
            input=input,
            env={**environ, **self.environ},
            prog_name="timebank",
        )
        assert result.exit_code == expect, (result.output, result.exception)
        return result

    def fail(self, *arguments: object) -> str:
        """Run a command that is refused: exit 1 and words on the error stream alone."""
        result = self.run(*arguments, expect=1)
        assert result.stderr.startswith("Error: ") or "\nError: " in result.stderr, result.stderr
        assert "Traceback" not in result.output
        return result.stderr

    def start(self, *arguments: object, **more: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        environ = {k: v for k, v in os.environ.items() if not k.startswith("TIMEBANK_")}
        return subprocess.Popen(
            [*PROGRAM, *(str(each) for each in arguments)],
            cwd=ROOT,
            env={**environ, "PYTHONUNBUFFERED": "1", **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )

    def file(self, name: str, content: str | bytes) -> Path:
        """A file beside the data folder."""
        path = self.data.parent / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


@pytest.fixture
def empty_place(tmp_path: Path) -> Place:
    """A place where nothing is yet, on the SQLite default."""
    data = tmp_path / "instance" / "data"
    data.parent.mkdir()
    return Place(data, {"TIMEBANK_DATA": str(data)})


@pytest.fixture
def place(empty_place: Place) -> Place:
    """An instance after ``timebank db upgrade``, on the SQLite default."""
    empty_place.run("db", "upgrade")
    return empty_place


@pytest.fixture
def any_place(database: Database, tmp_path: Path) -> Place:
    """An instance after ``timebank db upgrade``, once on each engine."""
    found = place_on(database, tmp_path / "instance" / "data")
    found.run("db", "upgrade")
    return found


def place_on(database: Database, data: Path) -> Place:
    """An instance whose database is the given one."""
    data.parent.mkdir(parents=True, exist_ok=True)
    return Place(
        data,
        {
            "TIMEBANK_DATA": str(data),
            "TIMEBANK_DATABASE_URL": database.url,
            "TIMEBANK_OWNER_DATABASE_URL": database.owner_url,
        },
    )


@pytest.fixture(scope="session")
def _built_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("sample") / "demo-data"
    Place(data, {"TIMEBANK_DATA": str(data)}).run("demo", "--no-serve")
    return data


@pytest.fixture
def sample_place(_built_sample: Path, tmp_path: Path) -> Place:
    """A copy of the sample community, to do anything with."""
    data = tmp_path / "demo-data"
    shutil.copytree(_built_sample, data)
    return Place(data, {"TIMEBANK_DATA": str(data)})


@pytest.fixture
def own_file() -> Callable[[Place], Path]:
    """A small attendance file: 3 people, 2 sessions, every choice and capacity."""
    return lambda place: place.file("own.csv", OWN_FILE)
