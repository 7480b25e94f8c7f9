"""Who may act for a member, by the member's own consent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member, Person


class Trust(Base):
    """A member lets a person see their hours and statements, until a day or until it is ended.

    ``rewards``: ``none``, ``no_money`` (they may also ask for rewards without a money value) or
    ``all``. ``called_words`` is what the member called them. ``how`` is how the member said so.
    ``until_on`` is the last day. A row is ended and never changed otherwise.
    """

    __tablename__ = "trust"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    called_words: Mapped[str]
    rewards: Mapped[str]
    how: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    until_on: Mapped[date | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()
    person: Mapped[Person] = relationship()
