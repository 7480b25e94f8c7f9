"""The partner organisations that sessions and people belong to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class Organisation(Base):
    """A partner that runs sessions. ``contact`` is how to reach it, in the group's words.

    ``ended_on`` is the first day on which it is no partner any more; None: it is one.
    """

    __tablename__ = "organisation"

    id: Id = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    contact: Mapped[str]
    ended_on: Mapped[date | None]
    revision: Mapped[int]


class MemberOrganisation(Base):
    """A member belongs to an organisation from a day until a day (None: still)."""

    __tablename__ = "member_organisation"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
