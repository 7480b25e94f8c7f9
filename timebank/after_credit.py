"""What members are told when hours were credited or put right: "Is this right?", by a link.

The link works once and without signing in; ``is_it_right`` takes the answer. Who is told on paper
or by telephone gets no link: they say it to whoever rings, or signed in.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from timebank import communication, follow_up, links, notices
from timebank.models import Attendance, Person, Session
from timebank.unit import Unit

PURPOSE = "is_it_right"
# The kind that asks, and the one that only tells.
_CREDITED = ("is_it_right", "hours_credited")
_CORRECTED = ("is_it_right_now", "credit_corrected")

About = Sequence[tuple[str, str]]


def tell(unit: Unit, session: Session, credited: About) -> None:
    """Tell everybody credited, as ``(attendance id, person id)``, and begin what follows."""
    wanted = follow_up.of_session(unit, session.id)
    _tell(unit, _CREDITED, credited, ask=wanted.ask_right)
    follow_up.begin(unit, session, wanted)


def tell_more(unit: Unit, attendance: Attendance) -> None:
    """Tell one member that time was added to what was credited."""
    wanted = follow_up.of_session(unit, attendance.session_id)
    about = [(attendance.id, attendance.member.person_id)]
    _tell(unit, _CREDITED, about, ask=wanted.ask_right)


def tell_corrected(unit: Unit, attendances: Sequence[Attendance]) -> None:
    """Tell members that their credit was put right; they may say that they do not agree."""
    _tell(unit, _CORRECTED, [(each.id, each.member.person_id) for each in attendances], ask=True)


def _tell(unit: Unit, kinds: tuple[str, str], about: About, *, ask: bool) -> None:
    asking, telling = kinds
    ids = {person_id for _, person_id in about}
    persons = {each.id: each for each in unit.db.scalars(select(Person).where(Person.id.in_(ids)))}
    profiles = communication.of_people(unit, ids)
    asked, told = [], []
    for attendance_id, person_id in about:
        channel = communication.channel_for(persons[person_id], profiles.get(person_id), asking)
        if ask and channel in ("mail", "text"):
            link = links.make(unit, PURPOSE, person_id=person_id, subject_id=attendance_id)
            asked.append((person_id, link.id))
        else:
            told.append((person_id, attendance_id))
    notices.send_many(unit, asking, asked)
    notices.send_many(unit, telling, told)
