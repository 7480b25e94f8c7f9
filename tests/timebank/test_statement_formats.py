"""Every form of a statement: the same figures and words, the same bytes, nothing else in it."""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings

from tests.timebank.statement_forms import check_every_form, made
from tests.timebank.statement_samples import READER, content, contents
from timebank import statement_easy_read
from timebank.statement_content import GIVEN, OTHER, USED, receipt_of
from timebank.statement_csv import as_csv
from timebank.statement_formats import FORMATS
from timebank.statement_said import Reader, said
from timebank.statement_script import script, spelt
from timebank.statement_text import LINES
from timebank.words import Words

EN = Words("en")


@pytest.mark.parametrize("code", FORMATS)
def test_the_same_content_gives_the_same_bytes(code: str) -> None:
    stored = json.dumps(content(7, held_minutes=90))
    first = FORMATS[code].make(json.loads(stored), READER, money_values=True)
    assert FORMATS[code].make(json.loads(stored), READER, money_values=True) == first
    assert FORMATS[code].make(content(6), READER) != first


@settings(max_examples=12, deadline=None)
@given(of=contents())
def test_sentence_and_figures_are_the_same_in_every_form(of: dict[str, Any]) -> None:
    """Whatever happened: the summary, the opening, every change and balance, the closing."""
    check_every_form(of)


@pytest.mark.parametrize("code", FORMATS)
def test_money_values_are_apart_and_only_when_asked_for(code: str) -> None:
    plain, with_money = made(code, content()), made(code, content(), money_values=True)
    sums = ("£20.50", "20.50 pounds")
    assert not any(each in plain for each in sums)
    assert any(each in with_money for each in sums)
    assert receipt_of(content())[:4] in plain.replace(" ", "")
    # After the last line and the closing balance, or under a heading of its own: never in a line.
    assert with_money.index("20.50") > with_money.rindex("you could use")


@pytest.mark.parametrize("code", sorted(set(FORMATS) - {"csv", "text"}))
def test_name_and_contact_are_looked_up_when_shown(code: str) -> None:
    text = made(code, content())
    assert "Dorothy Clarke" in text
    assert "Ada Marsh" in text
    assert "020 7946 0000" in text
    later = made(code, content(), Reader(contact_name="Bo Lind"))
    assert "Dorothy" not in later
    assert "Bo Lind" in later


def test_an_empty_month_says_so_in_every_form() -> None:
    for code in FORMATS:
        text = made(code, content(0))
        if code != "csv":
            assert "Nothing" in text, code
        assert "you could use 1 hour." in text


def test_every_code_counts_once_as_given_used_or_otherwise() -> None:
    """Whoever adds a line says what it is of; else it would be missing from a statement's sums."""
    assert set(LINES) == GIVEN | USED | OTHER
    assert len(GIVEN) + len(USED) + len(OTHER) == len(LINES)


# --- easy read ----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(of=contents())
def test_easy_read_has_short_sentences_and_explains_hard_words(of: dict[str, Any]) -> None:
    ideas = [i for part in statement_easy_read.parts(of, READER, True) for i in part.ideas]
    for idea in ideas:
        assert idea.alternative
        assert statement_easy_read.picture(idea.picture).startswith("<svg ")
        for sentence in idea.sentences:
            assert len(sentence.split()) <= 15, sentence
            assert len(re.findall(r"[.?!](?:\s|$)", sentence)) <= 1, sentence
    said_words = " ".join(sentence for idea in ideas for sentence in idea.sentences)
    for hard, explained in (
        ("This is your statement.", "A statement is"),
        ("Your receipt is", "A receipt is"),
        ("is set aside.", "Set aside means"),
    ):
        if hard in said_words:
            after = said_words[said_words.index(hard) + len(hard) :]
            assert len(re.findall(r"[.?!]", after[: after.index(explained)])) <= 1


def test_easy_read_has_no_debt_in_it() -> None:
    below = content([(2, 500)])
    text = made("easy-read", below)
    assert "7 hours 20 minutes below zero" in text
    assert "You do not owe us anything." in text


# --- to read out --------------------------------------------------------------------------------


def test_codes_are_read_letter_by_letter() -> None:
    assert spelt("7KQ4-M2XW") == "7 K Q 4, M 2 X W"
    text = script(content(), READER).decode()
    assert "The reference is: 7 K Q 4, M 2 X W." in text
    assert "Line 1 of 4." in text
    assert max(len(row) for row in text.splitlines()) < 200


# --- braille ------------------------------------------------------------------------------------


def test_braille_is_40_columns_25_lines_and_plain_letters() -> None:
    reader = Reader(name="Zoë Łukaszewska-Ŵyn", contact_email="a" * 90 + "@example.org")
    of = content(40, title="“Café” – the reading panel " + "x" * 120)
    pages = FORMATS["braille"].make(of, reader).decode("ascii").split("\f")
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        rows = page.split("\n")
        assert rows.pop() == ""
        assert len(rows) == 25
        assert all(len(row) <= 40 for row in rows)
        assert rows[-1].split() == [str(number)]
    text = " ".join("".join(pages).split())
    assert "Zoe Lukaszewska-Wyn" in text
    assert '"Cafe" - the reading' in text
    assert "|" not in text


def test_braille_leaves_other_scripts_whole() -> None:
    text = FORMATS["braille"].make(content(), Reader(name="Ελένη 李小龍 नमस्ते")).decode()
    assert "Ελένη 李小龍 नमस्ते" in text


# --- spreadsheets -------------------------------------------------------------------------------

NASTY = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", '"=1')


@pytest.mark.parametrize("title", NASTY)
def test_no_cell_of_a_table_is_a_formula(title: str) -> None:
    of = content(4, title=title, community=title)
    of["lines"].append({**of["lines"][0], "code": "line_credited", "params": {
        "title": title, "session_minutes": 5, "credited_minutes": 5}})  # fmt: skip
    rows = list(csv.reader(StringIO(as_csv(of, READER, money_values=True).decode("utf-8-sig"))))
    assert any(title.strip() in cell for row in rows for cell in row)
    for row in rows:
        assert len(row) == 5
        for cell in row:
            number = re.fullmatch(r"-?\d+", cell)
            assert number or not cell.strip().startswith(("=", "+", "-", "@", "＝")), cell


def test_a_table_adds_up() -> None:
    rows = list(csv.reader(StringIO(as_csv(content(7), READER).decode("utf-8-sig"))))
    start, *lines, end = (row for row in rows[1:] if row[4])
    assert int(start[4]) + sum(int(line[3]) for line in lines) == int(end[4])
    assert as_csv(content(), READER).startswith(b"\xef\xbb\xbf")


# --- a language ---------------------------------------------------------------------------------


def test_a_form_speaks_its_statements_language_whoever_reads(monkeypatch) -> None:
    spoken = []

    class Spy(Words):
        def __init__(self, language: str = "en") -> None:
            spoken.append(language)
            super().__init__(language)

    from timebank import statement_said

    monkeypatch.setattr(statement_said, "Words", Spy)
    one = said({**content(), "language": "cy"}, READER)
    assert spoken == ["cy"]
    assert "30 Tachwedd 2026" in one.summary


def test_a_pdf_names_its_language_title_and_day() -> None:
    import io

    with pikepdf.open(io.BytesIO(FORMATS["pdf"].make(content(), READER))) as file:
        assert str(file.Root.Lang) == "en-GB"
        assert str(file.docinfo.Title) == "Statement: 1 November 2026 to 30 November 2026"
        assert str(file.docinfo.CreationDate).startswith("D:20261201")
