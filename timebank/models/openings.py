"""Hours that were there before the books, and hours given on joining."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class OpeningList(Base):
    """A list of hours brought forward; posted when a second person has confirmed its total.

    ``as_of_on`` is the day on which people had these hours. ``status``: waiting, confirmed or
    withdrawn. ``words`` say where the figures come from.
    """

    __tablename__ = "opening_list"

    id: Id = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    as_of_on: Mapped[date]
    total_minutes: Mapped[int]
    words: Mapped[str | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    lines: Mapped[list[OpeningHours]] = relationship(order_by="OpeningHours.position")


class OpeningHours(Base):
    """One member's hours from ``hours:opening``: brought forward in a list, or given on joining.

    ``seq`` is the ledger's transaction, None while the list waits. What is put right later stands
    in ``amendment``. ``policy_version`` says under which rules starting hours were given.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (UniqueConstraint("list_id", "member_id"),)

    id: Id = mapped_column(primary_key=True)
    list_id: Mapped[str | None] = mapped_column(ForeignKey("opening_list.id"))
    position: Mapped[int]
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    minutes: Mapped[int]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy.version"))
    seq: Mapped[int | None] = mapped_column(unique=True)

    member: Mapped[Member] = relationship()
