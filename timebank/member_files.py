"""Read a list of members: a table with headings, or what TimeOverflow writes and reads.

Nothing here knows the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from timebank import table_files, texts, written
from timebank.errors import RuleBroken, TimebankError

LAYOUTS = ("csv", "timeoverflow-in", "timeoverflow-out")
COLUMNS = (
    "name", "email", "phone", "address", "number", "joined_on", "statement_by", "choice",
)  # fmt: skip
MOST_ROWS = 5_000


@dataclass(frozen=True, kw_only=True)
class MemberOptions:
    """What was said about a list; ``columns`` are pairs of a heading and one of ``COLUMNS``, or
    "" to pass it over (layout ``csv`` only). ``who`` decides about names (``WhoIsWho``), and with
    ``leave_out`` lines with a problem are left out."""

    layout: str = "csv"
    columns: tuple[tuple[str, str], ...] = ()
    encoding: str = "utf-8"
    dates: str = "iso"
    who: tuple[tuple[str, str], ...] = ()
    leave_out: bool = False


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """One line; ``number`` is the one somebody had in the earlier system."""

    line: int
    name: str
    email: str | None
    phone: str | None
    address: str | None
    number: str | None
    joined_on: date | None
    statement_by: str
    choice: str


@dataclass(frozen=True, kw_only=True)
class MemberFile:
    """The good rows, and the problems of the others (each with ``line``)."""

    rows: tuple[MemberRow, ...]
    problems: tuple[TimebankError, ...]


def read(data: bytes, options: MemberOptions) -> MemberFile:
    """Read a whole list.

    Raises ``RuleBroken`` for what is wrong with the file as a whole: ``file_empty``,
    ``column_missing``, ``column_twice``, ``column_not_mapped``, ``layout_wrong``, and what
    ``table_files`` raises.
    """
    texts.one_of(options.layout, LAYOUTS, "layout")
    records = table_files.records(data, encoding=options.encoding, most=MOST_ROWS)
    meanings: list[str] = []
    if options.layout != "timeoverflow-in":
        headings = [cell.strip() for cell in next(records, (0, [""]))[1]]
        meanings = _meanings(headings, options)
    rows: list[MemberRow] = []
    problems: list[TimebankError] = []
    for line, cells in records:
        try:
            rows.append(_row(line, [cell.strip() for cell in cells], meanings, options))
        except TimebankError as error:
            error.params["line"] = line
            problems.append(error)
    if not rows and not problems:
        raise RuleBroken("file_empty")
    return MemberFile(rows=tuple(rows), problems=tuple(problems))


def headings_of(data: bytes, options: MemberOptions) -> list[str]:
    """The headings of a list with columns to be named; none for the other layouts."""
    if options.layout != "csv":
        return []
    records = table_files.records(data, encoding=options.encoding, most=MOST_ROWS)
    return [cell.strip() for cell in next(records, (0, [""]))[1] if cell.strip()]


def meaning_of(heading: str) -> str:
    """What a heading means by itself: one of ``COLUMNS``, or ""."""
    plain = re.sub(r"[\s-]+", "_", heading.lower())
    return plain if plain in COLUMNS else ""


def _meanings(headings: list[str], options: MemberOptions) -> list[str]:
    if options.layout == "timeoverflow-out":
        # Translated headings: number, name, e-mail, phone, other phone, joined, and figures.
        if len(headings) != 9:
            raise RuleBroken("layout_wrong", found=len(headings), needed=9)
        return ["number", "name", "email", "phone", "", "joined_on", "", "", ""]
    declared: Mapping[str, str] = dict(options.columns)
    meanings = [declared.get(heading, meaning_of(heading)) for heading in headings]
    for heading, meaning in zip(headings, meanings, strict=True):
        if heading and not meaning and heading not in declared:
            raise RuleBroken("column_not_mapped", column=heading[:50], field="columns")
        if meaning and meanings.count(meaning) > 1:
            raise RuleBroken("column_twice", column=meaning)
    if "name" not in meanings:
        raise RuleBroken("column_missing", column="name", field="columns")
    return meanings


def _row(line: int, cells: list[str], meanings: list[str], options: MemberOptions) -> MemberRow:
    if options.layout == "timeoverflow-in":
        return _timeoverflow(line, cells)
    if any(cells[len(meanings) :]):
        raise RuleBroken("cells_too_many")
    found = dict(zip(meanings, cells, strict=False))
    return _checked(line, found, options.dates)


def _timeoverflow(line: int, cells: list[str]) -> MemberRow:
    """member_id, entry_date, three parts of a name, gender, date_of_birth, phone, other phone,
    email. Gender and birth are nobody's business here and are not read."""
    if len(cells) != 10:
        raise RuleBroken("cells_other_than", needed=10)
    name = " ".join(part for part in cells[2:5] if part)
    phone = cells[7] or cells[8]
    found = {"number": cells[0], "joined_on": cells[1], "name": name, "phone": phone,
             "email": cells[9]}  # fmt: skip
    return _checked(line, found, "iso")


def _checked(line: int, found: Mapping[str, str], dates: str) -> MemberRow:
    def cell(name: str) -> str:
        return found.get(name, "")

    number = cell("number")
    if number and not (number.isascii() and number.isdecimal() and len(number) <= 18):
        raise RuleBroken("earlier_number_wrong", field="number")
    joined = cell("joined_on")
    return MemberRow(
        line=line,
        name=texts.clean(cell("name"), "name"),
        email=texts.email(cell("email")),
        phone=texts.optional(cell("phone"), "phone", most=50),
        address=texts.optional(cell("address"), "address", most=500, lines=True),
        number=(number.lstrip("0") or "0") if number else None,
        joined_on=written.day(joined, dates, "joined_on") if joined else None,
        statement_by=cell("statement_by") or "link",
        choice=cell("choice") or "accept",
    )
