"""When a session begins and ends, as instants, and how long that really is.

A session has local days and local times of day. On the two days on which the clocks change, the
minutes that pass are not what the times of day suggest: they are counted between the instants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from timebank.errors import RuleBroken
from timebank.models import Session

# What begins and ends further apart than this is attended in parts; its length says nothing.
MOST_MINUTES = 24 * 60
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Local days and times of day: what a session's row has too. A time of day may be empty."""

    starts_on: date
    ends_on: date
    starts_at_time: str
    ends_at_time: str


Times = Span | Session


def begins_at(session: Times, zone: ZoneInfo) -> datetime | None:
    """The instant it begins, in UTC; None without a time of day.

    A time that comes twice, when the clocks go back, is the first of the two.
    """
    return _instant(session.starts_on, session.starts_at_time, zone)


def ends_at(session: Times, zone: ZoneInfo) -> datetime | None:
    """The instant it ends on its last day, in UTC; None without a time of day.

    A time that comes twice is the first of the two that lies after the beginning.
    """
    first = _instant(session.ends_on, session.ends_at_time, zone)
    begins = begins_at(session, zone)
    if first is None or begins is None or first > begins:
        return first
    return _instant(session.ends_on, session.ends_at_time, zone, fold=1)


def elapsed_minutes(session: Times, zone: ZoneInfo) -> int | None:
    """The minutes between beginning and end that really pass; None when one is not known, or when
    they are more than a day apart."""
    begins, ends = begins_at(session, zone), ends_at(session, zone)
    if begins is None or ends is None:
        return None
    minutes = int((ends - begins).total_seconds()) // 60
    return minutes if minutes <= MOST_MINUTES else None


def check(session: Times, zone: ZoneInfo) -> None:
    """Refuse times of day that cannot be.

    Raises ``RuleBroken``: ``time_of_day_wrong``, ``end_without_start``, ``time_skipped`` for an
    hour that the clocks leave out, ``ends_before_it_begins``.
    """
    for field, day, text in (
        ("starts_at_time", session.starts_on, session.starts_at_time),
        ("ends_at_time", session.ends_on, session.ends_at_time),
    ):
        if text and not _TIME.fullmatch(text):
            raise RuleBroken("time_of_day_wrong", field=field)
        if text and _is_left_out(day, text, zone):
            raise RuleBroken("time_skipped", field=field, day=day)
    if session.ends_at_time and not session.starts_at_time:
        raise RuleBroken("end_without_start", field="starts_at_time")
    begins, ends = begins_at(session, zone), ends_at(session, zone)
    if begins is not None and ends is not None and ends <= begins:
        raise RuleBroken("ends_before_it_begins", field="ends_at_time")


def _instant(day: date, text: str, zone: ZoneInfo, *, fold: int = 0) -> datetime | None:
    if not text:
        return None
    local = datetime.combine(day, time.fromisoformat(text), zone).replace(fold=fold)
    return local.astimezone(UTC)


def _is_left_out(day: date, text: str, zone: ZoneInfo) -> bool:
    """Whether the clocks jump over this time: there and back it is another one."""
    instant = _instant(day, text, zone)
    assert instant is not None
    return instant.astimezone(zone).time() != time.fromisoformat(text)
