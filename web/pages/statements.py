"""A member's statements: the list, one of them, and its plain text to keep or print."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from timebank import statement_text, statements
from timebank.models import Statement
from timebank.statement_content import receipt_of
from timebank.statement_formats import FORMATS
from timebank.statement_said import Reader, said
from web.access import access
from web.forms import form_key
from web.units import current_actor, reading

pages = Blueprint("statements", __name__)


@pages.get("/statements")
@access("account.view_own")
def mine() -> str:
    """My statements, newest first."""
    with reading() as unit:
        found = statements.of_member(unit, current_actor().member_id or "")
        return render_template("statements/mine.html", statements=found, key=form_key())


@pages.get("/pot/statements")
@access("pot.view")
def of_pot() -> str:
    """The community pot's statements, which every member may read."""
    with reading() as unit:
        return render_template("statements/pot.html", statements=statements.of_pot(unit))


@pages.get("/statements/<statement_id>")
@access("rewards.view")
def statement(statement_id: str) -> str:
    """One statement: a sentence first, then each line, made from its fixed content alone."""
    with reading() as unit:
        found = statements.statement(unit, statement_id)
        own = found.member_id is not None and found.member_id == current_actor().member_id
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
    one = said(content, Reader(), money_values=True)
    return {
        "statement": found,
        "content": content,
        "said": one,
        "receipt": receipt_of(content),
    }
