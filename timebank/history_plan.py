"""Plan to bring a history over: what each row would post, and what has to be decided first."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from timebank import history_files, people
from timebank.errors import NotFound, RuleBroken, TimebankError
from timebank.history_files import HistoryOptions, HistoryRow, Party
from timebank.models import EarlierNumber, HistoryImport
from timebank.models import HistoryRow as BroughtOver
from timebank.roles import not_for_oneself
from timebank.unit import Unit
from timebank.who_is_who import LeftOut, Question, WhoIsWho

# The ledger takes no more in one line; nobody gave so much.
MOST_MINUTES = 10**12

# A member's id, somebody who would be put on file, or None for nobody on file.
End = str | Party | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """One transaction that would be posted: ``minutes`` (whole, more than 0) for one row.

    ``kind`` is ``in``, ``out``, ``transfer``, or ``adjustment`` for the difference before a row
    whose stated balance does not follow.
    """

    row: int
    line: int
    kind: str
    source: End
    target: End
    day: date
    minutes: int
    words: str | None


@dataclass(frozen=True, kw_only=True)
class HistoryPlan:
    """What an import would do; with ``problems`` or ``open_findings`` it would do nothing.

    Of the file's ``lines`` each is ``posted``, in ``nothing`` (pairs of row and line, that move
    nothing), ``left_out`` or one of ``problems``; errors carry ``row`` and ``line``. ``findings``
    are rows that do not agree with what came before, to be accepted by their row. ``below`` are
    those who end below zero, by name and minutes. ``earlier`` is the import of this very file.
    """

    lines: int
    posted: int
    moves: tuple[Move, ...]
    nothing: tuple[tuple[int, int], ...]
    left_out: tuple[TimebankError, ...]
    problems: tuple[TimebankError, ...]
    findings: tuple[TimebankError, ...]
    questions: tuple[Question, ...]
    new_members: tuple[Party, ...]
    below: tuple[tuple[str, int], ...]
    earlier: HistoryImport | None
    data: bytes
    options: HistoryOptions

    @property
    def open_findings(self) -> tuple[TimebankError, ...]:
        """The findings that nobody has accepted yet."""
        accepted = set(self.options.accepted)
        return tuple(each for each in self.findings if each.params["row"] not in accepted)

    @property
    def adjustments(self) -> int:
        """How many differences would be posted."""
        return sum(move.kind == "adjustment" for move in self.moves)


def sha256(data: bytes) -> str:
    """How a file is known again: 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def plan_history(unit: Unit, data: bytes, options: HistoryOptions) -> HistoryPlan:
    """Work an import out, in a unit of any kind; records nothing.

    Raises ``RuleBroken`` for what is wrong with the file or the options as a whole (see
    ``history_files.read``), and ``accepted_without_finding`` (with ``row``).
    """
    unit.actor.require("history.import")
    query = select(HistoryImport).where(HistoryImport.file_sha256 == sha256(data))
    earlier = unit.db.scalars(query).one_or_none()
    if earlier is not None:
        return _nothing_to_do(earlier, data, options)
    file = history_files.read(data, options)
    planner = _Planner(unit, options, file.rows)
    for row in file.rows:
        planner.add(row)
    return planner.plan(data, file.problems)


