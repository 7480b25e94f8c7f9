"""The one place that reads the time.

Everything else takes ``unit.now`` (one aware UTC instant for the whole unit), so that a test or
the sample community can drive a month in a second. A house rule bans clocks elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)


def to_microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970 UTC of an aware instant."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def from_microseconds(value: int) -> datetime:
    """The aware UTC instant of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which ``day`` begins in ``zone``."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an instant in ``zone``."""
    return instant.astimezone(zone).date()
