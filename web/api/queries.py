"""Queries: members say that something is not right, and somebody not involved decides."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import queries
from timebank.models import Query
from timebank.queries import QueryMoved
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.schemas.fields import Id
from web.schemas.queries import (
    AnswerQuerySchema,
    AppealQuerySchema,
    OpenQuerySchema,
    ReplyToQuerySchema,
    ResolveQuerySchema,
    SettleQuerySchema,
)

blp = Blueprint("queries", __name__, description="Queries about what was recorded")

Moved = shapes.of_result(QueryMoved)


class MessageShape(Schema):
    """One thing said: opened, reply, answer, resolved, appealed, closed or settled."""

    number = shapes.whole()
    kind = shapes.text()
    at = shapes.instant()
    words = shapes.text_or_none()


class QueryShape(Schema):
    """A query; ``status`` open, answered, resolved, appealed or closed. It is answered by
    ``reply_by_on``."""

    id = shapes.text()
    reference = shapes.text()
    member_id = shapes.text()
    subject = shapes.text()
    subject_id = shapes.text_or_none()
    account_seq = shapes.whole_or_none()
    how = shapes.text()
    status = shapes.text()
    outcome = shapes.text_or_none()
    reply_by_on = shapes.day()
    opened_at = shapes.instant()
    revision = shapes.whole()


class QueryWithMessagesShape(QueryShape):
    """A query and everything that was said about it, oldest first."""

    messages = fields.List(fields.Nested(MessageShape), required=True)


class QueriesQuery(PageQuery):
    """``member_id`` asks for one member's, newest first."""

    member_id = Id(load_default=None, allow_none=False)


def query_json(query: Query) -> dict[str, Any]:
    """A query without what was said; to be called while the unit is open."""
    return {name: getattr(query, name) for name in QueryShape().fields}


@blp.route("/queries")
@access(SIGNED_IN)
@blp.arguments(QueriesQuery, location="query")
@blp.response(200, shapes.listed(QueryShape))
def list_queries(query: dict[str, Any]) -> dict[str, Any]:
    """List queries.

    With ``member_id`` that member's. Without: for those who answer them what is open, by the day of
    the answer; for other members their own, newest first.
    """
    member_id, start, limit = query["member_id"], query["offset"], query["limit"]
    with units.reading() as unit:
        if member_id is None and unit.actor.may("query.answer"):
            shown = list(queries.queries(unit, limit=limit + 1, offset=start))
        else:
            found = queries.of_member(unit, member_id or own_member_id())
            shown = list(found[start : start + limit + 1])
        return page([query_json(each) for each in shown], query)


@blp.route("/queries", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(OpenQuerySchema)
@blp.response(201, Moved)
def open_query(command: queries.OpenQuery) -> QueryMoved:
    """Say that something is not right.

    Members for themselves (``how`` "online"); those who answer queries for a member who telephoned
    or came in person.
    """
    return run(queries.open_query, command, keyed=False)


@blp.route("/queries/<id:query_id>")
@access(SIGNED_IN)
@blp.response(200, QueryWithMessagesShape)
def read_query(query_id: str) -> dict[str, Any]:
    """Read one query: one of your own, or any if you answer them."""
    with units.reading() as unit:
        found = queries.query(unit, query_id)
        said = [{n: getattr(each, n) for n in MessageShape().fields} for each in found.messages]
        return query_json(found) | {"messages": said}


@blp.route("/queries/<id:query_id>/answer", methods=["POST"])
@access("query.answer")
@blp.may_be_keyed
@blp.arguments(AnswerQuerySchema)
@blp.response(200, Moved)
def answer(command: queries.AnswerQuery, query_id: str) -> QueryMoved:
    """Explain, or ask back."""
    return run(queries.answer_query, command, keyed=False)


@blp.route("/queries/<id:query_id>/reply", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(ReplyToQuerySchema)
@blp.response(200, Moved)
def reply(command: queries.ReplyToQuery, query_id: str) -> QueryMoved:
    """The member's next word."""
    return run(queries.reply_to_query, command, keyed=False)


@blp.route("/queries/<id:query_id>/resolve", methods=["POST"])
@access("query.answer")
@blp.may_be_keyed
@blp.arguments(ResolveQuerySchema)
@blp.response(200, Moved)
def resolve(command: queries.ResolveQuery, query_id: str) -> QueryMoved:
    """Decide it. Nobody does who recorded it, is complained about, or decided it before."""
    return run(queries.resolve_query, command, keyed=False)


@blp.route("/queries/<id:query_id>/appeal", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(AppealQuerySchema)
@blp.response(200, Moved)
def appeal(command: queries.AppealQuery, query_id: str) -> QueryMoved:
    """Ask for somebody who was not involved to look at it again, once."""
    return run(queries.appeal_query, command, keyed=False)


@blp.route("/queries/<id:query_id>/settle", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(SettleQuerySchema)
@blp.response(200, Moved)
def settle(command: queries.SettleQuery, query_id: str) -> QueryMoved:
    """The member says that it is settled."""
    return run(queries.settle_query, command, keyed=False)
