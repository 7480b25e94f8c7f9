"""How people come in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class Password(Base):
    """A person's argon2 hash."""

    __tablename__ = "password"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime]


class SignIn(Base):
    """One signed-in browser; the cookie holds the token whose SHA-256 is here. Revocable.

    ``way``: password, link, card or passkey. ``shared``: on a device that others use too.
    ``trust_id``: the consent of the member for whom this browser acts just now, else None.
    """

    __tablename__ = "sign_in"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    way: Mapped[str] = mapped_column(server_default="password")
    shared: Mapped[bool] = mapped_column(server_default=false())
    trust_id: Mapped[str | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInCard(Base):
    """A printed card with a code to sign in with. Revocable; a person has one at a time.

    The code is made from the instance's secret and this id; only its SHA-256 is kept.
    """

    __tablename__ = "sign_in_card"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    code_sha256: Mapped[str] = mapped_column(unique=True)
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiToken(Base):
    """A bearer token for the JSON API; acts with its person's roles. Only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class FailedAttempt(Base):
    """One failed try at a door; ``door`` is a keyed hash of what was tried, never a name."""

    __tablename__ = "failed_attempt"

    id: Id = mapped_column(primary_key=True)
    door: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
