"""Signed-in pages over real sockets, beside a bare Flask route that returns the same bytes.

Both are served as `timebank serve` serves (waitress, four threads), each in a process of its own,
and asked in turn by one client over connections that stay open. Ours does what it does for a member
with the sample community's history: cookie, sign-in row, roles, questions to a real SQLite
database, templates. The bare route does nothing but answer.
"""

from __future__ import annotations

import http.client
import logging
import re
import selectors
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response

from bench.measuring import Table, Work, alternate, medians, seconds
from timebank import sample
from timebank.sample_content import PASSWORD
from timebank.settings import Settings, load
from web.app import create_app
from web.command.instance import upgrade
from web.command.serve import make_server

ROOT = Path(__file__).resolve().parent.parent
MEMBER = "grace@example.org"
PAGES = {"home": "/", "statement": "", "rewards": "/rewards"}
CONNECTIONS = (1, 16)
ROUNDS_AFTER_CHANGES = 40
PAGE = Work(label="page", must=1 / 16, aim=1 / 10)
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)


def measure(table: Table, folder: Path, quick: bool) -> None:
    """Add a line for each page at one connection and at sixteen."""
    settings = load({"TIMEBANK_DATA": str(folder / "sample"), "TIMEBANK_PORT": "0"})
    upgrade(settings)
    sample.build(settings)
    with ExitStack() as stack:
        ours = stack.enter_context(_served("ours", settings.data))
        cookie = _sign_in(ours)
        pages = PAGES | {"statement": _newest_statement(ours, cookie)}
        bodies = folder / "bodies"
        bodies.mkdir()
        for name, path in pages.items():
            (bodies / name).write_bytes(_read(ours, path, cookie))
        bare = stack.enter_context(_served("bare", bodies))
        for name, path in pages.items():
            for number in CONNECTIONS:
                _compare(table, name, number, (ours, path, cookie), (bare, f"/{name}", ""), quick)
            _after_changes(table, name, (ours, path, cookie), (bare, f"/{name}", ""), settings)


def _compare(
    table: Table,
    name: str,
    number: int,
    ours: tuple[int, str, str],
    bare: tuple[int, str, str],
    quick: bool,
) -> None:
    """Ask both in turn; the bare one more often, so that a round of it lasts long enough too."""
    asked = {"ours": 16 if quick else 160, "raw": 160 if quick else 1600}
    with Client(*ours, number) as first, Client(*bare, number) as second:
        taken = alternate(
            {"ours": lambda: first.ask(asked["ours"]), "raw": lambda: second.ask(asked["raw"])},
            7,
        )
    middle = medians(taken)
    speeds = {each: asked[each] / middle[each] for each in asked}
    connections = "1 connection" if number == 1 else f"{number} connections"
    label = f"{name} page, {connections} / bare Flask"
    work = Work(label=label, must=PAGE.must, aim=PAGE.aim)
    table.ratio("sqlite", work, speeds["ours"], speeds["raw"])


def _after_changes(
    table: Table,
    name: str,
    ours: tuple[int, str, str],
    bare: tuple[int, str, str],
    settings: Settings,
) -> None:
    """Ask when somebody has committed just before each request: nothing that was kept is of use."""
    spent = {"ours": 0.0, "raw": 0.0}
    database = sqlite3.connect(settings.data / "timebank.sqlite3", isolation_level=None)
    database.execute("PRAGMA synchronous=OFF")
    with Client(*ours, 1) as first, Client(*bare, 1) as second:
        for _ in range(ROUNDS_AFTER_CHANGES):
            database.execute("UPDATE community SET id = id")
            spent["ours"] += seconds(lambda: first.ask(1))
            spent["raw"] += seconds(lambda: second.ask(1))
    database.close()
    speeds = {each: ROUNDS_AFTER_CHANGES / taken for each, taken in spent.items()}
    table.show("sqlite", f"{name} page, after a change / bare Flask", speeds["ours"], speeds["raw"])


class Client:
    """Connections that stay open, each with one request on its way until all are answered."""

    def __init__(self, port: int, path: str, cookie: str, number: int) -> None:
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"{f'Cookie: {cookie}' if cookie else 'Accept: text/html'}\r\n\r\n"
        ).encode("ascii")
        self.port, self.number = port, number
        self.waiting = selectors.DefaultSelector()

    def __enter__(self) -> Client:
        for _ in range(self.number):
            connection = socket.create_connection(("127.0.0.1", self.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.waiting.register(connection, selectors.EVENT_READ)
        return self

    def __exit__(self, *_problem: object) -> None:
        for key in list(self.waiting.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self.waiting.close()

    def ask(self, amount: int) -> None:
        """Send so many requests, and wait for the whole answer to each."""
        left = amount
        answers: dict[socket.socket, bytes] = {}
        for key in self.waiting.get_map().values():
            if left:
                left -= self._send(key.fileobj, answers)
        while answers:
            for key, _events in self.waiting.select():
                connection = key.fileobj
                answers[connection] += connection.recv(1 << 18)  # type: ignore[index, union-attr]
                if not _whole(answers[connection]):  # type: ignore[index]
                    continue
                del answers[connection]  # type: ignore[arg-type]
                if left:
                    left -= self._send(connection, answers)

    def _send(self, connection: object, answers: dict[socket.socket, bytes]) -> int:
        assert isinstance(connection, socket.socket)
        connection.sendall(self.request)
        answers[connection] = b""
        return 1


def _whole(answer: bytes) -> bool:
    """Whether an answer has come to its end; one that is no page fails loudly."""
    head, mark, body = answer.partition(b"\r\n\r\n")
    if not mark:
        return False
    assert answer.startswith(b"HTTP/1.1 200 "), head
    found = _LENGTH.search(head + b"\r\n")
    assert found is not None, head
    return len(body) >= int(found[1])


def _sign_in(port: int) -> str:
    """Sign the member in as a browser does; the cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    before = _cookie(answer)
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.read().decode())
    assert token is not None
    form = urlencode({"csrf_token": token[1], "name_or_number": MEMBER, "password": PASSWORD})
    kind = "application/x-www-form-urlencoded"
    connection.request("POST", "/sign-in", form, {"Cookie": before, "Content-Type": kind})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    return _cookie(answer)


def _cookie(answer: http.client.HTTPResponse) -> str:
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def _newest_statement(port: int, cookie: str) -> str:
    found = re.search(rb'href="(/statements/[0-9a-f]{32})"', _read(port, "/statements", cookie))
    assert found is not None
    return found[1].decode()


def _read(port: int, path: str, cookie: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 200, (path, answer.status)
    return answer.read()


# --- the two servers -----------------------------------------------------------------------------


@contextmanager
def _served(which: str, folder: Path) -> Iterator[int]:
    """A server in a process of its own; its port."""
    command = [sys.executable, "-m", "bench.web_pages", which, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def bare_app(bodies: Path) -> Flask:
    """Routes that return the bytes of the files in a folder, and nothing else."""
    app = Flask("bare")

    def answering(body: bytes) -> Callable[[], Response]:
        return lambda: Response(body, content_type="text/html; charset=utf-8")

    for file in sorted(bodies.iterdir()):
        app.add_url_rule(f"/{file.name}", file.name, answering(file.read_bytes()))
    return app


def main(which: str, folder: Path) -> None:
    """Serve until told to stop, saying the port first."""
    settings: Settings = load({"TIMEBANK_DATA": str(folder), "TIMEBANK_PORT": "0"})
    app = create_app(settings) if which == "ours" else bare_app(folder)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # as `timebank serve` does
    server = make_server(app, settings, 4)
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
