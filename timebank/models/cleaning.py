"""The days on which what had been kept long enough was removed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base


class Cleaning(Base):
    """One local day's cleaning: when, and how many rows went. See ``retention``."""

    __tablename__ = "cleaning"

    cleaned_on: Mapped[date] = mapped_column(primary_key=True)
    cleaned_at: Mapped[datetime]
    removed: Mapped[int]
