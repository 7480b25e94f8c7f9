"""What waits to be sent, and links that work once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class OutboxMessage(Base):
    """A notice to be sent: what it is about, never its words; those are made when it is sent.

    ``kind`` is a key of ``notice_kinds.KINDS``; ``subject_id`` the thing it is about (a statement,
    a redemption, an attendance, a single-use link). ``channel``: mail, text, post or phone.
    ``status``: waiting, printed (in the letter ``letter_id``, not posted yet), sent, failed or
    cancelled. ``collected_in`` is the message with which this one goes out, as one of several.
    Checkpoints alone belong to no person: they go to the address in the settings, and
    ``subject_id`` is their days, FIRST..LAST.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "status", "channel", "due_at"),)

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    channel: Mapped[str] = mapped_column(server_default="mail")
    subject_id: Mapped[str] = mapped_column(index=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    letter_id: Mapped[str | None] = mapped_column(ForeignKey("letter.id"), index=True)
    collected_in: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int]
    problem: Mapped[str | None]
    sent_at: Mapped[datetime | None]


class SingleUseLink(Base):
    """A link that does one thing once, for one person: choose a password, decide, hand over.

    The code in the link is made from the instance's secret and this id, so it is never stored.
    """

    __tablename__ = "single_use_link"

    id: Id = mapped_column(primary_key=True)
    purpose: Mapped[str]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    subject_id: Mapped[str]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
