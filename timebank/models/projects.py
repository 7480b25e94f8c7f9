"""Projects, what members read about a session before they join it, and who is coming."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member
from timebank.models.sessions import Session


class Project(Base):
    """What sessions are for: its purpose, on whose behalf people are consulted, and as what.

    ``capacities`` are codes parted by commas: in which capacity people are asked. ``ended_on`` is
    the first day on which it is over; None: it goes on.
    """

    __tablename__ = "project"

    id: Id = mapped_column(primary_key=True)
    title: Mapped[str]
    purpose: Mapped[str]
    on_behalf_of: Mapped[str]
    capacities: Mapped[str]
    ended_on: Mapped[date | None]
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    revision: Mapped[int]

    seats: Mapped[list[ProjectSeat]] = relationship(order_by="ProjectSeat.position")


class ProjectSeat(Base):
    """A kind of experience that should be in the room, and whether it is; never a person."""

    __tablename__ = "project_seat"

    id: Id = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("project.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    filled: Mapped[bool]


class Opportunity(Base):
    """The sheet that a member reads before joining a session; beside it stands the session.

    ``content_note`` says what may be hard to hear, and may be empty. ``published_at`` is None for
    a draft, which only those who plan sessions see.
    """

    __tablename__ = "opportunity"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    what: Mapped[str]
    preparation: Mapped[str]
    travel: Mapped[str]
    access: Mapped[str]
    rewards: Mapped[str]
    content_note: Mapped[str]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    revision: Mapped[int]

    session: Mapped[Session] = relationship(back_populates="sheet")


class SignUp(Base):
    """One member who wants to come to a session, or came without saying so before.

    ``status`` is ``coming``, ``waiting`` or ``withdrawn``; ``turn`` is the order in which people
    asked. ``code`` is what they type at the door, unique in the session. ``capacity`` is as what
    they take part in the project, if they said. ``words`` are what would help them to take part.
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("member_id", "session_id"),
        UniqueConstraint("code", "session_id"),
    )

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    status: Mapped[str]
    turn: Mapped[int]
    code: Mapped[str]
    capacity: Mapped[str | None]
    words: Mapped[str | None]
    signed_up_by: Mapped[str]
    signed_up_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]

    session: Mapped[Session] = relationship()
    member: Mapped[Member] = relationship()


class CheckInPage(Base):
    """A page at the door of one session, open until ``closes_at`` unless it is closed before."""

    __tablename__ = "check_in_page"

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CalendarFeed(Base):
    """An address under which one person's calendar programme fetches their sessions."""

    __tablename__ = "calendar_feed"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
