"""Statements at the terminal: print one, issue those of a month."""

from __future__ import annotations

import calendar
import sys
from datetime import date
from pathlib import Path

import click

from timebank import statement_formats
from timebank import statements as issued
from timebank.errors import NotFound, RuleBroken
from timebank.models import Statement
from timebank.unit import Unit
from web.command.instance import count, find_member, open_instance, progress

IN_ONE_UNIT = 200


class Month(click.ParamType):
    """A month such as 2026-11; its value is the month's last day."""

    name = "YYYY-MM"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The last day of the month."""
        if isinstance(value, date):
            return value
        year, _, month = str(value).partition("-")
        try:
            if len(year) != 4 or len(month) != 2:
                raise ValueError
            last = calendar.monthrange(int(year), int(month))[1]
            return date(int(year), int(month), last)
        except ValueError:
            self.fail(f"{value} is not a month. Write it like 2026-11.", param, ctx)


@click.command()
@click.argument("which", metavar="REFERENCE|MEMBER")
@click.option("--period", type=Month(), help="The month, for a member (the newest unless given).")
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
    which: str, period: date | None, form: str, money_values: bool, output: Path | None
) -> None:
    """Print an issued statement, by its reference or by member and month, in any of its forms."""
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


def _find(unit: Unit, which: str, period: date | None) -> Statement:
    try:
        return issued.statement_by_reference(unit, which.strip().upper())
    except NotFound:
        return _of_member(unit, which, period)


def _of_member(unit: Unit, who: str, period: date | None) -> Statement:
    try:
        found = find_member(unit, who)
    except RuleBroken as error:
        if error.code == "no_such_member":
            raise NotFound("no_such_statement", given=who) from error
        raise
    of_member = issued.of_member(unit, found.id)
    fitting = [one for one in of_member if period is None or one.until_on == period]
    if not fitting:
        raise NotFound("no_statement_yet", given=who)
    return max(fitting, key=lambda one: one.until_on)


@click.group()
def statements() -> None:
    """Issue statements."""


@statements.command("issue")
@click.option("--period", type=Month(), required=True, help="The last month to issue.")
def statements_issue(period: date) -> None:
    """Issue every statement that is due up to the end of a month that is over.

    Nothing is issued twice: run it again and it does nothing.
    """
    with open_instance() as instance:
        show = progress("Statements issued:")
        done = 0
        command = issued.IssueStatements(until_on=period, most=IN_ONE_UNIT)
        while True:
            # Some at a time: others get the books in between.
            with instance.acting() as unit:
                some = issued.issue_statements(unit, command).count
            if some == 0:
                break
            done += some
            show(done)
    click.echo(f"{count(done, 'statement', 'statements')} issued.")
