"""The community itself and its agreed rules."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base


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
    A correction of more than ``second_approval_minutes`` waits for a second person (None: none
    does); ``starting_minutes`` is what everybody who joins is given (0: nothing). Time can be added
    to a session until ``late_days`` after it.
    """

    __tablename__ = "policy"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rounding: Mapped[str]
    money_rewards: Mapped[bool]
    advice_contact: Mapped[str]
    information_reviewed_by: Mapped[str]
    information_reviewed_on: Mapped[date | None]
    second_approval_minutes: Mapped[int | None]
    starting_minutes: Mapped[int] = mapped_column(server_default="0")
    late_days: Mapped[int] = mapped_column(server_default="28")
    agreed_by: Mapped[str]
    agreed_at: Mapped[datetime]
