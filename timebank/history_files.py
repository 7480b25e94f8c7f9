"""Read what an earlier system wrote about hours: rows of who gave or used how much, and when.

Each layout is described where it is read. Columns, kinds, unit and order of days are declared by
whoever imports; nothing is guessed, and nothing here knows the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from timebank import table_files, texts, written
from timebank.errors import RuleBroken, TimebankError
from timebank.table_files import Record

LAYOUTS = ("csv", "timeoverflow-in", "timeoverflow-out", "timebank-cc")
COLUMNS = ("member", "date", "kind", "amount", "balance")
MOST_ROWS = 100_000
# Layouts that say their unit; in the others it is declared.
UNITS = {"timeoverflow-in": "seconds", "timeoverflow-out": "h:mm", "timebank-cc": "minutes"}
# timebank.cc gives a row one value more than there are headings: the type stands under the
# heading of the description. So its columns go by their place.
_CC_CELLS = 15
_NAMED = re.compile(r"(.+) \((\d{1,18})\)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class HistoryOptions:
    """What was said about a file.

    ``columns`` are pairs of a heading and one of ``COLUMNS``, or "" to pass it over (layout
    ``csv`` only); ``kinds_in`` and ``kinds_out`` the kinds that add hours and take them off.
    ``round_minutes`` allows amounts that are no whole minutes, each rounded for itself. Names in
    ``outside`` are nobody on file: the group's own account, or somebody who is gone. ``who``
    decides about names (``WhoIsWho``); findings at the rows in ``accepted`` are accepted.
    """

    layout: str = "csv"
    columns: tuple[tuple[str, str], ...] = ()
    kinds_in: tuple[str, ...] = ()
    kinds_out: tuple[str, ...] = ()
    unit: str | None = None
    dates: str = "iso"
    encoding: str = "utf-8"
    round_minutes: bool = False
    outside: tuple[str, ...] = ()
    who: tuple[tuple[str, str], ...] = ()
    accepted: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Party:
    """Somebody as the file names them: by name, by number in the earlier system, or both."""

    name: str | None = None
    number: str | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryRow:
    """One row: ``minutes`` (exact, not below zero) go from ``source`` to ``target``.

    None is nobody on file. ``row`` counts from 0 after the headings, ``line`` is its place in the
    file. ``stated_minutes`` is the balance the file gives the one member after this row.
    """

    row: int
    line: int
    kind: str
    source: Party | None
    target: Party | None
    day: date
    minutes: Fraction
    words: str | None
    stated_minutes: Fraction | None


@dataclass(frozen=True, kw_only=True)
class HistoryFile:
    """The good rows, and the problems of the others (each with ``row`` and ``line``)."""

    rows: tuple[HistoryRow, ...]
    problems: tuple[TimebankError, ...]


@dataclass(frozen=True, kw_only=True)
class Glance:
    """A file before anything is said about it: its headings, and the kinds it has."""

    headings: tuple[str, ...]
    kinds: tuple[str, ...]


def read(data: bytes, options: HistoryOptions) -> HistoryFile:
    """Read a whole file.

    Raises ``RuleBroken`` for what is wrong with the file or the options as a whole:
    ``file_empty``, ``column_missing``, ``column_twice``, ``column_not_mapped``,
    ``option_unit_missing``, ``layout_wrong``, and what ``table_files`` raises.
    """
    texts.one_of(options.layout, LAYOUTS, "layout")
    unit = UNITS.get(options.layout) or options.unit
    if unit is None:
        raise RuleBroken("option_unit_missing", field="unit")
    records, headings = _records(data, options)
    reader = _Reader(options, texts.one_of(unit, written.UNITS, "unit"), headings)
    rows: list[HistoryRow] = []
    problems: list[TimebankError] = []
    for number, (line, cells) in enumerate(records):
        try:
            rows.append(reader.row(number, line, [cell.strip() for cell in cells]))
        except TimebankError as error:
            error.params |= {"row": number, "line": line}
            problems.append(error)
    if not rows and not problems:
        raise RuleBroken("file_empty")
    return HistoryFile(rows=tuple(rows), problems=tuple(problems))


def glance(data: bytes, options: HistoryOptions) -> Glance:
    """The headings of a file with columns to be named, and what stands in the column of kinds."""
    if options.layout not in ("csv", "timebank-cc"):
        return Glance(headings=(), kinds=())
    records, headings = _records(data, options, check=False)
    place = 4 if options.layout == "timebank-cc" else _places(headings, options).get("kind")
    kinds = dict.fromkeys(
        cells[place].strip()
        for _line, cells in records
        if place is not None and place < len(cells) and cells[place].strip()
    )
    shown = headings if options.layout == "csv" else []
    return Glance(headings=tuple(shown), kinds=tuple(kinds))


def _records(
    data: bytes, options: HistoryOptions, *, check: bool = True
) -> tuple[Iterator[Record], list[str]]:
    """The records after the headings, and these; TimeOverflow's transfers to read in have none."""
    records = table_files.records(data, encoding=options.encoding, most=MOST_ROWS)
    if options.layout == "timeoverflow-in":
        return records, []
    try:
        _line, first = next(records)
    except StopIteration:
        raise RuleBroken("file_empty") from None
    headings = [cell.strip() for cell in first]
    if check:
        _check_headings(headings, options)
    return records, headings


