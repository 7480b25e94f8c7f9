"""Printed sign-in cards: a code to type or to scan, for somebody who wants no password.

The code is an HMAC of the card's id under the instance's secret, so a coordinator can print the
card again while it is good, and the database alone signs nobody in. Twelve letters of
``ids.ALPHABET`` hold 59 bits: too many to guess through a door that is throttled.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select

from timebank import sign_ins, throttle, trail
from timebank.errors import NotAllowed, NotFound
from timebank.ids import ALPHABET, new_id
from timebank.member_list import TAKING_PART, member
from timebank.models import Person, SignInCard
from timebank.role_holders import guarded
from timebank.roles import not_for_oneself
from timebank.unit import Database, Unit

LETTERS = 12
# Wrong codes within a quarter of an hour, at all cards together.
MOST_TRIES = 100


@dataclass(frozen=True, kw_only=True)
class IssueCard:
    """A card for a member; one they had before stops working."""

    member_id: str


@dataclass(frozen=True, kw_only=True)
class StopCard:
    """A card that was lost, or is not wanted any more."""

    member_id: str


@dataclass(frozen=True, kw_only=True)
class CardIssued:
    """The card's id."""

    card_id: str


@dataclass(frozen=True, kw_only=True)
class CardStopped:
    """Whose card was stopped; ``count`` is 0 when there was none."""

    member_id: str
    count: int


def issue_card(unit: Unit, command: IssueCard) -> CardIssued:
    """Issue a card. Not for oneself, and for somebody with a role only by who may grant roles."""
    unit.actor.require("card.issue")
    found = member(unit, command.member_id)
    not_for_oneself(unit.actor, found.person_id, "own_card")
    if guarded(unit, found.person_id):
        unit.actor.require("role.grant")
    if found.status not in TAKING_PART:
        raise NotAllowed("member_left")
    card_id = new_card(unit, found.person_id)
    trail.record(unit, "card.issued", "member", found.id)
    return CardIssued(card_id=card_id)


def new_card(unit: Unit, person_id: str) -> str:
    """A new card in the old one's place; for commands that decided that the actor may."""
    _stop(unit, person_id)
    card_id = new_id()
    unit.db.add(
        SignInCard(
            id=card_id,
            person_id=person_id,
            code_sha256=_sha256(code_of(unit, card_id)),
            issued_by=unit.actor.id,
            issued_at=unit.now,
            used_at=None,
            revoked_at=None,
        )
    )
    return card_id


def stop_card(unit: Unit, command: StopCard) -> CardStopped:
    """Stop a card: one's own, or anybody's by who may issue them. Signed-in browsers stay."""
    if command.member_id != unit.actor.member_id:
        unit.actor.require("card.issue")
    found = member(unit, command.member_id)
    count = _stop(unit, found.person_id)
    if count:
        trail.record(unit, "card.stopped", "member", found.id)
    return CardStopped(member_id=found.id, count=count)


def _stop(unit: Unit, person_id: str) -> int:
    card = good_card(unit, person_id)
    if card is None:
        return 0
    card.revoked_at = unit.now
    unit.db.flush()
    return 1


def good_card(unit: Unit, person_id: str) -> SignInCard | None:
    """The card of a person that works now."""
    return unit.db.scalar(
        select(SignInCard).where(SignInCard.person_id == person_id, SignInCard.revoked_at.is_(None))
    )


def code_of(unit: Unit, card_id: str) -> str:
    """The code on a card, in three groups: ``ABCD-EFGH-JKMN``."""
    mac = hmac.new(unit.settings.secret, b"card:" + card_id.encode("ascii"), hashlib.sha256)
    number = int.from_bytes(mac.digest(), "big")
    letters = ""
    for _ in range(LETTERS):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return "-".join(letters[start : start + 4] for start in range(0, LETTERS, 4))


def address_of(unit: Unit, card_id: str) -> str:
    """What the printed square leads to: a page with one button."""
    return f"{unit.settings.address}/card/{code_of(unit, card_id)}"


def sign_in(database: Database, code: str, *, shared: bool) -> str:
    """A new sign-in's token by the code of a card; capitals, spaces and hyphens do not matter.

    Raises ``NotAllowed``: ``sign_in_card_unknown`` for a code that is wrong or stopped, or
    ``sign_in_throttled``.
    """
    with database.doorstep() as unit:
        attempt_id = throttle.count(unit, "card", most=MOST_TRIES, code="sign_in_throttled")
    with database.doorstep() as unit:
        card = unit.db.scalar(
            select(SignInCard).where(
                SignInCard.code_sha256 == _sha256(code), SignInCard.revoked_at.is_(None)
            )
        )
        if card is None or not unit.db.get_one(Person, card.person_id).name:
            raise NotAllowed("sign_in_card_unknown", field="code")
        throttle.forgive(unit, attempt_id)
        card.used_at = unit.now
        return sign_ins.start(unit, card.person_id, way="card", shared=shared)


def card_of_member(unit: Unit, member_id: str) -> SignInCard:
    """The good card of a member, to print; ``NotFound('card_missing')`` when there is none."""
    unit.actor.require("card.issue")
    found = member(unit, member_id)
    if guarded(unit, found.person_id):
        unit.actor.require("role.grant")
    card = good_card(unit, found.person_id)
    if card is None:
        raise NotFound("card_missing")
    return card


def _sha256(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())
    return hashlib.sha256(plain.encode("ascii")).hexdigest()
