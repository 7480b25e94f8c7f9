"""What hours can be used for, and each use of them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from timebank.models.base import Base, Id
from timebank.models.people import Member


class Reward(Base):
    """Something members can use hours for. ``kind`` is a code of ``rewards.KINDS``.

    ``money_pence`` is its money value (None: it has none), a property of this reward and never of
    an hour; ``cost_pence`` what it costs the group, ``member_pays_pence`` what the member still
    pays the provider. ``place`` is where it is, ``online`` that one need not go there. ``access``
    and ``conditions`` are plain facts to know beforehand. ``places`` None means no limit.
    ``revision`` rises with each change and is kept on the redemption.
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
    place: Mapped[str] = mapped_column(server_default="")
    online: Mapped[bool] = mapped_column(server_default=false())
    access: Mapped[str] = mapped_column(server_default="")
    conditions: Mapped[str] = mapped_column(server_default="")
    member_pays_pence: Mapped[int | None]
    offered: Mapped[bool]
    revision: Mapped[int]


class Redemption(Base):
    """One member's use of a reward. Figures and title are as they were when it was asked for.

    ``status``: requested, approved, fulfilled, declined or cancelled. ``hold_seq``, ``fulfil_seq``
    and ``release_seq`` are the ledger's transactions. ``how``: online, phone, in_person or trusted.
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


class RewardWait(Base):
    """A member on the waiting list of a reward. It holds no hours.

    ``status``: waiting, offered (a place is kept until ``offered_until``), taken, passed (the offer
    was not wanted in time) or withdrawn. ``turn`` numbers the list of a reward.
    """

    __tablename__ = "reward_wait"
    __table_args__ = (UniqueConstraint("reward_id", "turn"),)

    id: Id = mapped_column(primary_key=True)
    reward_id: Mapped[str] = mapped_column(ForeignKey("reward.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
    turn: Mapped[int]
    status: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]
    how: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    offered_until: Mapped[datetime | None]

    reward: Mapped[Reward] = relationship()
    member: Mapped[Member] = relationship()
