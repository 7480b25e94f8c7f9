"""The tables of the community, declared on the ledger's MetaData: there is one.

Amounts end in ``_minutes`` or ``_pence``, days in ``_on``, instants in ``_at``. Ids are 32
hexadecimal digits. Names, contacts and words about people stand in ``person`` and in columns named
``words``; everything else may be kept for as long as the books.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Integer, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from ledger import metadata
from timebank.clock import from_microseconds, to_microseconds


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, stored as whole microseconds since 1970: the same on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else from_microseconds(value)


class Base(DeclarativeBase):
    """All of timebank's tables share the ledger's MetaData."""

    metadata = metadata
    type_annotation_map = {
        str: Text,
        int: BigInteger().with_variant(Integer, "sqlite"),
        datetime: Instant,
        date: Date,
    }


# An opaque id: 32 hexadecimal digits, the same text on both engines.
Id = Mapped[str]


class Community(Base):
    """The one row of this instance: its name, its looks, who to ask, and its book.

    ``revision`` rises with each change, so that a stale page is found out.
    """

    __tablename__ = "community"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    book_key: Mapped[str]
    console_id: Mapped[str]
    name: Mapped[str]
    brand_colour: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    language: Mapped[str]
    second_approver_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int]


class Policy(Base):
    """One version of the group's agreed rules; the newest is in force, older ones stay.

    ``rounding`` is ``none``, ``nearest_15`` or ``up_15``: once per person per session. Rewards with
    a money value are off until an advice contact and a review of the information text are recorded.
    """

    __tablename__ = "policy"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rounding: Mapped[str]
    money_rewards: Mapped[bool]
    advice_contact: Mapped[str]
    information_reviewed_by: Mapped[str]
    information_reviewed_on: Mapped[date | None]
    agreed_by: Mapped[str]
    agreed_at: Mapped[datetime]


class Person(Base):
    """Everything that identifies somebody. Erasing empties this row and leaves the books."""

    __tablename__ = "person"

    id: Id = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None]
    address: Mapped[str | None]
    needs: Mapped[str | None]


class Member(Base):
    """Links a person to an account. ``number`` is what people read out; it says nothing else.

    ``choice`` is the standing choice for hours credited: ``accept``, ``decline`` or ``pot``.
    ``statement_by`` is ``link`` (a mail that links to it), ``mail`` (the statement itself in the
    mail) or ``paper`` (a coordinator prints it). ``frequency`` is ``monthly`` or ``none``.
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
    frequency: Mapped[str]
    revision: Mapped[int]

    person: Mapped[Person] = relationship()


class RoleHeld(Base):
    """A person holds a role from a day until a day (None: still)."""

    __tablename__ = "role"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class ActivityType(Base):
    """A kind of activity, credited or not; ``reason`` says why not, in the group's words."""

    __tablename__ = "activity_type"

    id: Id = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    credited: Mapped[bool]
    reason: Mapped[str]


class Session(Base):
    """The activity for which hours are credited.

    ``starts_on`` to ``ends_on`` are local days; ``starts_at_time`` is local ``HH:MM`` or empty;
    ``usual_minutes`` is the length offered for each person. ``revision`` rises with each change and
    credit, so that a stale page is found out. ``status`` is ``planned``, ``credited`` or
    ``cancelled``.
    """

    __tablename__ = "session"

    id: Id = mapped_column(primary_key=True)
    title: Mapped[str]
    activity_type_id: Mapped[str] = mapped_column(ForeignKey("activity_type.id"))
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    starts_at_time: Mapped[str]
    place: Mapped[str]
    usual_minutes: Mapped[int]
    status: Mapped[str]
    revision: Mapped[int]
    planned_by: Mapped[str]
    planned_at: Mapped[datetime]
    import_key: Mapped[str | None] = mapped_column(unique=True)

    activity_type: Mapped[ActivityType] = relationship()


