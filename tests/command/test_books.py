"""Proof and export at the terminal."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command.conftest import ROOT, Place


def test_the_sample_s_books_hold(sample_place: Place) -> None:
    said = sample_place.run("verify").output
    assert said.startswith("The books hold.\n")
    answer = json.loads(sample_place.run("verify", "--json").output)
    assert answer["ok"] is True
    assert answer["findings"] == []
    assert f"{answer['transactions']} transactions; head {answer['head']}" in said
    assert "The books hold." in sample_place.run("verify", "--against", answer["head"]).output
    assert "0 transactions; head" in sample_place.run("verify", "--from", answer["head"]).output


def test_a_changed_posting_is_named(sample_place: Place) -> None:
    with sqlite3.connect(sample_place.settings.data / "timebank.sqlite3") as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE ledger_posting SET amount = amount + 60 WHERE seq = 3")
    connection.close()
    shown = sample_place.run("verify", expect=1)
    assert "The books hold." not in shown.output
    assert "3" in shown.stderr
    answer = json.loads(sample_place.run("verify", "--json", expect=1).stdout)
    assert answer["ok"] is False
    assert all(found["message"] for found in answer["findings"])
    assert any(found["params"].get("seq") == 3 for found in answer["findings"])


def test_a_head_that_never_was(sample_place: Place) -> None:
    head = json.loads(sample_place.run("verify", "--json").output)["head"]
    seq, digest = head.split(":")
    other = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    for against in (f"{seq}:{other}", f"{int(seq) + 5}:{digest}"):
        assert "1 finding." in sample_place.run("verify", "--against", against, expect=1).stderr


def test_a_file_of_checkpoints(sample_place: Place) -> None:
    file = sample_place.data / "checkpoints.txt"
    sample_place.run("tick")
    lines = file.read_text().splitlines()
    assert len(lines) > 100
    assert "The books hold." in sample_place.run("verify", "--against-file", file).output
    assert "the books agree with the newest 30" in sample_place.run("doctor").output
    day, head = lines[-1].split()
    lines[-1] = f"{day} {head[:-1]}{'0' if head[-1] != '0' else '1'}"
    file.write_text("\n".join(lines) + "\n")
    said = sample_place.run("verify", "--against-file", file, expect=1).stderr
    assert "history was rewritten since" in said
    assert "1 finding." in said
    assert "--against-file" in sample_place.run("doctor", expect=1).output
    file.write_text("nonsense\n" + "\n".join(lines))
    said = sample_place.fail("verify", "--against-file", file)
    assert "Line 1 of checkpoints.txt is not a checkpoint." in said


@pytest.mark.parametrize(
    ("format_", "begins"), [("beancount", ";"), ("hledger", ";"), ("csv", ""), ("chain", "{")]
)
def test_exports_go_to_the_terminal_or_a_file(
    sample_place: Place, tmp_path: Path, format_: str, begins: str
) -> None:
    shown = sample_place.run("export", "--format", format_).stdout
    assert shown.startswith(begins)
    assert "Clarke" not in shown
    target = tmp_path / "books"
    sample_place.run("export", "--format", format_, "--output", target)
    assert target.read_text(encoding="utf-8") == shown


def test_an_export_into_a_folder_that_is_not_there(sample_place: Place, tmp_path: Path) -> None:
    said = sample_place.fail("export", "--format", "csv", "--output", tmp_path / "no" / "books")
    assert "No such file" in said


def test_the_script_beside_the_documentation_agrees(sample_place: Place, tmp_path: Path) -> None:
    file = tmp_path / "books.jsonl"
    sample_place.run("export", "--format", "chain", "--output", file)
    script = ROOT / "docs" / "verify_chain.py"
    command = [sys.executable, "-I", str(script), str(file)]
    noted = str(sample_place.data / "checkpoints.txt")
    held = subprocess.run([*command, noted], capture_output=True, text=True)
    assert (held.returncode, held.stderr) == (0, "")
    assert held.stdout.startswith("The books hold, and agree with ")
    file.write_text(file.read_text().replace('"kind":"credit"', '"kind":"gift"', 1))
    assert subprocess.run(command, capture_output=True).returncode == 1
