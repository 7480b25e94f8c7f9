"""Statements: listed, read as they were issued, and issued for a month that has ended."""

from __future__ import annotations

import json
from typing import Any

from flask import abort
from marshmallow import Schema, fields
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from timebank import statements
from timebank.models import Statement
from timebank.statement_formats import FORMATS, wanted
from timebank.statements import IssueStatements, StatementsIssued
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Matching
from web.schemas.statements import IssueStatementsSchema

blp = Blueprint("statements", __name__, description="Statements")


class StatementShape(Schema):
    """A statement's period and balances; ``from_on`` and ``until_on`` are both included."""

    id = shapes.text()
    reference = shapes.text()
    member_id = shapes.text()
    from_on = shapes.day()
    until_on = shapes.day()
    opening_minutes = shapes.whole()
    closing_minutes = shapes.whole()
    content_sha256 = shapes.text()
    issued_at = shapes.instant()


class StatementWithContentShape(StatementShape):
    """A statement with its content as it was issued, which never changes.

    ``content_text`` is the canonical JSON whose SHA-256 is ``content_sha256``.
    """

    content = fields.Dict(required=True)
    content_text = shapes.text()


StatementsPage = shapes.listed(StatementShape)


class StatementsQuery(PageQuery):
    """``member_id``: whose; without it your own."""

    member_id = Id(load_default=None, allow_none=False)


def statement_json(statement: Statement) -> dict[str, Any]:
    """A statement without its content; to be called while the unit is open."""
    return {name: getattr(statement, name) for name in StatementShape().fields}


@blp.route("/statements")
@access(SIGNED_IN)
@blp.arguments(StatementsQuery, location="query")
@blp.response(200, StatementsPage)
def list_statements(query: dict[str, Any]) -> dict[str, Any]:
    """List a member's statements, newest first; your own unless you say whose."""
    start = query["offset"]
    with units.reading() as unit:
        found = statements.of_member(unit, query["member_id"] or own_member_id())
        shown = found[start : start + query["limit"] + 1]
        return page([statement_json(statement) for statement in shown], query)


@blp.route("/statements/<id:statement_id>")
@access(SIGNED_IN)
@blp.response(200, StatementWithContentShape)
def read_statement(statement_id: str) -> dict[str, Any]:
    """Read one statement: one of your own, or any if you may see them."""
    with units.reading() as unit:
        found = statements.statement(unit, statement_id)
        content = {"content": json.loads(found.content), "content_text": found.content}
        return statement_json(found) | content


class FormConverter(BaseConverter):
    """A form of statements in an address; any other text is an address that does not exist."""


class FormatQuery(CommandSchema):
    """``money_values=yes``: with the money values of rewards, apart from the hours."""

    money_values = Matching("yes|no", load_default="no", most=3, wrong=N_("Use yes or no."))


_CONTENT: dict[str, Any] = {each.content_type: {} for each in FORMATS.values()}


@blp.route("/statements/<id:statement_id>/formats/<form:format>")
@access(SIGNED_IN)
@blp.arguments(FormatQuery, location="query")
@blp.doc(responses={"200": {"description": "The statement in this form.", "content": _CONTENT}})
def read_format(query: dict[str, str], statement_id: str, format: str) -> Response:
    """Read one statement in one of its forms, as a file made from its content alone."""
    if format not in FORMATS:
        abort(404)
    with units.reading() as unit:
        form = wanted(unit, statements.statement(unit, statement_id), format)
    response = Response(
        form.make(money_values=query["money_values"] == "yes"), content_type=form.content_type
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{form.file_name}"'
    return response


@blp.route("/statements/issue", methods=["POST"])
@access("statement.issue")
@blp.keyed
@blp.arguments(IssueStatementsSchema)
@blp.response(200, shapes.of_result(StatementsIssued))
def issue(command: IssueStatements) -> StatementsIssued:
    """Issue every statement due up to the end of a month that has ended.

    The ``tick`` does this by itself; asking twice issues nothing twice.
    """
    return run(statements.issue_statements, command)
