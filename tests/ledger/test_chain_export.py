"""docs/verify_chain.py, run as a program of its own on good and altered exports."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from ledger import Book, export
from tests.ledger.conftest import NOON, OTHER, credit, move
from tests.ledger.test_attacks import fill

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_chain.py"
Lines = list[dict[str, Any]]


@pytest.fixture
def lines(book: Book, connection: Connection) -> Lines:
    """An export with a correction, absent actors and several accounts."""
    fill(book)
    book.set_floor(OTHER, -60)
    book.post(credit("more", 15, OTHER, actor=None), posted_at=NOON + 9)
    book.post(move("below", OTHER, "hours:held", 70), posted_at=NOON + 10)
    stream = io.StringIO()
    export.chain(connection, stream)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def run(lines: Lines, folder: Path, *against: object) -> subprocess.CompletedProcess[str]:
    file = folder / "books.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    # Apart from everything: no packages, no settings, another folder.
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(file), *map(str, against)],
        cwd=folder, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_it_is_short_and_stands_alone() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    imported = {
        name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
        )
    }
    assert imported <= set(sys.stdlib_module_names)


def test_a_sound_book_holds(lines: Lines, tmp_path: Path) -> None:
    assert any(line.get("reverses_seq") for line in lines)
    outcome = run(lines, tmp_path)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert outcome.stdout.startswith("The books hold")


def test_an_empty_book_holds(book: Book, connection: Connection, tmp_path: Path) -> None:
    stream = io.StringIO()
    export.chain(connection, stream)
    assert run([json.loads(stream.getvalue())], tmp_path).returncode == 0


def test_heads_noted_earlier(lines: Lines, tmp_path: Path) -> None:
    third = f"3:{lines[3]['digest']}"
    checkpoints = tmp_path / "checkpoints.txt"
    checkpoints.write_text(f"2026-01-05 0:{'0' * 64}\n2026-01-06 {third}\n")
    outcome = run(lines, tmp_path, f"5:{lines[5]['digest']}", checkpoints)
    assert outcome.returncode == 0
    assert "3 noted positions" in outcome.stdout
    for against, said in (
        (f"3:{'ab' * 32}", "transaction 3"),
        (f"99:{'ab' * 32}", "transaction 99"),
        (f"0:{'ab' * 32}", "position 0"),
    ):
        outcome = run(lines, tmp_path, against)
        assert outcome.returncode == 1
        assert outcome.stdout.startswith(("noted " if against[:2] == "0:" else "") + said)


def _swap(lines: Lines) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def _set(index: int, name: str, value: Any) -> Callable[[Lines], None]:
    def change(lines: Lines) -> None:
        assert lines[index][name] != value
        lines[index][name] = value

    return change


def _set_posting(place: int, value: Any) -> Callable[[Lines], None]:
    def change(lines: Lines) -> None:
        assert lines[3]["postings"][0][place] != value
        lines[3]["postings"][0][place] = value

    return change


ALTERED: dict[str, tuple[Callable[[Lines], object], str]] = {
    "amount": (_set_posting(2, 12345), "transaction 3 "),
    "balance": (_set_posting(3, 12345), "transaction 3 "),
    "floor": (_set_posting(4, -12345), "transaction 3 "),
    "account_seq": (_set_posting(1, 77), "transaction 3 "),
    "account": (_set_posting(0, "member:" + "e" * 32), "transaction 3 "),
    "kind": (_set(3, "kind", "gift"), "transaction 3 "),
    "reference": (_set(3, "reference", "another"), "transaction 3 "),
    "date": (_set(3, "occurred_on", "2026-01-09"), "transaction 3 "),
    "instant": (_set(3, "posted_at", NOON - 1), "transaction 3 "),
    "actor": (_set(3, "actor", None), "transaction 3 "),
    "key": (_set(3, "key", "another"), "transaction 3 "),
    "digest": (_set(3, "digest", "ab" * 32), "transaction 3 "),
    "reverses": (_set(3, "reverses_seq", 1), "transaction 3 "),
    "replaces": (_set(3, "replaces_seq", 1), "transaction 3 "),
    "book": (_set(0, "book", "f" * 32), "transaction 1 "),
    "head": (_set(0, "head", f"9:{'ab' * 32}"), "the books say"),
    "order": (_swap, "transaction 4 "),
    "middle deleted": (lambda lines: lines.pop(3), "transaction 4 "),
    "tail cut": (lambda lines: lines.pop(), "the books say"),
    "first cut": (lambda lines: lines.pop(1), "transaction 2 "),
    "one twice": (lambda lines: lines.insert(4, lines[3]), "transaction 3 "),
    "posting left out": (lambda lines: lines[3]["postings"].pop(), "transaction 3 "),
}


@pytest.mark.parametrize("name", ALTERED)
def test_what_was_altered_is_named(lines: Lines, tmp_path: Path, name: str) -> None:
    change, said = ALTERED[name]
    change(lines)
    outcome = run(lines, tmp_path)
    assert (outcome.returncode, outcome.stderr) == (1, "")
    assert outcome.stdout.startswith(said), outcome.stdout


def test_rules_hold_even_where_all_digests_were_made_anew(lines: Lines, tmp_path: Path) -> None:
    """Whoever rewrites the whole chain still cannot break the rules of the books."""
    script: dict[str, Any] = {"__name__": "verify_chain"}
    exec(compile(SCRIPT.read_text(encoding="utf-8"), "verify_chain.py", "exec"), script)

    def rewritten(change: Callable[[Lines], object]) -> str:
        copy: Lines = json.loads(json.dumps(lines))
        change(copy)
        previous = bytes(32)
        for line in copy[1:]:
            previous = script["digest_of"](copy[0]["book"], line, previous)
            line["digest"] = previous.hex()
        copy[0]["head"] = f"{copy[-1]['seq']}:{previous.hex()}"
        return run(copy, tmp_path).stdout

    assert rewritten(lambda copy: None).startswith("The books hold")
    assert "does not go on" in rewritten(_set_posting(3, 12345))
    assert "does not balance" in rewritten(_set_posting(2, 12345))
    assert "not the one exact reversal" in rewritten(_set(3, "reverses_seq", 1))
    assert "was not reversed" in rewritten(_set(3, "replaces_seq", 1))
    assert "a second time" in rewritten(_set(3, "key", lines[1]["key"]))
    below = [line for line in lines[1:] if line["key"] == "key:below"]
    assert below, "a transaction that takes an account below nothing"

    def stricter(copy: Lines) -> None:
        for posting in copy[-1]["postings"]:
            posting[4] = 0 if posting[2] < 0 else posting[4]

    assert "below its floor" in rewritten(stricter)
