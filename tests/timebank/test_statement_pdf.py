"""Statements as PDF: judged against PDF/UA-1, measured, and printed whatever a name is."""

from __future__ import annotations

import csv
import logging
import re
from pathlib import Path

import page as validation
import pytest

from tests.timebank.pdf_reading import Run, reading_order, runs_of, words_of
from tests.timebank.statement_samples import READER, content
from timebank import typesetting
from timebank.statement_content import receipt_of
from timebank.statement_easy_read import easy_read
from timebank.statement_formats import FORMATS
from timebank.statement_pdf import large_print, pdf
from timebank.statement_said import Reader, said

PDFS = {code: form.make for code, form in FORMATS.items() if form.ending.endswith(".pdf")}
ROOT = Path(__file__).resolve().parents[2]
NAMES_FILE = ROOT.parent / "shared" / "data" / "names" / "full_names_sample.csv"
A4 = (595.28, 841.89)
EDGE = 40.0  # points: a little less than the narrowest margin

# One name for each script that people in a British town write their name in, and what is hard.
NAMES = (
    "Siân Ŵyn ap Ŷstwyth", "Zoë Müller-Łukaszewska", "Đặng Thị Ẩn", "Ελένη Παπαδοπούλου",
    "Наталія Шевченко", "დავით კახიძე", "Անահիտ Պետրոսյան", "דוד כהן", "محمد الأمين", "فریدون",
    "अनीता शर्मा", "রহিম উদ্দিন", "ਗੁਰਪ੍ਰੀਤ", "தமிழ்ச்செல்வி", "สมชาย ใจดี", "李小龍", "ひらがな",
    "김민준", "አበበ ቢቂላ", "ꯃꯅꯤꯄꯨꯔ", "Zoë 😀 Bell", "Þórður Ægisson", "Nguyễn Văn Ánh",
    "A\u0301nna Be\u0300ll", "x\u202ey\u200d", "#let x = [*b*] $y$ \\ \"q\" <script>", "B" * 200,
)  # fmt: skip


def problems(made: bytes) -> list[str]:
    """What keeps a file from being PDF/UA-1; empty when nothing does."""
    report = validation.validate_pdf_bytes(made, profile="ua1")
    return [] if report.is_compliant else [repr(each) for each in report.failures] or ["?"]


def outside(runs: list[Run]) -> list[Run]:
    """Every run that is not wholly on the paper, clear of its edges."""
    return [
        run for run in runs if run.text.strip() and not (
            EDGE <= run.left <= run.right <= A4[0] - EDGE
            and EDGE - 15 <= run.bottom <= A4[1] - EDGE
        )
    ]  # fmt: skip


@pytest.mark.parametrize("code", PDFS)
def test_every_pdf_is_accessible(code: str) -> None:
    assert problems(PDFS[code](content(9, held_minutes=90), READER, money_values=True)) == []
    assert problems(PDFS[code](content(0), Reader())) == []


