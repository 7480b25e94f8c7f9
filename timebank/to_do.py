"""Everything that waits for this actor, from every part of the house, the most pressing first.

A part that has something for people to do adds its source to ``SOURCES`` and its verbs to
``tasks.VERBS``; see ``tasks`` for what a source keeps to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from timebank import (
    agreements,
    asking,
    calls,
    dormant,
    exchanges,
    group_gifts,
    information,
    joining,
    leaving,
    letters,
    message_view,
    openings,
    pot_grants,
    queries,
    redemptions,
    safety_checks,
    second_looks,
    sent_lines,
    sessions,
    statements,
    thanks,
    wellbeing,
)
from timebank.clock import local_day
from timebank.models import ActivityType, Agreement, Redemption, Session, Statement
from timebank.roles import Actor
from timebank.tasks import MOST, Task
from timebank.unit import Unit

Source = Callable[[Unit], list[Task]]


def waiting(unit: Unit) -> list[Task]:
    """What waits for this actor, by day; what somebody else has to do comes last on a day."""
    found = [task for source in SOURCES for task in source(unit)]
    return sorted(found, key=lambda task: (task.due_on, task.hindrance or "", task.verb))


def hindrance(actor: Actor, found: Redemption) -> str | None:
    """Why this actor takes no step here: ``own``, ``asked``, ``role``; None when they may."""
    action = "redemption.fulfil" if found.status != "requested" else "redemption.approve"
    if found.member_id == actor.member_id:
        return "own"
    if asking.asker_stays_out(found) and found.requested_by == actor.id:
        return "asked"
    return None if actor.may(action) else "role"


def sessions_to_credit(unit: Unit) -> list[Task]:
    """Sessions that are over and whose kind is credited, since the day they ended."""
    if not unit.actor.may("session.credit"):
        return []
    query = (
        sessions.visible_sessions(unit)
        .join(Session.activity_type)
        .where(
            Session.status == "planned",
            Session.ends_on <= unit.today,
            ActivityType.credited.is_(True),
        )
        .order_by(Session.ends_on, Session.title, Session.id)
        .limit(MOST)
    )
    return [
        Task(
            verb="credit_session",
            params={"title": each.title},
            path=f"/sessions/{each.id}/credit",
            due_on=each.ends_on,
        )
        for each in unit.db.scalars(query)
    ]


def requests(unit: Unit) -> list[Task]:
    """Rewards to agree to or to hand over, since the day they were asked for."""
    if not unit.actor.may("redemption.view_all"):
        return []
    return [
        Task(
            verb="decide_request" if each.status == "requested" else "hand_over",
            params={"title": each.title},
            subject=each.member.person.name,
            path=f"/redemptions/{each.id}/decide",
            due_on=local_day(each.requested_at, unit.zone),
            hindrance=hindrance(unit.actor, each),
        )
        for each in redemptions.waiting(unit)[:MOST]
    ]


def statements_to_print(unit: Unit) -> list[Task]:
    """Statements that go out on paper, one task for each account, since the day after a period."""
    if not unit.actor.may("statement.view_all"):
        return []
    accounts: dict[str, list[Statement]] = {}
    for each in statements.to_print(unit):
        accounts.setdefault(each.account, []).append(each)
    return [_to_print(found) for found in list(accounts.values())[:MOST]]


def _to_print(found: list[Statement]) -> Task:
    oldest, one = found[0], len(found) == 1
    return Task(
        verb="print_statement" if one else "print_statements",
        params={"reference": oldest.reference} if one else {"count": len(found)},
        subject=oldest.member.person.name if oldest.member else "",
        path=f"/statements/{oldest.id}/paper" if one else "/statements/paper",
        due_on=oldest.until_on + timedelta(days=1),
    )


def statements_to_issue(unit: Unit) -> list[Task]:
    """One task while statements of months that have ended are not issued."""
    if not unit.actor.may("statement.issue") or not statements.anything_due(unit):
        return []
    since = statements.last_ended(unit) + timedelta(days=1)
    return [Task(verb="issue_statements", path="/statements/issue", due_on=since)]


def time_sent_in(unit: Unit) -> list[Task]:
    """Time that waits to be confirmed, since the day it was sent; one's own is somebody else's."""
    if not unit.actor.may("time.confirm"):
        return []
    return [
        Task(
            verb="answer_time",
            params={"title": each.session.title},
            subject=each.member.person.name,
            path=f"/time/{each.id}",
            due_on=local_day(each.sent_at, unit.zone),
            hindrance="own" if each.member_id == unit.actor.member_id else None,
        )
        for each in sent_lines.waiting(unit, limit=MOST)
        if each.status == "waiting"
    ]


def agreements_to_sign(unit: Unit) -> list[Task]:
    """Agreements that a second person has to sign, since the day they were proposed."""
    if not unit.actor.may("agreement.sign"):
        return []
    return [
        Task(
            verb="sign_agreement",
            subject=each.member.person.name,
            path=f"/members/{each.member_id}/agreements",
            due_on=local_day(each.proposed_at, unit.zone),
            hindrance=_cannot_sign(unit.actor, each),
        )
        for each in agreements.to_sign(unit)[:MOST]
    ]


def _cannot_sign(actor: Actor, found: Agreement) -> str | None:
    if found.member_id == actor.member_id:
        return "own"
    return "asked" if found.proposed_by == actor.id else None


SOURCES: tuple[Source, ...] = (
    queries.to_answer,
    second_looks.to_agree,
    openings.to_confirm,
    wellbeing.to_ask,
    thanks.to_write,
    pot_grants.to_decide,
    exchanges.to_check,
    leaving.to_erase,
    sessions_to_credit,
    time_sent_in,
    agreements_to_sign,
    requests,
    letters.tasks,
    calls.tasks,
    message_view.tasks,
    statements_to_print,
    statements_to_issue,
    group_gifts.tasks,
    joining.tasks,
    safety_checks.tasks,
    dormant.tasks,
    information.tasks,
)
