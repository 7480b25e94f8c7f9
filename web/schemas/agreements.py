"""What is agreed with one person about which minutes are recognised."""

from __future__ import annotations

from timebank import agreements
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Minutes, Paragraph, Whole, YesNo


class ProposeAgreementSchema(CommandSchema):
    """An agreement with a member, to be signed by somebody else."""

    command = agreements.ProposeAgreement

    member_id = Id(from_path=True)
    extra_preparation_minutes = Minutes(load_default=0)
    full_session = YesNo(load_default=False)
    words = Paragraph(load_default="")
    from_on = Day(error_messages={"required": N_("Enter the first day.")})
    until_on = Day(load_default=None, allow_none=True)


class SignAgreementSchema(CommandSchema):
    """Sign what somebody else proposed; ``revision`` is as read."""

    command = agreements.SignAgreement

    agreement_id = Id(from_path=True)
    revision = Whole()


class EndAgreementSchema(CommandSchema):
    """End it today; ``revision`` is as read."""

    command = agreements.EndAgreement

    agreement_id = Id(from_path=True)
    revision = Whole()
