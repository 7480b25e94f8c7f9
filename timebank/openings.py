"""Hours from before the books, brought forward as a list that two people confirm; starting hours.

Both come from ``hours:opening`` and never from ``hours:issued``: they are not hours that were given
here, and are told apart everywhere. The second person sees the total and each line; nobody confirms
what they entered, nor a list with their own hours on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from timebank import accounts, member_list, notices, policies, texts, trail
from timebank.errors import Conflict, NotAllowed, NotFound, Rejected, RuleBroken, TimebankError
from timebank.ids import new_id
from timebank.models import Member, OpeningHours, OpeningList
from timebank.opening_reading import (
    STATUSES,
    Totals,
    hindrance,
    opening,
    openings,
    to_confirm,
    totals,
)
from timebank.unit import Unit

__all__ = [
    "ConfirmOpening", "EnterOpening", "OpeningLine", "OpeningMoved", "STATUSES", "Totals",
    "WithdrawOpening", "confirm_opening", "enter_opening", "give_starting_hours", "hindrance",
    "opening", "openings", "to_confirm", "totals", "withdraw_opening",
]  # fmt: skip

MOST_LINES = 500


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """One member's hours from before, in minutes."""

    member_id: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class EnterOpening:
    """A list of hours as people had them on ``as_of_on``; nothing is posted yet.

    ``total_minutes`` is what the old record says they come to: it must agree with the lines.
    """

    as_of_on: date
    total_minutes: int
    lines: tuple[OpeningLine, ...]
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfirmOpening:
    """Post a list that somebody else entered; ``total_minutes`` is the total as it was checked."""

    list_id: str
    revision: int
    total_minutes: int


@dataclass(frozen=True, kw_only=True)
class WithdrawOpening:
    """Take a waiting list back, by whoever entered it or whoever checks it."""

    list_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class OpeningMoved:
    """A list, how it stands now, and how many people and minutes are on it."""

    list_id: str
    status: str
    people: int
    total_minutes: int


def enter_opening(unit: Unit, command: EnterOpening) -> OpeningMoved:
    """Enter a list that waits for a second person.

    Raises ``RuleBroken``: ``nobody_chosen``, ``too_many_lines``, ``opening_day_in_future``,
    ``opening_total_differs``; about lines (with ``line``) ``line_twice``, ``minutes_missing``,
    ``opening_exists`` and ``NotFound('member_unknown')``, several as ``Rejected``.
    """
    unit.actor.require("opening.enter")
    words = texts.clean(command.words, "words", most=texts.MOST_WORDS, required=False, lines=True)
    _check(unit, command)
    total = sum(line.minutes for line in command.lines)
    found = OpeningList(
        id=new_id(), status="waiting", revision=1, as_of_on=command.as_of_on, total_minutes=total,
        words=words or None, entered_by=unit.actor.id, entered_at=unit.now,
    )  # fmt: skip
    version = policies.policy(unit).version
    found.lines = [
        OpeningHours(
            id=new_id(), position=position, member_id=line.member_id, minutes=line.minutes,
            policy_version=version,
        )
        for position, line in enumerate(command.lines)
    ]  # fmt: skip
    unit.db.add(found)
    unit.db.flush()
    trail.record(
        unit, "opening.entered", "opening", found.id, people=len(found.lines), minutes=total
    )
    return _moved(found)


def _check(unit: Unit, command: EnterOpening) -> None:
    if not command.lines:
        raise RuleBroken("nobody_chosen", field="lines")
    if len(command.lines) > MOST_LINES:
        raise RuleBroken("too_many_lines", field="lines", most=MOST_LINES)
    if command.as_of_on > unit.today:
        raise RuleBroken("opening_day_in_future", field="as_of_on")
    problems = _line_problems(unit, command.lines)
    if problems:
        raise problems[0] if len(problems) == 1 else Rejected(problems)
    total = sum(line.minutes for line in command.lines)
    if total != command.total_minutes:
        raise RuleBroken(
            "opening_total_differs",
            field="total_minutes",
            given_minutes=command.total_minutes,
            counted_minutes=total,
        )


