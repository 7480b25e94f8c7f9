"""Corrections that wait for a second person, and what was put right beside attendances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class Proposal(Base):
    """A correction above the group's limit: nothing is posted until somebody else agrees.

    ``kind`` is ``credit`` (``subject_id``: an attendance), ``session`` (a whole session undone) or
    ``amendment`` (``subject_id``: the number of a transaction). ``revision`` is the subject's as it
    was seen. ``details`` is JSON of figures and codes; ``words`` may be erased. ``minutes`` is how
    much moves. ``status``: waiting, agreed, refused or overtaken.
    """

    __tablename__ = "proposal"

    id: Id = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    details: Mapped[str]
    words: Mapped[str | None]
    minutes: Mapped[int]
    status: Mapped[str] = mapped_column(index=True)
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class Amendment(Base):
    """One correction of a transaction that stands for no attendance: opening hours, an import.

    ``first_seq`` is the transaction as it was first posted; ``revision`` counts its corrections
    from 1. ``minutes`` is what is right; ``seq`` the replacement, None when nothing is left.
    Nothing is reversed where nothing stood any more.
    """

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("first_seq", "revision"),)

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    first_seq: Mapped[int]
    revision: Mapped[int]
    minutes: Mapped[int]
    seq: Mapped[int | None] = mapped_column(unique=True)
    reversed_seq: Mapped[int | None] = mapped_column(unique=True)
    reversal_seq: Mapped[int | None] = mapped_column(unique=True)
    reason: Mapped[str]
    words: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
