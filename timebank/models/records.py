"""What was done, by whom, and under which key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base


class CommandReceipt(Base):
    """What a command's key made, so that sending it twice records it once."""

    __tablename__ = "command_receipt"

    key: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    actor: Mapped[str]
    command_sha256: Mapped[str]
    result: Mapped[str]
    recorded_at: Mapped[datetime]


class TrailEvent(Base):
    """The audit trail: who did what to which thing, when. Ids and codes only, only added to."""

    __tablename__ = "trail_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    details: Mapped[str]