def _line_problems(unit: Unit, lines: Sequence[OpeningLine]) -> list[TimebankError]:
    ids = [line.member_id for line in lines]
    visible = (
        member_list.visible_members(unit).with_only_columns(Member.id).where(Member.id.in_(ids))
    )
    known = set(unit.db.scalars(visible))
    had = set(unit.db.scalars(_brought_forward().where(OpeningHours.member_id.in_(ids))))
    seen: set[str] = set()
    problems: list[TimebankError] = []
    for index, line in enumerate(lines):
        about = {"line": index, "member": line.member_id}
        if line.member_id not in known:
            problems.append(NotFound("member_unknown", field="member_id", **about))
        elif line.member_id in seen:
            problems.append(RuleBroken("line_twice", field="member_id", **about))
        elif line.member_id in had:
            problems.append(RuleBroken("opening_exists", field="member_id", **about))
        if texts.whole_minutes(line.minutes, "minutes") == 0:
            problems.append(RuleBroken("minutes_missing", field="minutes", **about))
        seen.add(line.member_id)
    return problems


def _brought_forward() -> Select[str]:
    """The members who are on a list that waits or was confirmed."""
    return (
        select(OpeningHours.member_id)
        .join(OpeningList, OpeningList.id == OpeningHours.list_id)
        .where(OpeningList.status != "withdrawn")
    )


def confirm_opening(unit: Unit, command: ConfirmOpening) -> OpeningMoved:
    """Post a list, as a second person.

    Raises ``NotFound('opening_unknown')``, ``NotAllowed``: ``own_opening`` for whoever entered it,
    ``own_hours`` for somebody on it; ``Conflict('opening_changed')`` and
    ``RuleBroken('opening_total_differs')``.
    """
    unit.actor.require("opening.confirm")
    found = _waiting(unit, command.list_id, command.revision)
    if (code := hindrance(unit, found)) is not None:
        raise NotAllowed(code)
    if command.total_minutes != found.total_minutes:
        raise RuleBroken(
            "opening_total_differs",
            field="total_minutes",
            given_minutes=command.total_minutes,
            counted_minutes=found.total_minutes,
        )
    _post(unit, "opening", found.lines, found.as_of_on)
    _decide(unit, found, "confirmed")
    for line in found.lines:
        notices.send_later(unit, "opening_recorded", line.member.person_id, line.id)
    return _moved(found)


def withdraw_opening(unit: Unit, command: WithdrawOpening) -> OpeningMoved:
    """Take a waiting list back: nothing of it is posted. Raises as ``confirm_opening``."""
    unit.actor.require("opening.enter")
    found = _waiting(unit, command.list_id, command.revision)
    _decide(unit, found, "withdrawn")
    return _moved(found)


def give_starting_hours(unit: Unit, member: Member) -> None:
    """Post what everybody who joins is given under the rules in force, if anything is."""
    policy = policies.policy(unit)
    if not policy.starting_minutes:
        return
    line = OpeningHours(
        id=new_id(), list_id=None, position=0, member_id=member.id,
        minutes=policy.starting_minutes, policy_version=policy.version,
    )  # fmt: skip
    unit.db.add(line)
    _post(unit, "starting", [line], unit.today)
    trail.record(unit, "starting.given", "member", member.id, minutes=line.minutes)


def _post(unit: Unit, kind: str, lines: Sequence[OpeningHours], day: date) -> None:
    movements = [
        accounts.movement(
            kind,
            key=f"{kind}:{line.id}",
            reference=line.id,
            occurred_on=day,
            actor=unit.actor.id,
            source=accounts.OPENING,
            target=accounts.member(line.member_id),
            minutes=line.minutes,
        )
        for line in lines
    ]
    posted = unit.book.post_many(movements, posted_at=unit.posted_at)
    for line, made in zip(lines, posted, strict=True):
        line.seq = made.seq
    unit.db.flush()


def _waiting(unit: Unit, list_id: str, revision: int) -> OpeningList:
    found = unit.db.scalars(
        select(OpeningList)
        .where(OpeningList.id == list_id)
        .options(selectinload(OpeningList.lines).joinedload(OpeningHours.member))
    ).one_or_none()
    if found is None:
        raise NotFound("opening_unknown")
    if found.status != "waiting" or found.revision != revision:
        raise Conflict("opening_changed", by=found.decided_by, at=found.decided_at)
    return found


def _decide(unit: Unit, found: OpeningList, status: str) -> None:
    found.status, found.decided_by, found.decided_at = status, unit.actor.id, unit.now
    found.revision += 1
    unit.db.flush()
    trail.record(unit, "opening.decided", "opening", found.id, status=status)


def _moved(found: OpeningList) -> OpeningMoved:
    return OpeningMoved(
        list_id=found.id,
        status=found.status,
        people=len(found.lines),
        total_minutes=found.total_minutes,
    )
