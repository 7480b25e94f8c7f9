"""Time that waits: grids half filled in, time sent in, and agreements with single people."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member
from timebank.models.sessions import Session


class CreditDraft(Base):
    """What a coordinator has chosen and typed so far to credit a session; one each.

    ``content`` is JSON: ids and cells as they were typed, no names. ``step`` is ``people`` or
    ``times``; ``session_revision`` is the session's as it was seen first.
    """

    __tablename__ = "credit_draft"

    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    step: Mapped[str]
    session_revision: Mapped[int]
    content: Mapped[str]
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]


class SentTime(Base):
    """Somebody's own time at a session, which another person confirms before it counts.

    ``status``: ``waiting``, ``asked`` (a coordinator asked about it), ``confirmed``, ``declined``
    or ``withdrawn``. ``words`` say what it was for and ``question_words`` what was asked, or why it
    was declined; both may be erased.
    """

    __tablename__ = "sent_time"

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    involvement: Mapped[str]
    capacity: Mapped[str]
    choice: Mapped[str]
    pot_minutes: Mapped[int]
    session_minutes: Mapped[int]
    preparation_minutes: Mapped[int]
    travel_minutes: Mapped[int]
    paperwork_minutes: Mapped[int]
    follow_up_minutes: Mapped[int]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    words: Mapped[str | None]
    question_words: Mapped[str | None]
    sent_by: Mapped[str]
    sent_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    session: Mapped[Session] = relationship()
    member: Mapped[Member] = relationship()


class Agreement(Base):
    """What was agreed with one member about which minutes are recognised; never what they count.

    ``extra_preparation_minutes`` are offered beside what a session offers everybody;
    ``full_session`` offers the whole session to somebody who has to leave early. ``status``:
    ``proposed``, ``signed`` (by a second person; only then it is used), ``declined`` or ``ended``.
    """

    __tablename__ = "agreement"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    extra_preparation_minutes: Mapped[int]
    full_session: Mapped[bool]
    words: Mapped[str | None]
    status: Mapped[str]
    revision: Mapped[int]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None]
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    member: Mapped[Member] = relationship()
