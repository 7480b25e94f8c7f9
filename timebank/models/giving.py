"""Hours given from one member to another or to the pot, and hours given out of the pot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class Gift(Base):
    """Hours that a member gave; ``to_member_id`` None means the community pot.

    ``words`` is a note for the receiver, kept outside the books. ``status``: given, refused (by
    the receiver) or undone (by a coordinator: it was a mistake); ``seq`` and ``returned_seq`` are
    the ledger's transactions. ``how``: online, phone or in_person.
    """

    __tablename__ = "gift"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    to_member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"), index=True)
    given_minutes: Mapped[int]
    words: Mapped[str | None]
    how: Mapped[str]
    status: Mapped[str]
    revision: Mapped[int]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    returned_by: Mapped[str | None]
    returned_at: Mapped[datetime | None]
    seq: Mapped[int]
    returned_seq: Mapped[int | None]

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    to_member: Mapped[Member | None] = relationship(foreign_keys=[to_member_id])


class PotGrant(Base):
    """Hours for a member out of the community pot: one person proposes, another agrees.

    ``words`` say why, for those who decide. ``status``: proposed, agreed or declined; ``seq`` is
    the ledger's transaction once agreed.
    """

    __tablename__ = "pot_grant"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    granted_minutes: Mapped[int]
    words: Mapped[str | None]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    seq: Mapped[int | None]

    member: Mapped[Member] = relationship()
