"""Read an xlsx file as texts, and refuse plainly what could mean more than it shows.

A formula may show another figure tomorrow, a second sheet may be the one that was meant, and a
small file may unpack into one that no machine can hold: none of them is read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from timebank.errors import RuleBroken

MOST_UNPACKED = 60_000_000  # bytes, of all parts together
MOST_PARTS = 300
MOST_COLUMNS = 60
MOST_LINES = 200_000  # empty ones counted

_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_spreadsheet(data: bytes) -> bool:
    """Whether the file is some spreadsheet and no text, by how it begins, whatever its name."""
    return data.startswith((_ZIP, _OLD))


def records(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each line of the only sheet that has any, with its number; empty lines are left out.

    Raises ``RuleBroken``: ``sheet_not_xlsx``, ``sheet_too_large``, ``sheet_several`` (the file
    as a whole), ``sheet_formula`` and ``sheet_error`` (with ``cell``).
    """
    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        # The library says in many ways that a part is missing or broken; it comes to the same.
        raise RuleBroken("sheet_not_xlsx") from error
    filled = [found for found in (_read(sheet) for sheet in book.worksheets) if found]
    if len(filled) > 1:
        raise RuleBroken("sheet_several", count=len(filled))
    yield from filled[0] if filled else []


def _check_archive(data: bytes) -> None:
    """Refuse what is no xlsx, and what would unpack into too much, before anything is unpacked."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise RuleBroken("sheet_not_xlsx") from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or any(part.flag_bits & 1 for part in parts):
        raise RuleBroken("sheet_not_xlsx")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise RuleBroken("sheet_too_large")


def _read(sheet: Any) -> list[tuple[int, list[str]]]:
    # What the file says of its own size is only a claim.
    sheet.reset_dimensions()
    found = []
    try:
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            if line > MOST_LINES or len(cells) > MOST_COLUMNS:
                raise RuleBroken("sheet_too_large")
            texts = [_text(cell, line, column) for column, cell in enumerate(cells, start=1)]
            while texts and not texts[-1].strip():
                texts.pop()
            if texts:
                found.append((line, texts))
    except RuleBroken:
        raise
    except Exception as error:
        raise RuleBroken("sheet_not_xlsx") from error
    return found


def _text(cell: Any, line: int, column: int) -> str:
    """What a cell says: days as 2026-01-05, times as 1:30, whole numbers without a point."""
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if kind == "f" or (kind not in ("s", "inlineStr", "str") and str(value).startswith("=")):
        raise RuleBroken("sheet_formula", cell=f"{get_column_letter(column)}{line}")
    if kind == "e":
        raise RuleBroken("sheet_error", cell=f"{get_column_letter(column)}{line}")
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S") if value.second else value.strftime("%H:%M")
    if isinstance(value, timedelta):
        return _clock(round(value.total_seconds()))
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)


def _clock(seconds: int) -> str:
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
