"""docs/drill.md, block by block: the primary dies under load, nothing acknowledged is lost."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.command.conftest import ROOT, Place
from tests.postgres import _account_arguments, _free_port, _reachable, find_binaries
from timebank import checkpoints

PAGE = ROOT / "docs" / "drill.md"
BLOCK = re.compile(r"^## \d+\. ([^\n]*)|```sh\n(.*?)```", re.DOTALL | re.MULTILINE)
LOAD = "python -m tests.drill.load"
# Before the primary is killed: enough to be in the middle of it.
ENOUGH = 60

pytestmark = [pytest.mark.drill, pytest.mark.postgres]


class Operator:
    """Follows the page: its own account for the servers, this one for the instance."""

    def __init__(self, folder: Path, place: Place) -> None:
        binaries = find_binaries()
        if binaries is None or not (binaries / "pg_basebackup").exists():
            pytest.skip("no PostgreSQL with pg_basebackup")
        self.account: dict[str, Any] = _account_arguments(folder)
        self.binaries = _reachable(binaries, folder, self.account)
        self.folder = folder / "drill"
        self.place = place
        self.ports = {"5541": str(_free_port()), "5542": str(_free_port())}
        self.acknowledged = place.data.parent / "acknowledged.txt"
        self.prelude = ""
        self.load: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def follow(self, block: str) -> None:
        for written, ours in self.ports.items():
            block = block.replace(written, ours)
        if block.startswith("export BIN"):
            self.prelude = re.sub(r"BIN=.*", f"BIN={shlex.quote(str(self.binaries))}", block)
            self.prelude = re.sub(
                r"DRILL=.*", f"DRILL={shlex.quote(str(self.folder))}", self.prelude
            )
        elif re.match(r"export TIMEBANK|timebank|python", block):
            for line in block.strip().splitlines():
                self.instance_side(line)
        else:
            if block.startswith("kill"):
                self.wait_for_load()
            self.shell(block)

    def shell(self, block: str) -> None:
        with tempfile.TemporaryFile("w+") as output:  # a pipe would be kept open by the servers
            outcome = subprocess.run(
                ["bash", "-euc", self.prelude + block], cwd=self.folder.parent,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, timeout=180,
                env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C"},
                **self.account,
            )  # fmt: skip
            output.seek(0)
            assert outcome.returncode == 0, f"{block}\n{output.read()}"

    def instance_side(self, line: str) -> None:
        line = line.replace("acknowledged.txt", str(self.acknowledged))
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            if name != "TIMEBANK_DATA":
                self.place.environ[name] = value
        elif words[0] == "timebank":
            self.said.append(self.place.run(*words[1:]).output)
        elif "--count" in words:
            ended = self.start_load(words)
            said, problems = ended.communicate(timeout=180)
            assert ended.returncode == 0, problems
            self.said.append(said)
        else:
            assert line.startswith(LOAD)
            self.load = self.start_load(words)

    def start_load(self, words: list[str]) -> subprocess.Popen[str]:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("TIMEBANK_")}
        return subprocess.Popen(
            [sys.executable, *words[1:]], cwd=ROOT, env={**environ, **self.place.environ},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def wait_for_load(self) -> None:
        until = time.monotonic() + 120
        while self.count() < ENOUGH:
            assert self.load is not None
            assert self.load.poll() is None, self.load.communicate()
            assert time.monotonic() < until, f"only {self.count()} credits in two minutes"
            time.sleep(0.05)

    def count(self) -> int:
        return len(checkpoints.read(self.acknowledged)) if self.acknowledged.exists() else 0

    def clear_up(self) -> None:
        if self.load is not None and self.load.poll() is None:
            self.load.kill()
            self.load.communicate()
        for server in ("primary", "standby"):
            pid_file = self.folder / server / "postmaster.pid"
            with suppress(OSError, ValueError, IndexError):
                os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    folder = Path(tempfile.mkdtemp(prefix="timebank-drill-"))
    found = None
    try:
        data = tmp_path / "instance" / "data"
        data.parent.mkdir()
        found = Operator(folder, Place(data, {"TIMEBANK_DATA": str(data)}))
        yield found
    finally:
        if found is not None:
            found.clear_up()
        shutil.rmtree(folder, ignore_errors=True)


def test_the_drill(operator: Operator) -> None:
    before = 0
    for heading, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if heading == "The standby takes over":
            assert operator.load is not None
            said, problems = operator.load.communicate(timeout=120)
            assert operator.load.returncode == 0, problems
            before = operator.count()
            assert before >= ENOUGH
            assert f"{before} credits acknowledged" in said
            assert "done" not in said, "the load did not see the primary die"
        if block:
            operator.follow(block)
    held = [said for said in operator.said if "The books hold." in said]
    assert len(held) == 4  # made, at the standby, after the failover, and after more work
    assert "40 credits acknowledged; ended by done" in "".join(operator.said)
    assert "BAD" not in "".join(operator.said)
    assert operator.count() == before + 40
    # At most one credit in doubt for each connection was there and had not been answered.
    at_standby, *heads = [
        int(match[1]) for match in re.finditer(r"head (\d+):", "".join(operator.said))
    ]
    assert at_standby == 0
    assert before <= heads[0] <= before + 4
    assert heads[1] == heads[0] + 40
    assert not operator.folder.exists()
