"""A member's statements: the list, one of them, and its plain text to keep or print."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import groups, statement_text, statements
from timebank.models import Statement
from timebank.statement_content import receipt_of
from timebank.statement_formats import FORMATS
from timebank.statement_said import Reader, said
from web.access import SIGNED_IN, access
from web.forms import form_key
from web.units import current_actor, kept, reading

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
        return render_template(
            "statements/shared.html",
            statements=statements.of_pot(unit),
            title=_("Statements of the community pot"),
            whose=_("The community pot"),
            back=url_for("pot.pot"),
        )


@pages.get("/groups/<group_id>/statements")
@access(SIGNED_IN)
def of_group(group_id: str) -> str:
    """A group's statements, for who speaks for it or looks after it."""
    with reading() as unit:
        name = groups.group(unit, group_id).name
        return render_template(
            "statements/shared.html",
            statements=statements.of_group(unit, group_id),
            title=_("Statements of %(name)s", name=name),
            whose=name,
            back=url_for("groups.group", group_id=group_id),
        )


@pages.get("/statements/<statement_id>")
@access("rewards.view")
def statement(statement_id: str) -> str:
    """One statement: a sentence first, then each line, made from its fixed content alone."""
    said_here = kept(
        ("statement", statement_id, str(get_locale())),
        lambda unit: in_words(statements.statement(unit, statement_id)),
    )
    found: Statement = said_here["statement"]
    own = found.member_id is not None and found.member_id == current_actor().member_id
    return render_template(
        "statements/statement.html", own=own, forms=FORMATS, back=_back(found, own), **said_here
    )


def _back(found: Statement, own: bool) -> tuple[str, str] | None:
    """Where the list is that this statement stands in, and what it is called."""
    kind, _colon, id_ = found.account.partition(":")
    if kind == "group":
        return url_for(".of_group", group_id=id_), _("Statements of the group")
    if kind == "pot":
        return url_for(".of_pot"), _("Statements of the community pot")
    return (url_for(".mine"), _("My statements")) if own else None


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
