"""Histories and members of earlier systems at the terminal."""

from __future__ import annotations

import csv

import pytest

from tests.command.conftest import ROOT, Place

FESTIVAL = ROOT.parent / "shared" / "data" / "minsapay-2019" / "normalised.csv"
AS_TOLD = (
    "--map", "member=member,date=occurred_at,kind=kind,amount=amount_krw,balance=balance_after",
    "--ignore", "seq,venue,flags", "--in", "open,charge", "--out", "pay,withdraw",
    "--unit", "minutes",
)  # fmt: skip
SMALL = """member,date,kind,amount,balance
Ann,2020-01-05,in,60,60
Ann,2020-02-05,in,0,60
Ann,2020-03-05,out,90,0
"""
KINDS = ("--in", "in", "--out", "out", "--unit", "minutes")


@pytest.mark.reference_data
@pytest.mark.skipif(not FESTIVAL.exists(), reason="the festival's file is not on this machine")
def test_the_real_file(any_place: Place) -> None:
    """2,900 rows, one of which cannot follow; the amounts are a stress test and no hours."""
    refused = any_place.run("import", "history", FESTIVAL, *AS_TOLD, "--yes", expect=1)
    assert "2,900 rows read: 2,449 move hours, 451 move nothing, 0 left out." in refused.stdout
    named = [line for line in refused.stdout.splitlines() if line.startswith("Row ")]
    assert [line.partition(".")[0] for line in named] == ["Row 1576 (not accepted)"]
    assert refused.stderr.startswith("Error: 1 row to be accepted (--accept 1576)")
    assert any_place.run("member", "list").output == "0 members\n"
    done = any_place.run("import", "history", FESTIVAL, *AS_TOLD, "--accept", 1576, "--yes").stdout
    assert "2,449 rows brought over, 1 difference recorded. 400 members added." in done
    assert "2,450 transactions" in any_place.run("verify").output
    again = any_place.run("import", "history", FESTIVAL, *AS_TOLD, "--yes").output
    assert again == "Nothing to do: this file was brought over before.\n"
    assert _balances(any_place) == _stated()


def _stated() -> dict[str, int]:
    """Each member's last balance, as the file gives it."""
    with FESTIVAL.open(newline="", encoding="utf-8") as file:
        return {row["member"]: int(row["balance_after"]) for row in csv.DictReader(file)}


def _balances(place: Place) -> dict[str, int]:
    """Each member's balance in the books, by name."""
    from timebank import accounts, community, people
    from timebank.unit import NOBODY, Database

    database = Database(place.settings)
    with database.reading(NOBODY) as unit:
        console = community.console_actor(unit)
    with database.reading(console) as unit:
        names = {accounts.member(each.id): each.person.name for each in people.every_member(unit)}
        found = {names[s.name]: s.balance for s in unit.book.accounts("member:")}
    database.dispose()
    return found


def test_what_was_found_is_named_and_accepted(place: Place) -> None:
    file = place.file("old.csv", SMALL)
    refused = place.run("import", "history", file, *KINDS, "--yes", expect=1)
    assert (
        "Row 2 (not accepted). Line 4: The file says 0 minutes after this row; what came before"
        in refused.stdout
    )
    assert "Rows that move nothing: 1" in refused.stdout
    assert "--accept 2" in refused.stderr
    asked = place.run("import", "history", file, *KINDS, "--accept", 2, input="n\n", expect=1)
    assert "Row 2 (accepted)." in asked.output
    assert place.run("member", "list").output == "0 members\n"
    place.run("import", "history", file, *KINDS, "--accept", 2, input="y\n")
    assert place.run("balance", "Ann").output == "Ann has 0 minutes to use.\n"


def test_who_ends_below_zero_is_told(place: Place) -> None:
    file = place.file("old.csv", "member,date,kind,amount\nAnn,2020-01-05,out,90\n")
    said = place.run("import", "history", file, *KINDS, "--yes").output
    assert "Ann ends with 1 hour 30 minutes below zero." in said


def test_lines_that_cannot_be_used_are_told_with_their_numbers(place: Place) -> None:
    file = place.file("old.csv", SMALL + "Ben,2020-01-05,gift,90,90\nBen,x,in,90,90\n")
    said = place.fail("import", "history", file, *KINDS, "--yes").splitlines()
    assert [line.split(",")[0] for line in said] == [
        "Line 5", "Line 6", "Error: 2 lines to put right. Nothing was recorded.",
    ]  # fmt: skip


def test_wrong_usage(place: Place) -> None:
    file = place.file("old.csv", SMALL)
    assert "Unit: " in place.fail("import", "history", file, "--in", "in", "--out", "out")
    place.run("import", "history", file, *KINDS, "--map", "member", expect=2)
    place.run("import", "history", file, *KINDS, "--who", "Ann", expect=2)
    place.run("import", "history", file, *KINDS, "--format", "abacus", expect=2)


def test_members_from_a_list(any_place: Place) -> None:
    text = "Name;E-mail;Joined on\nAnn Low;ann@example.org;5/1/2020\nBen Hart;;\n"
    file = any_place.file("people.csv", "\ufeff" + text)
    command = ("import", "members", file, "--map", "email=E-mail", "--dates", "dmy", "--yes")
    assert any_place.run(*command).output.endswith("2 members added.\n")
    again = any_place.run(*command).output
    assert "2 lines read: 0 to add, 2 on file already, 0 left out.\nNothing to do.\n" in again
    file.write_text("name\nAnne Low\nCai Evans\n", encoding="utf-8")
    said = any_place.fail("import", "members", file, "--yes")
    assert "Ann Low (101)" in said
    done = any_place.run("import", "members", file, "--who", "Anne Low=101", "--yes").output
    assert done.endswith("1 member added.\n")
