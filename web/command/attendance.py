"""Attendance files: look at them first, then record all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import click

from timebank import attendance_import, figures, sessions
from timebank.attendance_import import ImportOptions, ImportPlan
from timebank.errors import RuleBroken, TimebankError
from timebank.table_files import ENCODINGS
from timebank.unit import Unit
from timebank.who_is_who import NEW, SKIP
from timebank.written import DAYS
from web.command.errors import Failed, in_words
from web.command.instance import Instance, count, open_instance, table, words

MOST_SHOWN = 20

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
minutes_option = click.option(
    "--minutes", type=click.IntRange(0), help="Session minutes of lines that do not say."
)
create_option = click.option(
    "--create-members", is_flag=True, help="Add members who are not on file."
)
activity_option = click.option(
    "--activity", metavar="NAME", help="The kind of activity (the first that is credited)."
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask before recording.")
encoding_option = click.option(
    "--encoding",
    type=click.Choice(ENCODINGS),
    default="utf-8",
    show_default=True,
    help="How a text file is saved; cp1252 is Windows (Western European).",
)
dates_option = click.option(
    "--dates",
    type=click.Choice(DAYS),
    default="iso",
    show_default=True,
    help="How days are written: 2026-01-05, or 5/1/2026 (dmy), or 1/5/2026 (mdy).",
)


class Decision(click.ParamType):
    """Who is meant by a name: NAME=104, NAME=new or NAME=skip."""

    name = "NAME=NUMBER|new|skip"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The name as the file writes it, and the decision."""
        written, equals, decided = str(value).rpartition("=")
        if not (equals and (decided in (NEW, SKIP) or decided.isdecimal())):
            self.fail("write it like “Ann Low=104”, “Ann Low=new” or “Ann Low=skip”", param, ctx)
        return written.strip(), decided


who_option = click.option(
    "--who", type=Decision(), multiple=True, help="Who is meant by a name in the file."
)