def _check_headings(headings: list[str], options: HistoryOptions) -> None:
    if options.layout == "timeoverflow-out" and len(headings) != 5:
        raise RuleBroken("layout_wrong", found=len(headings), needed=5)
    if options.layout == "timebank-cc" and len(headings) not in (_CC_CELLS - 1, _CC_CELLS):
        raise RuleBroken("layout_wrong", found=len(headings), needed=_CC_CELLS - 1)
    if options.layout != "csv":
        return
    for heading in headings:
        if heading and headings.count(heading) > 1:
            raise RuleBroken("column_twice", column=heading[:50])
    known = _meanings(options)
    for heading in headings:
        if heading and heading not in known:
            raise RuleBroken("column_not_mapped", column=heading[:50], field="columns")
    places = _places(headings, options)
    for name in COLUMNS:
        if name not in places and name != "balance":
            raise RuleBroken("column_missing", column=name, field="columns")


def _meanings(options: HistoryOptions) -> Mapping[str, str]:
    """What each heading means; those that say it themselves need no declaration."""
    return {**dict(zip(COLUMNS, COLUMNS, strict=True)), **dict(options.columns)}


def _places(headings: list[str], options: HistoryOptions) -> dict[str, int]:
    """The place of each of ``COLUMNS`` that there is; what was declared comes first."""
    declared = {meaning: heading for heading, meaning in options.columns if meaning}
    wanted = {name: declared.get(name, name) for name in COLUMNS}
    passed_over = {heading for heading, meaning in options.columns if not meaning}
    return {
        name: headings.index(heading)
        for name, heading in wanted.items()
        if heading in headings and heading not in passed_over
    }


