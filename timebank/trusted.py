"""Trusted people: a member lets somebody act for them, within limits and until they say stop.

A trusted person signs in as themselves. While they act for the member they are an actor with the
member's account, their own id, and no role but ``roles.TRUSTED`` and what the member added to it
(``roles.MAY`` says what that is); whatever else they are counts for nothing meanwhile. Each
request looks the consent up again, so that ending it works at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import joinedload

from timebank import notices, people, texts, throttle, trail
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.member_list import TAKING_PART
from timebank.models import Member, Person, SignIn, Trust
from timebank.roles import TRUSTED, TRUSTED_TO_ASK, TRUSTED_WITH_MONEY, Actor, not_for_oneself
from timebank.tokens import sha256_of
from timebank.unit import Unit

# What a trusted person may ask for, and the roles that this adds up to.
REWARDS: dict[str, frozenset[str]] = {
    "none": frozenset({TRUSTED}),
    "no_money": frozenset({TRUSTED, TRUSTED_TO_ASK}),
    "all": frozenset({TRUSTED, TRUSTED_TO_ASK, TRUSTED_WITH_MONEY}),
}
HOW = ("online", "phone", "in_person", "paper")
MOST_OF_ONE = 5
# People one member may name within a quarter of an hour: each gets a message.
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class TrustPerson:
    """A member trusts somebody, found by e-mail address or, by a coordinator, member number; a
    coordinator may also put somebody on file with neither, who signs in with a card.

    ``member_id`` None is the actor's own. ``until_on`` is the last day, None until it is ended.
    Somebody who is not on file is put there and invited. Named again, the newest limits hold.
    """

    member_id: str | None = None
    name: str
    email: str | None = None
    number: int | None = None
    rewards: str = "none"
    until_on: date | None = None
    how: str = "online"


@dataclass(frozen=True, kw_only=True)
class PersonTrusted:
    """The consent that holds now."""

    trust_id: str
    member_id: str


@dataclass(frozen=True, kw_only=True)
class EndTrust:
    """They may not act any more: says the member, a coordinator, or the trusted person."""

    trust_id: str


@dataclass(frozen=True, kw_only=True)
class TrustEnded:
    """Whose consent ended."""

    trust_id: str
    member_id: str


def trust_person(unit: Unit, command: TrustPerson) -> PersonTrusted:
    """Record a member's consent, and tell both of them.

    Raises ``NotAllowed``: ``own_trust``, ``own_trust_recorded``, ``trust_throttled``;
    ``RuleBroken``: ``member_left``, ``trust_how_online``, ``trust_day_past``,
    ``trust_needs_email``, ``trusts_many``; ``NotFound('member_not_on_file')``.
    """
    member = _member(unit, command)
    name = texts.clean(command.name, "name")
    texts.one_of(command.rewards, REWARDS, "rewards")
    if command.until_on is not None and command.until_on < unit.today:
        raise RuleBroken("trust_day_past", field="until_on")
    person = _person(unit, member, command, name)
    if person.id == member.person_id:
        raise NotAllowed("own_trust", field="email")
    if member.id != unit.actor.member_id:
        not_for_oneself(unit.actor, person.id, "own_trust_recorded")
    trusts = unit.db.scalars(_good(unit).where(Trust.member_id == member.id)).all()
    for earlier in trusts:
        if earlier.person_id == person.id:
            _end(unit, earlier)
    if sum(each.ended_at is None for each in trusts) >= MOST_OF_ONE:
        raise RuleBroken("trusts_many", most=MOST_OF_ONE)
    row = Trust(
        id=new_id(),
        member=member,
        person=person,
        called_words=name,
        rewards=command.rewards,
        how=command.how,
        recorded_by=unit.actor.id,
        recorded_at=unit.now,
        until_on=command.until_on,
    )
    unit.db.add(row)
    unit.db.flush()
    trail.record(unit, "trust.given", "member", member.id, person=person.id,
                 rewards=command.rewards, how=command.how)  # fmt: skip
    notices.send_later(unit, "trust_recorded", member.person_id, row.id)
    notices.send_later(unit, "trust_given", person.id, row.id)
    return PersonTrusted(trust_id=row.id, member_id=member.id)


def _member(unit: Unit, command: TrustPerson) -> Member:
    """Whose consent it is; only the member says it "online"."""
    member_id = command.member_id or unit.actor.member_id
    own = member_id is not None and member_id == unit.actor.member_id
    unit.actor.require("trust.give_own" if own else "trust.record")
    if (texts.one_of(command.how, HOW, "how") == "online") != own:
        raise RuleBroken("trust_how_online", field="how")
    found = people.member(unit, member_id or "")
    if found.status not in TAKING_PART:
        raise RuleBroken("member_left")
    if own:
        named = f"trust:{found.id}"
        throttle.count(unit, named, most=MOST_NAMED, code="trust_throttled")
    return found


def _person(unit: Unit, member: Member, command: TrustPerson, name: str) -> Person:
    """Who is trusted: on file already, or put there now.

    The member learns nothing from it about who is on file.
    """
    if command.number is not None and member.id != unit.actor.member_id:
        number = select(Member).where(Member.number == command.number)
        found = unit.db.scalar(number.options(joinedload(Member.person)))
        if found is None or found.status not in TAKING_PART:
            raise NotFound("member_not_on_file", field="number")
        return found.person
    email = texts.email(command.email)
    if email is None and member.id != unit.actor.member_id:
        return people.new_person(unit, name, None, None, None)  # they get a card on paper
    if email is None:
        raise RuleBroken("trust_needs_email", field="email")
    person = unit.db.scalar(select(Person).where(Person.email == email))
    if person is None:
        person = people.new_person(unit, name, email, None, None)
        people.invite(unit, person)
    return person


def end_trust(unit: Unit, command: EndTrust) -> TrustEnded:
    """End a consent; from the next request on they act for the member no more.

    Raises ``NotFound('trust_unknown')``, ``Conflict('trust_ended')``.
    """
    row = unit.db.get(Trust, command.trust_id)
    if row is None or unit.actor.trust_id is not None or not _may_end(unit, row):
        raise NotFound("trust_unknown")
    if row.ended_at is not None:
        raise Conflict("trust_ended")
    _end(unit, row)
    trail.record(unit, "trust.ended", "member", row.member_id, person=row.person_id)
    for person_id in (row.member.person_id, row.person_id):
        if person_id != unit.actor.person_id:
            notices.send_later(unit, "trust_ended", person_id, row.id)
    return TrustEnded(trust_id=row.id, member_id=row.member_id)


def _may_end(unit: Unit, row: Trust) -> bool:
    own = unit.actor.member_id is not None and row.member_id == unit.actor.member_id
    theirs = row.person_id == unit.actor.person_id
    return (
        own or theirs or (unit.actor.may("trust.record") and people.in_sight(unit, row.member_id))
    )


def _end(unit: Unit, row: Trust) -> None:
    row.ended_by, row.ended_at = unit.actor.id, unit.now
    unit.db.execute(update(SignIn).where(SignIn.trust_id == row.id).values(trust_id=None))
    unit.db.flush()


# --- reading ------------------------------------------------------------------------------------


def of_member(unit: Unit, member_id: str) -> Sequence[Trust]:
    """Whom a member trusts now: their own, or for who may record it."""
    if member_id != unit.actor.member_id or unit.actor.trust_id is not None:
        unit.actor.require("trust.record")
    people.member(unit, member_id)
    query = _good(unit).where(Trust.member_id == member_id)
    return unit.db.scalars(query.options(joinedload(Trust.person))).all()


def of_person(unit: Unit, person_id: str) -> Sequence[Trust]:
    """Who lets a person act for them now, with the members' names."""
    query = _good(unit).where(Trust.person_id == person_id)
    whole = joinedload(Trust.member).joinedload(Member.person)
    return unit.db.scalars(query.options(whole)).all()


