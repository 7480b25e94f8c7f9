"""Whose statement is due, and up to which day: computed from the books and the schedules alone.

A statement is due when a period of its schedule has ended that the last statement does not reach.
Where a schedule leaves out quiet periods, and for who left, for groups and for pots, it is due only
when something was recorded; the period then runs from the last statement to that end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, false, or_

from timebank import schedules
from timebank.clock import from_microseconds, local_day, local_midnight, to_microseconds
from timebank.models import Member, Statement, StatementPause, StatementSchedule
from timebank.periods import Version, ends, following, newest
from timebank.statement_books import (
    RECORDED_AT,
    accounts_standing,
    members_standing,
    unstated_days,
)
from timebank.statement_holders import Holder, of_member, shared
from timebank.statement_making import Next
from timebank.unit import Unit

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DueStatement:
    """A statement that would be issued: whose, its period, and how many lines it would have."""

    holder: Holder
    from_on: date
    until_on: date
    lines: int


@dataclass(frozen=True, kw_only=True)
class _Stand:
    """Where a holder's statements stand: the last one, and when the next posting was recorded."""

    holder: Holder
    last: Statement | None
    unstated_on: date | None


def next_due(unit: Unit, until_on: date, most: int | None = None) -> list[Next]:
    """The next statement of everybody who has one due by ``until_on``: all, or ``most``."""
    group = schedules.group_versions(unit)
    found = _followers(unit, group, until_on, most)
    if most is None or len(found) < most:
        found += _choosers(unit, group, until_on)
        found += _shared(unit, group, until_on)
    return found if most is None else found[:most]


def next_of_member(unit: Unit, member: Member, until_on: date) -> Next | None:
    """The member's next statement that is due by ``until_on``, paused or not."""
    stand = stand_of(unit, member)
    return _next(stand, schedules.versions_of(unit, member.id), until_on)


def next_asked_for(unit: Unit, member: Member, until_on: date) -> Next:
    """The member's next statement up to ``until_on`` whatever the schedule says."""
    return _upto(stand_of(unit, member), until_on)


def stand_of(unit: Unit, member: Member) -> _Stand:
    """Where one member's statements stand."""
    row = unit.db.execute(members_standing().where(Member.id == member.id)).one()
    return _stand(unit, of_member(row[0]), row[1], row[2])


def forecast(unit: Unit, until_on: date) -> list[DueStatement]:
    """Every statement that would be issued by ``until_on`` if nothing more were recorded.

    By period, then in the order in which they would be issued. Nothing is written.
    """
    group = schedules.group_versions(unit)
    own = schedules.own_choices(unit)
    first = next_due(unit, until_on)
    days = unstated_days(unit, [each.holder.account for each in first])
    found: list[DueStatement] = []
    for each in first:
        member = each.holder.member
        versions = group
        if member is not None:
            versions = following(own.get(member.id, []), group)
        found += _forecast_of(each, versions, days.get(each.holder.account, []), until_on)
    return sorted(found, key=lambda one: one.until_on)


def _forecast_of(
    first: Next, versions: Sequence[Version], days: list[date], until_on: date
) -> Iterator[DueStatement]:
    each: Next | None = first
    while each is not None:
        lines = [day for day in days if day <= each.until_on]
        days = days[len(lines) :]
        yield DueStatement(
            holder=each.holder, from_on=each.from_on, until_on=each.until_on, lines=len(lines)
        )
        then = replace(each, from_on=each.until_on + _DAY)
        end = _end_of(each.holder, versions, then.from_on, days[0] if days else None, until_on)
        each = None if end is None else replace(then, until_on=end)


# --- members ------------------------------------------------------------------------------------


