"""The second approver's answer about somebody's time, by a single-use link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from timebank import links, sent_lines, time_decisions, trail
from timebank.errors import Conflict, NotAllowed, NotFound, RuleBroken
from timebank.figures import Figures, figures_of
from timebank.models import SentTime, SingleUseLink
from timebank.roles import Actor, not_for_oneself
from timebank.time_approver import PURPOSE
from timebank.unit import Unit

DECISIONS = ("confirm", "decline")


@dataclass(frozen=True, kw_only=True)
class TimeQuestion:
    """What the page behind a link shows: whose time it is, at which session, and how much."""

    member_name: str
    title: str
    figures: Figures
    words: str | None


def question(unit: Unit, code: str) -> TimeQuestion:
    """What a link asks; raises what ``links.open_link`` and ``decide`` raise."""
    found = _sent_of(unit, links.open_link(unit, code))
    return TimeQuestion(
        member_name=found.member.person.name,
        title=found.session.title,
        figures=figures_of(found),
        words=found.words,
    )


def decide(unit: Unit, code: str, decision: str) -> SentTime:
    """Answer a link with ``confirm`` or ``decline``, once; the link's person is the actor.

    Raises ``RuleBroken('decision_wrong')``, ``Conflict('sent_time_changed')`` when somebody was
    faster, ``NotAllowed('approver_changed')`` when the group has named somebody else since.
    """
    link = links.open_link(unit, code)
    if decision not in DECISIONS:
        raise RuleBroken("decision_wrong", field="decision")
    found = _sent_of(unit, link)
    links.spend(unit, link)
    acting = replace(unit, actor=Actor(id=link.person_id, person_id=link.person_id))
    trail.record(acting, "link.used", "sent_time", found.id, link=link.id)
    if decision == "confirm":
        time_decisions.confirm(acting, found)
    else:
        time_decisions.decline(acting, found, None)
    return found


def _sent_of(unit: Unit, link: SingleUseLink) -> SentTime:
    if link.purpose != PURPOSE:
        raise NotFound("link_unknown")
    if link.person_id != unit.community.second_approver_id:
        raise NotAllowed("approver_changed")
    found = unit.db.get_one(SentTime, link.subject_id)
    if found.status not in sent_lines.OPEN:
        last = trail.about(unit, found.id)[-1]
        raise Conflict("sent_time_changed", by=last.actor, at=last.at)
    not_for_oneself(
        Actor(id=link.person_id, person_id=link.person_id), found.member.person_id, "own_time"
    )
    return found
