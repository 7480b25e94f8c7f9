"""Questions and complaints with their answers, and small matters noted without names."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class Query(Base):
    """Something that a member says is not right, followed to its end.

    ``subject`` is ``posting`` (``account_seq`` in the member's account), ``attendance``,
    ``redemption``, ``statement`` (``subject_id``), ``person`` or ``other``. ``about_id`` is the
    person who recorded it, or who is complained about: neither decides. ``status``: open, answered,
    resolved, appealed or closed. ``how``: online, link, phone or in_person. ``outcome`` is a code
    of ``queries.OUTCOMES``. ``resolved_by`` stays when somebody else looks at it again.
    """

    __tablename__ = "query"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    subject: Mapped[str]
    subject_id: Mapped[str | None]
    account_seq: Mapped[int | None]
    about_id: Mapped[str | None]
    how: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    reply_by_on: Mapped[date]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    outcome: Mapped[str | None]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()
    messages: Mapped[list[QueryMessage]] = relationship(order_by="QueryMessage.number")


class QueryMessage(Base):
    """One thing said about a query; ``words`` may be erased and the rest stays.

    ``kind``: opened, reply (the member's), answer, resolved, appealed, closed or settled.
    """

    __tablename__ = "query_message"
    __table_args__ = (UniqueConstraint("query_id", "number"),)

    id: Id = mapped_column(primary_key=True)
    query_id: Mapped[str] = mapped_column(ForeignKey("query.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    words: Mapped[str | None]


class MinorIssue(Base):
    """A small matter, noted so that patterns are seen: no person stands in it.

    ``kind`` is a code of ``minor_issues.KINDS``; ``noted_by`` is whoever noted it.
    """

    __tablename__ = "minor_issue"

    id: Id = mapped_column(primary_key=True)
    kind: Mapped[str]
    words: Mapped[str | None]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(index=True)
