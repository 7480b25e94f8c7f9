"""Plan an attendance import: what each line of the file would record, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from timebank import attendance_csv, community, figures, people, sessions, texts
from timebank.attendance_csv import Row
from timebank.credit_checks import check_figures
from timebank.errors import Conflict, RuleBroken, TimebankError
from timebank.figures import Figures
from timebank.models import Attendance, AttendanceEntry, Member, Session
from timebank.roles import not_for_oneself
from timebank.unit import Unit
from timebank.who_is_who import LeftOut, Question, WhoIsWho


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """What the file may leave out.

    ``minutes`` is the session time of each line without its own. Sessions without a date are on
    ``starts_on``, each ``every_days`` after the one before, in the order of the file. ``title``
    is the session of a file that is about one session and has no column for it; ``session_id`` is
    that session where it is on file. ``activity_type_id`` None is the first kind that is credited.
    ``encoding`` and ``dates`` say how the file is written (``table_files``, ``written``); ``who``
    decides about names (``WhoIsWho``), and with ``leave_out`` lines with a problem are left out.
    """

    minutes: int | None = None
    starts_on: date | None = None
    every_days: int = 0
    create_members: bool = False
    activity_type_id: str | None = None
    title: str | None = None
    session_id: str | None = None
    encoding: str = "utf-8"
    dates: str = "iso"
    who: tuple[tuple[str, str], ...] = ()
    leave_out: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportRow:
    """A line that would be recorded; ``member_id`` is None for somebody who would be added."""

    line: int
    member_id: str | None
    name: str
    title: str
    day: date
    capacity: str
    choice: str
    given_choice: str | None
    figures: Figures
    credited_minutes: int


@dataclass(frozen=True, kw_only=True)
class ImportSession:
    """A session of the file; ``session_id`` is None when it would be planned."""

    session_id: str | None
    title: str
    day: date
    import_key: str
    rows: tuple[ImportRow, ...]


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """What an import would do; with ``problems`` (each with ``line``) it would do nothing.

    ``sessions`` are those with something to record, ``credits`` the lines that would be posted
    and ``minutes`` their sum; ``already`` counts the lines that were recorded before
    (``already_lines``, with the name). Of the
    file's ``lines`` each is one of ``rows``, recorded ``already``, ``left_out`` (each with ``line``
    and why) or one of ``problems``. ``questions`` are names to decide about.
    """

    rows: tuple[ImportRow, ...]
    sessions: tuple[ImportSession, ...]
    problems: tuple[TimebankError, ...]
    new_members: tuple[str, ...]
    credits: int
    minutes: int
    already: int
    already_lines: tuple[tuple[int, str], ...]
    lines: int
    left_out: tuple[TimebankError, ...]
    questions: tuple[Question, ...]
    data: bytes
    options: ImportOptions


def plan_import(unit: Unit, data: bytes, options: ImportOptions) -> ImportPlan:
    """Work out an import, in a unit of any kind; records nothing.

    Raises ``RuleBroken`` for what is wrong with the file as a whole (see ``attendance_csv.read``)
    or the options: ``option_minutes_missing``, ``option_starts_on_missing``.
    """
    unit.actor.require("session.credit")
    if options.minutes is not None:
        texts.whole_minutes(options.minutes, "minutes")
    session = None
    if options.session_id is not None:
        session = sessions.session(unit, options.session_id)
        options = replace(options, title=session.title, starts_on=session.starts_on)
    file = attendance_csv.read(
        data,
        usual_minutes=options.minutes,
        title=options.title,
        encoding=options.encoding,
        dates=options.dates,
    )
    if options.minutes is None and file.columns.isdisjoint(attendance_csv.TIMES):
        raise RuleBroken("option_minutes_missing", field="minutes")
    if options.starts_on is None and "date" not in file.columns:
        raise RuleBroken("option_starts_on_missing", field="starts_on")
    planner = _Planner(unit, options, file.rows, session)
    problems: list[TimebankError] = [*file.problems]
    left_out: list[TimebankError] = []
    for row in file.rows:
        try:
            planner.add(row)
        except TimebankError as error:
            error.params |= {"line": row.line, "who": row.member}
            (left_out if isinstance(error, LeftOut) else problems).append(error)
    if options.leave_out:
        problems, left_out = [], left_out + problems
    return planner.plan(data, _by_line(problems), _by_line(left_out))


def _by_line(problems: Iterable[TimebankError]) -> tuple[TimebankError, ...]:
    return tuple(sorted(problems, key=lambda problem: int(problem.params["line"])))


def import_key(title: str, day: date) -> str:
    """How an imported session is known again: made from its title and day."""
    return hashlib.sha256(f"{title}\n{day.isoformat()}".encode()).hexdigest()


def posted(row: ImportRow) -> bool:
    """Whether the row moves hours: not when declined, or for no minutes."""
    return row.choice != "decline" and row.credited_minutes > 0


class _Planner:
    """Plans one row after another against what is on file, which it reads once."""

    def __init__(
        self, unit: Unit, options: ImportOptions, rows: Sequence[Row], only: Session | None
    ) -> None:
        self._unit = unit
        self._options = options
        self._rounding = community.policy(unit).rounding
        self._members = WhoIsWho(
            people.every_member(unit),
            (row.member for row in rows),
            add_new=options.create_members,
            decisions=options.who,
        )
        self._days = _days_without_date(rows, options)
        self._found: dict[tuple[str, date], Session | None] = {}
        self._there: dict[tuple[str, str], AttendanceEntry] = {}
        self._seen: dict[tuple[str, str, date], int] = {}
        self._rows: dict[tuple[str, date], list[ImportRow]] = {}
        self._new_members: dict[str, None] = {}
        self._already: list[tuple[int, str]] = []
        if only is not None:
            self._found[only.title, only.starts_on] = only
            self._there.update(_entries(unit, only.id))

    def add(self, row: Row) -> None:
        """Plan one row; raises what is wrong with it."""
        day = row.day or self._days.get(row.title)
        if day is None:
            raise RuleBroken("date_missing", field="date")
        if self._options.session_id is not None and day != self._options.starts_on:
            raise RuleBroken("date_not_of_session", starts_on=self._options.starts_on, field="date")
        member = self._members.find(row.member, row.line)
        if member is not None:
            not_for_oneself(self._unit.actor, member.person_id, "own_credit")
        self._check_twice(row, member, day)
        session = self._session(row.title, day)
        if session is not None and session.status == "cancelled":
            raise RuleBroken("session_cancelled", field="session")
        if session is not None and session.status == "undone":
            raise RuleBroken("session_undone", field="session")
        last = day if session is None else session.ends_on
        if last > self._unit.today:
            raise RuleBroken("session_in_future", ends_on=last, field="date")
        may_be_nothing = row.capacity == "paid_job"
        if session is None:
            figures.check(row.figures, days=1, may_be_nothing=may_be_nothing)
        else:
            check_figures(session, row.figures, may_be_nothing=may_be_nothing)
        if member is not None and session is not None and self._recorded(session, member, row):
            self._already.append((row.line, member.person.name))
            return
        if session is not None and not session.activity_type.credited:
            raise RuleBroken("activity_not_credited", reason=session.activity_type.reason)
        if member is None:
            self._new_members[row.member] = None
        self._rows.setdefault((row.title, day), []).append(self._planned(row, member, day))

    def _check_twice(self, row: Row, member: Member | None, day: date) -> None:
        who = row.member if member is None else member.id
        first = self._seen.setdefault((who, row.title, day), row.line)
        if first != row.line:
            raise RuleBroken("row_twice", first=first)

    def _planned(self, row: Row, member: Member | None, day: date) -> ImportRow:
        return ImportRow(
            line=row.line,
            member_id=None if member is None else member.id,
            name=row.member if member is None else member.person.name,
            title=row.title,
            day=day,
            capacity=row.capacity,
            choice=row.choice or ("accept" if member is None else member.choice),
            given_choice=row.choice,
            figures=row.figures,
            credited_minutes=figures.credited_minutes(row.figures, row.capacity, self._rounding),
        )

    def _session(self, title: str, day: date) -> Session | None:
        """The session on file, imported or planned by hand, with its attendance loaded once."""
        if (title, day) not in self._found:
            found = sessions.by_import_key(self._unit, import_key(title, day))
            if found is None:
                same = sessions.by_title(self._unit, title, day)
                if len(same) > 1:
                    raise Conflict("session_ambiguous", field="session")
                found = same[0] if same else None
            self._found[title, day] = found
            if found is not None:
                self._there.update(_entries(self._unit, found.id))
        return self._found[title, day]

    def _recorded(self, session: Session, member: Member, row: Row) -> bool:
        """Whether the row stands in the books already; refused when it stands there differently."""
        entry = self._there.get((session.id, member.id))
        if entry is None:
            return False
        same = all(
            getattr(entry, name) == getattr(row.figures, name) for name in figures.COMPONENTS
        )
        if not same or entry.capacity != row.capacity or row.choice not in (None, entry.choice):
            raise Conflict("already_recorded")
        return True

    def plan(
        self,
        data: bytes,
        problems: tuple[TimebankError, ...],
        left_out: tuple[TimebankError, ...],
    ) -> ImportPlan:
        """Everything that was added, together."""
        rows = [row for found in self._rows.values() for row in found]
        return ImportPlan(
            rows=tuple(rows),
            sessions=tuple(self._import_session(key) for key in self._rows),
            problems=problems,
            new_members=tuple(self._new_members),
            credits=sum(posted(row) for row in rows),
            minutes=sum(row.credited_minutes for row in rows if posted(row)),
            already=len(self._already),
            already_lines=tuple(self._already),
            lines=len(rows) + len(self._already) + len(problems) + len(left_out),
            left_out=left_out,
            questions=self._members.questions,
            data=data,
            options=self._options,
        )

    def _import_session(self, key: tuple[str, date]) -> ImportSession:
        found = self._found[key]
        return ImportSession(
            session_id=None if found is None else found.id,
            title=key[0],
            day=key[1],
            import_key=import_key(*key),
            rows=tuple(self._rows[key]),
        )


def _days_without_date(rows: Iterable[Row], options: ImportOptions) -> Mapping[str, date]:
    """A day for each session the file gives none: one after the other, as they first appear."""
    if options.starts_on is None:
        return {}
    titles = dict.fromkeys(row.title for row in rows if row.day is None)
    try:
        return {
            title: options.starts_on + timedelta(days=options.every_days * number)
            for number, title in enumerate(titles)
        }
    except OverflowError:
        raise RuleBroken("date_wrong", field="every_days") from None


def _entries(unit: Unit, session_id: str) -> dict[tuple[str, str], AttendanceEntry]:
    """What is recorded now at a session, by session and member."""
    query = (
        select(Attendance.member_id, AttendanceEntry)
        .join(AttendanceEntry.attendance)
        .where(Attendance.session_id == session_id, AttendanceEntry.revision == Attendance.revision)
    )
    return {(session_id, member_id): entry for member_id, entry in unit.db.execute(query)}