@pytest.mark.parametrize("code", PDFS)
def test_what_is_read_out_or_copied_stands_on_one_line(code: str) -> None:
    lines = 40
    of = content([(1, 1)] * lines, opening_minutes=600)
    for number, line in enumerate(of["lines"]):
        line["params"]["title"] = "o" * (number % 20) + " met" * (number // 20)
    words = words_of(PDFS[code](of, READER))
    assert words.count("7KQ4-") == words.count("7KQ4-M2XW") >= (1 if code == "easy-read" else lines)
    assert receipt_of(of) in words


def test_an_inaccessible_pdf_is_found() -> None:
    made = pdf(content(), READER).replace(b"/Marked true", b"/Marked fals")
    made = made.replace(b"pdfuaid:part>1", b"pdfuaid:part>9")
    assert problems(made)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_prints_and_stays_accessible(name: str) -> None:
    reader = Reader(name=name, address=f"1 {name}\n{name}")
    for make in PDFS.values():
        made = make(content(title=name), reader)
        assert problems(made) == []
        assert outside(runs_of(made)) == []


@pytest.mark.parametrize("name", NAMES[:2])
def test_latin_names_print_letter_for_letter_in_our_own_font(name: str, monkeypatch) -> None:
    monkeypatch.setattr(typesetting, "_with_what_there_is", lambda *_: pytest.fail("went on"))
    assert name in words_of(pdf(content(), Reader(name=name)))


@pytest.mark.parametrize("name", ["Đặng Thị Ẩn", "Ελένη Παπαδοπούλου", "Наталія Шевченко"])
def test_other_european_names_print_letter_for_letter(name: str) -> None:
    assert name in words_of(pdf(content(), Reader(name=name)))


def test_a_letter_that_no_font_has_is_replaced_and_noted_without_naming_anybody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = "Bell \u0378\u0379 Ṩ\U0010fffd"  # code points of no letter
    with caplog.at_level(logging.WARNING):
        made = pdf(content(), Reader(name=name))
    assert "Bell ?? Ṩ?" in words_of(made)
    assert "glyph_missing: 3 letters replaced" in caplog.text
    assert "Bell" not in caplog.text
    assert "\u0378" not in caplog.text
    assert pdf(content(), Reader(name=name)) == made


def test_what_is_missing_in_the_end_never_stops_a_statement(monkeypatch) -> None:
    monkeypatch.setattr(typesetting, "_TRIES", 0)
    assert "A? and ??" in words_of(pdf(content(), Reader(name="AЖ and 李龍")))


def test_another_mistake_of_a_template_is_not_swallowed(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "bad.typ").write_text("= Title\n#undefined_thing", "utf-8")
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    with pytest.raises(typesetting.typst.TypstError):
        typesetting.pdf("bad.typ", {"title": "x"}, issued_on=typesetting.date(2026, 1, 1))


def test_nobodys_words_are_typst_source() -> None:
    text = words_of(pdf(content(title="#let x *b* <script> $1$"), READER))
    assert "#let x *b* <script> $1$ on 29 October 2026" in text


@pytest.mark.parametrize(("make", "least"), [(large_print, 18.0), (easy_read, 16.0), (pdf, 12.0)])
def test_the_smallest_type_page_numbers_too(make, least: float) -> None:
    runs = [run for run in runs_of(make(content(12), READER, money_values=True)) if run.text]
    assert min(run.points for run in runs) >= least
    numbers = [run for run in runs if run.text.startswith("Page ")]
    assert {run.page for run in numbers} == {run.page for run in runs}
    assert {run.points for run in numbers} == {least}


@pytest.mark.parametrize("code", PDFS)
def test_two_hundred_lines_are_all_there_and_nothing_is_clipped(code: str) -> None:
    of = content(200, title="Working group on " + "Llanfairpwllgwyngyllgogerychwyrndrobwll " * 3)
    made = PDFS[code](of, READER, money_values=True)
    assert problems(made) == []
    runs = runs_of(made)
    assert outside(runs) == []
    footers = {run.page: run.bottom for run in runs if run.text.startswith("Page ")}
    for run in runs:
        if not run.text.startswith("Page "):
            # The line above the page's number, at least half a line clear of it.
            assert run.bottom - footers[run.page] > run.points, run
    text = words_of(made).replace(" ", "")
    for line in said(of, READER).lines:
        # The PDF breaks long words and lines wherever it must, so blanks do not count.
        wanted = (line.then,) if code != "pdf" else (line.text, line.change, line.balance)
        for part in wanted:
            assert _without_page_breaks(part) in _without_page_breaks(text), part


def _without_page_breaks(text: str) -> str:
    return re.sub(r"Page\d+of\d+", "", text.replace(" ", ""))


@pytest.mark.parametrize("code", PDFS)
def test_a_long_address_moves_what_follows(code: str) -> None:
    rows = [f"Row {number} of it" for number in range(25)]
    runs = runs_of(PDFS[code](content(), Reader(name="Anna", address="\n".join(rows))))
    assert outside(runs) == []
    places = {run.text: (run.page, -run.bottom) for run in runs}
    title = next(places[r.text] for r in runs if r.text.startswith(("Statement:", "Your hours")))
    for row in rows:
        assert places[row] < (title[0], title[1] - 10)


def test_the_address_stands_in_the_window_of_an_envelope() -> None:
    """A DL window is 35 by 90 mm, 20 mm from the left, from 43 mm below the top of the sheet."""
    millimetre = 72 / 25.4
    runs = [r for r in runs_of(pdf(content(), READER)) if r.text in (READER.name, "RV1 2AB")]
    assert len(runs) == 2
    for run in runs:
        assert 20 * millimetre <= run.left + 0.1
        assert run.right <= 110 * millimetre
        assert 43 * millimetre <= A4[1] - run.bottom - run.points
        assert A4[1] - run.bottom <= 78 * millimetre


@pytest.mark.parametrize("code", PDFS)
def test_a_screen_reader_reads_it_in_the_order_in_which_it_is_drawn(code: str) -> None:
    """The summary before the lines, each line in one go, the contact after them; no piece twice."""
    made = PDFS[code](content(60, held_minutes=90), READER, money_values=True)
    read = reading_order(made)
    assert len(read) > 60
    assert read == sorted(set(read))


@pytest.mark.reference_data
@pytest.mark.skipif(not NAMES_FILE.is_file(), reason="the file of names is not on this machine")
def test_names_from_many_countries() -> None:
    """Eight names of each locale on one statement, and each locale's on one of its own."""
    by_locale: dict[str, list[str]] = {}
    with NAMES_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_locale.setdefault(row["locale"], []).append(row["full_name"])
    assert len(by_locale) > 20
    for locale, names in by_locale.items():
        reader = Reader(name=names[0], address="\n".join(names[1:8]))
        for make in (pdf, large_print):
            made = make(content(2), reader)
            assert problems(made) == [], locale
            assert outside(runs_of(made)) == [], locale
