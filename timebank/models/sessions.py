"""Activities, sessions, and who was there for how long."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.organisations import Organisation
from timebank.models.people import Member

if TYPE_CHECKING:
    from timebank.models.projects import Opportunity, Project


class ActivityType(Base):
    """A kind of activity, credited or not.

    ``takes_time``, ``uses_experience``, ``one_team`` and ``develops`` answer the four questions of
    what counts as work (None: never asked); ``social`` is for company or for hearing about
    something, and never credited. ``reason`` says in the group's words why it is not credited, or
    why it is although one of the answers is no.
    """

    __tablename__ = "activity_type"

    id: Id = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    credited: Mapped[bool]
    reason: Mapped[str]
    takes_time: Mapped[bool | None]
    uses_experience: Mapped[bool | None]
    one_team: Mapped[bool | None]
    develops: Mapped[bool | None]
    social: Mapped[bool] = mapped_column(server_default=false())
    revision: Mapped[int] = mapped_column(server_default="1")


class Session(Base):
    """The activity for which hours are credited.

    ``starts_on`` to ``ends_on`` are local days; ``starts_at_time`` and ``ends_at_time`` are local
    ``HH:MM`` or empty; ``places`` is how many can come (None: no limit) and ``expected_people`` how
    many are reckoned with; sessions of one ``series_id`` were planned together.
    ``usual_minutes`` and the other ``usual_...`` are what the grid offers for each component;
    ``online`` has no travel. ``revision`` rises with each change and
    credit, so that a stale page is found out. ``status`` is ``planned``, ``credited`` or
    ``cancelled``.
    """

    __tablename__ = "session"

    id: Id = mapped_column(primary_key=True)
    title: Mapped[str]
    activity_type_id: Mapped[str] = mapped_column(ForeignKey("activity_type.id"))
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    starts_at_time: Mapped[str]
    ends_at_time: Mapped[str] = mapped_column(server_default="")
    place: Mapped[str]
    usual_minutes: Mapped[int]
    online: Mapped[bool] = mapped_column(server_default=false())
    usual_preparation_minutes: Mapped[int] = mapped_column(server_default="0")
    usual_travel_minutes: Mapped[int] = mapped_column(server_default="0")
    usual_paperwork_minutes: Mapped[int] = mapped_column(server_default="0")
    usual_follow_up_minutes: Mapped[int] = mapped_column(server_default="0")
    places: Mapped[int | None]
    expected_people: Mapped[int | None]
    project_id: Mapped[str | None] = mapped_column(ForeignKey("project.id"), index=True)
    series_id: Mapped[str | None] = mapped_column(index=True)
    status: Mapped[str]
    revision: Mapped[int]
    planned_by: Mapped[str]
    planned_at: Mapped[datetime]
    import_key: Mapped[str | None] = mapped_column(unique=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    activity_type: Mapped[ActivityType] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    project: Mapped[Project | None] = relationship()
    sheet: Mapped[Opportunity | None] = relationship(back_populates="session")


class Attendance(Base):
    """One member at one session. What is recorded now is the entry with this ``revision``."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("member_id", "session_id"),)

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    revision: Mapped[int]

    session: Mapped[Session] = relationship()
    member: Mapped[Member] = relationship()
    entries: Mapped[list[AttendanceEntry]] = relationship(
        order_by="AttendanceEntry.revision", back_populates="attendance"
    )


class AttendanceEntry(Base):
    """What was recorded about an attendance, one row per revision; never changed once written.

    The five components are minutes as recorded; ``credited_minutes`` is their rounded total under
    ``policy_version`` (0 for a paid job, kept when declined). ``seq`` is the ledger transaction, or
    None when nothing was posted (declined, paid job, zero). A correction carries its ``reason``
    code, its erasable ``words``, and in ``reversed_seq`` the transaction that it reversed, with
    ``reversal_seq`` the reversal.

    ``involvement`` is how somebody took part; it only ever offered minutes. ``pot_minutes`` is how
    much of accepted hours went to the pot. A ``late`` entry added time afterwards: its figures are
    the whole of it, and its ``seq`` moved only the difference to the entry before.
    """

    __tablename__ = "attendance_entry"

    attendance_id: Mapped[str] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    involvement: Mapped[str] = mapped_column(server_default="took_part")
    capacity: Mapped[str]
    choice: Mapped[str]
    pot_minutes: Mapped[int] = mapped_column(server_default="0")
    late: Mapped[bool] = mapped_column(server_default=false())
    session_minutes: Mapped[int]
    preparation_minutes: Mapped[int]
    travel_minutes: Mapped[int]
    paperwork_minutes: Mapped[int]
    follow_up_minutes: Mapped[int]
    credited_minutes: Mapped[int]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy.version"))
    seq: Mapped[int | None]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    reversed_seq: Mapped[int | None]
    reversal_seq: Mapped[int | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]

    attendance: Mapped[Attendance] = relationship(back_populates="entries")
