"""What is agreed with one person about which of their minutes are recognised.

Somebody who needs longer to prepare, or who has to leave early, may have an agreement; a second
person signs it before it is used. It only ever offers minutes in the grid, with a mark; what an
hour counts is the same for everybody, and nothing here can say otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from timebank import member_list, texts, trail
from timebank.errors import NotAllowed, NotFound, RuleBroken
from timebank.figures import LONG_MINUTES
from timebank.ids import new_id
from timebank.member_list import visible_ids
from timebank.models import Agreement, Member
from timebank.roles import not_for_oneself
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class ProposeAgreement:
    """Propose an agreement with a member; it is used once somebody else has signed it.

    ``words`` say what it is for and may be erased; ``until_on`` None means until it is ended.
    """

    member_id: str
    extra_preparation_minutes: int = 0
    full_session: bool = False
    words: str = ""
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class SignAgreement:
    """Sign what somebody else proposed; ``revision`` is as it was seen."""

    agreement_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class EndAgreement:
    """End an agreement today, or take back one that was not signed."""

    agreement_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class AgreementMoved:
    """The agreement, how it stands, and its revision."""

    agreement_id: str
    status: str
    revision: int


# --- reading ------------------------------------------------------------------------------------


def _visible(unit: Unit) -> Select[Agreement]:
    return (
        select(Agreement)
        .join(Agreement.member)
        .join(Member.person)
        .options(contains_eager(Agreement.member).contains_eager(Member.person))
        .where(Agreement.member_id.in_(visible_ids(unit)))
    )


def agreement(unit: Unit, agreement_id: str) -> Agreement:
    """One agreement; ``NotFound('agreement_unknown')`` out of the actor's sight."""
    query = _visible(unit).where(Agreement.id == agreement_id)
    found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("agreement_unknown")
    return found


def of_member(unit: Unit, member_id: str) -> Sequence[Agreement]:
    """Every agreement with a member, the newest first; they may read their own."""
    member_list.member(unit, member_id)
    query = _visible(unit).where(Agreement.member_id == member_id)
    return unit.db.scalars(query.order_by(Agreement.proposed_at.desc(), Agreement.id)).all()


def to_sign(unit: Unit) -> Sequence[Agreement]:
    """Those that wait for a second person, the oldest first."""
    query = _visible(unit).where(Agreement.status == "proposed")
    return unit.db.scalars(query.order_by(Agreement.proposed_at, Agreement.id)).all()


def in_force(
    unit: Unit, member_ids: Collection[str], on: date
) -> Mapping[str, Sequence[Agreement]]:
    """The signed agreements that held on a day, by member, in one query."""
    query = _visible(unit).where(
        Agreement.member_id.in_(member_ids),
        Agreement.status.in_(("signed", "ended")),
        Agreement.signed_at.is_not(None),
        Agreement.from_on <= on,
        or_(Agreement.until_on.is_(None), Agreement.until_on >= on),
    )
    found: dict[str, list[Agreement]] = defaultdict(list)
    for each in unit.db.scalars(query.order_by(Agreement.from_on, Agreement.id)):
        found[each.member_id].append(each)
    return found


# --- commands -----------------------------------------------------------------------------------


def propose_agreement(unit: Unit, command: ProposeAgreement) -> AgreementMoved:
    """Propose one. Raises ``NotAllowed('own_agreement')``, ``RuleBroken``: ``agreement_empty``,
    ``agreement_ends_early``, ``agreement_too_long`` and what ``texts`` raises."""
    unit.actor.require("agreement.propose")
    member = member_list.member(unit, command.member_id)
    not_for_oneself(unit.actor, member.person_id, "own_agreement")
    extra = texts.whole_minutes(command.extra_preparation_minutes, "extra_preparation_minutes")
    if extra > LONG_MINUTES:
        raise RuleBroken(
            "agreement_too_long", field="extra_preparation_minutes", most_minutes=LONG_MINUTES
        )
    if not extra and not command.full_session:
        raise RuleBroken("agreement_empty", field="extra_preparation_minutes")
    if command.until_on is not None and command.until_on < command.from_on:
        raise RuleBroken("agreement_ends_early", field="until_on")
    found = Agreement(
        id=new_id(),
        member_id=member.id,
        extra_preparation_minutes=extra,
        full_session=command.full_session,
        words=texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True),
        status="proposed",
        revision=1,
        proposed_by=unit.actor.id,
        proposed_at=unit.now,
        from_on=command.from_on,
        until_on=command.until_on,
    )
    unit.db.add(found)
    unit.db.flush()
    trail.record(unit, "agreement.proposed", "agreement", found.id, member=member.id)
    return _as_it_stands(found)


def sign_agreement(unit: Unit, command: SignAgreement) -> AgreementMoved:
    """Sign one: not whoever proposed it, and not the person it is with.

    Raises ``NotAllowed``: ``own_agreement``, ``agreement_own_proposal``;
    ``Conflict('changed_meanwhile')``; ``RuleBroken('agreement_not_open')``.
    """
    unit.actor.require("agreement.sign")
    found = _unchanged(unit, command.agreement_id, command.revision)
    if found.status != "proposed":
        raise RuleBroken("agreement_not_open")
    if found.proposed_by == unit.actor.id:
        raise NotAllowed("agreement_own_proposal")
    found.signed_by, found.signed_at = unit.actor.id, unit.now
    return _move(unit, found, "signed")


def end_agreement(unit: Unit, command: EndAgreement) -> AgreementMoved:
    """End one from today on, or take back one that nobody signed."""
    unit.actor.require("agreement.propose")
    found = _unchanged(unit, command.agreement_id, command.revision)
    if found.status not in ("proposed", "signed"):
        raise RuleBroken("agreement_not_open")
    found.until_on = unit.today
    return _move(unit, found, "ended")


def _unchanged(unit: Unit, agreement_id: str, revision: int) -> Agreement:
    found = agreement(unit, agreement_id)
    not_for_oneself(unit.actor, found.member.person_id, "own_agreement")
    if found.revision != revision:
        raise trail.changed(unit, found.id)
    return found


def _move(unit: Unit, found: Agreement, status: str) -> AgreementMoved:
    found.status = status
    found.revision += 1
    trail.record(unit, f"agreement.{status}", "agreement", found.id, revision=found.revision)
    return _as_it_stands(found)


def _as_it_stands(found: Agreement) -> AgreementMoved:
    return AgreementMoved(agreement_id=found.id, status=found.status, revision=found.revision)
