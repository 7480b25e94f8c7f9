"""In the sample community: a project, what members read before joining, and who is coming."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from timebank import calendars, check_in, coming, opportunities, projects, sessions
from timebank.models import Session
from timebank.sample_content import STAFF

if TYPE_CHECKING:
    from timebank.sample import Sample

_COORDINATOR = STAFF[0].name
_SHEET = {
    "what": "We look at the finished leaflet together, and talk about what should come after it."
    " Tea and cake from half past ten.",
    "preparation": "Please read the leaflet before, about a quarter of an hour. We send it to you,"
    " on paper if you like.",
    "travel": "Bus 14 stops outside. We book and settle a taxi if you need one: ring Helen.",
    "access": "Step-free, with a hearing loop and an accessible toilet. There is a quiet room, and"
    " you can take a break whenever you like.",
    "rewards": "Hours in your account, lunch, and a copy of the leaflet with everybody's thanks.",
    "content_note": "People talk about being ill and about hospital. You can leave at any time.",
}
_DROP_IN = "Leaflet drop-in: last questions"
_COME, _WAIT = ("Grace Okafor", "Winston Brown", "Joan Atkinson"), ("Aidan O'Connor",)


def tell(sample: Sample, next_title: str) -> None:
    """Put these events into the sample's plan; ``next_title`` is the session still to come."""
    before, today = sample.today - timedelta(days=1), sample.today
    sample.at(before, "08:40", lambda: _project(sample, next_title))
    sample.at(before, "09:10", lambda: _drop_in(sample))
    sample.at(before, "18:00", lambda: _feed(sample))
    sample.at(today, "08:15", lambda: _open_the_door(sample))


def _project(sample: Sample, title: str) -> None:
    """What the leaflet meetings are for, and the sheet of the next one."""
    made = sample.by(_COORDINATOR, projects.add_project, projects.AddProject(
        title="Leaving hospital leaflet",
        purpose="A leaflet for people who go home from hospital, in words that people who went"
        " home themselves find clear. The hospital prints it and gives it to everybody.",
        on_behalf_of="Riverside Hospital Trust",
        capacities=("uses_service", "carer", "practitioner"),
    ))  # fmt: skip
    for seat in ("Somebody who went home to an empty house", "A district nurse"):
        sample.by(
            _COORDINATOR,
            projects.add_seat,
            projects.AddSeat(project_id=made.project_id, title=seat),
        )
    seats = sample.read(_COORDINATOR, lambda u: projects.project(u, made.project_id).seats)
    sample.by(_COORDINATOR, projects.mark_seat, projects.MarkSeat(
        project_id=made.project_id, seat_id=seats[-1].id, filled=True,
    ))  # fmt: skip
    session_id = sample.read(
        _COORDINATOR, lambda u: u.db.scalars(select(Session.id).where(Session.title == title)).one()
    )
    _complete(sample, session_id, made.project_id, places=20)
    _publish(sample, session_id)
    for name in ("Grace Okafor", "Dorothy Clarke", "Joan Atkinson"):
        _join(sample, session_id, name)


def _complete(sample: Sample, session_id: str, project_id: str, *, places: int) -> None:
    found = sample.read(_COORDINATOR, lambda unit: sessions.session(unit, session_id))
    sample.by(_COORDINATOR, sessions.change_session, sessions.ChangeSession(
        session_id=session_id, revision=found.revision, title=found.title,
        activity_type_id=found.activity_type_id, starts_on=found.starts_on,
        starts_at_time="10:30", ends_at_time="12:30", place=found.place, places=places,
        expected_people=12, usual_preparation_minutes=15, project_id=project_id,
    ))  # fmt: skip


def _drop_in(sample: Sample) -> None:
    """A session of today, with one place too few."""
    session_id = sample.by(_COORDINATOR, sessions.plan_session, sessions.PlanSession(
        title=_DROP_IN, activity_type_id=sample.activities["Community meeting"],
        starts_on=sample.today, starts_at_time="14:00", ends_at_time="15:30",
        place="Riverside Community Hall", places=len(_COME),
    )).session_id  # fmt: skip
    _publish(sample, session_id)
    for name in (*_COME, *_WAIT):
        _join(sample, session_id, name)


def _publish(sample: Sample, session_id: str) -> None:
    save = opportunities.SaveSheet(session_id=session_id, revision=0, **_SHEET)
    sample.by(_COORDINATOR, opportunities.save_sheet, save)
    publish = opportunities.PublishSheet(session_id=session_id, revision=1)
    sample.by(_COORDINATOR, opportunities.publish_sheet, publish)


def _join(sample: Sample, session_id: str, name: str) -> None:
    """They ring up, or say so after the last meeting."""
    words = "Large print, please." if name == "Dorothy Clarke" else ""
    command = coming.JoinSession(session_id=session_id, member_id=sample.members[name], words=words)
    sample.by(_COORDINATOR, coming.join_session, command)


def _feed(sample: Sample) -> None:
    sample.by("Grace Okafor", calendars.make_feed, calendars.MakeFeed())


def _open_the_door(sample: Sample) -> None:
    session_id = sample.read(
        _COORDINATOR,
        lambda unit: unit.db.scalars(select(Session.id).where(Session.title == _DROP_IN)).one(),
    )
    command = check_in.OpenCheckIn(session_id=session_id)
    sample.by(_COORDINATOR, check_in.open_check_in, command)
