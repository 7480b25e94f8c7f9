"""Asking for a reward through somebody the member trusts: what they may ask for, and how the
request is noted, so that whoever asked does not also decide."""

from __future__ import annotations

from timebank.errors import NotAllowed
from timebank.models import Redemption, Reward
from timebank.roles import Actor

# How such a request came, beside the ways in which a member or a coordinator asks.
TRUSTED = "trusted"


def require(actor: Actor, reward: Reward) -> None:
    """Refuse a trusted person what the member did not allow: ``NotAllowed('trusted_no_money')``.

    A voucher is as good as money, whatever its value is said to be.
    """
    if actor.trust_id is None:
        return
    with_money = reward.money_pence is not None or reward.kind == "voucher"
    if with_money and not actor.may("redemption.request_own_money"):
        raise NotAllowed("trusted_no_money")


def noted(actor: Actor, how: str) -> str:
    """How a request is noted: as it was said, or as one of a trusted person."""
    return how if actor.trust_id is None else TRUSTED


def asker_stays_out(found: Redemption) -> bool:
    """Whether somebody else than who asked has to agree and to hand over."""
    return found.money_pence is not None or found.how == TRUSTED
