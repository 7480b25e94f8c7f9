"""docs/walkthrough.md, done word for word: its steps in a browser, its commands in a shell."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "walkthrough.md"
PROGRAM = f'#!/bin/sh\nexec {sys.executable} -c "from web.command import main; main()" "$@"\n'
HERE = "http://127.0.0.1:8000"
PART = re.compile(
    r"^```console\n(?P<console>.*?)^```"
    r"|^```csv (?P<file>\S+)\n(?P<content>.*?)^```"
    r"|^1\. (?P<step>.*?)$",
    re.DOTALL | re.MULTILINE,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(os.name == "nt", reason="the page's commands are for a Unix shell"),
]


class Walk:
    """A newcomer in an empty folder, with a browser and two terminals."""

    def __init__(self, folder: Path, page: Page) -> None:
        self.folder = folder
        self.page = page
        self.server: subprocess.Popen[str] | None = None
        self.code = ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.here = HERE.replace("8000", self.port)
        program = folder / ".venv/bin/timebank"
        program.parent.mkdir(parents=True)
        program.write_text(PROGRAM)
        program.chmod(0o755)
        self.environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}

    # --- the terminals --------------------------------------------------------------------------

    def console(self, block: str) -> None:
        """Type the commands of a block; compare what they say with what the page promises."""
        for command, promised in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            said = self._serve() if command == "make run" else self._type(command)
            assert alike(promised, said.replace(self.here, HERE)), f"$ {command}\n{said}"

    def _serve(self) -> str:
        """What `make run` comes down to, on a port that is free here."""
        self.server = subprocess.Popen(
            [str(self.folder / ".venv/bin/timebank"), "serve", "--port", self.port],
            cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.server.stdout is not None
        said = "".join(self.server.stdout.readline() for _ in range(3))
        self.code = re.findall("this code: (.*)", said)[0]
        return said

    def _type(self, command: str) -> str:
        done = subprocess.run(
            command, shell=True, cwd=self.folder, env=self.environ, capture_output=True, text=True
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        return done.stdout

    # --- the browser ----------------------------------------------------------------------------

    def step(self, words: str) -> None:
        """Do one numbered step of the page."""
        for pattern, do in STEPS.items():
            if found := re.fullmatch(pattern, words):
                do(self, *found.groups())
                return
        raise AssertionError(f"nobody could follow this: {words}")

    def open(self, address: str) -> None:
        """Open an address of the page."""
        self.page.goto(address.replace(HERE, self.here))

    def type_code(self, label: str) -> None:
        """Type the code that the first terminal printed."""
        self.page.get_by_label(label, exact=True).fill(self.code)

    def type(self, values: str, label: str) -> None:
        """Fill a box, or the boxes that belong together under one title, in their order."""
        texts = re.findall("`(.*?)`", values)
        group = self.page.get_by_role("group", name=label, exact=True)
        boxes = group.get_by_role("textbox") if group.count() else self.page.get_by_label(
            label, exact=True
        )  # fmt: skip
        for box, value in zip(boxes.all(), texts, strict=False):
            box.fill(value)

    def choose(self, option: str, label: str) -> None:
        """Choose from a list."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, label: str) -> None:
        """Tick a box or a circle."""
        self.page.get_by_label(label).first.check()

    def press(self, name: str) -> None:
        """Press a button."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the first link that begins so."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=re.compile("^" + re.escape(name))).first.click()

    def read(self, words: str) -> None:
        """Find these words on the page."""
        assert words in " ".join(self.page.locator("main").inner_text().split())


STEPS: dict[str, Callable[..., None]] = {
    r"Open `(.*)`": Walk.open,
    r"Type the code from the terminal into \*\*(.*)\*\*": Walk.type_code,
    r"Type (`.*`) into \*\*(.*)\*\*": Walk.type,
    r"Choose \*\*(.*)\*\* at \*\*(.*)\*\*": Walk.choose,
    r"Tick \*\*(.*)\*\*": Walk.tick,
    r"Press \*\*(.*)\*\*": Walk.press,
    r"Follow \*\*(.*)\*\*": Walk.follow,
    r"Read “(.*)”": Walk.read,
}


def alike(promised: str, said: str) -> bool:
    """Whether the words are the promised ones; "..." stands for any on one line."""
    pattern = re.escape(promised.strip()).replace(re.escape("..."), ".+")
    return re.fullmatch(pattern, said.strip()) is not None


def test_words_that_differ_are_noticed() -> None:
    assert alike("head ...\nThe end.", "head 12:ab\nThe end.\n")
    assert not alike("head ...\nThe end.", "head 12:ab\nThe beginning.\n")
    assert not alike("The end.", "The end.\nAnd more.")


def test_a_newcomer_can_follow_the_walkthrough(page: Page, tmp_path: Path) -> None:
    walk = Walk(tmp_path, page)
    done = 0
    try:
        for part in PART.finditer(PAGE.read_text(encoding="utf-8")):
            if part["console"]:
                walk.console(part["console"])
            elif part["file"]:
                (tmp_path / part["file"]).write_text(part["content"])
            else:
                walk.step(part["step"])
            done += 1
    finally:
        if walk.server is not None:
            walk.server.terminate()
            walk.server.communicate(timeout=20)
    assert done > 60
