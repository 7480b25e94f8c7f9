"""When statements come: the group's schedule, members' own choices, and pauses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class StatementSchedule(Base):
    """A schedule that governs from a day on; rows are only added, and the newest of a day counts.

    ``member_id`` is None for the group's. ``frequency`` is one of ``periods.FREQUENCIES``, or
    for a member ``group``: as the group does. ``day`` is 1 to 28, or 31 for the last of any month;
    ``year_month`` 1 to 12.
    """

    __tablename__ = "statement_schedule"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"), index=True)
    from_on: Mapped[date]
    frequency: Mapped[str]
    day: Mapped[int]
    year_month: Mapped[int]
    skip_quiet: Mapped[bool]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]


class StatementPause(Base):
    """Nothing is issued by itself to a member (None: to nobody) from an instant until another."""

    __tablename__ = "statement_pause"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"), index=True)
    paused_at: Mapped[datetime]
    paused_by: Mapped[str]
    resumed_at: Mapped[datetime | None]
