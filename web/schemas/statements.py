"""Issuing and printing statements."""

from __future__ import annotations

from timebank import statements
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id


class IssueStatementsSchema(CommandSchema):
    """Issue every statement due up to the end of a month; ``most`` is the command line's."""

    command = statements.IssueStatements

    until_on = Day(error_messages={"required": N_("Enter the last day of the month.")})


class PrintStatementSchema(CommandSchema):
    """Record that a paper statement was printed."""

    command = statements.PrintStatement

    statement_id = Id(from_path=True)
