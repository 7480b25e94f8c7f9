"""What members offer one another and would like, and the time that passes between two of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class DirectoryEntry(Base):
    """A member who chose to be found by other members. Leaving the directory deletes the row.

    ``words`` is what they say about themselves; ``show_phone`` and ``show_email`` let somebody
    they agreed an exchange with see those.
    """

    __tablename__ = "directory_entry"

    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    words: Mapped[str | None]
    show_phone: Mapped[bool]
    show_email: Mapped[bool]
    since_at: Mapped[datetime]
    revision: Mapped[int]

    member: Mapped[Member] = relationship()


class Listing(Base):
    """Something a member offers or would like. ``kind``: offer, want; ``status``: open, closed."""

    __tablename__ = "listing"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    kind: Mapped[str]
    title_words: Mapped[str]
    words: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    listed_at: Mapped[datetime]

    member: Mapped[Member] = relationship()


class Exchange(Base):
    """Time that one member gives another. Minutes move when both have said the same.

    ``giver_id`` gives time and gets the minutes; ``receiver_id`` uses theirs. ``asked_by_giver``
    says which of them asked. ``status``: asked, agreed, done, declined, cancelled or undone. Each
    side's figures are what it said, None before; ``seq`` and ``undone_seq`` are the ledger's.
    ``checked_at``: a coordinator has seen that all went well.
    """

    __tablename__ = "exchange"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    listing_id: Mapped[str] = mapped_column(ForeignKey("listing.id"))
    giver_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    receiver_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    asked_by_giver: Mapped[bool]
    title_words: Mapped[str]
    words: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    giver_minutes: Mapped[int | None]
    giver_on: Mapped[date | None]
    receiver_minutes: Mapped[int | None]
    receiver_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    seq: Mapped[int | None]
    undone_seq: Mapped[int | None]

    giver: Mapped[Member] = relationship(foreign_keys=[giver_id])
    receiver: Mapped[Member] = relationship(foreign_keys=[receiver_id])
