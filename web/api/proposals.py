"""Corrections that need a second person, undoing a session, and postings without an attendance."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import amendments, proposals, second_looks, session_undo
from web import units
from web.access import access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.proposals import (
    AgreeCorrectionSchema,
    AmendPostingSchema,
    RefuseCorrectionSchema,
    UndoSessionSchema,
)

blp = Blueprint("corrections", __name__, description="Corrections and their second person")

Decided = shapes.of_result(second_looks.CorrectionDecided)


class ProposalShape(Schema):
    """A correction that waits: of ``kind`` credit, session or amendment, about ``subject_id``."""

    id = shapes.text()
    kind = shapes.text()
    subject_id = shapes.text()
    minutes = shapes.whole()
    status = shapes.text()
    words = shapes.text_or_none()
    proposed_at = shapes.instant()


class ProposalsShape(Schema):
    """What waits, the oldest first."""

    items = fields.List(fields.Nested(ProposalShape), required=True)


@blp.route("/corrections")
@access("correction.agree")
@blp.response(200, ProposalsShape)
def list_proposals() -> dict[str, Any]:
    """List the corrections that wait for a second person."""
    with units.reading() as unit:
        found = proposals.waiting(unit)
        names = ProposalShape().fields
        return {"items": [{name: getattr(each, name) for name in names} for each in found]}


@blp.route("/corrections/<id:proposal_id>/agree", methods=["POST"])
@access("correction.agree")
@blp.keyed
@blp.arguments(AgreeCorrectionSchema)
@blp.response(200, Decided)
def agree(
    command: second_looks.AgreeCorrection, proposal_id: str
) -> second_looks.CorrectionDecided:
    """Agree to what somebody else proposed: it is recorded now."""
    return run(second_looks.agree_correction, command)


@blp.route("/corrections/<id:proposal_id>/refuse", methods=["POST"])
@access("correction.agree")
@blp.keyed
@blp.arguments(RefuseCorrectionSchema)
@blp.response(200, Decided)
def refuse(
    command: second_looks.RefuseCorrection, proposal_id: str
) -> second_looks.CorrectionDecided:
    """Do not agree: nothing is recorded."""
    return run(second_looks.refuse_correction, command)


@blp.route("/sessions/<id:session_id>/undo", methods=["POST"])
@access("credit.correct")
@blp.keyed
@blp.arguments(UndoSessionSchema)
@blp.response(200, shapes.of_result(session_undo.SessionUndone))
def undo(command: session_undo.UndoSession, session_id: str) -> session_undo.SessionUndone:
    """Take back every credit of a session in one go; nothing is erased."""
    return run(session_undo.undo_session, command)


@blp.route("/amendments", methods=["POST"])
@access("credit.correct")
@blp.keyed
@blp.arguments(AmendPostingSchema)
@blp.response(200, shapes.of_result(amendments.PostingAmended))
def amend(command: amendments.AmendPosting) -> amendments.PostingAmended:
    """Put right what stands for no attendance: opening hours, starting hours, an import.

    ``first_seq`` is the transaction as first recorded; ``revision`` how often it was put right.
    """
    return run(amendments.amend_posting, command)
