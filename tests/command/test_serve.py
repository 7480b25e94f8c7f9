"""Serving, as real processes: start, first page, set-up code, signals, a port in use."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.command.conftest import Place
from timebank import community

READY = re.compile(r"^Serving on (http://127\.0\.0\.1:\d+) ")
START_SECONDS = 30


@contextmanager
def serving(place: Place, *arguments: object) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A server that listens: its process, its address, and what it said until then."""
    process = place.start("serve", "--port", 0, *arguments)
    said = ""
    assert process.stdout is not None
    try:
        while not (found := READY.match(line := process.stdout.readline())):
            assert line, (process.communicate()[1], said)
            said += line
        yield process, found[1], said
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def first_page(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=START_SECONDS) as answer:
            return answer.status, answer.url
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.url


@pytest.fixture
def _in_the_background() -> Iterator[None]:
    """As in a run that a shell started in the background: Ctrl+C is ignored, and inherited so."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_in_the_background")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_the_set_up_page_and_stops_when_told(
    empty_place: Place, how: signal.Signals
) -> None:
    with serving(empty_place) as (process, address, said):
        assert first_page(address) == (200, f"{address}/set-up")
        code = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", said)[0]
        assert community.check_setup_code(empty_place.settings, code)
        process.send_signal(how)
        out, err = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 0, err
    assert out.endswith("Stopped.\n")
    assert err == ""
    assert "The books hold." in empty_place.run("verify").output


def test_a_community_that_is_set_up_gets_no_code(sample_place: Place) -> None:
    with serving(sample_place) as (_process, address, said):
        assert said == ""
        status, url = first_page(address)
        assert (status, url.split("?")[0]) == (200, f"{address}/sign-in")


def test_the_sample_is_served(sample_place: Place) -> None:
    process = sample_place.start("demo", "--port", 0)
    assert process.stdout is not None
    assert any(READY.match(line) for line in iter(process.stdout.readline, ""))
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 0, err


def test_a_port_in_use_is_one_helpful_line(place: Place) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = place.start("serve", "--port", taken.getsockname()[1])
        out, err = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 1
    assert out == ""
    assert err.startswith("Error: Port ")
    assert err.count("\n") == 1


def test_two_starting_at_once_make_one_instance(any_place: Place) -> None:
    with serving(any_place) as (_p, one, _s), serving(any_place) as (_q, other, _t):
        assert first_page(one)[0] == first_page(other)[0] == 200
    any_place.run("verify")


def test_two_starting_at_once_on_nothing(empty_place: Place) -> None:
    processes = [empty_place.start("serve", "--port", 0) for _ in range(2)]
    try:
        for process in processes:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            assert any(READY.match(line) for line in lines)
    finally:
        for process in processes:
            process.terminate()
            process.communicate(timeout=START_SECONDS)
    assert "The books hold." in empty_place.run("verify").output


def test_the_worker_stops_when_told(place: Place) -> None:
    process = place.start("worker")
    assert process.stdout is not None
    assert process.stdout.readline() == "Working every 60 seconds.\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=START_SECONDS)
    assert (process.returncode, out, err) == (0, "Stopped.\n", "")


def test_what_is_due_is_done_at_the_start(sample_place: Place) -> None:
    """What was due while nothing ran does not wait for the first interval to pass."""
    sample_place.environ["TIMEBANK_TICK_SECONDS"] = "86400"
    path = sample_place.settings.data / "timebank.sqlite3"
    sample_place.run("member", "add", "Late Comer")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE member SET joined_on = '2026-01-01' WHERE number = 115")
    connection.close()
    with serving(sample_place):
        deadline = time.monotonic() + START_SECONDS
        issued = 0
        while issued == 0 and time.monotonic() < deadline:
            time.sleep(0.1)
            with sqlite3.connect(path) as connection:
                issued = connection.execute(
                    "SELECT count(*) FROM statement s JOIN member m ON m.id = s.member_id"
                    " WHERE m.number = 115"
                ).fetchone()[0]
            connection.close()
    assert issued > 0
