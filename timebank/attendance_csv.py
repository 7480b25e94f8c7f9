"""Read an attendance file: one heading line, one line per person per session.

Columns: ``member`` and ``session``; optional ``date`` (2026-01-05), ``minutes``, ``preparation``,
``travel``, ``paperwork``, ``follow_up`` (whole minutes), ``capacity`` (own_time or paid_job) and
``choice`` (accept, decline or pot). CSV in UTF-8 unless said otherwise, lines pasted from a
spreadsheet, or xlsx. Nothing here knows the database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from timebank import table_files, texts, written
from timebank.errors import RuleBroken, TimebankError
from timebank.figures import CAPACITIES, CHOICES, Figures

COLUMNS = (
    "member", "session", "date", "minutes", "preparation", "travel", "paperwork", "follow_up",
    "capacity", "choice",
)  # fmt: skip
_OF_ONE_SESSION = tuple(name for name in COLUMNS if name != "session")
TIMES = {
    "minutes": "session_minutes",
    "preparation": "preparation_minutes",
    "travel": "travel_minutes",
    "paperwork": "paperwork_minutes",
    "follow_up": "follow_up_minutes",
}
MOST_ROWS = 20_000

# Every hour counts the same: a column that would weigh one person's time is refused by its name.
_WEIGHING = {
    "rate", "rates", "multiplier", "weight", "weighting", "factor", "points", "value", "credits",
}  # fmt: skip
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line as it stands in the file; ``day`` and ``choice`` are None where it says nothing."""

    line: int
    member: str
    title: str
    day: date | None
    figures: Figures
    capacity: str
    choice: str | None


@dataclass(frozen=True, kw_only=True)
class File:
    """The good rows, the problems of the others (each with ``line``), and the columns there are."""

    rows: tuple[Row, ...]
    problems: tuple[TimebankError, ...]
    columns: frozenset[str]


def read(
    data: bytes,
    *,
    usual_minutes: int | None,
    title: str | None = None,
    encoding: str = "utf-8",
    dates: str = "iso",
) -> File:
    """Read a whole file; ``usual_minutes`` stands where a line has no session time.

    With ``title`` the file is about that one session, and has no column for it. ``encoding`` is one
    of ``table_files.ENCODINGS`` and ``dates`` one of ``written.DAYS``.

    Raises ``RuleBroken`` for what is wrong with the file as a whole: ``file_empty``,
    ``column_unknown``, ``column_weighs``, ``column_twice``, ``column_missing``, and what
    ``table_files`` raises.
    """
    records = table_files.records(data, encoding=encoding, most=MOST_ROWS)
    try:
        _line, heading = next(records)
    except StopIteration:
        raise RuleBroken("file_empty") from None
    columns = _columns(heading, COLUMNS if title is None else _OF_ONE_SESSION)
    rows: list[Row] = []
    problems: list[TimebankError] = []
    for line, cells in records:
        try:
            found = dict(zip(columns, cells, strict=False))
            if len(cells) > len(columns):
                raise RuleBroken("cells_too_many")
            if title is not None:
                found["session"] = title
            rows.append(_row(line, found, usual_minutes, dates))
        except TimebankError as error:
            error.params |= {"line": line, "who": found.get("member", "")[:50]}
            problems.append(error)
    if not rows and not problems:
        raise RuleBroken("file_empty")
    return File(rows=tuple(rows), problems=tuple(problems), columns=frozenset(columns))


def _columns(heading: list[str], known: tuple[str, ...]) -> list[str]:
    columns = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in heading]
    for name in columns:
        if not _WEIGHING.isdisjoint(name.split("_")):
            raise RuleBroken("column_weighs", column=name[:50])
        if name not in known:
            raise RuleBroken("column_unknown", column=name[:50], known=", ".join(known))
        if columns.count(name) > 1:
            raise RuleBroken("column_twice", column=name)
    for name in ("member", "session"):
        if name in known and name not in columns:
            raise RuleBroken("column_missing", column=name)
    return columns


def _row(line: int, cells: dict[str, str], usual_minutes: int | None, dates: str) -> Row:
    def cell(name: str) -> str:
        return cells.get(name, "").strip()

    times = {TIMES[name]: _minutes(cell(name), name) for name in TIMES if cell(name)}
    if usual_minutes is not None:
        times.setdefault("session_minutes", usual_minutes)
    return Row(
        line=line,
        member=texts.clean(cell("member"), "member"),
        title=texts.clean(cell("session"), "session"),
        day=written.day(cell("date"), dates) if cell("date") else None,
        figures=Figures(**times),
        capacity=texts.one_of(cell("capacity") or "own_time", CAPACITIES, "capacity"),
        choice=texts.one_of(cell("choice"), CHOICES, "choice") if cell("choice") else None,
    )


def _minutes(cell: str, column: str) -> int:
    if _WHOLE.fullmatch(cell.removeprefix("-")):
        return texts.whole_minutes(int(cell), column)
    raise RuleBroken("minutes_not_whole", field=column)
