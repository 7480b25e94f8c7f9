"""Backup and restore: while people work, on both engines and across, sealed, and damaged."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select, text

from migrations import runner
from tests.command.conftest import PROGRAM, ROOT, Place, place_on
from tests.conftest import Database
from timebank import backup as backups
from timebank import sealing
from timebank.errors import RuleBroken
from timebank.unit import make_engine
from web.command.instance import open_instance

OwnFile = Callable[[Place], Path]
HEAD = re.compile(r"(\d+):[0-9a-f]{64}")


def everything(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, sorted, whatever the engine."""
    with open_instance(place.settings) as instance, instance.reading() as unit:
        tables = MetaData()
        tables.reflect(unit.connection)
        return {
            table.name: sorted(
                (
                    tuple(bytes(v).hex() if isinstance(v, bytes) else v for v in row)
                    for row in unit.connection.execute(select(table))
                ),
                key=repr,
            )
            for table in tables.sorted_tables
        }


def without_backup_events(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """The row that says that a backup was made is written after it."""
    kept = [row for row in rows["trail_event"] if "backup.made" not in row]
    return {**rows, "trail_event": kept}


def other_place(place: Place, name: str = "second") -> Place:
    """A place on the SQLite default where nothing is yet."""
    data = place.data.parent / name
    return Place(data, {"TIMEBANK_DATA": str(data)})


def test_back_up_restore_verify(any_place: Place, own_file: OwnFile) -> None:
    any_place.run("import", "attendance", own_file(any_place), "--create-members", "--yes")
    file = any_place.data.parent / "backup.zip"
    said = any_place.run("backup", file).output
    assert os.stat(file).st_mode & 0o777 == 0o600
    second = other_place(any_place)
    found = second.run("restore", file).output
    assert "3 members, 2 sessions, 5 attendances, 3 transactions, 0 statements" in found
    assert HEAD.search(found)[0] == HEAD.search(said)[0]  # type: ignore[index]
    assert everything(second) == without_backup_events(everything(any_place))
    assert second.settings.secret == any_place.settings.secret
    # And people can go on working in it.
    assert (
        "Nothing to do" in second.run("import", "attendance", own_file(any_place), "--yes").output
    )
    second.run("member", "add", "Zoe")
    assert "The books hold." in second.run("verify").output
    assert second.run("doctor").exit_code == 0


def test_a_backup_restores_into_either_engine(
    sample_place: Place, empty_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    sample_place.run("backup", file)
    second = place_on(empty_database, tmp_path / "second" / "data")
    assert "The books hold" in second.run("restore", file).output
    assert everything(second) == without_backup_events(everything(sample_place))
    # Numbers that the engine gives go on after those that came with the backup.
    second.run("member", "add", "Zoe", "--email", "zoe@example.org")
    second.run("import", "attendance", second.file(
        "x.csv", "member,session,date,minutes\nZoe,New,2026-01-05,60\n"), "--yes")  # fmt: skip
    assert "The books hold." in second.run("verify").output
    assert second.run("doctor").exit_code == 0
    third = other_place(second, "third")
    again = tmp_path / "again.zip"
    second.run("backup", again)
    assert "The books hold" in third.run("restore", again).output


WRITER = """
import sys, pathlib
from datetime import date
from timebank import attendance_import as imports
from timebank.attendance_import import ImportOptions
from web.command.instance import open_instance

name, stop = sys.argv[1], pathlib.Path(sys.argv[2])
number = 0
with open_instance() as instance:
    while not stop.exists():
        number += 1
        data = "member,session\\n" + "".join(f"{name}{i},{name} {number}\\n" for i in range(5))
        options = ImportOptions(minutes=60, starts_on=date(2026, 1, 5), create_members=True)
        with instance.acting() as unit:
            plan = imports.plan_import(unit, data.encode(), options)
            imports.apply_import(unit, plan)
        print(number, flush=True)
"""


@contextmanager
def four_writers(place: Place) -> Iterator[None]:
    """Four processes that credit sessions of five as fast as they can."""
    stop = place.data.parent / "stop"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("TIMEBANK_")}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name, str(stop)],
            cwd=ROOT,
            env={**environ, **place.environ},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("Ann", "Ben", "Cai", "Dee")
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "1\n"
        yield
    finally:
        stop.touch()
        for writer in writers:
            writer.communicate(timeout=60)
            assert writer.returncode == 0


