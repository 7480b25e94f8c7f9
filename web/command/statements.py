"""Statements at the terminal: print one, issue those of a month."""

from __future__ import annotations

import calendar
import json
from datetime import date

import click

from timebank import statement_text
from timebank import statements as issued
from timebank.errors import NotFound, RuleBroken
from timebank.models import Statement
from timebank.unit import Unit
from web.command.instance import count, find_member, open_instance, progress, words

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
def statement(which: str, period: date | None) -> None:
    """Print an issued statement, by its reference or by member and month."""
    with open_instance() as instance, instance.reading() as unit:
        found = _find(unit, which, period)
        text = statement_text.plain(json.loads(found.content), words)
    click.echo(text)


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
