"""What waits for somebody to do it: requests, rewards to hand over, sessions, statements."""

from __future__ import annotations

from flask import Blueprint, render_template

from timebank import redemptions, sessions, statements
from timebank.models import Redemption
from timebank.roles import Actor
from web import labels
from web.access import access
from web.pages.sessions import may_be_credited
from web.units import reading

pages = Blueprint("to_do", __name__)
MOST_SESSIONS = 100


@pages.get("/to-do")
@access("redemption.view_all")
def to_do() -> str:
    """Everything that waits, each with who may do it."""
    with reading() as unit:
        actor = unit.actor
        waiting = redemptions.waiting(unit)
        planned = sessions.sessions(unit, limit=MOST_SESSIONS, status="planned")
        issues = actor.may("statement.issue")
        return render_template(
            "to_do/to_do.html",
            to_decide=[(each, hindrance(actor, each)) for each in waiting
                       if each.status == "requested"],
            to_hand_over=[(each, hindrance(actor, each)) for each in waiting
                          if each.status == "approved"],
            to_credit=[each for each in reversed(planned) if may_be_credited(unit, each)],
            to_print=statements.to_print(unit) if actor.may("statement.view_all") else [],
            to_issue=statements.due(unit) if issues else [],
            labels=labels,
        )  # fmt: skip


def hindrance(actor: Actor, found: Redemption) -> str | None:
    """Why this actor takes no step here: ``own``, ``asked``, ``role``; None when they may."""
    action = "redemption.fulfil" if found.status != "requested" else "redemption.approve"
    if found.member_id == actor.member_id:
        return "own"
    if found.money_pence is not None and found.requested_by == actor.id:
        return "asked"
    return None if actor.may(action) else "role"
