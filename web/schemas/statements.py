"""Issuing and printing statements."""

from __future__ import annotations

from timebank import statements
from timebank.statement_check import CheckStatement
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Line, Minutes, YesNo


class IssueStatementsSchema(CommandSchema):
    """Issue every statement due up to the end of a month; ``most`` is the command line's."""

    command = statements.IssueStatements

    until_on = Day(error_messages={"required": N_("Enter the last day of the month.")})


class PrintStatementSchema(CommandSchema):
    """Record that a paper statement was printed."""

    command = statements.PrintStatement

    statement_id = Id(from_path=True)


class CheckStatementSchema(CommandSchema):
    """What stands on somebody's copy of a statement; hours below zero are ticked."""

    command = CheckStatement

    reference = Line(
        most=40, error_messages={"empty": N_("Enter the number of the statement, like 7KQ4-M2XW.")}
    )
    closing_minutes = Minutes(
        error_messages={"required": N_("Enter what could be used at the end.")}
    )
    below_zero = YesNo(load_default=False)
    receipt = Line(most=60, error_messages={"empty": N_("Enter the receipt.")})
