"""Every command: documented, with help, and with the same manners."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

import timebank
from tests.command.conftest import ROOT, Place
from timebank.settings import DEFAULTS
from web.command import main


def commands(
    group: click.Group = main, path: tuple[str, ...] = ("timebank",)
) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands())


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    documented = sections((ROOT / "docs" / "commands.md").read_text(encoding="utf-8"))
    assert set(documented) == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_is_documented_at_its_command(path: str) -> None:
    section = sections((ROOT / "docs" / "commands.md").read_text(encoding="utf-8"))[path]
    documented = set(re.findall(r"--[a-z][a-z-]*", section))
    there = {
        option
        for parameter in COMMANDS[path].params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert there <= documented


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(TIMEBANK_\w+)`", text, flags=re.MULTILINE)) == set(DEFAULTS)


@pytest.mark.parametrize("path", COMMANDS)
def test_help_works_without_an_instance(empty_place: Place, path: str) -> None:
    shown = empty_place.run(*path.split()[1:], "--help").output
    assert shown.startswith("Usage: timebank")
    assert COMMANDS[path].help
    assert not empty_place.data.exists()


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_has_help(path: str) -> None:
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def test_wrong_usage_exits_2(place: Place) -> None:
    for wrong in (
        ["nonsense"],
        ["balance"],
        ["verify", "--against", "7"],
        ["serve", "--port", "x"],
    ):
        assert "Usage:" in place.run(*wrong, expect=2).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["balance", "101"],
        ["member", "list"],
        ["member", "add", "Ada"],
        ["verify"],
        ["export", "--format", "csv"],
        ["tick"],
        ["worker"],
        ["setup"],
        ["setup", "--recover"],
        ["statements", "issue", "--period", "2026-01"],
        ["backup", "file.zip"],
    ],
)
def test_without_a_database_each_says_what_to_do_and_makes_nothing(
    empty_place: Place, arguments: list[str]
) -> None:
    assert "timebank db upgrade" in empty_place.fail(*arguments)
    assert not empty_place.data.exists()


def test_a_wrong_setting_is_one_line(place: Place) -> None:
    place.environ["TIMEBANK_PORT"] = "eighty"
    assert place.fail("member", "list") == (
        "Error: The setting TIMEBANK_PORT has a value that cannot be used.\n"
    )


def test_a_database_that_cannot_be_reached_is_one_line(place: Place) -> None:
    place.environ["TIMEBANK_DATABASE_URL"] = "postgresql+psycopg://x:secret@127.0.0.1:1/x"
    said = place.fail("member", "list")
    assert said.startswith("Error: The database cannot be used: ")
    assert said.count("\n") == 1
    assert "secret" not in said


def test_the_version_is_said(empty_place: Place) -> None:
    assert timebank.__version__ in empty_place.run("--version").output