class Attendance(Base):
    """One member at one session. What is recorded now is the entry with this ``revision``."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("member_id", "session_id"),)

    id: Id = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("session.id"), index=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    revision: Mapped[int]

    session: Mapped[Session] = relationship()
    member: Mapped[Member] = relationship()
    entries: Mapped[list[AttendanceEntry]] = relationship(
        order_by="AttendanceEntry.revision", back_populates="attendance"
    )


class AttendanceEntry(Base):
    """What was recorded about an attendance, one row per revision; never changed once written.

    The five components are minutes as recorded; ``credited_minutes`` is their rounded total under
    ``policy_version`` (0 for a paid job, kept when declined). ``seq`` is the ledger transaction, or
    None when nothing was posted (declined, paid job, zero). A correction carries its ``reason``
    code, its erasable ``words``, and in ``reversed_seq`` the transaction that it reversed, with
    ``reversal_seq`` the reversal.
    """

    __tablename__ = "attendance_entry"

    attendance_id: Mapped[str] = mapped_column(ForeignKey("attendance.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[str]
    choice: Mapped[str]
    session_minutes: Mapped[int]
    preparation_minutes: Mapped[int]
    travel_minutes: Mapped[int]
    paperwork_minutes: Mapped[int]
    follow_up_minutes: Mapped[int]
    credited_minutes: Mapped[int]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy.version"))
    seq: Mapped[int | None]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    reversed_seq: Mapped[int | None]
    reversal_seq: Mapped[int | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]

    attendance: Mapped[Attendance] = relationship(back_populates="entries")


class Reward(Base):
    """Something members can use hours for. ``kind`` is a code of ``rewards.KINDS``.

    ``money_pence`` is its money value (None: it has none), a property of this reward and never of
    an hour; ``cost_pence`` what it costs the group. ``places`` None means no limit. ``revision``
    rises with each change and is kept on the redemption.
    """

    __tablename__ = "reward"

    id: Id = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    provider: Mapped[str]
    price_minutes: Mapped[int]
    money_pence: Mapped[int | None]
    cost_pence: Mapped[int | None]
    places: Mapped[int | None]
    starts_on: Mapped[date | None]
    charity_number: Mapped[str]
    offered: Mapped[bool]
    revision: Mapped[int]


class Redemption(Base):
    """One member's use of a reward. Figures and title are as they were when it was asked for.

    ``status``: requested, approved, fulfilled, declined or cancelled. ``hold_seq``, ``fulfil_seq``
    and ``release_seq`` are the ledger's transactions. ``how``: online, phone or in_person.
    """

    __tablename__ = "redemption"

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    reward_id: Mapped[str] = mapped_column(ForeignKey("reward.id"), index=True)
    reward_revision: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    price_minutes: Mapped[int]
    money_pence: Mapped[int | None]
    cost_pence: Mapped[int | None]
    policy_version: Mapped[int] = mapped_column(ForeignKey("policy.version"))
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    how: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    fulfilled_by: Mapped[str | None]
    fulfilled_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    hold_seq: Mapped[int]
    fulfil_seq: Mapped[int | None]
    release_seq: Mapped[int | None]

    member: Mapped[Member] = relationship()
    reward: Mapped[Reward] = relationship()


class Statement(Base):
    """An issued, fixed account of a period. Guarded in the database: its row never changes.

    ``from_on`` to ``until_on`` are local days, both included. ``first_seq`` is None when nothing
    was posted; ``last_seq`` is then the last posting before the period (0: none). ``content`` is
    canonical JSON without name or address; every format is made from it alone.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("account", "first_seq"),
        UniqueConstraint("account", "until_on"),
    )

    id: Id = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    account: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    first_seq: Mapped[int | None]
    last_seq: Mapped[int]
    opening_minutes: Mapped[int]
    closing_minutes: Mapped[int]
    content: Mapped[str]
    content_sha256: Mapped[str]
    issued_at: Mapped[datetime]

    member: Mapped[Member] = relationship()


class OutboxMessage(Base):
    """A notice to be sent: what it is about, never its words; those are made when it is sent.

    ``kind`` is a key of ``notices.KINDS``; ``subject_id`` the thing it is about (a statement, a
    redemption, an attendance, a single-use link). ``status``: waiting, sent, failed or cancelled.
    Checkpoints alone belong to no person: they go to the address in the settings, and
    ``subject_id`` is their days, FIRST..LAST.
    """

    __tablename__ = "outbox"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(index=True)
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


class Password(Base):
    """A person's argon2 hash."""

    __tablename__ = "password"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime]


class SignIn(Base):
    """One signed-in browser; the cookie holds the token whose SHA-256 is here. Revocable."""

    __tablename__ = "sign_in"

    id: Id = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
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


class CommandReceipt(Base):
    """What a command's key made, so that sending it twice records it once."""

    __tablename__ = "command_receipt"

    key: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    actor: Mapped[str]
    command_sha256: Mapped[str]
    result: Mapped[str]
    recorded_at: Mapped[datetime]


class TrailEvent(Base):
    """The audit trail: who did what to which thing, when. Ids and codes only, only added to."""

    __tablename__ = "trail_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    details: Mapped[str]
