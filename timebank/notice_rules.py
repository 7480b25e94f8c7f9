"""What holds for each kind of notice beside its words: how long it is worth sending, and how.

A message that waited longer than its kind is worth is dropped, and the page of messages names it:
mail that is switched on after months sends nothing stale.
"""

from __future__ import annotations

from datetime import timedelta

# A statement on paper waits for a coordinator to print it; it is never mailed.
PAPER = "statement_paper"

# How long a message is worth sending, from when it was written; every other kind four weeks.
FRESH_FOR: dict[str, timedelta] = {
    "statement_ready": timedelta(days=92),
    "group_statement_ready": timedelta(days=92),
    PAPER: timedelta(days=3650),
    "checkpoint": timedelta(days=3650),
}
USUALLY_FRESH_FOR = timedelta(days=28)

# What tells of a step; several to one person within this time go out as one message.
COLLECTED = frozenset(
    {
        "hours_credited", "is_it_right", "credit_corrected", "is_it_right_now",
        "posting_corrected", "opening_recorded",
        "redemption_requested", "redemption_approved", "redemption_declined",
        "redemption_cancelled", "redemption_fulfilled",
        "exchange_changed", "gift_given", "gift_received", "gift_returned", "pot_granted",
        "query_opened", "query_answered", "query_decided",
    }
)  # fmt: skip
COLLECTED_WITHIN = timedelta(hours=1)

# Kind, but nothing that anybody must get: it can be declined, in one click.
NEWS = frozenset({"thanks", "feedback_asked"})

# Of use only to somebody who can open the link.
LINK_ONLY = frozenset(
    {"invitation", "sign_in_link", "decide_link", "hand_over_link", "feedback_asked"}
)


def fresh_for(kind: str) -> timedelta:
    """How long a message of this kind is worth sending."""
    return FRESH_FOR.get(kind, USUALLY_FRESH_FOR)


def plain_kind(kind: str) -> str:
    """The kind of which there are words: a statement on paper is told of as any other."""
    return "statement_ready" if kind == PAPER else kind


def kind_on(channel: str, kind: str) -> str:
    """The kind as it is kept for a channel: a statement in a letter is one on paper."""
    return PAPER if (kind, channel) == ("statement_ready", "post") else kind