def _followers(
    unit: Unit, group: Sequence[Version], until_on: date, most: int | None
) -> list[Next]:
    """Members who never chose for themselves: all that is needed is asked in one query."""
    told_on = newest(group, until_on, quiet_too=True)
    if told_on is None:
        return []
    loud_on = newest(group, until_on, quiet_too=False)

    def behind(end: date) -> Any:
        reached = or_(Statement.until_on.is_(None), Statement.until_on < end)
        return and_(Member.joined_on <= end, reached)

    recorded = _end(unit, told_on) > RECORDED_AT
    loud = false() if loud_on is None else and_(Member.status == "active", behind(loud_on))
    query = (
        members_standing()
        .where(
            or_(loud, and_(recorded, behind(told_on))),
            ~exists().where(StatementSchedule.member_id == Member.id),
            ~_is_paused(),
        )
        .limit(most)
    )
    return list(_due(unit, query, group, {}, until_on))


def _choosers(unit: Unit, group: Sequence[Version], until_on: date) -> list[Next]:
    """Members who chose for themselves at some time, each judged by their own choices."""
    own = schedules.own_choices(unit)
    chose = exists().where(StatementSchedule.member_id == Member.id)
    return list(_due(unit, members_standing().where(chose, ~_is_paused()), group, own, until_on))


def _is_paused() -> Any:
    return exists().where(
        StatementPause.member_id == Member.id, StatementPause.resumed_at.is_(None)
    )


def _due(
    unit: Unit,
    query: Select[Any],
    group: Sequence[Version],
    own: dict[str, schedules.Own],
    until_on: date,
) -> Iterator[Next]:
    for member, last, posted_at in unit.db.execute(query):
        stand = _stand(unit, of_member(member), last, posted_at)
        found = _next(stand, following(own.get(member.id, []), group), until_on)
        if found is not None:
            yield found


# --- groups and pots ----------------------------------------------------------------------------


def _shared(unit: Unit, group: Sequence[Version], until_on: date) -> Iterator[Next]:
    """Groups and pots that have something to tell; there are never many."""
    holders = {holder.account: holder for holder in shared(unit)}
    query = accounts_standing(list(holders))
    for name, last, posted_at in unit.db.execute(query):
        found = _next(_stand(unit, holders[name], last, posted_at), group, until_on)
        if found is not None:
            yield found


# --- the next period ----------------------------------------------------------------------------


def _stand(unit: Unit, holder: Holder, last: Statement | None, posted_at: int | None) -> _Stand:
    day = None if posted_at is None else local_day(from_microseconds(posted_at), unit.zone)
    return _Stand(holder=holder, last=last, unstated_on=day)


def _next(stand: _Stand, versions: Sequence[Version], until_on: date) -> Next | None:
    from_on = _from_on(stand)
    end = _end_of(stand.holder, versions, from_on, stand.unstated_on, until_on)
    return None if end is None else _upto(stand, end)


def _end_of(
    holder: Holder,
    versions: Sequence[Version],
    from_on: date,
    unstated_on: date | None,
    until_on: date,
) -> date | None:
    """The first end from ``from_on`` on at which there is a statement."""
    began_on = holder.began_on or unstated_on or until_on
    for end, skips_quiet in ends(versions, max(from_on, began_on), until_on):
        if unstated_on is not None and unstated_on <= end:
            return end
        if holder.active and not skips_quiet:
            return end
    return None


def _upto(stand: _Stand, until_on: date) -> Next:
    last = stand.last
    return Next(
        holder=stand.holder,
        from_on=_from_on(stand),
        until_on=until_on,
        last_seq=0 if last is None else last.last_seq,
        opening_minutes=0 if last is None else last.closing_minutes,
    )


def _from_on(stand: _Stand) -> date:
    """The day after the last statement; the first one begins with the month somebody joined in, or
    in which the first hours of a group or a pot were recorded."""
    if stand.last is not None:
        return stand.last.until_on + _DAY
    began_on = stand.holder.began_on or stand.unstated_on
    assert began_on is not None, "a shared account has no statement before its first posting"
    return began_on.replace(day=1)


def _end(unit: Unit, until_on: date) -> int:
    return to_microseconds(local_midnight(until_on + _DAY, unit.zone))
