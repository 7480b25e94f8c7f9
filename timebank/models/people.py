"""Who somebody is, their place in the group, and their roles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id


class Person(Base):
    """Everything that identifies somebody. Erasing empties this row and leaves the books.

    ``language`` is the one they read, a BCP 47 tag; None is the group's.
    """

    __tablename__ = "person"

    id: Id = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None]
    address: Mapped[str | None]
    needs: Mapped[str | None]
    language: Mapped[str | None]


class Member(Base):
    """Links a person to an account. ``number`` is what people read out; it says nothing else.

    ``choice`` is the standing choice for hours credited: ``accept``, ``decline`` or ``pot``.
    ``statement_by`` is ``link`` (a mail that links to it), ``mail`` (the statement itself in the
    mail) or ``paper`` (a coordinator prints it). ``quiet_balance``: the home page leaves out what
    they have.
    ``revision`` rises with each change of this row or of the person's, so that a stale page is
    found out.
    """

    __tablename__ = "member"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), unique=True)
    number: Mapped[int] = mapped_column(unique=True)
    joined_on: Mapped[date]
    status: Mapped[str]
    choice: Mapped[str]
    no_money_rewards: Mapped[bool]
    statement_by: Mapped[str]
    quiet_balance: Mapped[bool] = mapped_column(default=False, server_default=false())
    revision: Mapped[int]

    person: Mapped[Person] = relationship()


class RoleHeld(Base):
    """A person holds a role from a day until a day (None: still).

    With ``organisation_id`` it reaches that organisation's sessions and people alone.
    """

    __tablename__ = "role"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]