def test_a_backup_while_four_people_write_is_of_one_moment(any_place: Place) -> None:
    files = [any_place.data.parent / f"backup{i}.zip" for i in range(2)]
    with four_writers(any_place):
        for file in files:
            any_place.run("backup", file)
            time.sleep(0.2)
    heads = []
    for file in files:
        second = other_place(any_place, f"from-{file.stem}")
        found = second.run("restore", file).output
        assert "The books hold, up to" in found
        heads.append(int(HEAD.search(found)[1]))  # type: ignore[index]
        # Five credits a session, all or nothing.
        assert heads[-1] % 5 == 0
        assert heads[-1] > 0
    assert heads == sorted(set(heads)), "people went on working between the backups"
    assert "The books hold." in any_place.run("verify").output


def test_long_work_shows_how_far_it_is_on_a_terminal_alone(sample_place: Place) -> None:
    terminal, end = os.openpty()
    file = sample_place.data.parent / "backup.zip"
    process = subprocess.Popen(
        [*PROGRAM, "backup", str(file)],
        cwd=ROOT,
        env={**os.environ, **sample_place.environ},
        stdout=subprocess.PIPE,
        stderr=end,
    )
    said, _ = process.communicate(timeout=60)
    os.close(end)
    shown = os.read(terminal, 100_000)
    os.close(terminal)
    assert b"Backing up ledger_posting" in shown
    assert b"Backing up" not in said
    assert sample_place.run("backup", file.with_suffix(".second")).stderr == ""


# --- sealed ---------------------------------------------------------------------------------


def test_a_sealed_backup_opens_with_its_passphrase_alone(place: Place) -> None:
    place.run("member", "add", "Dorothy Clarke")
    file = place.data.parent / "backup.sealed"
    right = place.file("right", "correct horse battery\n")
    wrong = place.file("wrong", "correct horse batteries\n")
    assert "sealed" in place.run("backup", file, "--passphrase-file", right).output
    assert b"Dorothy" not in file.read_bytes()
    second = other_place(place)
    assert "--passphrase-file" in second.fail("restore", file)
    assert "not the passphrase" in second.fail("restore", file, "--passphrase-file", wrong)
    assert not second.data.exists()
    found = second.run("restore", file, "--passphrase-file", right).output
    assert "1 member," in found
    assert list(place.data.parent.glob(".backup-*")) == []


def test_an_empty_passphrase_is_no_passphrase(place: Place) -> None:
    empty = place.file("empty", "\n")
    assert "no passphrase" in place.fail("backup", "x.zip", "--passphrase-file", empty)
    binary = place.file("binary", b"\xff\xfe\n")
    assert "no passphrase" in place.fail("backup", "x.zip", "--passphrase-file", binary)


@pytest.mark.parametrize("size", [0, 1, sealing.CHUNK, sealing.CHUNK + 1, 3 * sealing.CHUNK])
def test_what_is_sealed_is_unsealed_the_same(size: int) -> None:
    content = os.urandom(size)
    assert unsealed(sealed(content)) == content


def sealed(content: bytes, passphrase: str = "open sesame") -> bytes:
    target = io.BytesIO()
    sealing.seal(io.BytesIO(content), target, passphrase)
    return target.getvalue()


def unsealed(content: bytes, passphrase: str = "open sesame") -> bytes:
    target = io.BytesIO()
    sealing.unseal(io.BytesIO(content), target, passphrase)
    return target.getvalue()


def test_whatever_is_done_to_a_sealed_file_is_found_out() -> None:
    content = os.urandom(2 * sealing.CHUNK + 10)
    whole = sealed(content)
    head = len(sealing.HEADER) + 32
    chunk = 4 + sealing.CHUNK + 16
    first, second, rest = whole[head : head + chunk], whole[head + chunk :][:chunk], whole[-30:]
    assert len(whole) == head + 2 * chunk + len(rest)
    damaged = [
        whole[:-1],
        whole[: head + chunk],
        whole[: head + 2 * chunk],
        whole[:head] + second + first + rest,
        whole[:head] + first + rest,
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        whole[:head] + b"\xff" * 4 + whole[head + 4 :],
        whole + rest,
    ]
    for each in damaged:
        with pytest.raises(RuleBroken, match="backup_damaged"):
            unsealed(each)
    with pytest.raises(RuleBroken, match="backup_passphrase_wrong"):
        unsealed(whole, "open barley")
    with pytest.raises(RuleBroken, match="backup_"):
        unsealed(whole[: head - 20])


# --- refused --------------------------------------------------------------------------------


def test_nothing_is_overwritten(place: Place) -> None:
    file = place.file("backup.zip", "precious")
    assert "is there already" in place.fail("backup", file)
    assert file.read_text() == "precious"
    assert "No such file" in place.fail("backup", place.data.parent / "no" / "backup.zip")


