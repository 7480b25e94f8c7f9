"""How somebody joins, is looked after and, perhaps, goes: steps and days, hardly a word.

What somebody said of themselves stands in columns that end in ``words`` and can be erased.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member, Person


class Application(Base):
    """Somebody asks to join; the person row is there, the member row is not yet.

    ``status`` is ``open``, ``joined`` or ``closed``. ``came_by`` says at which door it came in,
    ``heard_from`` how they heard of the group. ``same_email_id`` is the person on file whose e-mail
    address they gave too; their own row has none then.
    """

    __tablename__ = "application"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), unique=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    status: Mapped[str] = mapped_column(index=True)
    came_by: Mapped[str]
    heard_from: Mapped[str]
    same_email_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    applied_at: Mapped[datetime]
    revision: Mapped[int]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class JoiningStep(Base):
    """A step on the way in that was taken: ``conduct``, ``reference``, ``group_activity``.

    ``detail`` is a code, such as who gave a reference; nobody is named.
    """

    __tablename__ = "joining_step"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    step: Mapped[str]
    detail: Mapped[str]
    done_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class Conversation(Base):
    """What was agreed in a conversation, in the agreed fields alone; older ones stay.

    ``hours_for`` is a code for what they would like to do with hours; ``review_on`` the day by
    which to talk again.
    """

    __tablename__ = "conversation"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    held_on: Mapped[date]
    how: Mapped[str]
    hours_for: Mapped[str]
    interests_words: Mapped[str]
    review_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class SafetyCheck(Base):
    """A criminal record check that somebody saw: that it was there, never what stands in it.

    ``recheck_on`` is the day by which it is due again; ``replaced_at`` when a newer one was seen.
    """

    __tablename__ = "safety_check"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[str]
    issued_on: Mapped[date]
    reference: Mapped[str]
    update_service: Mapped[bool]
    recheck_on: Mapped[date | None]
    seen_by: Mapped[str]
    seen_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class SafetyCheckView(Base):
    """Somebody looked at a person's checks."""

    __tablename__ = "safety_check_view"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    viewer: Mapped[str]
    viewed_at: Mapped[datetime]


class ContactAttempt(Base):
    """Somebody tried to reach a member who was not seen for long: the way, and what came of it."""

    __tablename__ = "contact_attempt"

    id: Id = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    channel: Mapped[str]
    outcome: Mapped[str]
    tried_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class Merge(Base):
    """The hours of a member on file twice went to the one that is kept; ``seq`` is None for none.

    ``minutes`` is what the kept account got, less than 0 where the other was below zero. A later
    correction of something recorded under the old number may add another row.
    """

    __tablename__ = "merge"

    id: Id = mapped_column(primary_key=True)
    old_member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    kept_member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    minutes: Mapped[int]
    seq: Mapped[int | None] = mapped_column(unique=True)
    merged_by: Mapped[str]
    merged_at: Mapped[datetime]

    kept: Mapped[Member] = relationship(foreign_keys=[kept_member_id])
