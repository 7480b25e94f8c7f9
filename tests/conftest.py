"""What every test may use: empty and migrated databases on both engines, and a closed door.

Nothing in a test leaves the machine: a connection to any address but this machine's own fails
the test that tried it, even where the code under test swallows the error.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import shutil
import socket
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.postgres import INSTANCE_ROLE, OWNER_ROLE, PostgresMissing, Server, running_server

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
# The only marks whose tests may be skipped where every skip is a failure (CI=true).
MAY_SKIP = {"reference_data", "drill"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
# What of TIMEBANK_... the test bed itself reads; everything else is for real instances.
OWN_SETTINGS = ("TIMEBANK_TEST_", "TIMEBANK_CHROMIUM")


def instance_settings(names: Iterable[str]) -> list[str]:
    """Return those environment variables that would configure a real instance."""
    return [n for n in names if n.startswith("TIMEBANK_") and not n.startswith(OWN_SETTINGS)]


# Somebody who runs a time bank here must not have its data touched by a test.
for _setting in instance_settings(tuple(os.environ)):
    del os.environ[_setting]


# --- applications ---------------------------------------------------------------------------

_compile_builder = Rule._compile_builder
_builders: dict[tuple[str, ...], Any] = {}


def _compile_builder_once(rule: Rule, append_unknown: bool = True) -> Any:
    """Werkzeug compiles a function for every address of every application, always the same ones:
    half of what a fresh application costs, and a run of tests makes a thousand of them."""
    name = (rule.rule, str(rule.subdomain), str(rule.host), str(rule.merge_slashes))
    key = (*name, repr(rule.defaults), str(append_unknown))
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


Rule._compile_builder = _compile_builder_once  # type: ignore[method-assign]


# --- databases ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database of one test.

    `name` is the engine ("sqlite" or "postgresql"), `owner_url` migrates, `url` is what the
    instance uses (on SQLite the same), `instance_role` is the role inside `url` or None, and
    `admin_url` is a superuser's, for tests that do what only an intruder could.
    """

    name: str
    owner_url: str
    url: str
    instance_role: str | None = None
    admin_url: str | None = None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test asks; one for each worker."""
    try:
        with running_server() as server:
            yield server
    except PostgresMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(params=ENGINES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with nothing in it, once on each engine."""
    if request.param == "sqlite":
        yield _sqlite(tmp_path / "timebank.db")
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = _fresh_name()
    server.create_database(name)
    yield _postgresql(server, name)
    server.drop_database(name)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with every migration applied, once on each engine."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("_migrated_file"), tmp_path / "timebank.db")
        yield _sqlite(tmp_path / "timebank.db")
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = _fresh_name()
    server.create_database(name, template=request.getfixturevalue("_migrated_template"))
    yield _postgresql(server, name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating anew for each test would take most of the run."""
    from migrations import runner

    path = tmp_path_factory.mktemp("migrated") / "timebank.db"
    runner.upgrade(_sqlite(path).owner_url)
    connection = sqlite3.connect(path)
    # Everything into the one file that is copied.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def _migrated_template(postgres_server: Server) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that others are made from."""
    from migrations import runner

    name = _fresh_name()
    postgres_server.create_database(name)
    migrated = _postgresql(postgres_server, name)
    runner.upgrade(migrated.owner_url, instance_role=migrated.instance_role)
    postgres_server.disconnect_all(name)
    yield name
    postgres_server.drop_database(name)


def _fresh_name() -> str:
    return f"timebank_test_{secrets.token_hex(6)}"


def _sqlite(path: Path) -> Database:
    url = f"sqlite:///{path}"
    return Database(name="sqlite", owner_url=url, url=url)


def _postgresql(server: Server, name: str) -> Database:
    return Database(
        name="postgresql",
        owner_url=server.url(name, OWNER_ROLE),
        url=server.url(name, INSTANCE_ROLE),
        instance_role=INSTANCE_ROLE,
        admin_url=server.admin_url.set(database=name).render_as_string(hide_password=False),
    )


# --- nothing leaves the machine -------------------------------------------------------------


class LeftTheMachine(Exception):
    """A test tried to reach another machine. Not an OSError: those are often handled."""


_attempts: list[str] = []


def is_local(address: Any) -> bool:
    """Say whether a socket address (a path, or host and port) is this machine's own."""
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    if host in ("", "localhost", None):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., Any], where: Callable[..., Any]) -> Callable[..., Any]:
    def guard(*arguments: Any, **named: Any) -> Any:
        address = where(*arguments)
        if not is_local(address):
            _attempts.append(str(address))
            raise LeftTheMachine(str(address))
        return real(*arguments, **named)

    return guard


