"""Groups and organisations that hold hours, and what was given to them and by them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.organisations import Organisation
from timebank.models.people import Member


class Group(Base):
    """Some people, or an organisation, with an account of their own: ``group:<id>``.

    ``two_holders`` says that two of its named holders agree before hours leave it. ``closed_on`` is
    the first day on which it takes and gives nothing any more; None: it is open.
    """

    __tablename__ = "hours_group"

    id: Id = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    two_holders: Mapped[bool]
    closed_on: Mapped[date | None]
    revision: Mapped[int]

    organisation: Mapped[Organisation | None] = relationship()
    holders: Mapped[list[GroupHolder]] = relationship(
        primaryjoin="and_(Group.id == GroupHolder.group_id, GroupHolder.until_on.is_(None))",
        order_by="GroupHolder.from_on",
        viewonly=True,
    )


class GroupHolder(Base):
    """A member speaks for a group from a day until a day (None: still)."""

    __tablename__ = "group_holder"

    id: Id = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("hours_group.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    member: Mapped[Member] = relationship()


class GroupGift(Base):
    """Hours that a member gives to a group (``to_group``), or a group to a member.

    ``status`` is ``asked`` while holders have to agree, then ``given`` with the transaction's
    ``seq``, or ``refused``. ``occurred_on`` is the day it was agreed on; ``reference`` is what
    people read out.
    """

    __tablename__ = "group_gift"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("hours_group.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    to_group: Mapped[bool]
    minutes: Mapped[int]
    occurred_on: Mapped[date]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    seq: Mapped[int | None] = mapped_column(unique=True)

    group: Mapped[Group] = relationship()
    member: Mapped[Member] = relationship()
    agreements: Mapped[list[GroupAgreement]] = relationship(order_by="GroupAgreement.agreed_at")


class GroupAgreement(Base):
    """A holder agrees to a gift; ``recorded_by`` is the holder, or who was told by them."""

    __tablename__ = "group_agreement"
    __table_args__ = (UniqueConstraint("gift_id", "member_id"),)

    id: Id = mapped_column(primary_key=True)
    gift_id: Mapped[str] = mapped_column(ForeignKey("group_gift.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    recorded_by: Mapped[str]
    agreed_at: Mapped[datetime]

    member: Mapped[Member] = relationship()
