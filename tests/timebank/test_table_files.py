"""Tables that people bring: text and xlsx read alike, and what could mean more than it shows."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from timebank import table_files, written
from timebank.errors import RuleBroken
from timebank.near_names import NearNames


def read(data: bytes, encoding: str = "utf-8") -> list[tuple[int, list[str]]]:
    return list(table_files.records(data, encoding=encoding, most=100))


def xlsx(*rows: list[Any], more: Any = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if more is not None:
        more(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(data: bytes, encoding: str = "utf-8") -> tuple[str, dict[str, Any]]:
    with pytest.raises(RuleBroken) as refused:
        read(data, encoding)
    return refused.value.code, refused.value.params


# --- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("a,b\nZoë,1\n".encode(), "utf-8"),
        ("\ufeffa;b\r\nZoë;1\r\n".encode(), "utf-8"),
        ("a\tb\nZoë\t1".encode("cp1252"), "cp1252"),
        ('\n\na,b\n\n , \n"Zoë",1\n'.encode(), "utf-8"),
    ],
)
def test_text_of_every_kind(data, encoding):
    assert [cells for _line, cells in read(data, encoding)] == [["a", "b"], ["Zoë", "1"]]


def test_what_is_not_as_it_was_said_to_be():
    assert refusal("a\nZoë\n".encode("cp1252")) == ("file_not_utf8", {"line": 2})
    assert refusal(b"a\n\x81\n", "cp1252") == ("file_not_cp1252", {"line": 2})
    assert refusal(b'a\n"b\n')[0] == "file_not_csv"
    assert refusal(b"a\n" * 102) == ("file_too_large", {"most": 100})


# --- spreadsheets ------------------------------------------------------------------------------


def test_cells_are_read_as_they_look():
    rows = read(
        xlsx(
            ["member", "day", "time", "text"],
            ["Zoë", date(2026, 1, 5), time(1, 30), "=not a formula"[1:]],
            [None, None, None, None],
            [104, datetime(2026, 1, 5, 10, 30), timedelta(hours=26, minutes=5), 1.5],
            [104.0, True, "05/01/2026", ""],
        )
    )
    assert rows == [
        (1, ["member", "day", "time", "text"]),
        (2, ["Zoë", "2026-01-05", "01:30", "not a formula"]),
        (4, ["104", "2026-01-05 10:30:00", "26:05", "1.5"]),
        (5, ["104", "True", "05/01/2026"]),
    ]


def test_formulas_errors_and_second_sheets_are_refused():
    assert refusal(xlsx(["a"], ["=1+1"])) == ("sheet_formula", {"cell": "A2"})
    assert refusal(xlsx(["a", "b"], [1, '=HYPERLINK("x")'])) == ("sheet_formula", {"cell": "B2"})
    assert refusal(xlsx(["a"], ["#N/A"])) == ("sheet_error", {"cell": "A2"})
    second = xlsx(["a"], [1], more=lambda book: book.create_sheet("more").append([2]))
    assert refusal(second) == ("sheet_several", {"count": 2})
    empty = xlsx(["a"], [1], more=lambda book: book.create_sheet("empty"))
    assert len(read(empty)) == 2


def test_hidden_sheets_count_too():
    def hide(book: Workbook) -> None:
        sheet = book.create_sheet("hidden")
        sheet.append([2])
        sheet.sheet_state = "hidden"

    assert refusal(xlsx(["a"], [1], more=hide))[0] == "sheet_several"


def test_text_that_looks_like_a_formula_stays_text():
    def text(book: Workbook) -> None:
        book.active["A2"].value = "=1+1"
        book.active["A2"].data_type = "s"

    assert read(xlsx(["a"], more=text))[1] == (2, ["=1+1"])


def test_huge_sheets_are_refused_whatever_they_claim():
    def far(book: Workbook) -> None:
        book.active["XFD2"] = 1

    def deep(book: Workbook) -> None:
        book.active["A1048576"] = 1

    assert refusal(xlsx(["a"], more=far))[0] == "sheet_too_large"
    assert refusal(xlsx(["a"], more=deep))[0] == "sheet_too_large"
    assert refusal(xlsx(*([n] for n in range(102))))[0] == "file_too_large"


def repacked(**parts: bytes) -> bytes:
    """A good file with some of its parts replaced, by the end of their names."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(["a"], [1]))) as good,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in good.namelist():
            made.writestr(name, parts.get(name.split("/")[-1].split(".")[0], good.read(name)))
        for name, data in parts.items():
            if name.startswith("extra"):
                made.writestr(name, data)
    return out.getvalue()