@pytest.fixture(scope="session", autouse=True)
def _closed_door() -> Iterator[None]:
    """Refuse connections, datagrams and name look-ups that would leave the machine."""
    patch = pytest.MonkeyPatch()
    connect = lambda _socket, address: address  # noqa: E731
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), connect))
    patch.setattr(socket.socket, "sendto", _guarded(socket.socket.sendto, lambda *a: a[-1]))
    patch.setattr(
        socket,
        "getaddrinfo",
        _guarded(socket.getaddrinfo, lambda host, port=None, *_: (_text(host), port)),
    )
    yield
    patch.undo()


def _text(host: str | bytes | None) -> str | None:
    return host.decode() if isinstance(host, bytes) else host


@pytest.fixture(autouse=True)
def _nothing_left_the_machine() -> Iterator[None]:
    """Fail the test that tried, though the code under test may have swallowed the refusal."""
    _attempts.clear()
    yield
    assert not _attempts, f"the test tried to reach {_attempts}"


# --- a real browser -------------------------------------------------------------------------


def find_chromium() -> str | None:
    """Return the path of a Chromium: TIMEBANK_CHROMIUM, or the first one on the PATH."""
    configured = os.environ.get("TIMEBANK_CHROMIUM")
    if configured:
        return configured
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium to drive; without one the test is skipped, loudly."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: install chromium, or name one in TIMEBANK_CHROMIUM")
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], chromium_path: str
) -> dict[str, Any]:
    """How Playwright starts the browser: ours, quiet, and with no way off the machine."""
    arguments = [
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ]
    # Chromium's sandbox refuses to run as root, and root is what containers run as.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": arguments}


# --- nothing is left out unseen -------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a run in which two tests have one id: several workers would run only one of them."""
    twice = repeated([item.nodeid for item in items])
    if twice:
        raise pytest.UsageError(f"more than one test is called {', '.join(twice)}")


def repeated(names: Iterable[str]) -> list[str]:
    """Return those names that stand in the list more than once."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


# --- skips are loud -------------------------------------------------------------------------


def skips_are_failures() -> bool:
    """Say whether this run is one that must not leave anything out."""
    return os.environ.get("CI", "").lower() in ("1", "true")


def everything() -> bool:
    """Say whether this run takes every journey in every way, and not a sensible part of them."""
    return os.environ.get("TIMEBANK_TEST_ALL", "").lower() in ("1", "true")


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport, marks: set[str]) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and not marks & MAY_SKIP:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"with CI=true this must not be skipped: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """With CI=true, turn a skip into a failure unless its mark allows it."""
    report = yield
    if skips_are_failures():
        _forbid_skip(report, {mark.name for mark in item.iter_markers()})
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """The same for a whole file that skips itself while it is collected."""
    report = yield
    if skips_are_failures():
        _forbid_skip(report, {mark.name for mark in collector.iter_markers()})
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """End the run with what was not tested, and why."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        if isinstance(report.longrepr, tuple):
            reason = str(report.longrepr[2])
            reasons[reason] = reasons.get(reason, 0) + 1
    if reasons:
        terminalreporter.section("NOT TESTED ON THIS MACHINE", sep="!", bold=True, yellow=True)
        for reason, count in sorted(reasons.items()):
            terminalreporter.write_line(f"{count} x {reason}")
