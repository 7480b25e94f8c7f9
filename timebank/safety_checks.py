"""Criminal record checks: that one was seen, by whom, and when the next is due.

Nothing of what stands in a certificate is kept, and no file. Whoever looks at a person's checks is
noted, and can be seen by the next who looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from timebank import texts, trail
from timebank.errors import NotAllowed, RuleBroken
from timebank.ids import new_id
from timebank.joining import in_sight
from timebank.member_list import visible_members
from timebank.models import Application, Member, Person, SafetyCheck, SafetyCheckView
from timebank.roles import not_for_oneself
from timebank.tasks import MOST, Task
from timebank.unit import Unit

LEVELS = ("basic", "standard", "enhanced", "enhanced_barred")
# For so long a look that was noted shows the page; then it is noted again.
A_LOOK = timedelta(minutes=10)
# So long before the day a recheck waits under "To do".
WARN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class RecordCheck:
    """A certificate was seen: its level, day and number; ``recheck_on`` None for no date."""

    person_id: str
    level: str
    issued_on: date
    reference: str = ""
    update_service: bool = False
    recheck_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class LookAtChecks:
    """Somebody wants to see a person's checks, which is noted."""

    person_id: str


@dataclass(frozen=True, kw_only=True)
class CheckNoted:
    """Whose checks they are."""

    person_id: str


def record_check(unit: Unit, command: RecordCheck) -> CheckNoted:
    """Record a check; it takes the place of those before, which stay on file.

    Raises ``RuleBroken``: ``day_in_future``, ``recheck_before_issue``;
    ``NotAllowed('own_check')``.
    """
    unit.actor.require("check.view")
    person = in_sight(unit, command.person_id)
    not_for_oneself(unit.actor, person.id, "own_check")
    if command.issued_on > unit.today:
        raise RuleBroken("day_in_future", field="issued_on")
    if command.recheck_on is not None and command.recheck_on <= command.issued_on:
        raise RuleBroken("recheck_before_issue", field="recheck_on")
    for each in _in_force(unit, person):
        each.replaced_at = unit.now
    unit.db.add(
        SafetyCheck(
            id=new_id(),
            person_id=person.id,
            level=texts.one_of(command.level, LEVELS, "level"),
            issued_on=command.issued_on,
            reference=texts.clean(command.reference, "reference", most=40, required=False),
            update_service=command.update_service,
            recheck_on=command.recheck_on,
            seen_by=unit.actor.id,
            seen_at=unit.now,
            replaced_at=None,
        )
    )
    unit.db.flush()
    trail.record(unit, "check.recorded", "person", person.id)
    return CheckNoted(person_id=person.id)


def _in_force(unit: Unit, person: Person) -> Sequence[SafetyCheck]:
    query = select(SafetyCheck).where(
        SafetyCheck.person_id == person.id, SafetyCheck.replaced_at.is_(None)
    )
    return unit.db.scalars(query).all()


def look_at_checks(unit: Unit, command: LookAtChecks) -> CheckNoted:
    """Note who looks, and from when; ``checks`` shows them for a while afterwards."""
    unit.actor.require("check.view")
    person = in_sight(unit, command.person_id)
    unit.db.add(
        SafetyCheckView(id=new_id(), person_id=person.id, viewer=unit.actor.id, viewed_at=unit.now)
    )
    unit.db.flush()
    return CheckNoted(person_id=person.id)


def may_see_now(unit: Unit, person_id: str) -> bool:
    """Whether this actor said a little while ago that they look."""
    query = select(SafetyCheckView.id).where(
        SafetyCheckView.person_id == person_id,
        SafetyCheckView.viewer == unit.actor.id,
        SafetyCheckView.viewed_at > unit.now - A_LOOK,
    )
    return unit.db.scalars(query).first() is not None


def checks(unit: Unit, person_id: str) -> Sequence[SafetyCheck]:
    """A person's checks, the newest first; ``NotAllowed('look_not_noted')`` without a look."""
    unit.actor.require("check.view")
    person = in_sight(unit, person_id)
    if not may_see_now(unit, person.id):
        raise NotAllowed("look_not_noted")
    query = select(SafetyCheck).where(SafetyCheck.person_id == person.id)
    return unit.db.scalars(query.order_by(SafetyCheck.seen_at.desc(), SafetyCheck.id)).all()


def views(unit: Unit, person_id: str, *, limit: int = 50) -> Sequence[SafetyCheckView]:
    """Who looked at a person's checks, the newest first; for those who may look."""
    unit.actor.require("check.view")
    query = select(SafetyCheckView).where(SafetyCheckView.person_id == in_sight(unit, person_id).id)
    return unit.db.scalars(query.order_by(SafetyCheckView.viewed_at.desc()).limit(limit)).all()


def tasks(unit: Unit) -> list[Task]:
    """Checks that are due again within a month, or were, of members and of those who will be."""
    if not unit.actor.may("check.view"):
        return []
    members = visible_members(unit).with_only_columns(Member.person_id)
    asking = select(Application.person_id).where(Application.status == "open")
    query = (
        select(SafetyCheck, Person)
        .join(Person, Person.id == SafetyCheck.person_id)
        .where(
            SafetyCheck.replaced_at.is_(None),
            SafetyCheck.recheck_on <= unit.today + WARN,
            or_(
                Person.id.in_(members.where(Member.status.in_(("active", "paused")))),
                Person.id.in_(asking),
            ),
        )
        .order_by(SafetyCheck.recheck_on)
        .limit(MOST)
    )
    return [
        Task(
            verb="check_again",
            subject=person.name,
            path=f"/people/{person.id}/checks",
            due_on=check.recheck_on or unit.today,
        )
        for check, person in unit.db.execute(query)
    ]