def test_a_folder_that_is_not_empty(place: Place) -> None:
    file = place.data.parent / "backup.zip"
    place.run("backup", file)
    before = everything(place)
    assert "is not empty" in place.fail("restore", file)
    assert everything(place) == before


def test_a_database_that_is_not_empty(any_place: Place, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    any_place.run("backup", file)
    data = tmp_path / "elsewhere"
    elsewhere = Place(data, {**any_place.environ, "TIMEBANK_DATA": str(data)})
    assert "not empty" in elsewhere.fail("restore", file)
    assert not data.exists()
    assert "The books hold." in any_place.run("verify").output


def test_settings_may_be_waiting_in_the_folder(place: Place) -> None:
    file = place.data.parent / "backup.zip"
    place.run("backup", file)
    second = other_place(place)
    second.data.mkdir()
    (second.data / "timebank.toml").write_text('time_zone = "Europe/Paris"\n')
    assert "The books hold" in second.run("restore", file).output


def rewritten(file: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of a backup in which ``change(name, content)`` was done to each part."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, change(name, source.read(name)))
    return target


def manifest_with(**changes: object) -> Callable[[str, bytes], bytes]:
    def change(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), **changes}).encode()

    return change


def test_files_that_are_no_good(place: Place, own_file: OwnFile, tmp_path: Path) -> None:
    place.run("import", "attendance", own_file(place), "--create-members", "--yes")
    file = tmp_path / "backup.zip"
    place.run("backup", file)
    content = file.read_bytes()
    half = tmp_path / "half.zip"
    half.write_bytes(content[: len(content) // 2])
    flipped = tmp_path / "flipped.zip"
    at = content.index(b"tables/person.jsonl") + 60
    flipped.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
    renamed = rewritten(
        file, tmp_path / "renamed.zip", lambda _name, part: part.replace(b"Ada", b"Eve")
    )
    cases = {
        place.file("text.zip", "hello"): "is not a backup",
        half: "is not a backup",
        flipped: "damaged",
        renamed: "damaged",
        rewritten(file, tmp_path / "new.zip", manifest_with(format=2)): "later version",
        rewritten(file, tmp_path / "rev.zip", manifest_with(revision="9999")): "later version",
    }
    for bad, words in cases.items():
        second = other_place(place, f"from-{bad.stem}")
        assert words in second.fail("restore", bad)
        assert not list(second.data.glob("*"))
    # The same folder is still good for the right file.
    assert "The books hold" in second.run("restore", file).output


def test_books_that_do_not_hold_are_not_restored(
    place: Place, own_file: OwnFile, tmp_path: Path
) -> None:
    place.run("import", "attendance", own_file(place), "--create-members", "--yes")
    with sqlite3.connect(place.settings.data / "timebank.sqlite3") as connection:
        connection.execute("DROP TRIGGER ledger_transaction_update")
        connection.execute("UPDATE ledger_transaction SET actor = NULL WHERE seq = 2")
    connection.close()
    file = tmp_path / "backup.zip"
    place.run("backup", file)
    second = other_place(place)
    assert "do not hold" in second.fail("restore", file)
    assert not list(second.data.glob("*"))


def test_a_backup_of_an_earlier_revision_goes_through_the_later_migrations(
    place: Place, own_file: OwnFile, empty_database: Database, tmp_path: Path
) -> None:
    """The first revision had only the ledger's tables: the books come back all the same."""
    place.run("import", "attendance", own_file(place), "--create-members", "--yes")
    file = tmp_path / "backup.zip"
    place.run("backup", file)
    with zipfile.ZipFile(file) as archive:
        sha256 = json.loads(archive.read("manifest.json"))["sha256"]
    ledger_alone = {name: found for name, found in sha256.items() if name.startswith("ledger_")}
    old = rewritten(file, tmp_path / "old.zip", manifest_with(revision="0001", sha256=ledger_alone))
    second = place_on(empty_database, tmp_path / "second" / "data")
    backups.restore(
        second.settings,
        backups.open_backup(old, tmp_path),
        lambda *, revision, load: runner.upgrade(
            empty_database.owner_url,
            instance_role=empty_database.instance_role,
            load=load,
            load_at=revision,
        ),
    )
    assert runner.current(empty_database.url) == runner.newest()
    engine = make_engine(empty_database.url)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM ledger_posting"))
        assert runner.guard_problems(connection) == []
    engine.dispose()
    assert found == 6
