"""Corrections that wait for a second person, a session undone, and what amends other postings."""

from __future__ import annotations

from timebank import amendments, second_looks, session_undo
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Minutes, OneOf, Paragraph, Whole, YesNo

_WHY = {"invalid": N_("Choose why this is corrected.")}


class AgreeCorrectionSchema(CommandSchema):
    """Agree to what somebody else proposed."""

    command = second_looks.AgreeCorrection

    proposal_id = Id(from_path=True)


class RefuseCorrectionSchema(CommandSchema):
    """Do not agree, or take back what one proposed."""

    command = second_looks.RefuseCorrection

    proposal_id = Id(from_path=True)


class UndoSessionSchema(CommandSchema):
    """Take back every credit of a session; ``plan_again`` plans a copy of it."""

    command = session_undo.UndoSession

    session_id = Id(from_path=True)
    revision = Whole()
    plan_again = YesNo(load_default=False)
    words = Paragraph(load_default="")


class AmendPostingSchema(CommandSchema):
    """What is right in place of a transaction that stands for no attendance."""

    command = amendments.AmendPosting

    first_seq = Whole(most=10**12)
    revision = Whole()
    minutes = Minutes()
    reason = OneOf(amendments.REASONS, error_messages=_WHY)
    words = Paragraph(load_default="")
