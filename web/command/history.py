"""Histories and members of earlier systems: look first, then bring all of it over or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click

from timebank import history_import, member_import
from timebank.history_files import LAYOUTS
from timebank.history_import import HistoryOptions, HistoryPlan
from timebank.member_import import LAYOUTS as MEMBER_LAYOUTS
from timebank.member_import import MemberOptions
from timebank.written import UNITS
from web.command.attendance import (
    dates_option,
    encoding_option,
    file_argument,
    import_,
    refuse_problems,
    show_new_members,
    who_option,
    yes_option,
)
from web.command.errors import Failed, in_words
from web.command.instance import count, open_instance, words

__all__ = ["import_"]


class Names(click.ParamType):
    """Several names, with commas between."""

    name = "NAME,NAME"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names."""
        if isinstance(value, tuple):
            return value
        return tuple(each.strip() for each in str(value).split(",") if each.strip())


class Columns(click.ParamType):
    """What columns mean: MEANING=HEADING,MEANING=HEADING."""

    name = "MEANING=HEADING,..."

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[str, str], ...]:
        """Pairs of a heading and what it means."""
        if isinstance(value, tuple):
            return value
        pairs = []
        for each in str(value).split(","):
            meaning, equals, heading = (part.strip() for part in each.partition("="))
            if not (meaning and equals and heading):
                self.fail("write it like member=name,date=when", param, ctx)
            pairs.append((heading, meaning))
        return tuple(pairs)


map_option = click.option(
    "--map", "map_", type=Columns(), default=(), help="What the columns mean."
)
ignore_option = click.option(
    "--ignore", type=Names(), default=(), help="Columns to pass over, by their headings."
)


@import_.command("history")
@file_argument
@click.option(
    "--format",
    "layout",
    type=click.Choice(LAYOUTS),
    default="csv",
    show_default=True,
    help="The system the file is from; csv has columns that you name.",
)
@map_option
@ignore_option
@click.option("--in", "in_", type=Names(), default=(), help="Kinds that add hours.")
@click.option("--out", type=Names(), default=(), help="Kinds that take hours off.")
@click.option("--unit", type=click.Choice(UNITS), help="What the amounts are in.")
@click.option(
    "--round", "round_", is_flag=True, help="Round amounts to whole minutes, each by itself."
)
@click.option(
    "--outside",
    metavar="NAME",
    multiple=True,
    help="A name that is nobody on file: the group's own account, or somebody who is gone.",
)
@click.option(
    "--accept",
    metavar="ROW",
    type=click.IntRange(0),
    multiple=True,
    help="Accept what was found there.",
)
@who_option
@encoding_option
@dates_option
@yes_option
def import_history(
    file: Path,
    layout: str,
    map_: tuple[tuple[str, str], ...],
    ignore: tuple[str, ...],
    in_: tuple[str, ...],
    out: tuple[str, ...],
    unit: str | None,
    round_: bool,
    outside: tuple[str, ...],
    accept: tuple[int, ...],
    who: tuple[tuple[str, str], ...],
    encoding: str,
    dates: str,
    yes: bool,
) -> None:
    """Bring the history of an earlier system over from a FILE.

    A CSV file has the columns member, date, kind, amount, and balance where it has one; --map
    says which is which. Each row gives hours to a member or takes them off. Rows count from 0
    after the headings. Where the file's own balances do not follow, the row is named and nothing
    is recorded until it is accepted; the difference is then recorded before the row. The same
    file twice changes nothing.
    """
    cc = layout == "timebank-cc"
    options = HistoryOptions(
        layout=layout,
        columns=(*map_, *((heading, "") for heading in ignore)),
        kinds_in=in_ or (("Credit",) if cc else ()),
        kinds_out=out or (("Debit",) if cc else ()),
        unit=unit,
        dates=dates,
        encoding=encoding,
        round_minutes=round_,
        outside=outside,
        who=who,
        accepted=accept,
    )
    data = file.read_bytes()
    with open_instance() as instance:
        with instance.reading() as unit_:
            plan = history_import.plan_history(unit_, data, options)
        if plan.earlier is not None:
            click.echo("Nothing to do: this file was brought over before.")
            return
        _show(plan)
        _refuse(plan)
        if not yes:
            click.confirm("Record this?", abort=True)
        with instance.acting() as unit_:
            done = history_import.apply_history(unit_, plan)
    click.echo(
        f"{_rows(done.posted)} brought over"
        + (f", {count(done.adjustments, 'difference', 'differences')} recorded" if done.adjustments
           else "")
        + f". {count(done.members_added, 'member', 'members')} added."
    )  # fmt: skip


