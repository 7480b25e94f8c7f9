"""What each role may do: one table, read by every command and shown on a page members can read.

``member`` is everybody with a member row; ``console`` is the instance's operator at a terminal.
Holding several roles adds them up. Rules about acting for oneself are not here: see ``Actor`` and
``not_for_oneself``; no role lifts them.
"""

from __future__ import annotations

from dataclasses import dataclass

from timebank.errors import NotAllowed

MEMBER = "member"
COORDINATOR = "coordinator"
TREASURER = "treasurer"
ADMINISTRATOR = "administrator"
CONSOLE = "console"
# Somebody who acts for a member by the member's consent, and what the consent may add (see
# ``trusted``). These are never granted.
TRUSTED = "trusted"
TRUSTED_TO_ASK = "trusted_to_ask"
TRUSTED_WITH_MONEY = "trusted_with_money"

GRANTED = (COORDINATOR, TREASURER, ADMINISTRATOR)

_STAFF = frozenset({COORDINATOR, ADMINISTRATOR, CONSOLE})

MAY: dict[str, frozenset[str]] = {
    "account.view_own": frozenset({MEMBER, TRUSTED}),
    "trust.give_own": frozenset({MEMBER}),
    "trust.record": frozenset({COORDINATOR, ADMINISTRATOR}),
    "choices.change_own": frozenset({MEMBER}),
    "exchange.own": frozenset({MEMBER}),
    "exchange.help": frozenset({COORDINATOR}),
    "listing.view": frozenset({MEMBER, COORDINATOR}),
    "gift.give_own": frozenset({MEMBER}),
    "gift.give_for": frozenset({COORDINATOR}),
    "pot.grant": frozenset({COORDINATOR, TREASURER}),
    "pot.view": frozenset({MEMBER, COORDINATOR, TREASURER, ADMINISTRATOR}),
    "redemption.request_own": frozenset({MEMBER, TRUSTED_TO_ASK}),
    "redemption.request_own_money": frozenset({MEMBER, TRUSTED_WITH_MONEY}),
    "redemption.request_for": frozenset({COORDINATOR}),
    "redemption.approve": frozenset({COORDINATOR, TREASURER}),
    "redemption.fulfil": frozenset({COORDINATOR, TREASURER}),
    "redemption.view_all": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "rewards.view": frozenset({MEMBER, TRUSTED, COORDINATOR, TREASURER, ADMINISTRATOR}),
    "rewards.change": frozenset({COORDINATOR, ADMINISTRATOR, CONSOLE}),
    "member.view_all": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR, CONSOLE}),
    "member.add": _STAFF,
    "member.change": _STAFF,
    "person.erase": frozenset({ADMINISTRATOR, CONSOLE}),
    "member.merge": frozenset({COORDINATOR, ADMINISTRATOR}),
    "check.view": frozenset({COORDINATOR, ADMINISTRATOR}),
    "card.issue": frozenset({COORDINATOR, ADMINISTRATOR}),
    "organisation.change": frozenset({COORDINATOR, ADMINISTRATOR, CONSOLE}),
    "group.look_after": frozenset({COORDINATOR, ADMINISTRATOR}),
    "group.speak_for": frozenset({MEMBER}),
    "session.view_all": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR, CONSOLE}),
    "session.plan": frozenset({COORDINATOR, CONSOLE}),
    "coming.manage": frozenset({COORDINATOR, CONSOLE}),
    "opportunity.view": frozenset({MEMBER, COORDINATOR, TREASURER, ADMINISTRATOR, CONSOLE}),
    "opportunity.join_own": frozenset({MEMBER}),
    "session.credit": frozenset({COORDINATOR, CONSOLE}),
    "time.send_own": frozenset({MEMBER}),
    "time.confirm": frozenset({COORDINATOR, ADMINISTRATOR}),
    "agreement.propose": frozenset({COORDINATOR}),
    "agreement.sign": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "credit.correct": frozenset({COORDINATOR}),
    "correction.agree": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "query.open_own": frozenset({MEMBER}),
    "query.answer": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "opening.view": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "opening.enter": frozenset({COORDINATOR, ADMINISTRATOR}),
    "opening.confirm": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "follow_up.plan": frozenset({COORDINATOR}),
    "follow_up.do": frozenset({COORDINATOR, TREASURER, ADMINISTRATOR}),
    "statement.view_all": frozenset({COORDINATOR, TREASURER, CONSOLE}),
    "statement.issue": frozenset({COORDINATOR, CONSOLE}),
    "statement.schedule": _STAFF,
    "message.deliver": frozenset({COORDINATOR, CONSOLE}),
    "messages.view": frozenset({COORDINATOR, ADMINISTRATOR, CONSOLE}),
    "certificate.issue": frozenset({COORDINATOR, CONSOLE}),
    "certificate.issue_own": frozenset({MEMBER}),
    "trail.view": frozenset({TREASURER, ADMINISTRATOR, CONSOLE}),
    "books.prove": frozenset({TREASURER, ADMINISTRATOR, CONSOLE}),
    "role.grant": frozenset({ADMINISTRATOR, CONSOLE}),
    "community.change": frozenset({ADMINISTRATOR, CONSOLE}),
    "history.import": frozenset({ADMINISTRATOR, CONSOLE}),
}

# What a role that is limited to organisations may do, among their sessions and people alone.
# Whatever is not here belongs to the whole group.
IN_ORGANISATION = frozenset(
    {
        "group.look_after",
        "trust.record",
        "member.add",
        "member.change",
        "member.view_all",
        "redemption.approve",
        "redemption.fulfil",
        "redemption.request_for",
        "redemption.view_all",
        "rewards.view",
        "coming.manage",
        "opportunity.view",
        "session.credit",
        "session.plan",
        "session.view_all",
        "time.confirm",
        "agreement.propose",
        "agreement.sign",
        "credit.correct",
        "query.answer",
        "follow_up.plan",
        "follow_up.do",
    }
)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts in a unit.

    ``id`` is opaque (32 hexadecimal digits) and goes into the books and the trail: the person's
    id, or the instance's own console id, which can never be a person's. ``person_id`` and
    ``member_id`` are None for the console. ``organisations`` are the ids of those that the actor's
    roles are limited to; None, as for nearly everybody, when they reach the whole group.
    ``trust_id`` is the consent by which somebody acts for a member: ``member_id`` is the member's
    then, the other ids and the trail are those of who acts, and ``roles`` are what was allowed.
    """

    id: str
    person_id: str | None = None
    member_id: str | None = None
    roles: frozenset[str] = frozenset()
    organisations: frozenset[str] | None = None
    trust_id: str | None = None

    def may(self, action: str) -> bool:
        """Whether one of the actor's roles is allowed ``action`` (a key of ``MAY``)."""
        allowed = MAY[action] & self.roles
        if self.organisations is None or MEMBER in allowed:
            return bool(allowed)
        return bool(allowed) and action in IN_ORGANISATION

    def require(self, action: str) -> None:
        """Refuse with ``NotAllowed('role_lacking')`` unless the actor may."""
        if not self.may(action):
            raise NotAllowed("role_lacking", action=action)

    def require_everywhere(self, action: str) -> None:
        """As ``require``, for what concerns the whole group: a limited role is not enough."""
        self.require(action)
        if self.organisations is not None:
            raise NotAllowed("role_limited", action=action)


def not_for_oneself(actor: Actor, person_id: str, code: str) -> None:
    """Refuse when the actor is the person concerned: nobody acts for themselves, at any door."""
    if actor.person_id is not None and actor.person_id == person_id:
        raise NotAllowed(code)