class _Planner:
    """Plans one row after another, with each member's running balance as the file has it."""

    def __init__(self, unit: Unit, options: HistoryOptions, rows: Iterable[HistoryRow]) -> None:
        self._unit = unit
        self._options = options
        members = people.every_member(unit)
        self._members = {member.id: member for member in members}
        parties = dict.fromkeys(
            end for row in rows for end in (row.source, row.target) if end is not None
        )
        self._who = WhoIsWho(
            members,
            (each.name for each in parties if each.name and not each.number),
            add_new=True,
            decisions=options.who,
        )
        self._numbers = {each.number: each.member_id
                         for each in unit.db.scalars(select(EarlierNumber))}  # fmt: skip
        self._numbered = set(self._numbers.values())
        self._before = dict(brought_over(unit))
        self._stated: dict[str | Party, Fraction] = {}
        self._total: dict[str | Party, int] = dict(self._before.items())
        self._new: dict[Party, None] = {}
        self._seen: set[End] = set()
        self._moves: list[Move] = []
        self._nothing: list[tuple[int, int]] = []
        self._left_out: list[TimebankError] = []
        self._problems: list[TimebankError] = []
        self._findings: list[TimebankError] = []

    def add(self, row: HistoryRow) -> None:
        """Plan one row, or note why not."""
        try:
            if row.day > self._unit.today:
                raise RuleBroken("date_in_future", field="date")
            source, target = self._end(row.source, row.line), self._end(row.target, row.line)
            minutes = self._whole(row.minutes)
        except TimebankError as error:
            error.params |= {"row": row.row, "line": row.line, "who": _written(row)}
            (self._left_out if isinstance(error, LeftOut) else self._problems).append(error)
            return
        for end in (source, target):
            self._meet(end, row)
        self._follow(row, source, target)
        if minutes == 0 or source == target:
            self._nothing.append((row.row, row.line))
        else:
            self._move(row, row.kind, source, target, minutes)

    def _end(self, party: Party | None, line: int) -> End:
        """Who is meant; raises what has to be said first."""
        if party is None:
            return None
        known = self._numbers.get(party.number) if party.number else None
        if known is None:
            if party.name is None:
                raise NotFound("earlier_number_unknown", field="member", number=party.number)
            found = self._who.find(party.name, line)
            # Somebody of the same name who had another number is somebody else.
            if found is None or (party.number and found.id in self._numbered):
                return party
            known = found.id
        member = self._members.get(known)
        if member is None:
            raise NotFound("member_not_on_file", field="member")
        if member.status == "merged":
            raise RuleBroken("member_merged", field="member")
        not_for_oneself(self._unit.actor, member.person_id, "own_history")
        return known

    def _whole(self, minutes: Fraction) -> int:
        if minutes > MOST_MINUTES:
            raise RuleBroken("amount_too_large", field="amount")
        if minutes.denominator != 1 and not self._options.round_minutes:
            whole, rest = divmod(minutes, 1)
            raise RuleBroken("amount_not_whole", field="amount", whole_minutes=int(whole),
                             seconds=f"{float(rest * 60):g}")  # fmt: skip
        return _rounded(minutes)

    def _meet(self, end: End, row: HistoryRow) -> None:
        """The first row of somebody: new on file, or with a history from another file."""
        if end is None or end in self._seen:
            return
        self._seen.add(end)
        if isinstance(end, Party):
            self._new[end] = None
        elif end in self._before:
            self._found(row, "history_brought_before", before_minutes=self._before[end])

    def _follow(self, row: HistoryRow, source: End, target: End) -> None:
        """Hold the stated balance against what came before, and post the difference first."""
        for end, minutes in ((source, -row.minutes), (target, row.minutes)):
            if end is not None:
                self._stated[end] = self._stated.get(end, Fraction(self._start(end))) + minutes
        owner = source if target is None else target
        if row.stated_minutes is None or owner is None:
            return
        expected, self._stated[owner] = self._stated[owner], row.stated_minutes
        difference = _rounded(row.stated_minutes) - _rounded(expected)
        if difference:
            self._found(
                row,
                "history_balance_differs",
                stated_minutes=_rounded(row.stated_minutes),
                expected_minutes=_rounded(expected),
            )
            source, target = (None, owner) if difference > 0 else (owner, None)
            self._move(row, "adjustment", source, target, abs(difference))

    def _start(self, end: str | Party) -> int:
        return 0 if isinstance(end, Party) else self._before.get(end, 0)

    def _move(self, row: HistoryRow, kind: str, source: End, target: End, minutes: int) -> None:
        for end, amount in ((source, -minutes), (target, minutes)):
            if end is not None:
                self._total[end] = self._total.get(end, 0) + amount
        self._moves.append(
            Move(
                row=row.row,
                line=row.line,
                kind=kind,
                source=source,
                target=target,
                day=row.day,
                minutes=minutes,
                words=row.words if kind != "adjustment" else None,
            )
        )

    def _found(self, row: HistoryRow, code: str, **params: Any) -> None:
        who = _written(row)
        self._findings.append(RuleBroken(code, row=row.row, line=row.line, who=who, **params))

    def plan(self, data: bytes, unread: Iterable[TimebankError]) -> HistoryPlan:
        """Everything that was added, together with the rows that could not be read."""
        problems = sorted([*unread, *self._problems], key=lambda each: int(each.params["row"]))
        rows = {each.params["row"] for each in self._findings}
        for row in self._options.accepted:
            if row not in rows:
                raise RuleBroken("accepted_without_finding", field="accept", row=row)
        posted = sum(move.kind != "adjustment" for move in self._moves)
        return HistoryPlan(
            lines=posted + len(self._nothing) + len(self._left_out) + len(problems),
            posted=posted,
            moves=tuple(self._moves),
            nothing=tuple(self._nothing),
            left_out=tuple(self._left_out),
            problems=tuple(problems),
            findings=tuple(self._findings),
            questions=self._who.questions,
            new_members=tuple(self._new),
            below=tuple(self._below()),
            earlier=None,
            data=data,
            options=self._options,
        )

    def _below(self) -> Iterator[tuple[str, int]]:
        for end, minutes in self._total.items():
            if minutes < 0 and end in self._seen:
                name = end.name if isinstance(end, Party) else self._members[end].person.name
                yield name or "", minutes


def brought_over(unit: Unit) -> Iterator[tuple[str, int]]:
    """Each member to whom a history was brought over, and what it came to, in minutes."""
    total: dict[str, int] = {}
    query = select(BroughtOver.source_id, BroughtOver.target_id, BroughtOver.minutes)
    for source_id, target_id, minutes in unit.db.execute(query.execution_options(yield_per=1000)):
        for member_id, amount in ((source_id, -minutes), (target_id, minutes)):
            if member_id is not None:
                total[member_id] = total.get(member_id, 0) + amount
    yield from total.items()


def _written(row: HistoryRow) -> str:
    """Whom a row is about, as it is written."""
    ends = (row.source, row.target)
    return ", ".join(end.name or end.number or "" for end in ends if end is not None)


def _rounded(minutes: Fraction) -> int:
    """To the nearest minute, half a minute up."""
    return math.floor(minutes + Fraction(1, 2))


def _nothing_to_do(earlier: HistoryImport, data: bytes, options: HistoryOptions) -> HistoryPlan:
    return HistoryPlan(
        lines=earlier.lines, posted=0, moves=(), nothing=(), left_out=(), problems=(), findings=(),
        questions=(), new_members=(), below=(), earlier=earlier, data=data, options=options,
    )  # fmt: skip