def _rows(number: int) -> str:
    return count(number, "row", "rows")


def _show(plan: HistoryPlan) -> None:
    """The preview: what each row of the file comes to."""
    click.echo(
        f"{_rows(plan.lines)} read: {plan.posted:,} move hours, {len(plan.nothing):,} move nothing,"
        f" {len(plan.left_out):,} left out."
    )
    if plan.nothing:
        click.echo(f"Rows that move nothing: {_runs([row for row, _line in plan.nothing])}")
    if plan.left_out:
        click.echo(f"Rows left out: {_runs([each.params['row'] for each in plan.left_out])}")
    show_new_members([party.name or "" for party in plan.new_members])
    for name, minutes in plan.below:
        click.echo(f"{name} ends with {words.duration(minutes)}.")
    for finding in plan.findings:
        said = "accepted" if finding not in plan.open_findings else "not accepted"
        click.echo(f"Row {finding.params['row']} ({said}). {in_words(finding)}")


def _refuse(plan: HistoryPlan) -> None:
    refuse_problems(plan.problems)
    waiting = [each.params["row"] for each in plan.open_findings]
    if waiting:
        accept = " ".join(f"--accept {row}" for row in waiting)
        raise Failed(
            f"{_rows(len(waiting))} to be accepted ({accept}), or put right in the file."
            " Nothing was recorded."
        )


def _runs(rows: Sequence[int]) -> str:
    """Row numbers with those that follow each other as one: "0, 4, 6-9"."""
    runs = []
    for _key, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        run = [row for _place, row in group]
        runs.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ", ".join(runs)


@import_.command("members")
@file_argument
@click.option(
    "--format",
    "layout",
    type=click.Choice(MEMBER_LAYOUTS),
    default="csv",
    show_default=True,
    help="The system the list is from; csv has columns that you name.",
)
@map_option
@ignore_option
@click.option("--leave-out", is_flag=True, help="Leave lines with a problem out.")
@who_option
@encoding_option
@dates_option
@yes_option
def import_members(
    file: Path,
    layout: str,
    map_: tuple[tuple[str, str], ...],
    ignore: tuple[str, ...],
    leave_out: bool,
    who: tuple[tuple[str, str], ...],
    encoding: str,
    dates: str,
    yes: bool,
) -> None:
    """Put members on file from a CSV or xlsx FILE.

    Columns: name; and as needed email, phone, address, number (in an earlier system), joined_on,
    statement_by and choice. Who is on file is left alone; nobody is written to.
    """
    options = MemberOptions(
        layout=layout,
        columns=(*map_, *((heading, "") for heading in ignore)),
        encoding=encoding,
        dates=dates,
        who=who,
        leave_out=leave_out,
    )
    data = file.read_bytes()
    with open_instance() as instance:
        with instance.reading() as unit:
            plan = member_import.plan_members(unit, data, options)
        click.echo(
            f"{count(plan.lines, 'line', 'lines')} read: {len(plan.rows):,} to add,"
            f" {len(plan.already):,} on file already, {len(plan.left_out):,} left out."
        )
        for problem in plan.left_out:
            click.echo(in_words(problem))
        refuse_problems(plan.problems)
        show_new_members([row.name for row in plan.rows])
        if not plan.rows:
            click.echo("Nothing to do.")
            return
        if not yes:
            click.confirm("Record this?", abort=True)
        with instance.acting() as unit:
            done = member_import.apply_members(unit, plan)
    click.echo(f"{count(done.added, 'member', 'members')} added.")
