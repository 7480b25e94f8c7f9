"""Statements, which never change once issued."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class Statement(Base):
    """An issued, fixed account of a period. Guarded in the database: its row never changes.

    ``from_on`` to ``until_on`` are local days, both included. ``first_seq`` is None when nothing
    was posted; ``last_seq`` is then the last posting before the period (0: none). ``content`` is
    canonical JSON without name or address; every format is made from it alone.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("account", "first_seq"),
        UniqueConstraint("account", "until_on"),
    )

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    account: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    first_seq: Mapped[int | None]
    last_seq: Mapped[int]
    opening_minutes: Mapped[int]
    closing_minutes: Mapped[int]
    content: Mapped[str]
    content_sha256: Mapped[str]
    issued_at: Mapped[datetime]

    member: Mapped[Member | None] = relationship()
