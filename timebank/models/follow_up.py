"""What follows a session: is it right, thanks, a word afterwards, and how it was."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class SessionFollowUp(Base):
    """What is to follow one session; without a row only "Is this right?" is asked.

    ``wellbeing_by_id`` is the one person who sees the reminder to ask how people are.
    """

    __tablename__ = "session_follow_up"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    ask_right: Mapped[bool]
    ask_feedback: Mapped[bool]
    thank: Mapped[bool]
    wellbeing_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str | None]
    revision: Mapped[int]


class Confirmation(Base):
    """A member's answer to "Is this right?" about one version of an attendance."""

    __tablename__ = "confirmation"

    attendance_id: Mapped[str] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[str]
    how: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]


class ThankYou(Base):
    """One person's thanks for one session: a ``mail``, or a ``card`` that somebody writes.

    ``words`` say what they did, and may be erased. ``status``: waiting, sent or cancelled.
    """

    __tablename__ = "thank_you"
    __table_args__ = (UniqueConstraint("session_id", "member_id", "way"),)

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    way: Mapped[str]
    words: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class WellbeingFollowUp(Base):
    """A reminder to ask how somebody is, after a session; only ``for_id`` sees it.

    ``member_id`` None is everybody who was there. Nothing is written about anybody's health.
    """

    __tablename__ = "wellbeing_follow_up"

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    for_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date]
    asked_by: Mapped[str]
    done_at: Mapped[datetime | None]

    member: Mapped[Member | None] = relationship()


class Feedback(Base):
    """How a session was, from somebody who was there: who, nobody can tell.

    Only the day is kept, so that a time cannot give a person away.
    """

    __tablename__ = "feedback"

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    answer: Mapped[str]
    words: Mapped[str | None]
    given_on: Mapped[date]
