"""How each person hears from the group, letters, and certificates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member, Person


class Communication(Base):
    """How a person hears from the group, once they were asked; without a row by mail, if at all.

    ``channel`` is ``mail``, ``text``, ``post``, ``phone`` or ``none``; ``form`` what they can read:
    ``standard``, ``large_print``, ``easy_read``, ``script`` or ``braille``. ``words`` say how to
    ring them. Whoever is copied in, they agreed to on a day. ``no_news``: no thanks and the like.
    ``stopped_at``: something came back since then, and nothing goes that way. Erasing a person
    deletes the row.
    """

    __tablename__ = "communication"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channel: Mapped[str]
    form: Mapped[str]
    words: Mapped[str | None]
    copy_name: Mapped[str | None]
    copy_email: Mapped[str | None]
    copy_agreed_on: Mapped[date | None]
    no_news: Mapped[bool]
    stopped_at: Mapped[datetime | None]
    revision: Mapped[int]


class Letter(Base):
    """One envelope: everything that waited for a person when the letters of a day were made.

    ``run_id`` is the day's file, ``place`` where the letter stands in it. ``status``: printed,
    posted or returned. ``outbox.letter_id`` says what is in it.
    """

    __tablename__ = "letter"

    id: Id = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(index=True)
    place: Mapped[int]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    status: Mapped[str] = mapped_column(index=True)
    printed_by: Mapped[str]
    printed_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Certificate(Base):
    """A certificate of participation. Guarded in the database: its row never changes.

    ``content`` is canonical JSON without a name: days, sessions and minutes as they stood when it
    was issued. Every form is made from it alone.
    """

    __tablename__ = "certificate"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    minutes: Mapped[int]
    content: Mapped[str]
    content_sha256: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]

    member: Mapped[Member] = relationship()
