"""Attendance files: preview, question, problems with their lines, all or nothing, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command.conftest import ROOT, Place
from tests.conftest import skips_are_failures

REAL = ROOT.parent / "shared" / "data" / "davis-attendance" / "attendance.csv"

OwnFile = Callable[[Place], Path]


def test_an_own_file_is_imported_once(any_place: Place, own_file: OwnFile) -> None:
    file = own_file(any_place)
    said = any_place.run("import", "attendance", file, "--create-members", "--yes").stdout
    assert "1 line declined." in said
    assert "1 line given to the community pot." in said
    assert "3 new members: Ada, Ben, Cai" in said
    assert "2 sessions, 3 credits, 6 hours 40 minutes recorded. 3 members added." in said
    again = any_place.run("import", "attendance", file, "--create-members", "--yes").output
    assert again == "Nothing to do: 5 lines recorded before.\n"
    assert any_place.run("balance", "Ada").output == "Ada has 4 hours 40 minutes to use.\n"
    assert any_place.run("balance", "Ben").output == "Ben has 0 minutes to use.\n"
    assert "The books hold.\n3 transactions" in any_place.run("verify").output


def test_no_is_an_answer(place: Place, own_file: OwnFile) -> None:
    file = own_file(place)
    arguments = ("import", "attendance", file, "--create-members")
    shown = place.run(*arguments, input="n\n", expect=1)
    assert "Record this? [y/N]: n" in shown.output
    assert place.run("member", "list").output == "0 members\n"
    assert "recorded. 3 members added." in place.run(*arguments, input="y\n").output


def test_the_dates_a_file_lacks(place: Place) -> None:
    file = place.file("x.csv", "member,session\nAda,One\nAda,Two\nBen,One\n")
    said = place.run(
        "import", "attendance", file, "--minutes", 60, "--starts-on", "2026-01-05",
        "--every-days", 14, "--create-members", "--yes",
    ).output  # fmt: skip
    assert "5 January 2026   One (new)" in said
    assert "19 January 2026  Two (new)" in said
    assert "2 sessions, 3 credits, 3 hours recorded." in said


def test_problems_come_with_their_lines_and_nothing_is_recorded(place: Place) -> None:
    file = place.file(
        "bad.csv",
        "member,session,date,minutes\n"
        "Ada,One,2026-01-05,120\n"
        "Ada,One,2026-01-05,120\n"
        "Ben,One,2026-01-05,-5\n"
        "Cai,One,2026-01-05,1.5\n"
        "Dee,One,2026-01-05,0\n"
        "Eve,One,2026-01-05,1500\n"
        "Fay,One,2999-01-05,60\n"
        "Gus,One,5/1/2026,60\n",
    )
    said = place.fail("import", "attendance", file, "--create-members", "--yes").splitlines()
    assert [line.split(":")[0].split(",")[0] for line in said] == [
        "Line 3", "Line 4", "Line 5", "Line 6", "Line 7", "Line 8", "Line 9", "Error",
    ]  # fmt: skip
    assert said[-1] == "Error: 7 lines to put right. Nothing was recorded."
    assert place.run("member", "list").output == "0 members\n"


def test_members_not_on_file_are_refused_unless_told_otherwise(
    place: Place, own_file: OwnFile
) -> None:
    said = place.fail("import", "attendance", own_file(place), "--yes")
    assert said.startswith("Line 2, member: ")
    assert place.run("member", "list").output == "0 members\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("member,session,rate\nAda,One,2\n", "every hour"),
        ("member,session,shoe size\nAda,One,2\n", "shoe_size"),
        ("member,date\nAda,2026-01-05\n", "session"),
        ("", "no lines"),
        ("member,session\nAda,One\nZo\xeb,One\n".encode("latin-1"), "line 3"),
    ],
)
def test_a_file_that_cannot_be_used(place: Place, content: str | bytes, words: str) -> None:
    file = place.file("bad.csv", content)
    said = place.fail(
        "import", "attendance", file, "--minutes", 60, "--starts-on", "2026-01-05",
        "--create-members", "--yes",
    )  # fmt: skip
    assert words in said.casefold()
    assert said.count("\n") == 1


def test_what_is_missing_is_named(place: Place) -> None:
    file = place.file("x.csv", "member,session\nAda,One\n")
    assert "Minutes: " in place.fail("import", "attendance", file, "--starts-on", "2026-01-05")
    assert "Starts on: " in place.fail("import", "attendance", file, "--minutes", 60)
    place.run("import", "attendance", "nowhere.csv", expect=2)
    place.run("import", "attendance", file, "--starts-on", "5/1/2026", expect=2)


def test_more_than_twelve_hours_are_asked_about(place: Place) -> None:
    file = place.file("x.csv", "member,session,date,minutes\nAda,One,2026-01-05,800\n")
    said = place.run("import", "attendance", file, "--create-members", "--yes")
    assert "Line 2: Ada, 13 hours 20 minutes. Is this right?" in said.stderr


def test_other_figures_for_what_is_recorded_are_refused(place: Place, own_file: OwnFile) -> None:
    place.run("import", "attendance", own_file(place), "--create-members", "--yes")
    file = place.file("x.csv", "member,session,date,minutes\nAda,Meeting two,2026-01-12,200\n")
    assert place.fail("import", "attendance", file, "--yes").startswith("Line 2: ")
    assert place.run("balance", "Ada").output == "Ada has 4 hours 40 minutes to use.\n"


def test_one_session_from_a_file(place: Place) -> None:
    file = place.file("x.csv", "member;travel\nAda;30\nBen;\n")
    arguments = (
        "session", "credit", file, "--title", "Ward round", "--date", "2026-02-03",
        "--minutes", 60, "--activity", "workshop", "--create-members", "--yes",
    )  # fmt: skip
    assert "1 session, 2 credits, 2 hours 30 minutes" in place.run(*arguments).output
    assert place.run(*arguments).output == "Nothing to do: 2 lines recorded before.\n"
    file.write_text("member,session\nAda,Other\n", encoding="utf-8")
    assert "session" in place.fail(*arguments)


def test_an_activity_that_is_not_there_or_not_credited(place: Place, own_file: OwnFile) -> None:
    file = own_file(place)
    said = place.fail("import", "attendance", file, "--activity", "Disco", "--yes")
    assert "Community meeting" in said
    said = place.fail(
        "import", "attendance", file, "--activity", "Social get-together", "--create-members",
        "--yes",
    )  # fmt: skip
    assert "not" in said
    assert place.run("member", "list").output == "0 members\n"


@pytest.mark.reference_data
@pytest.mark.skipif(not REAL.exists(), reason="the Davis attendance file is not on this machine")
def test_the_real_file(any_place: Place, tmp_path: Path) -> None:
    arguments = (
        "import", "attendance", REAL, "--minutes", 120, "--starts-on", "2026-01-05",
        "--create-members", "--yes",
    )  # fmt: skip
    first = any_place.run(*arguments).output
    assert "14 sessions, 89 credits, 178 hours recorded. 18 members added." in first
    before = any_place.run("verify").output
    assert before.startswith("The books hold.\n89 transactions; head 89:")
    assert any_place.run(*arguments).output == "Nothing to do: 89 lines recorded before.\n"
    assert any_place.run("verify").output == before
    _accepted_by_auditors(any_place, tmp_path)


def _accepted_by_auditors(place: Place, folder: Path) -> None:
    """Hold the exports against both tools; without hledger that half is left out loudly, last."""
    hledger = shutil.which("hledger")
    checks = {"beancount": [str(Path(sys.executable).with_name("bean-check"))]}
    if hledger is not None:
        checks["hledger"] = [hledger, "check", "--strict", "-f"]
    for name, command in checks.items():
        file = folder / f"books.{name}"
        place.run("export", "--format", name, "--output", file)
        done = subprocess.run(
            [*command, str(file)],
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    if hledger is None:
        # A test that may be skipped for the sake of its file may not be for the sake of a tool.
        leave_out = pytest.fail if skips_are_failures() else pytest.skip
        leave_out("no hledger: apt-get install hledger")


def test_an_own_file_is_accepted_by_auditors(
    any_place: Place, own_file: OwnFile, tmp_path: Path
) -> None:
    any_place.run("import", "attendance", own_file(any_place), "--create-members", "--yes")
    _accepted_by_auditors(any_place, tmp_path)