class Day(click.ParamType):
    """A day such as 2026-01-05."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007 - a day only
        except ValueError:
            self.fail(f"{value} is not a day. Write it like 2026-01-05.", param, ctx)


@click.group()
def session() -> None:
    """Credit sessions."""


@session.command("credit")
@file_argument
@click.option("--title", required=True, help="What the session is called.")
@click.option("--date", "day", type=Day(), required=True, help="The day it began.")
@minutes_option
@activity_option
@create_option
@who_option
@encoding_option
@dates_option
@yes_option
def session_credit(
    file: Path,
    title: str,
    day: date,
    minutes: int | None,
    activity: str | None,
    create_members: bool,
    who: tuple[tuple[str, str], ...],
    encoding: str,
    dates: str,
    yes: bool,
) -> None:
    """Credit the people of one session from a CSV or xlsx FILE.

    Columns: member (number, e-mail address or name); and as needed minutes, preparation, travel,
    paperwork, follow_up, capacity (own_time, paid_job), choice (accept, decline, pot). A session
    of this title and day that is planned is taken; otherwise it is planned too.
    """
    options = ImportOptions(
        minutes=minutes,
        starts_on=day,
        create_members=create_members,
        title=title,
        who=who,
        encoding=encoding,
        dates=dates,
    )
    _import(file, options, activity, yes=yes)


@click.group("import")
def import_() -> None:
    """Bring in what was kept elsewhere."""


@import_.command("attendance")
@file_argument
@minutes_option
@click.option("--starts-on", type=Day(), help="The day of the first session without a date.")
@click.option(
    "--every-days",
    type=click.IntRange(0),
    default=7,
    show_default=True,
    help="Days from one session without a date to the next.",
)
@activity_option
@create_option
@who_option
@encoding_option
@dates_option
@yes_option
def import_attendance(
    file: Path,
    minutes: int | None,
    starts_on: date | None,
    every_days: int,
    activity: str | None,
    create_members: bool,
    who: tuple[tuple[str, str], ...],
    encoding: str,
    dates: str,
    yes: bool,
) -> None:
    """Credit everybody in a CSV or xlsx FILE of who was at which session.

    Columns: member (number, e-mail address or name) and session (its title); and as needed date
    (2026-01-05), minutes, preparation, travel, paperwork, follow_up, capacity (own_time,
    paid_job), choice (accept, decline, pot). All or nothing; the same file twice changes nothing.
    """
    options = ImportOptions(
        minutes=minutes,
        starts_on=starts_on,
        every_days=every_days,
        create_members=create_members,
        who=who,
        encoding=encoding,
        dates=dates,
    )
    _import(file, options, activity, yes=yes)


def _import(file: Path, options: ImportOptions, activity: str | None, *, yes: bool) -> None:
    data = file.read_bytes()
    with open_instance() as instance:
        plan = _planned(instance, data, options, activity)
        if not plan.rows:
            click.echo(f"Nothing to do: {_lines(plan.already)} recorded before.")
            return
        _show(plan)
        if not yes:
            click.confirm("Record this?", abort=True)
        with instance.acting() as unit:
            done = attendance_import.apply_import(unit, plan)
    click.echo(
        f"{count(done.sessions, 'session', 'sessions')},"
        f" {count(done.credits, 'credit', 'credits')}, {words.duration(done.minutes)} recorded."
        + (f" {count(done.members, 'member', 'members')} added." if done.members else "")
    )


def _planned(
    instance: Instance, data: bytes, options: ImportOptions, activity: str | None
) -> ImportPlan:
    """The plan; its problems, if any, are told line by line and end the command."""
    with instance.reading() as unit:
        if activity is not None:
            options = _with_activity(unit, options, activity)
        plan = attendance_import.plan_import(unit, data, options)
    refuse_problems(plan.problems)
    return plan


def refuse_problems(problems: Iterable[TimebankError]) -> None:
    """Tell each problem in a line, and end the command when there is one."""
    said = [in_words(problem) for problem in problems]
    for line in said:
        click.echo(line, err=True)
    if said:
        raise Failed(f"{_lines(len(said))} to put right. Nothing was recorded.")


def _with_activity(unit: Unit, options: ImportOptions, name: str) -> ImportOptions:
    from dataclasses import replace

    kinds = sessions.activity_types(unit)
    for kind in kinds:
        if kind.name.casefold() == name.strip().casefold():
            return replace(options, activity_type_id=kind.id)
    known = ", ".join(kind.name for kind in kinds)
    raise RuleBroken("no_such_activity", given=name, known=known)


def _lines(number: int) -> str:
    return count(number, "line", "lines")


def _show(plan: ImportPlan) -> None:
    """The preview: each session, what is unusual, and the sum."""
    rows = [
        (
            words.day(found.day),
            found.title if found.session_id else f"{found.title} (new)",
            len(found.rows),
            words.duration(sum(row.credited_minutes for row in found.rows)),
        )
        for found in plan.sessions
    ]
    table(("Day", "Session", "People", "Time"), rows, right="People,Time")
    choices = Counter(row.choice for row in plan.rows)
    for choice, said in (("decline", "declined"), ("pot", "given to the community pot")):
        if choices[choice]:
            click.echo(f"{_lines(choices[choice])} {said}.")
    for row in plan.rows:
        if figures.warnings(row.figures):
            total = words.duration(row.figures.total_minutes)
            click.echo(f"Line {row.line}: {row.name}, {total}. Is this right?", err=True)
    show_new_members(plan.new_members)
    if plan.left_out:
        click.echo(f"{_lines(len(plan.left_out))} left out, as you said.")
    if plan.already:
        click.echo(f"{_lines(plan.already)} recorded before, left alone.")
    click.echo(
        f"Together: {count(len(plan.sessions), 'session', 'sessions')},"
        f" {count(plan.credits, 'credit', 'credits')}, {words.duration(plan.minutes)}."
    )


def show_new_members(names: Sequence[str]) -> None:
    """Who would be added: some names, and how many more."""
    if names:
        more = len(names) - MOST_SHOWN
        click.echo(
            f"{count(len(names), 'new member', 'new members')}: {', '.join(names[:MOST_SHOWN])}"
            + (f" and {more:,} more" if more > 0 else "")
        )
