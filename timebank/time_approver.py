"""Time that nobody with a role may confirm: the second approver is asked, by a single-use link.

In a group with one coordinator nobody else could confirm that person's own hours.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from timebank import links, notices, roles, scope, trail
from timebank.models import Person, RoleHeld, SentTime
from timebank.unit import Unit

PURPOSE = "confirm_time"


def ask_if_nobody_else_can(unit: Unit, found: SentTime) -> None:
    """Mail the second approver a link when nobody with a role could confirm this time."""
    approver_id = unit.community.second_approver_id
    approver = None if approver_id is None else unit.db.get(Person, approver_id)
    if approver is None or not approver.email or approver.id == found.member.person_id:
        return
    if _somebody_can(unit, found):
        return
    link = links.make(unit, PURPOSE, person_id=approver.id, subject_id=found.id)
    unit.db.flush()
    notices.send_later(unit, "confirm_time_link", approver.id, link.id)
    trail.record(unit, "approver.asked", "sent_time", found.id, link=link.id)


def _somebody_can(unit: Unit, found: SentTime) -> bool:
    """Whether somebody else holds a role today that may confirm this member's time."""
    query = select(RoleHeld.person_id).where(
        RoleHeld.role.in_(roles.MAY["time.confirm"]),
        RoleHeld.from_on <= unit.today,
        or_(RoleHeld.until_on.is_(None), RoleHeld.until_on > unit.today),
        RoleHeld.person_id != found.member.person_id,
        scope.reaches(unit, found.member_id),
    )
    return unit.db.scalars(query.limit(1)).first() is not None
