"""A statement in another form: files to keep, print or read out, and pages in large print and
easy read.

The form is made after the unit has closed, from what was read in it: setting a PDF takes time.
"""

from __future__ import annotations

import json

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from timebank import statement_easy_read, statement_formats, statements
from timebank.statement_said import Content, Reader, reader_of, said
from web.access import access
from web.units import current_actor, reading

pages = Blueprint("statement_formats", __name__)


@pages.get("/statements/<statement_id>/<form>")
@access("rewards.view")
def file(statement_id: str, form: str) -> Response:
    """One form as a file; ``?money=yes`` with money values."""
    if form not in statement_formats.FORMATS:
        abort(404)
    with reading() as unit:
        wanted = statement_formats.wanted(unit, statements.statement(unit, statement_id), form)
    return answer(wanted, money_values=_money_wanted())


def answer(wanted: statement_formats.Wanted, *, money_values: bool) -> Response:
    """The form as an answer: shown by browsers that can, under a name that tells nothing."""
    response = Response(
        wanted.make(money_values=money_values), content_type=wanted.content_type
    )  # fmt: skip
    shown = "attachment" if wanted.content_type.startswith("text/csv") else "inline"
    response.headers["Content-Disposition"] = f'{shown}; filename="{wanted.file_name}"'
    return response


@pages.get("/statements/<statement_id>/large-print/page")
@access("rewards.view")
def large_print(statement_id: str) -> str:
    """The statement in 18 point on the screen, one thing under the other."""
    content, reader, own = _read(statement_id)
    return render_template(
        "statement_formats/large_print.html",
        said=said(content, reader, money_values=_money_wanted()),
        statement_id=statement_id,
        own=own,
    )


@pages.get("/statements/<statement_id>/easy-read/page")
@access("rewards.view")
def easy_read(statement_id: str) -> str:
    """The statement in easy read: short sentences with a picture beside them."""
    content, reader, own = _read(statement_id)
    return render_template(
        "statement_formats/easy_read.html",
        title=statement_easy_read.title(content),
        parts=statement_easy_read.parts(content, reader, _money_wanted()),
        picture=statement_easy_read.picture,
        language=content["language"],
        statement_id=statement_id,
        own=own,
    )


def _read(statement_id: str) -> tuple[Content, Reader, bool]:
    with reading() as unit:
        found = statements.statement(unit, statement_id)
        own = found.member_id == current_actor().member_id
        return json.loads(found.content), reader_of(unit, found), own


def _money_wanted() -> bool:
    return request.args.get("money") == "yes"
