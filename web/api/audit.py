"""The books: proved on request."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import audit
from timebank.words import FINDINGS
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint
from web.filters import words
from web.schemas import CommandSchema
from web.schemas.fields import N_, Matching

blp = Blueprint("books", __name__, description="The books")


class FindingShape(Schema):
    """Something that is not as it must be."""

    code = shapes.text()
    message = shapes.text()
    params = fields.Dict(keys=fields.String(), required=True)


class ReportShape(Schema):
    """The proof. Note ``head`` somewhere else, to compare the books with it another day."""

    proved = shapes.yes_no()
    transactions = shapes.whole()
    head = shapes.text()
    findings = fields.List(fields.Nested(FindingShape), required=True)


class VerifyQuery(CommandSchema):
    """``against`` is a head noted earlier: it finds a rewritten history and a tail cut off."""

    against = Matching(
        "[0-9]{1,15}:[0-9a-f]{64}",
        most=80,
        load_default="",
        wrong=N_("Use a head as it was noted: a number, a colon and 64 digits or letters a to f."),
    )


@blp.route("/books/verify")
@access("books.prove")
@blp.arguments(VerifyQuery, location="query")
@blp.response(200, ReportShape)
def verify(query: dict[str, str]) -> dict[str, Any]:
    """Recount the books and compare all records with them; changes nothing."""
    seq, _, digest = query["against"].partition(":")
    with units.reading() as unit:
        report = audit.verify(unit, against=(int(seq), digest) if seq else None)
    return {
        "proved": not report.findings,
        "transactions": report.transactions,
        "head": f"{report.head.seq}:{report.head.digest.hex()}",
        "findings": [
            {
                "code": finding.code,
                "message": words().say(FINDINGS[finding.code], **finding.params),
                "params": {name: _plain(value) for name, value in finding.params.items()},
            }
            for finding in report.findings
        ],
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)
