"""Read a table that somebody brings: a CSV file, an xlsx file, or lines pasted from a spreadsheet.

What comes out is the same for all: the records that are not empty, each with the number of the line
on which it begins, as texts. What the columns mean is decided elsewhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from timebank import spreadsheets
from timebank.errors import RuleBroken

MOST_BYTES = 20_000_000
ENCODINGS = ("utf-8", "cp1252")
_SEPARATORS = ",;\t"

Record = tuple[int, list[str]]


def records(data: bytes, *, encoding: str = "utf-8", most: int) -> Iterator[Record]:
    """Each record with its line. ``encoding`` is one of ``ENCODINGS``, for text files.

    Raises ``RuleBroken``: ``file_too_large`` (over ``most`` records, headings not counted, or
    ``MOST_BYTES``), ``file_not_utf8``, ``file_not_cp1252`` and ``file_not_csv`` (with ``line``),
    and what ``spreadsheets`` raises.
    """
    if len(data) > MOST_BYTES:
        raise RuleBroken("file_too_large", most=most)
    sheet = spreadsheets.is_spreadsheet(data)
    found = spreadsheets.records(data) if sheet else _lines(decoded(data, encoding))
    for number, record in enumerate(found):
        if number > most:
            raise RuleBroken("file_too_large", most=most)
        yield record


def decoded(data: bytes, encoding: str) -> str:
    """The text of a file, without the mark that some programs put before UTF-8."""
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else "cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        code = "file_not_utf8" if encoding == "utf-8" else "file_not_cp1252"
        raise RuleBroken(code, line=line) from error


def _lines(text: str) -> Iterator[Record]:
    heading = text.lstrip("\r\n ").partition("\n")[0]
    separator = max(_SEPARATORS, key=heading.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise RuleBroken("file_not_csv", line=line) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