class _Reader:
    """Reads one row after another in the layout that was declared."""

    def __init__(self, options: HistoryOptions, unit: str, headings: list[str]) -> None:
        self._options = options
        self._unit = unit
        self._headings = headings
        self._places = _places(headings, options) if options.layout == "csv" else {}
        self._read = {
            "csv": self._csv,
            "timeoverflow-in": self._transfer,
            "timeoverflow-out": self._exported_transfer,
            "timebank-cc": self._cc,
        }[options.layout]

    def row(self, number: int, line: int, cells: list[str]) -> HistoryRow:
        """One row; raises what is wrong with it."""
        return self._read(number, line, cells)

    def _csv(self, number: int, line: int, cells: list[str]) -> HistoryRow:
        if any(cells[len(self._headings) :]):
            raise RuleBroken("cells_too_many")
        places = self._places

        def cell(name: str) -> str:
            place = places.get(name)
            return cells[place] if place is not None and place < len(cells) else ""

        party = self._party(cell("member"), "member")
        added = self._adds(cell("kind"))
        balance = cell("balance")
        return HistoryRow(
            row=number,
            line=line,
            kind="in" if added else "out",
            source=None if added else party,
            target=party if added else None,
            day=written.day(cell("date"), self._options.dates),
            minutes=written.minutes(cell("amount"), self._unit),
            words=cell("kind"),
            stated_minutes=written.signed_minutes(balance, self._unit) if balance else None,
        )

    def _transfer(self, number: int, line: int, cells: list[str]) -> HistoryRow:
        """source_id, source_type, destination_id, destination_type, amount, created_at, reason,
        post_id; an ``organization`` is the group itself. What the reason says may be about people.
        """
        if len(cells) < 6:
            raise RuleBroken("cells_too_few", needed=8)
        ends = [None if kind.casefold() == "organization" else Party(number=self._number(id_))
                for id_, kind in ((cells[0], cells[1]), (cells[2], cells[3]))]  # fmt: skip
        return self._between(number, line, ends[0], ends[1], cells[5], cells[4])

    def _exported_transfer(self, number: int, line: int, cells: list[str]) -> HistoryRow:
        """Date, from, to, post, quantity; from and to are ``Name (number)``, or somebody who is
        not told any more."""
        if len(cells) != 5:
            raise RuleBroken("cells_other_than", needed=5)
        source, target = (self._named(cell) for cell in cells[1:3])
        return self._between(number, line, source, target, cells[0], cells[4])

    def _cc(self, number: int, line: int, cells: list[str]) -> HistoryRow:
        if len(cells) != _CC_CELLS:
            raise RuleBroken("cells_other_than", needed=_CC_CELLS)
        added = self._adds(cells[4])
        party = self._party(cells[8] or cells[7], "member")
        # Seen from the account, what goes out may have a minus.
        amount = cells[3] if added else cells[3].removeprefix("-")
        return HistoryRow(
            row=number,
            line=line,
            kind="in" if added else "out",
            source=None if added else party,
            target=party if added else None,
            day=written.day(cells[1], self._options.dates),
            minutes=written.minutes(amount, self._unit),
            words=texts.clean(cells[13], "kind", required=False),
            stated_minutes=None,
        )

    def _between(
        self,
        number: int,
        line: int,
        source: Party | None,
        target: Party | None,
        day: str,
        amount: str,
    ) -> HistoryRow:
        """A row that names both ends."""
        if source is not None and source == target:
            raise RuleBroken("transfer_to_oneself", field="member")
        kind = "in" if source is None else "out" if target is None else "transfer"
        return HistoryRow(
            row=number,
            line=line,
            kind=kind,
            source=source,
            target=target,
            day=written.day(day, self._options.dates),
            minutes=written.minutes(amount, self._unit),
            words=None,
            stated_minutes=None,
        )

    def _adds(self, kind: str) -> bool:
        """Whether rows of a kind add hours, as was declared."""
        if not kind:
            raise RuleBroken("kind_missing", field="kind")
        texts.clean(kind, "kind", most=50)
        into, out_of = kind in self._options.kinds_in, kind in self._options.kinds_out
        if into == out_of:
            raise RuleBroken("kind_undeclared", field="kind", kind=kind)
        return into

    def _party(self, text: str, field: str) -> Party | None:
        name = texts.clean(text, field)
        return None if name in self._options.outside else Party(name=name)

    def _named(self, text: str) -> Party | None:
        name = texts.clean(text, "member")
        if name in self._options.outside:
            return None
        found = _NAMED.fullmatch(name)
        if found is None:
            raise RuleBroken("party_unknown", field="member", name=name)
        return Party(name=found[1].strip(), number=self._number(found[2]))

    @staticmethod
    def _number(text: str) -> str:
        if not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise RuleBroken("earlier_number_wrong", field="member")
        return text.lstrip("0") or "0"
