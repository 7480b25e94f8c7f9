"""Using hours for a reward: asking, deciding, handing over, calling off."""

from __future__ import annotations

from timebank import approvals, redemptions
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, OneOf, Paragraph, Whole

DECISIONS = ("approve", "decline", "hand_over")


class RequestRedemptionSchema(CommandSchema):
    """One member asks for one reward, as it was when they read it."""

    command = redemptions.RequestRedemption

    reward_id = Id()
    reward_revision = Whole()
    member_id = Id()
    how = OneOf(redemptions.HOW, load_default="online")
    information_version = Whole()


class _Moving(CommandSchema):
    """What every step needs: which redemption, and its revision as read."""

    redemption_id = Id(from_path=True)
    revision = Whole()


class ApproveRedemptionSchema(_Moving):
    """Say yes to what was asked for."""

    command = redemptions.ApproveRedemption


class DeclineRedemptionSchema(_Moving):
    """Say no, with a reason; the hours go back."""

    command = redemptions.DeclineRedemption

    reason = OneOf(redemptions.DECLINE_REASONS, error_messages={"invalid": N_("Choose a reason.")})
    words = Paragraph(load_default="")


class CancelRedemptionSchema(_Moving):
    """Call it off; the hours go back."""

    command = redemptions.CancelRedemption


class FulfilRedemptionSchema(_Moving):
    """Record that it was handed over."""

    command = redemptions.FulfilRedemption


class UndoFulfilmentSchema(_Moving):
    """Take back a handing over that was recorded by mistake."""

    command = redemptions.UndoFulfilment

    words = Paragraph(error_messages={"empty": N_("Say what went wrong.")})


class AskSecondApproverSchema(CommandSchema):
    """Ask the group's second approver to decide, by a single-use link."""

    command = approvals.AskSecondApprover

    redemption_id = Id(from_path=True)


class DecideByLinkSchema(CommandSchema):
    """The second approver's answer; no command, the link's code is in the address."""

    decision = OneOf(DECISIONS)
