"""Tables as CSV files for spreadsheets, in which no cell can become a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# What spreadsheets take for the beginning of a formula, in the wide letters of East Asia too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_bytes(rows: Iterable[Sequence[str | int]]) -> bytes:
    """The rows, after a byte order mark, without which spreadsheets misread accents."""
    stream = StringIO(newline="")
    csv.writer(stream).writerows([_inert(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig", "replace")


def _inert(cell: str | int) -> str | int:
    """A number as it is; a text that a spreadsheet would work out, behind an apostrophe."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_FORMULA):
        return f"'{cell}"
    return cell
