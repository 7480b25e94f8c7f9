"""Kinds of activity: which are credited, which are not, and why not, in the group's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from timebank import texts, trail
from timebank.errors import Conflict, NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import ActivityType
from timebank.unit import Unit
from timebank.words import N_, Words

# The four questions of what counts as work, in the order in which they are asked.
QUESTIONS = ("takes_time", "uses_experience", "one_team", "develops")

# What a new community begins with; it may change all of them. Those with a reason are social.
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
                social=bool(reason),
                reason=words.say(reason) if reason else "",
                **dict.fromkeys(QUESTIONS, not reason),
            )
        )
    unit.db.flush()


@dataclass(frozen=True, kw_only=True)
class ActivityDetails:
    """A kind of activity and the four questions of what counts as work.

    ``takes_time``: it takes time and commitment; ``uses_experience``: it uses what people know or
    have lived through; ``one_team``: people work on it as one team; ``develops``: something is
    developed or made better by it. ``social``: for company, or for hearing about something.
    ``reason`` is needed where hours are not credited, and where they are although an answer is no.
    """

    name: str
    credited: bool
    reason: str = ""
    takes_time: bool
    uses_experience: bool
    one_team: bool
    develops: bool
    social: bool = False


@dataclass(frozen=True, kw_only=True)
class AddActivityType(ActivityDetails):
    """A new kind of activity."""


@dataclass(frozen=True, kw_only=True)
class ChangeActivityType(ActivityDetails):
    """Everything about a kind of activity, from now on; ``revision`` is as it was seen."""

    activity_type_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class ActivityTypeAdded:
    """The new kind's id."""

    activity_type_id: str


@dataclass(frozen=True, kw_only=True)
class ActivityTypeChanged:
    """The kind and its new revision."""

    activity_type_id: str
    revision: int


def add_activity_type(unit: Unit, command: AddActivityType) -> ActivityTypeAdded:
    """Add a kind.

    Raises ``Conflict('activity_type_taken')``; ``RuleBroken``: ``reason_missing`` (not credited and
    no reason), ``answer_no_reason_missing`` (credited, an answer is no, and no reason),
    ``social_not_credited``.
    """
    unit.actor.require_everywhere("session.plan")
    new = ActivityType(id=new_id(), revision=1, **_checked(unit, command, None))
    unit.db.add(new)
    trail.record(unit, "activity_type.added", "activity_type", new.id)
    return ActivityTypeAdded(activity_type_id=new.id)


def change_activity_type(unit: Unit, command: ChangeActivityType) -> ActivityTypeChanged:
    """Change a kind; what was credited stays. Raises as adding, and
    ``Conflict('changed_meanwhile')`` when it is not as it was looked at."""
    unit.actor.require_everywhere("session.plan")
    found = activity_type(unit, command.activity_type_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    for column, value in _checked(unit, command, found.id).items():
        setattr(found, column, value)
    found.revision += 1
    trail.record(unit, "activity_type.changed", "activity_type", found.id, revision=found.revision)
    return ActivityTypeChanged(activity_type_id=found.id, revision=found.revision)


def _checked(unit: Unit, command: ActivityDetails, own_id: str | None) -> dict[str, Any]:
    """The columns that both commands fill."""
    name = texts.clean(command.name, "name")
    reason = texts.clean(command.reason, "reason", most=500, required=False)
    answers = {question: getattr(command, question) for question in QUESTIONS}
    if command.credited and command.social:
        raise RuleBroken("social_not_credited", field="credited")
    if not command.credited and not reason:
        raise RuleBroken("reason_missing", field="reason")
    if command.credited and not all(answers.values()) and not reason:
        raise RuleBroken("answer_no_reason_missing", field="reason")
    taken = select(ActivityType.id).where(func.lower(ActivityType.name) == name.lower())
    if unit.db.scalar(taken) not in (None, own_id):
        raise Conflict("activity_type_taken", field="name")
    return {
        "name": name,
        "credited": command.credited,
        "reason": reason,
        "social": command.social,
        **answers,
    }
