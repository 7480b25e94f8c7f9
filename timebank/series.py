"""Repeating a session: ordinary sessions on further days, each of which can be changed alone.

``days_after`` reckons the days; ``repeat_session`` plans a session for each. They keep the local
time of day, so a session at 10:30 stays at 10:30 when the clocks change.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from timebank import session_times, sessions, texts, trail
from timebank.errors import RuleBroken
from timebank.ids import new_id
from timebank.models import Opportunity, Session
from timebank.opportunities import NEEDED
from timebank.unit import Unit

# Every so many days; or each month, on the same date, or on the same weekday of it.
EVERY = ("week", "fortnight", "four_weeks", "month_date", "month_weekday")
_DAYS = {"week": 7, "fortnight": 14, "four_weeks": 28}
MOST_TIMES = 60
# What every session of a series begins with; each may differ afterwards.
_SAME = (
    "title", "activity_type_id", "starts_at_time", "ends_at_time", "place", "places", "online",
    "expected_people", "project_id", "organisation_id", *sessions.USUAL,
)  # fmt: skip


def days_after(first: date, every: str, times: int) -> list[date]:
    """The next ``times`` days on which it falls again, without the first.

    ``month_date`` is the same day of the month and ``month_weekday`` the same weekday of the month
    ("the second Tuesday"); months that have none, such as a 31st, are passed over.
    """
    if every in _DAYS:
        return [first + timedelta(days=_DAYS[every] * n) for n in range(1, times + 1)]
    found: list[date] = []
    year, month = first.year, first.month
    while len(found) < times and year < 2200:
        year, month = year + month // 12, month % 12 + 1
        day = first.day if every == "month_date" else _same_weekday(first, year, month)
        if day <= calendar.monthrange(year, month)[1]:
            found.append(date(year, month, day))
    return found


def _same_weekday(first: date, year: int, month: int) -> int:
    """The day of the month of the same weekday as often as it has come by ``first``."""
    begins_with = date(year, month, 1).weekday()
    return 1 + (first.weekday() - begins_with) % 7 + (first.day - 1) // 7 * 7


@dataclass(frozen=True, kw_only=True)
class RepeatSession:
    """Plan the same on the next ``times`` days, except those in ``leave_out``.

    ``every`` is one of ``EVERY``; ``revision`` is the session's as it was seen.
    """

    session_id: str
    revision: int
    every: str
    times: int
    leave_out: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionRepeated:
    """The session, its series, and how many sessions were planned."""

    session_id: str
    series_id: str
    count: int


def repeat_session(unit: Unit, command: RepeatSession) -> SessionRepeated:
    """Plan the further sessions; its sheet goes with each as a draft.

    A day on which the series has a session already is passed over. Raises
    ``Conflict('changed_meanwhile')``; ``RuleBroken``: ``session_cancelled``, ``times_wrong``,
    ``nothing_to_repeat``, ``time_skipped`` for a day whose clocks leave that hour out.
    """
    unit.actor.require("session.plan")
    found = sessions.session(unit, command.session_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    if found.status not in ("planned", "credited"):
        raise RuleBroken("session_cancelled")
    days = new_days(unit, found, command)
    if not days:
        raise RuleBroken("nothing_to_repeat", field="times")
    found.series_id = found.series_id or new_id()
    for day in days:
        _plan_again(unit, found, day)
    trail.record(unit, "session.repeated", "session", found.id, count=len(days))
    return SessionRepeated(session_id=found.id, series_id=found.series_id, count=len(days))


def new_days(unit: Unit, found: Session, command: RepeatSession) -> list[date]:
    """The days on which ``command`` would plan a session. Raises as ``repeat_session``."""
    texts.one_of(command.every, EVERY, "every")
    if type(command.times) is not int or not 1 <= command.times <= MOST_TIMES:
        raise RuleBroken("times_wrong", field="times", most=MOST_TIMES)
    there = {other.starts_on for other in of_series(unit, found)} | set(command.leave_out)
    return [
        day for day in days_after(found.starts_on, command.every, command.times) if day not in there
    ]


def of_series(unit: Unit, found: Session) -> Sequence[Session]:
    """The sessions that were planned together with this one, itself included, by day."""
    if found.series_id is None:
        return [found]
    query = sessions.visible_sessions(unit).where(Session.series_id == found.series_id)
    return unit.db.scalars(query.order_by(Session.starts_on, Session.id)).all()


def _plan_again(unit: Unit, found: Session, day: date) -> None:
    ends_on = day + (found.ends_on - found.starts_on)
    again = Session(
        id=new_id(), starts_on=day, ends_on=ends_on, status="planned", revision=1,
        planned_by=unit.actor.id, planned_at=unit.now, import_key=None, series_id=found.series_id,
        **{name: getattr(found, name) for name in _SAME},
    )  # fmt: skip
    session_times.check(again, unit.zone)
    if found.usual_minutes == session_times.elapsed_minutes(found, unit.zone):
        # The night between two times of day may be an hour longer or shorter than the first one.
        again.usual_minutes = session_times.elapsed_minutes(again, unit.zone) or 0
    unit.db.add(again)
    unit.db.flush()
    trail.record(unit, "session.planned", "session", again.id)
    sheet = unit.db.get(Opportunity, found.id)
    if sheet is not None:
        said = {name: getattr(sheet, name) for name in (*NEEDED, "content_note")}
        unit.db.add(
            Opportunity(
                session_id=again.id, revision=1, published_at=None, published_by=None, **said
            )
        )
        trail.record(unit, "session.sheet_saved", "session", again.id, revision=1)
