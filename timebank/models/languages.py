"""The languages that a group has read and passed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base
from timebank.models.people import Person


class LanguagePassed(Base):
    """Who read the words of a language and passed them, and on which day.

    ``language`` is its BCP 47 tag. The information about benefits is passed apart from the rest:
    ``information_sha256`` is of the words that were read, so that other words need another look.
    ``off_at``: since then members are not offered the language.
    """

    __tablename__ = "language_passed"

    language: Mapped[str] = mapped_column(primary_key=True)
    passed_by_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    passed_on: Mapped[date]
    information_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    information_on: Mapped[date | None]
    information_sha256: Mapped[str | None]
    off_at: Mapped[datetime | None]
    revision: Mapped[int]

    passed_by: Mapped[Person] = relationship(foreign_keys=[passed_by_id])
    information_by: Mapped[Person | None] = relationship(foreign_keys=[information_by_id])
