"""Files that wait to be looked at, and what was brought over from earlier records."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from timebank.models.base import Base, Id


class ImportFile(Base):
    """A file somebody put in, kept from the preview until it is confirmed or a day old.

    ``purpose`` is ``attendance``, ``members`` or ``history``; ``subject_id`` the session where the
    file is about one; ``options`` canonical JSON of what was said about the file.
    """

    __tablename__ = "import_file"

    id: Id = mapped_column(primary_key=True)
    purpose: Mapped[str]
    subject_id: Mapped[str | None]
    kept_by: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    options: Mapped[str]


class HistoryImport(Base):
    """A history that was brought over from an earlier system: one file, once.

    Of its ``lines`` some moved hours (``posted``), some moved nothing, and some were left out;
    ``adjustments`` were posted where the file's own balances did not follow.
    """

    __tablename__ = "history_import"

    id: Id = mapped_column(primary_key=True)
    file_sha256: Mapped[str] = mapped_column(unique=True)
    layout: Mapped[str]
    lines: Mapped[int]
    posted: Mapped[int]
    moved_nothing: Mapped[int]
    left_out: Mapped[int]
    adjustments: Mapped[int]
    members_added: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]


class HistoryRow(Base):
    """One transaction of a history: which row it was, and between whom.

    ``kind`` is ``in``, ``out``, ``transfer`` or ``adjustment``; a member that is None stands for
    ``hours:opening``, where hours come from and go to that other people's records hold. ``words``
    is what the file called it.
    """

    __tablename__ = "history_row"

    import_id: Mapped[str] = mapped_column(ForeignKey("history_import.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    target_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    minutes: Mapped[int]
    occurred_on: Mapped[date]
    seq: Mapped[int] = mapped_column(unique=True)
    words: Mapped[str | None]


class EarlierNumber(Base):
    """The number a member had in an earlier system, by which its files name them."""

    __tablename__ = "earlier_number"

    number: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), index=True)
