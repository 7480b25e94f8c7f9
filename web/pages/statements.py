"""A member's statements: the list, one of them, and its plain text to keep or print."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from timebank import statement_text, statements
from timebank.models import Statement
from timebank.statement_formats import FORMATS
from timebank.words import Words
from web.access import access
from web.units import current_actor, reading

pages = Blueprint("statements", __name__)


@pages.get("/statements")
@access("account.view_own")
def mine() -> str:
    """My statements, newest first."""
    with reading() as unit:
        found = statements.of_member(unit, current_actor().member_id or "")
        return render_template("statements/mine.html", statements=found)


@pages.get("/statements/<statement_id>")
@access("rewards.view")
def statement(statement_id: str) -> str:
    """One statement: a sentence first, then each line, made from its fixed content alone."""
    with reading() as unit:
        found = statements.statement(unit, statement_id)
        own = found.member_id == current_actor().member_id
        return render_template(
            "statements/statement.html", own=own, forms=FORMATS, **in_words(found)
        )


@pages.get("/statements/<statement_id>.txt")
@access("rewards.view")
def plain(statement_id: str) -> Response:
    """The same as plain text, for reading aloud, braille, large print or keeping."""
    with reading() as unit:
        found = statements.statement(unit, statement_id)
        text = statement_text.plain(json.loads(found.content))
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="statement-{found.reference}.txt"'
    )
    return response


def in_words(found: Statement) -> dict[str, Any]:
    """What a statement's page shows: its content said in the statement's own language."""
    content = json.loads(found.content)
    said = Words(content["language"])
    from_on = date.fromisoformat(content["period"]["from_on"])
    until_on = date.fromisoformat(content["period"]["until_on"])
    return {
        "statement": found,
        "content": content,
        "period": statement_text.period(said, from_on, until_on),
        "summary": statement_text.summary(
            said, until_on, content["closing_minutes"], content["held_minutes"]
        ),
        "receipt": statement_text.receipt_of(content),
        "rows": [_row(said, each, from_on) for each in content["lines"]],
    }


def _row(said: Words, line: dict[str, Any], from_on: date) -> dict[str, Any]:
    occurred_on = date.fromisoformat(line["occurred_on"])
    return {
        "text": statement_text.line(said, line["code"], line["params"], occurred_on),
        "change": statement_text.change(said, line["amount_minutes"]),
        "balance_minutes": line["balance_minutes"],
        "recorded_on": line["recorded_on"] if occurred_on < from_on else None,
    }
