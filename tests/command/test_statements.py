"""Statements at the terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from tests.command.conftest import Place
from timebank.models import Statement
from timebank.statement_formats import FORMATS
from timebank.unit import NOBODY, Database


def newest_reference(place: Place) -> str:
    database = Database(place.settings)
    with database.reading(NOBODY) as unit:
        query = select(Statement.reference).order_by(Statement.until_on.desc(), Statement.id)
        found = unit.db.scalars(query).first()
    database.dispose()
    assert found is not None
    return found


def test_a_statement_by_its_reference_however_it_is_typed(sample_place: Place) -> None:
    reference = newest_reference(sample_place)
    printed = sample_place.run("statement", reference).output
    assert f"Statement {reference}" in printed
    assert sample_place.run("statement", reference.lower()).output == printed


def test_a_statement_by_member_and_month(sample_place: Place) -> None:
    newest = sample_place.run("statement", "Dorothy Clarke").output
    assert "member 102" in newest
    until = newest.partition(" to ")[2].splitlines()[0]
    month = _month(until)
    assert sample_place.run("statement", "102", "--period", month).output == newest
    assert "no such statement" in sample_place.fail("statement", "102", "--period", "1999-01")


def _month(day: str) -> str:
    from datetime import datetime

    return datetime.strptime(day.strip(), "%d %B %Y").strftime("%Y-%m")


def test_neither_a_statement_nor_a_member(sample_place: Place) -> None:
    assert "no statement and no member ZZZZ" in sample_place.fail("statement", "ZZZZ")


def test_statements_are_issued_once(any_place: Place, own_file: Callable[[Place], Path]) -> None:
    any_place.run("import", "attendance", own_file(any_place), "--create-members", "--yes")
    # Nobody was a member in a month that is over, so there is nothing to say about one.
    arguments = ("statements", "issue", "--period", "2026-01")
    assert any_place.run(*arguments).output == "0 statements issued.\n"


def test_a_month_that_is_not_over_is_refused(place: Place) -> None:
    assert "Error: " in place.fail("statements", "issue", "--period", "2999-01")


@pytest.mark.parametrize("period", ["2026", "2026-13", "26-01", "January", "2026-1"])
def test_what_is_no_month(place: Place, period: str) -> None:
    said = place.run("statements", "issue", "--period", period, expect=2).stderr
    assert "2026-11" in said


def test_who_would_get_one_and_nothing_is_issued(sample_place: Place) -> None:
    before = newest_reference(sample_place)
    assert sample_place.run("statements", "due").output == "0 statements would be issued.\n"
    assert "within a year" in sample_place.fail("statements", "due", "--until", "2999-12")
    soon = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
    found = sample_place.run("statements", "due", "--until", soon).output
    lines = found.splitlines()
    assert 6 <= sum(line.startswith("102 Dorothy Clarke: ") for line in lines) <= 7
    assert lines[-1] == f"{len(lines) - 1:,} statements would be issued."
    assert newest_reference(sample_place) == before


def test_statements_that_are_due_are_issued_and_mailed_to_nobody(sample_place: Place) -> None:
    before = newest_reference(sample_place)
    assert sample_place.run("tick").output == "0 statements issued, 0 messages sent, 0 not sent.\n"
    assert newest_reference(sample_place) == before


@pytest.mark.parametrize("form", FORMATS)
def test_a_statement_in_every_form(sample_place: Place, tmp_path: Path, form: str) -> None:
    reference = newest_reference(sample_place)
    file = tmp_path / "statement"
    arguments = ("statement", reference, "--format", form)
    said = sample_place.run(*arguments, "--output", file)
    assert (said.stdout, said.stderr) == ("", f"Written to {file}.\n")
    made = file.read_bytes()
    assert sample_place.run(*arguments).stdout_bytes == made
    assert (made[:5] == b"%PDF-") is (FORMATS[form].content_type == "application/pdf")


def test_plain_text_is_the_form_unless_another_is_wanted(sample_place: Place) -> None:
    reference = newest_reference(sample_place)
    text = sample_place.run("statement", reference).output
    assert sample_place.run("statement", reference, "--format", "text").output == text
    assert "pdf" in sample_place.run("statement", reference, "--format", "x", expect=2).stderr


def test_a_pdf_is_not_poured_over_a_terminal(
    sample_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = SimpleNamespace(stdout=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(import_module("web.command.statements"), "sys", terminal)
    reference = newest_reference(sample_place)
    said = sample_place.run("statement", reference, "--format", "pdf", expect=2).stderr
    assert "--output" in said
    assert reference in sample_place.run("statement", reference).output
