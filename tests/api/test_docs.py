"""The examples of docs/api.md, run in order against the small community, answers compared."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.api.conftest import Bench, Door

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
PART = re.compile(
    r"```sh\n(?P<curl>.*?)```|```json\n(?P<answer>.*?)```"
    r"|Keep `(?P<where>[\w.]+)` from the answer as `\$(?P<name>\w+)`",
    re.DOTALL,
)


def run_curl(command: str, names: dict[str, str], door: Door) -> Any:
    """Do what the curl command says through the test client; the answer's JSON."""
    for name, value in names.items():
        command = command.replace(f"${name}", value)
    program, *words = shlex.split(command.replace("\\\n", " "))
    assert program == "curl"
    headers, body, address, method = {}, None, "", ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "--json":
            body = json.loads(words.pop(0))
        elif word == "-X":
            method = words.pop(0)
        elif word != "-s":
            address = word
    assert "$" not in command, f"a name that was never kept: {command}"
    parts = urlsplit(address)
    assert (parts.netloc, parts.path[:8]) == ("127.0.0.1:8000", "/api/v1/")
    return door.client.open(
        parts.path,
        method=method or ("GET" if body is None else "POST"),
        query_string=parts.query,
        headers=headers,
        json=body,
    ).json


def differences(expected: Any, found: Any, place: str = "answer") -> list[str]:
    """What the page promises that is not there; "..." stands for any text, lists by their start."""
    if expected == "...":
        return [] if isinstance(found, str) and found else [f"{place}: {found!r}"]
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for name, value in expected.items()
            for line in differences(value, found.get(name, "MISSING"), f"{place}.{name}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) <= len(found):
        return [
            line
            for index, value in enumerate(expected)
            for line in differences(value, found[index], f"{place}.{index}")
        ]
    return [] if expected == found else [f"{place}: {expected!r} promised, {found!r} found"]


def test_the_examples_on_the_page_do_what_it_says(bench_on_both: Bench) -> None:
    bench = bench_on_both
    names = {"TOKEN": bench.cora.token}
    answer: Any = None
    compared = 0
    for part in PART.finditer(PAGE.read_text(encoding="utf-8")):
        if part["curl"]:
            answer = run_curl(part["curl"], names, bench.cora)
        elif part["answer"]:
            assert differences(json.loads(part["answer"]), answer) == []
            compared += 1
        else:
            value = answer
            for step in part["where"].split("."):
                value = value[int(step)] if step.isdecimal() else value[step]
            names[part["name"]] = value
    assert compared >= 10


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({"a": "..."}, {"a": ""}),
        ([{"a": 1}], []),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a": None}, {}),
    ],
)
def test_a_page_that_promises_too_much_is_found_out(expected: Any, found: Any) -> None:
    assert differences(expected, found)


def test_every_code_on_the_page_exists() -> None:
    from timebank.words import ERRORS

    own = {"input_wrong", "key_missing"}
    table = PAGE.read_text(encoding="utf-8").split("| status | means |")[1].split("\n## ")[0]
    codes = {code for code in re.findall(r"`(\w+)`", table) if "_" in code}
    assert len(codes) >= 8
    assert codes <= own | set(ERRORS)