def test_files_that_unpack_into_too_much_are_not_unpacked():
    bomb = repacked(extra=b"0" * 70_000_000)
    assert len(bomb) < 200_000
    assert refusal(bomb)[0] == "sheet_too_large"
    assert refusal(repacked(**{f"extra{n}": b"" for n in range(400)}))[0] == "sheet_too_large"


def test_entities_do_not_grow():
    laughs = b"".join(
        b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(12)
    )
    sheet = (
        b"<?xml version='1.0'?><!DOCTYPE x [" + laughs + b"]><worksheet xmlns='http://schemas."
        b"openxmlformats.org/spreadsheetml/2006/main'><sheetData><row r='1'>"
        b"<c r='A1' t='inlineStr'><is><t>&l11;</t></is></c></row></sheetData></worksheet>"
    )
    assert refusal(repacked(sheet1=sheet))[0] == "sheet_not_xlsx"


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and nothing more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old spreadsheet",
        repacked(sheet1=b"<worksheet"),
        repacked(workbook=b"no xml"),
    ],
    ids=["begun", "old", "broken sheet", "no workbook"],  # a zip's own bytes hold the time
)
def test_what_is_no_xlsx(data):
    assert refusal(data)[0] == "sheet_not_xlsx"


# --- days and times ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order", "found"),
    [
        ("2026-01-05", "iso", date(2026, 1, 5)),
        ("2026-01-05", "dmy", date(2026, 1, 5)),
        ("2019-07-13T09:44:14+09:00", "iso", date(2019, 7, 13)),
        ("2018-01-30 10:00:00 UTC", "iso", date(2018, 1, 30)),
        ("5/1/2026", "dmy", date(2026, 1, 5)),
        ("05.01.2026 9:30", "dmy", date(2026, 1, 5)),
        ("1/5/2026", "mdy", date(2026, 1, 5)),
        ("5/1/2026", "iso", None),
        ("31/12/2026", "mdy", None),
        ("30/2/2026", "dmy", None),
        ("5/1/26", "dmy", None),
        ("5/1-2026", "dmy", None),
        ("20260105", "iso", None),
        ("2026-01-05 about ten", "iso", None),
        ("46027", "dmy", None),
        ("", "iso", None),
    ],
)
def test_days(text, order, found):
    if found is None:
        with pytest.raises(RuleBroken, match="date_wrong"):
            written.day(text, order)
    else:
        assert written.day(text, order) == found


@given(st.integers(0, 10**6))
def test_an_amount_is_the_same_in_every_unit(minutes):
    hours, rest = divmod(minutes, 60)
    assert written.minutes(str(minutes), "minutes") == minutes
    assert written.minutes(f"{hours}:{rest:02}", "h:mm") == minutes
    assert written.minutes(str(minutes * 60), "seconds") == minutes
    assert written.minutes(f"{minutes // 15 * 0.25:.2f}", "decimal-hours") == minutes // 15 * 15
    assert written.signed_minutes(f"-{minutes}", "minutes") == -minutes
    assert written.minutes("61", "seconds") == Fraction(61, 60)


# --- names that are nearly the same --------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Ann Lowe", "ann lowe", True),
        ("Ann Lowe", "Lowe, Ann", True),
        ("Zoë Hart", "Zoe Hart", True),
        ("O'Brien Pat", "OBrien Pat", True),
        ("Ann-Marie Lowe", "Ann Marie Lowe", True),
        ("Ann Lowe", "Anne Lowe", True),
        ("Ann Lowe", "Ann Lwoe", True),
        ("Kate Jones", "Cate Jones", True),
        ("Ann Lowe", "Ben Lowe", False),
        ("Ann", "Jan", False),
        ("user#001", "user#002", False),
        ("Flat 11 Hill House", "Flat 1 Hill House", False),
        ("Ann Lowe", "Anne Low", False),
    ],
)
def test_near_names(one, other, near):
    assert NearNames([other]).near(one) == ((other,) if near else ())
    assert NearNames([one]).near(other) == ((one,) if near else ())


@given(st.text(max_size=12), st.text(max_size=12))
def test_nearness_goes_both_ways_and_never_to_oneself(one, other):
    assert bool(NearNames([other]).near(one)) == bool(NearNames([one]).near(other))
    assert NearNames([one]).near(one) == ()
