"""Passkeys, and the questions that a browser answers with one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class Passkey(Base):
    """The public half of a key that a person's device keeps; deleted when it is removed.

    ``credential`` is the name that the device gave the key; ``sign_count`` how often the device
    says it was used, 0 for ever where a device does not count. ``label`` is the person's own word.
    """

    __tablename__ = "passkey"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str]
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """Random bytes for a device to sign, once; the row is deleted when an answer comes.

    ``person_id`` is who adds a passkey; None where somebody signs in.
    """

    __tablename__ = "passkey_challenge"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)
