"""Sign-in cards for trusted people who read no e-mail: printed by a coordinator, handed over."""

from __future__ import annotations

from dataclasses import dataclass

from timebank import people, sign_in_cards, trail, trusted
from timebank.errors import NotFound
from timebank.models import SignInCard, Trust
from timebank.role_holders import guarded
from timebank.roles import not_for_oneself
from timebank.sign_in_cards import CardIssued
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class IssueTrustedCard:
    """A card for the person of a consent; one they had before stops working."""

    trust_id: str


def issue_trusted_card(unit: Unit, command: IssueTrustedCard) -> CardIssued:
    """Issue a card, as ``sign_in_cards.issue_card`` does for a member."""
    row = trust(unit, command.trust_id)
    not_for_oneself(unit.actor, row.person_id, "own_card")
    card_id = sign_in_cards.new_card(unit, row.person_id)
    trail.record(unit, "card.issued", "member", row.member_id, person=row.person_id)
    return CardIssued(card_id=card_id)


def trust(unit: Unit, trust_id: str) -> Trust:
    """The consent, for who may make cards for its person. Raises ``NotFound('trust_unknown')``."""
    unit.actor.require("card.issue")
    row = trusted.good(unit, trust_id)
    if row is None or not people.in_sight(unit, row.member_id):
        raise NotFound("trust_unknown")
    if guarded(unit, row.person_id):
        unit.actor.require("role.grant")
    return row


def card(unit: Unit, row: Trust) -> SignInCard | None:
    """The card of a trusted person that works now."""
    return sign_in_cards.good_card(unit, row.person_id)
