"""Who asked for their details to be erased, and whose were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base


class Erasure(Base):
    """A person's details are to be erased, or (``erased_at``) have been. Ids and instants only."""

    __tablename__ = "erasure"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    erased_by: Mapped[str | None]
    erased_at: Mapped[datetime | None]
