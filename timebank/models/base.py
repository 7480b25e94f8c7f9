"""What every table shares: the ledger's MetaData, and how instants and ids are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped

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
