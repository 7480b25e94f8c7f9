"""Kinds of activity: which are credited, which are not, and why not, in the group's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import ActivityType
from timebank.unit import Unit
from timebank.words import N_, Words

# What a new community begins with; it may change all of them.
_DEFAULTS = (
    (N_("Community meeting"), ""),
    (N_("Workshop"), ""),
    (N_("Reading group"), ""),
    (N_("Interview panel"), ""),
    (N_("Training given by members"), ""),
    (
        N_("Social get-together"),
        N_("People come to enjoy each other's company, so hours are not counted."),
    ),
    (
        N_("Information event"),
        N_("People come to hear about something, so hours are not counted."),
    ),
)


def activity_types(unit: Unit) -> Sequence[ActivityType]:
    """All kinds of activity, the credited ones first, then by name."""
    query = select(ActivityType).order_by(ActivityType.credited.desc(), ActivityType.name)
    return unit.db.scalars(query).all()


def activity_type(unit: Unit, activity_type_id: str) -> ActivityType:
    """One kind; ``NotFound('activity_type_unknown')`` if there is none."""
    found = unit.db.get(ActivityType, activity_type_id)
    if found is None:
        raise NotFound("activity_type_unknown", field="activity_type_id")
    return found


def add_defaults(unit: Unit) -> None:
    """The kinds a new community begins with, in its own language."""
    words = Words(unit.community.language)
    for name, reason in _DEFAULTS:
        unit.db.add(
            ActivityType(
                id=new_id(),
                name=words.say(name),
                credited=not reason,
                reason=words.say(reason) if reason else "",
            )
        )
    unit.db.flush()


@dataclass(frozen=True, kw_only=True)
class AddActivityType:
    """A new kind of activity; one that is not credited says why."""

    name: str
    credited: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ActivityTypeAdded:
    """The new kind's id."""

    activity_type_id: str


def add_activity_type(unit: Unit, command: AddActivityType) -> ActivityTypeAdded:
    """Add a kind. Raises ``Conflict('activity_type_taken')``, ``RuleBroken('reason_missing')``."""
    unit.actor.require_everywhere("session.plan")
    name = texts.clean(command.name, "name")
    reason = texts.clean(command.reason, "reason", most=500, required=False)
    if not command.credited and not reason:
        raise RuleBroken("reason_missing", field="reason")
    taken = select(ActivityType.id).where(func.lower(ActivityType.name) == name.lower())
    if unit.db.scalar(taken) is not None:
        raise Conflict("activity_type_taken", field="name")
    new = ActivityType(id=new_id(), name=name, credited=command.credited, reason=reason)
    unit.db.add(new)
    trail.record(unit, "activity_type.added", "activity_type", new.id)
    return ActivityTypeAdded(activity_type_id=new.id)
