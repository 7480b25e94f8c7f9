""" "Is this right?": the answer to what was credited, by a link or by whoever is signed in.

Yes is kept; no opens a query. Opening the link changes nothing, and it works once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from timebank import after_credit, links, queries, query_subjects, texts, trail
from timebank.errors import NotFound
from timebank.figures import COMPONENTS
from timebank.models import Attendance, Confirmation, Member, Person, SingleUseLink
from timebank.roles import Actor
from timebank.unit import Unit

ANSWERS = ("yes", "no")


@dataclass(frozen=True, kw_only=True)
class RightQuestion:
    """What the link's page shows: what is recorded now, of whom, by whom, and after a correction.

    ``parts`` are the components that are there, in minutes; ``answered`` an earlier answer.
    """

    member_name: str
    attendance: Attendance
    parts: tuple[tuple[str, int], ...]
    credited_minutes: int
    choice: str
    recorded_by: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class RightAnswered:
    """What was answered; ``query_id`` and ``reference`` of the query that a no opened."""

    answer: str
    query_id: str | None = None
    reference: str | None = None


def question(unit: Unit, code: str) -> RightQuestion:
    """What a link asks; raises what ``links.open_link`` raises."""
    attendance = _attendance(unit, _link(unit, code))
    now = attendance.entries[-1]
    name = unit.db.scalar(select(Person.name).where(Person.id == now.recorded_by))
    return RightQuestion(
        member_name=attendance.member.person.name,
        attendance=attendance,
        parts=tuple((part, getattr(now, part)) for part in COMPONENTS if getattr(now, part)),
        credited_minutes=now.credited_minutes,
        choice=now.choice,
        recorded_by=name or "",
        reason=now.reason,
    )


def answer_by_link(unit: Unit, code: str, answer: str, words: str = "") -> RightAnswered:
    """Take the answer, once; the link's person is the actor.

    Raises what ``links.open_link``, ``texts`` and opening a query raise.
    """
    link = _link(unit, code)
    texts.one_of(answer, ANSWERS, "answer")
    attendance = _attendance(unit, link)
    member = attendance.member
    links.spend(unit, link)
    acting = replace(
        unit, actor=Actor(id=link.person_id, person_id=link.person_id, member_id=member.id)
    )
    unit.db.merge(
        Confirmation(
            attendance_id=attendance.id, revision=attendance.revision, answer=answer, how="link",
            answered_by=link.person_id, answered_at=unit.now,
        )
    )  # fmt: skip
    trail.record(acting, "credit.answered", "attendance", attendance.id, answer=answer)
    if answer == "yes":
        return RightAnswered(answer=answer)
    return _open(acting, member, attendance, words)


def _open(unit: Unit, member: Member, attendance: Attendance, words: str) -> RightAnswered:
    said = texts.clean(words, "words", most=texts.MOST_WORDS, required=False, lines=True)
    about = query_subjects.find(unit, member, "attendance", attendance.id, None)
    made = queries.begin(unit, member, about, how="link", words=said)
    return RightAnswered(answer="no", query_id=made.query_id, reference=made.reference)


def _link(unit: Unit, code: str) -> SingleUseLink:
    link = links.open_link(unit, code)
    if link.purpose != after_credit.PURPOSE:
        raise NotFound("link_unknown")
    return link


def _attendance(unit: Unit, link: SingleUseLink) -> Attendance:
    return unit.db.get_one(Attendance, link.subject_id)