def good(unit: Unit, trust_id: str) -> Trust | None:
    """A consent that holds now; the caller decides whether the actor may know of it."""
    return unit.db.scalar(_good(unit).where(Trust.id == trust_id))


def _good(unit: Unit) -> Select[Trust]:
    return (
        select(Trust)
        .join(Trust.member)
        .where(_holds(unit), Member.status.in_(TAKING_PART))
        .order_by(Trust.recorded_at, Trust.id)
    )


def _holds(unit: Unit) -> ColumnElement[bool]:
    still = or_(Trust.until_on.is_(None), Trust.until_on >= unit.today)
    return and_(Trust.ended_at.is_(None), still)


# --- acting -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Acting:
    """The actor that a trusted person is for a member, and the member's name for the banner."""

    actor: Actor
    name: str


def start(unit: Unit, token: str, trust_id: str) -> None:
    """Let a signed-in browser act for the member. Raises ``NotFound('trust_unknown')``."""
    row = good(unit, trust_id)
    if row is None or row.person_id != unit.actor.person_id or unit.actor.trust_id is not None:
        raise NotFound("trust_unknown")
    _put(unit, token, row.id)
    trail.record(unit, "trust.acting", "member", row.member_id)


def stop(unit: Unit, token: str) -> None:
    """Let a signed-in browser act for its own person again."""
    _put(unit, token, None)


def _put(unit: Unit, token: str, trust_id: str | None) -> None:
    unit.db.execute(
        update(SignIn).where(SignIn.token_sha256 == sha256_of(token)).values(trust_id=trust_id)
    )


def acting(unit: Unit, person_id: str, *, trust_id: str = "", member_id: str = "") -> Acting | None:
    """The actor by a consent of ``trust_id`` or ``member_id``; None when none holds."""
    which = Trust.id == trust_id if trust_id else Trust.member_id == member_id
    query = _good(unit).where(which, Trust.person_id == person_id)
    row = unit.db.scalars(query.options(joinedload(Trust.member).joinedload(Member.person))).first()
    if row is None:
        return None
    actor = Actor(
        id=person_id,
        person_id=person_id,
        member_id=row.member_id,
        roles=REWARDS[row.rewards],
        trust_id=row.id,
    )
    return Acting(actor=actor, name=row.member.person.name)


def nobodys(person_id: str) -> Acting:
    """What somebody is who wants to act for a member and may not: nothing at all."""
    return Acting(actor=Actor(id=person_id, person_id=person_id, trust_id=""), name="")
