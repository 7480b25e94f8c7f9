"""Doctor: each finding is one line with what to do, and BAD ends with 1."""

from __future__ import annotations

import os
import sqlite3

import pytest

from tests.command.conftest import Place


def lines(place: Place, *, expect: int = 0) -> dict[str, tuple[str, str]]:
    """What doctor says: subject -> (grade, rest)."""
    found = {}
    for line in place.run("doctor", expect=expect).stdout.splitlines():
        grade, _, rest = line.partition("  ")
        subject, _, said = rest.partition(": ")
        found[subject] = (grade, said)
    return found


def test_a_healthy_instance(any_place: Place) -> None:
    said = lines(any_place)
    assert {grade for grade, _ in said.values()} <= {"good", "look"}
    for subject in ("Settings", "Data folder", "Database", "Guards", "Postings", "Clock", "Disk"):
        assert said[subject][0] == "good", said[subject]
    assert said["Set-up"][0] == "look"
    if any_place.settings.database_url.startswith("postgresql"):
        assert said["Role"][0] == "good"


def test_serving_as_the_owner_is_warned_about(any_place: Place) -> None:
    if not any_place.settings.database_url.startswith("postgresql"):
        assert "Role" not in lines(any_place)
        return
    any_place.environ["TIMEBANK_DATABASE_URL"] = any_place.settings.owner_url
    assert lines(any_place)["Role"][0] == "look"


def test_a_missing_guard_is_bad_and_upgrade_brings_it_back(place: Place) -> None:
    with sqlite3.connect(place.settings.data / "timebank.sqlite3") as connection:
        connection.execute("DROP TRIGGER ledger_posting_delete")
    connection.close()
    grade, said = lines(place, expect=1)["Guards"]
    assert grade == "BAD"
    assert "timebank db upgrade" in said
    assert "guards" in place.fail("serve", "--port", 0).lower()
    place.run("db", "upgrade")
    assert lines(place)["Guards"][0] == "good"


def test_an_unsealed_posting_is_found_and_removed(sample_place: Place) -> None:
    before = sample_place.run("verify").output
    with sqlite3.connect(sample_place.settings.data / "timebank.sqlite3") as connection:
        newest, seq, balance, floor = connection.execute(
            "SELECT p.account_seq, (SELECT head_seq FROM ledger_book), p.balance, p.floor"
            " FROM ledger_posting p WHERE account = 1 ORDER BY account_seq DESC LIMIT 1"
        ).fetchone()
        connection.execute(
            "INSERT INTO ledger_posting (account, account_seq, book, seq, amount, balance, floor)"
            " VALUES (1, ?, 1, ?, -60, ?, ?)",
            (newest + 1, seq + 1, balance - 60, floor),
        )
    connection.close()
    assert lines(sample_place, expect=1)["Postings"][0] == "BAD"
    sample_place.run("verify", expect=1)
    assert sample_place.run("doctor", "--remove-unsealed").output.startswith(
        "1 unsealed posting removed."
    )
    assert sample_place.run("verify").output == before
    assert "0 unsealed postings" in sample_place.run("doctor", "--remove-unsealed").output


def test_without_an_instance(empty_place: Place) -> None:
    said = lines(empty_place, expect=1)
    assert "timebank db upgrade" in said["Database"][1]
    assert said["Data folder"][0] == "BAD"
    assert not empty_place.data.exists()


def test_a_folder_that_others_can_read(place: Place) -> None:
    os.chmod(place.data, 0o755)
    grade, said = lines(place)["Data folder"]
    assert grade == "look"
    assert "chmod" in said


@pytest.mark.parametrize(
    ("setting", "value", "subject", "grade"),
    [
        ("TIMEBANK_ADDRESS", "http://time.example.org", "Address", "look"),
        ("TIMEBANK_ADDRESS", "https://time.example.org", "Address", "good"),
        ("TIMEBANK_SMTP_HOST", "mail.example.org", "Mail", "BAD"),
    ],
)
def test_settings_that_do_not_go_together(
    place: Place, setting: str, value: str, subject: str, grade: str
) -> None:
    place.environ[setting] = value
    assert lines(place, expect=1 if grade == "BAD" else 0)[subject][0] == grade


def test_mail_that_is_well_set(place: Place) -> None:
    place.environ["TIMEBANK_SMTP_HOST"] = "mail.example.org"
    place.environ["TIMEBANK_MAIL_FROM"] = "hello@example.org"
    place.environ["TIMEBANK_ADDRESS"] = "https://time.example.org"
    assert lines(place)["Mail"][0] == "good"
    place.environ["TIMEBANK_SMTP_SECURITY"] = "none"
    assert lines(place)["Mail"][0] == "look"


def test_a_clock_that_is_behind_the_books(sample_place: Place) -> None:
    with sqlite3.connect(sample_place.settings.data / "timebank.sqlite3") as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(
            "UPDATE ledger_transaction SET posted_at = posted_at + 400 * 86400000000"
        )
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()
    grade, said = lines(sample_place, expect=1)["Clock"]
    assert grade == "BAD"
    assert "clock" in said


def test_the_last_backup_is_remembered(place: Place) -> None:
    assert lines(place)["Backup"][0] == "look"
    place.run("backup", place.data.parent / "backup.zip")
    assert lines(place)["Backup"] == ("good", "the last one was made 0 days ago.")
