"""What members chose and when, and the skills they keep a note of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class ChoiceMade(Base):
    """One choice of a member, as it was made on a day: rows are only added.

    ``topic`` is one of ``choice_notes.TOPICS``; ``said`` the code that was chosen (several parted
    by commas, none empty) and ``was`` the one before. ``made_by`` is who recorded it. The newest of
    a topic is what holds. Erasing a person deletes their rows.
    """

    __tablename__ = "choice_made"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    topic: Mapped[str]
    was: Mapped[str]
    said: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Skill(Base):
    """Something a member can do, in their own words. It is theirs: they may delete it."""

    __tablename__ = "skill"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    title_words: Mapped[str]
    words: Mapped[str | None]
    revision: Mapped[int]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
