"""The second approver of a small group: decides and hands over by single-use links, by mail.

Nobody approves for themselves; where nobody else holds a role that could, the person named in the
community's row is asked. The link works without signing in, once, and never for that person's own
redemption.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import or_, select

from timebank import asking, links, notices, redemption_steps, roles, scope, trail
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.models import Person, Redemption, RoleHeld, SingleUseLink
from timebank.redemption_steps import RedemptionMoved
from timebank.roles import Actor
from timebank.unit import Unit

# What a redemption in this status waits for, and what the link's holder may answer.
PURPOSE_OF_STATUS = {"requested": "decide", "approved": "hand_over"}
DECISIONS = {"decide": ("approve", "decline"), "hand_over": ("hand_over",)}
NOTICE = {"decide": "decide_link", "hand_over": "hand_over_link"}


@dataclass(frozen=True, kw_only=True)
class AskSecondApprover:
    """Mail the second approver a link that decides, or hands over, this redemption."""

    redemption_id: str


@dataclass(frozen=True, kw_only=True)
class ApproverAsked:
    """The link that goes out by mail."""

    link_id: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the page behind a link shows: what is asked, of which member, for which reward.

    ``decisions`` are the answers ``decide_by_link`` takes.
    """

    purpose: str
    decisions: tuple[str, ...]
    member_name: str
    reference: str
    title: str
    kind: str
    price_minutes: int
    money_pence: int | None


def ask_second_approver(unit: Unit, command: AskSecondApprover) -> ApproverAsked:
    """Ask the second approver, as the member concerned or as somebody who may approve.

    Raises ``RuleBroken('approver_missing')`` or ``RuleBroken('approver_without_email')``,
    ``NotAllowed('own_redemption')`` when the approver is the member, ``Conflict
    ('redemption_changed')`` when nothing is left to decide. Asking again mails the same link again.
    """
    found = unit.db.get(Redemption, command.redemption_id)
    own = found is not None and found.member_id == unit.actor.member_id
    if found is None or not (own or redemption_steps.may_deal_with(unit, found)):
        raise NotFound("redemption_unknown")
    if not own:
        unit.actor.require("redemption.approve")
    approver = _approver(unit)
    if approver is None:
        raise RuleBroken("approver_missing")
    if approver.id == found.member.person_id:
        raise NotAllowed("own_redemption")
    if not approver.email:
        raise RuleBroken("approver_without_email")
    return ApproverAsked(link_id=_ask(unit, found, approver).id)


def ask_if_nobody_else_can(unit: Unit, found: Redemption) -> None:
    """Ask the second approver when nobody with a role could take the redemption's next step."""
    approver = _approver(unit)
    if approver is None or not approver.email or approver.id == found.member.person_id:
        return
    if not _somebody_else_can(unit, found):
        _ask(unit, found, approver)


def question(unit: Unit, code: str) -> Question:
    """What a link asks; raises what ``links.open_link`` and ``decide_by_link`` raise."""
    link = links.open_link(unit, code)
    found = _redemption_of(unit, link)
    return Question(
        purpose=link.purpose,
        decisions=DECISIONS[link.purpose],
        member_name=found.member.person.name,
        reference=found.reference,
        title=found.title,
        kind=found.kind,
        price_minutes=found.price_minutes,
        money_pence=found.money_pence,
    )


def decide_by_link(unit: Unit, code: str, decision: str) -> RedemptionMoved:
    """Answer a link's question with ``approve``, ``decline`` or ``hand_over``, once.

    The link's person is the actor. Raises ``RuleBroken('decision_wrong')`` for an answer that the
    link does not take, ``Conflict('redemption_changed')`` when somebody was faster,
    ``NotAllowed('approver_changed')`` when the group has named somebody else since.
    """
    link = links.open_link(unit, code)
    if decision not in DECISIONS.get(link.purpose, ()):
        raise RuleBroken("decision_wrong", field="decision")
    found = _redemption_of(unit, link)
    links.spend(unit, link)
    acting = replace(unit, actor=Actor(id=link.person_id, person_id=link.person_id))
    trail.record(acting, "link.used", "redemption", found.id, link=link.id)
    if decision == "approve":
        moved = redemption_steps.approve(acting, found)
        ask_if_nobody_else_can(acting, found)
        return moved
    if decision == "decline":
        return redemption_steps.decline(acting, found, "other", "")
    return redemption_steps.fulfil(acting, found)


def _redemption_of(unit: Unit, link: SingleUseLink) -> Redemption:
    if link.purpose not in DECISIONS:
        raise NotFound("link_unknown")
    if link.person_id != unit.community.second_approver_id:
        raise NotAllowed("approver_changed")
    found = unit.db.get_one(Redemption, link.subject_id)
    if PURPOSE_OF_STATUS.get(found.status) != link.purpose:
        raise Conflict("redemption_changed")
    redemption_steps.refuse_own_and_asked(Actor(id=link.person_id, person_id=link.person_id), found)
    return found


def _approver(unit: Unit) -> Person | None:
    approver_id = unit.community.second_approver_id
    return None if approver_id is None else unit.db.get(Person, approver_id)


def _ask(unit: Unit, found: Redemption, approver: Person) -> SingleUseLink:
    purpose = PURPOSE_OF_STATUS.get(found.status)
    if purpose is None:
        raise Conflict("redemption_changed")
    link = _open_link(unit, purpose, found, approver)
    if link is None:
        link = links.make(unit, purpose, person_id=approver.id, subject_id=found.id)
        unit.db.flush()
    notices.send_later(unit, NOTICE[purpose], approver.id, link.id)
    trail.record(unit, "approver.asked", "redemption", found.id, link=link.id)
    return link


def _open_link(
    unit: Unit, purpose: str, found: Redemption, approver: Person
) -> SingleUseLink | None:
    query = select(SingleUseLink).where(
        SingleUseLink.purpose == purpose,
        SingleUseLink.subject_id == found.id,
        SingleUseLink.person_id == approver.id,
        SingleUseLink.spent_at.is_(None),
        SingleUseLink.expires_at > unit.now,
    )
    return unit.db.scalars(query).first()


def _somebody_else_can(unit: Unit, found: Redemption) -> bool:
    """Whether somebody with a role of today could take the next step: not the member concerned,
    and not whoever asked where they have to stay out of it."""
    action = "redemption.approve" if found.status == "requested" else "redemption.fulfil"
    excluded = {found.member.person_id}
    if asking.asker_stays_out(found):
        excluded.add(found.requested_by)
    query = select(RoleHeld.person_id).where(
        RoleHeld.role.in_(roles.MAY[action]),
        RoleHeld.from_on <= unit.today,
        or_(RoleHeld.until_on.is_(None), RoleHeld.until_on > unit.today),
        RoleHeld.person_id.not_in(excluded),
        scope.reaches(unit, found.member_id),
    )
    return unit.db.scalars(query.limit(1)).first() is not None
