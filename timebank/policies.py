"""The group's agreed rules, version by version; the newest is in force, older ones stay.

The commands and readings are reached through ``community``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from timebank import texts, trail
from timebank.errors import Conflict, NotFound, Rejected, RuleBroken, TimebankError
from timebank.figures import ROUNDINGS
from timebank.models import Policy
from timebank.unit import Unit

MOST_LATE_DAYS = 366
# In place of a number of minutes: what held before goes on.
AS_BEFORE = -1


@dataclass(frozen=True, kw_only=True)
class AgreePolicy:
    """A new version of the group's rules; older versions stay.

    ``follows_version`` is the version in force as it was seen; ``late_days`` None keeps the number
    of days after a session on which time can be added to it. ``second_approval_minutes`` None: no
    correction needs a second person, ``AS_BEFORE`` keeps what held; ``starting_minutes`` is what
    somebody who joins is given, None keeps it.
    """

    follows_version: int
    rounding: str
    money_rewards: bool
    advice_contact: str
    information_reviewed_by: str
    information_reviewed_on: date | None
    late_days: int | None = None
    second_approval_minutes: int | None = AS_BEFORE
    starting_minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyAgreed:
    """The version now in force."""

    version: int


def policy(unit: Unit) -> Policy:
    """The policy in force; ``NotFound('not_set_up')`` before the set-up."""
    newest = unit.db.scalars(select(Policy).order_by(Policy.version.desc()).limit(1)).first()
    if newest is None:
        raise NotFound("not_set_up")
    return newest


def policies(unit: Unit) -> Sequence[Policy]:
    """Every version of the rules, the newest first."""
    return unit.db.scalars(select(Policy).order_by(Policy.version.desc())).all()


def agree_policy(unit: Unit, command: AgreePolicy) -> PolicyAgreed:
    """Put a new version in force.

    Raises ``Conflict('changed_meanwhile')`` when another version came into force meanwhile;
    ``RuleBroken``: ``advice_missing``, ``reviewer_missing``, ``review_day_missing`` when rewards
    with a money value are switched on without them, ``review_in_future``; several at once as
    ``Rejected``.
    """
    unit.actor.require("community.change")
    now = policy(unit)
    if now.version != command.follows_version:
        raise Conflict("changed_meanwhile", by=now.agreed_by, at=now.agreed_at)
    advice = texts.clean(command.advice_contact, "advice_contact", most=500, required=False,
                         lines=True)  # fmt: skip
    reviewer = texts.clean(
        command.information_reviewed_by, "information_reviewed_by", required=False
    )
    reviewed_on = command.information_reviewed_on
    problems: list[TimebankError] = []
    if command.money_rewards:
        problems += _missing(advice, reviewer, reviewed_on)
    if reviewed_on is not None and reviewed_on > unit.today:
        problems.append(RuleBroken("review_in_future", field="information_reviewed_on"))
    if problems:
        raise problems[0] if len(problems) == 1 else Rejected(problems)
    version = new_policy(
        unit,
        now.version + 1,
        rounding=texts.one_of(command.rounding, ROUNDINGS, "rounding"),
        money_rewards=command.money_rewards,
        advice_contact=advice,
        information_reviewed_by=reviewer,
        information_reviewed_on=reviewed_on,
        late_days=_late_days(now, command),
        second_approval_minutes=_limit(now, command),
        starting_minutes=_start(now, command),
    ).version
    return PolicyAgreed(version=version)


def _late_days(now: Policy, command: AgreePolicy) -> int:
    """Raises ``RuleBroken('late_days_wrong')`` for less than no days, or more than a year."""
    if command.late_days is None:
        return now.late_days
    if not 0 <= command.late_days <= MOST_LATE_DAYS:
        raise RuleBroken("late_days_wrong", field="late_days", most=MOST_LATE_DAYS)
    return command.late_days


def _limit(now: Policy, command: AgreePolicy) -> int | None:
    minutes = command.second_approval_minutes
    if minutes == AS_BEFORE:
        return now.second_approval_minutes
    return None if minutes is None else texts.whole_minutes(minutes, "second_approval_minutes")


def _start(now: Policy, command: AgreePolicy) -> int:
    if command.starting_minutes is None:
        return now.starting_minutes
    return texts.whole_minutes(command.starting_minutes, "starting_minutes")


def _missing(advice: str, reviewer: str, reviewed_on: date | None) -> list[RuleBroken]:
    """What has to be there before rewards with a money value are switched on, and is not."""
    needed = (
        ("advice_missing", "advice_contact", advice),
        ("reviewer_missing", "information_reviewed_by", reviewer),
        ("review_day_missing", "information_reviewed_on", reviewed_on),
    )
    return [RuleBroken(code, field=field) for code, field, value in needed if not value]


def new_policy(unit: Unit, version: int, **rules: object) -> Policy:
    """Write a version and the trail; for commands that have checked it all."""
    new = Policy(version=version, agreed_by=unit.actor.id, agreed_at=unit.now, **rules)
    unit.db.add(new)
    unit.db.flush()
    trail.record(unit, "policy.agreed", "policy", str(version))
    return new
