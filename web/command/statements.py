"""Statements at the terminal: print one, issue what is due, say what would be."""

from __future__ import annotations

import calendar
import re
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from timebank import statement_formats, statement_text
from timebank import statements as issued
from timebank.errors import NotFound, RuleBroken
from timebank.models import Statement
from timebank.pauses import paused
from timebank.statement_holders import in_content
from timebank.unit import Unit
from timebank.words import Words
from web.command.instance import count, find_member, open_instance, progress

IN_ONE_UNIT = 200


class Period(NamedTuple):
    """A day, or the days of a month, both ends included."""

    first: date
    last: date


class PeriodType(click.ParamType):
    """A month such as 2026-11, or a day such as 2026-11-15."""

    name = "YYYY-MM[-DD]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Period:
        """Its first and its last day."""
        if isinstance(value, Period):
            return value
        text = str(value)
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return Period(date.fromisoformat(text), date.fromisoformat(text))
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
                raise ValueError
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            self.fail(
                f"{value} is no month and no day. Write it like 2026-11 or 2026-11-15.", param, ctx
            )
        return Period(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


@click.command()
@click.argument("which", metavar="REFERENCE|MEMBER")
@click.option(
    "--period", type=PeriodType(), help="When it ended, for a member (the newest unless given)."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(statement_formats.FORMATS)),
    default="text",
    show_default=True,
    help="The form it comes in.",
)
@click.option("--money-values", is_flag=True, help="With the money values of rewards, apart.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; the terminal or a pipe unless given.",
)
def statement(
    which: str, period: Period | None, form: str, money_values: bool, output: Path | None
) -> None:
    """Print an issued statement, by its reference or by member and period, in any of its forms."""
    with open_instance() as instance, instance.reading() as unit:
        wanted = statement_formats.wanted(unit, _find(unit, which, period), form)
    if output is None and form in statement_formats.BINARY and sys.stdout.isatty():
        raise click.UsageError("A PDF is for a file or a printer. Name a file with --output.")
    made = wanted.make(money_values=money_values)
    if output is None:
        click.echo(made, nl=False)
        return
    with click.open_file(str(output), "wb", atomic=True) as stream:
        stream.write(made)
    click.echo(f"Written to {output}.", err=True)


def _find(unit: Unit, which: str, period: Period | None) -> Statement:
    try:
        return issued.statement_by_reference(unit, which.strip().upper())
    except NotFound:
        return _of_member(unit, which, period)


def _of_member(unit: Unit, who: str, period: Period | None) -> Statement:
    try:
        found = find_member(unit, who)
    except RuleBroken as error:
        if error.code == "no_such_member":
            raise NotFound("no_such_statement", given=who) from error
        raise
    of_member = issued.of_member(unit, found.id)
    fitting = [
        one for one in of_member if period is None or period.first <= one.until_on <= period.last
    ]
    if not fitting:
        raise NotFound("no_statement_yet", given=who)
    return max(fitting, key=lambda one: one.until_on)


@click.group()
def statements() -> None:
    """Issue statements."""


@statements.command("issue")
@click.option("--period", type=PeriodType(), required=True, help="The last month or day to issue.")
def statements_issue(period: Period) -> None:
    """Issue every statement that is due up to the end of a month, or a day, that is over.

    Nothing is issued twice: run it again and it does nothing.
    """
    with open_instance() as instance:
        show = progress("Statements issued:")
        done = 0
        command = issued.IssueStatements(until_on=period.last, most=IN_ONE_UNIT)
        while True:
            # Some at a time: others get the books in between.
            with instance.acting() as unit:
                some = issued.issue_statements(unit, command).count
            if some == 0:
                break
            done += some
            show(done)
    click.echo(f"{count(done, 'statement', 'statements')} issued.")


@statements.command("due")
@click.option(
    "--until", type=PeriodType(), help="Up to which month or day; up to yesterday unless given."
)
def statements_due(until: Period | None) -> None:
    """Say who would get a statement, and change nothing.

    A day to come is judged as if nothing more were recorded.
    """
    with open_instance() as instance, instance.reading() as unit:
        words = Words(unit.community.language)
        until_on = issued.last_ended(unit) if until is None else until.last
        found = issued.due_statements(unit, until_on)
        for each in found:
            click.echo(_foreseen(words, each))
        if paused(unit) is not None:
            click.echo("Statements are paused, so none is issued until they are resumed.")
    click.echo(f"{count(len(found), 'statement', 'statements')} would be issued.")


def _foreseen(words: Words, each: issued.DueStatement) -> str:
    member = each.holder.member
    who = statement_text.holder_name(words, in_content(each.holder))
    if member is not None:
        who = f"{member.number} {member.person.name}".rstrip()
    period = statement_text.period(words, each.from_on, each.until_on)
    return f"{who}: {period}, {count(each.lines, 'line', 'lines')}"
