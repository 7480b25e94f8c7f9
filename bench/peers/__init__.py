"""Other people's ledgers, each in a virtual environment of its own and never in our locks."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from types import TracebackType

from sqlalchemy import make_url

from tests.postgres import OWNER_ROLE, Server

HERE = Path(__file__).resolve().parent
PLACE = Path(os.environ.get("TIMEBANK_BENCH_PEERS", HERE / ".venv"))


class Peer:
    """django-hordak in a process of its own, on a database of its own."""

    def __init__(self, server: Server) -> None:
        server.create_database("bench_hordak")
        url = make_url(server.url("bench_hordak", OWNER_ROLE))
        environment = {
            **os.environ,
            "PGUSER": url.username or "",
            "PGPASSWORD": url.password or "",
            "PGHOST": url.host or "",
            "PGPORT": str(url.port),
            "PGDATABASE": "bench_hordak",
        }
        self._server = server
        self._process = subprocess.Popen(
            [str(_python()), str(HERE / "hordak_posts.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            env=environment,
        )
        self._ask("ready")

    def post(self, commits: int) -> None:
        """Post and commit so many transfers, one by one."""
        self._ask(f"post {commits}")

    def fill(self, size: int) -> None:
        """Bring the account to `size` legs, in bulk."""
        self._ask(f"fill {size}")

    def page(self) -> None:
        """Read the newest fifty legs of the account with their running balances."""
        self._ask("page")

    def _ask(self, line: str) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n")
        if self._process.stdout.readline() != "done\n":
            raise RuntimeError("the peer ended; its own words stand above")

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()
        self._server.drop_database("bench_hordak")


def _python() -> Path:
    python = PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")
    stamp = PLACE / "installed"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print("Installing django-hordak beside us (once) ...", flush=True)
        venv.create(PLACE, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(HERE / "requirements.txt")], check=True, stdout=sys.stderr)
        stamp.write_text(wanted, encoding="utf-8")
    return python
