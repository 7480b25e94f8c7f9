"""Everything that happened to a member's hours, a page at a time: by position, and by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from timebank import accounts, people
from timebank.clock import local_midnight, to_microseconds
from timebank.statement_content import HistoryLine
from timebank.statement_lines import in_words, without_others
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    """Lines, newest first, and whether there are older and newer ones than these."""

    lines: tuple[HistoryLine, ...]
    older: bool
    newer: bool


def history_page(
    unit: Unit,
    member_id: str,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> HistoryPage:
    """The lines next to a position (an ``account_seq``, itself left out), else the newest.

    ``NotFound('member_unknown')`` outside the actor's scope.
    """
    people.member(unit, member_id)
    page = unit.book.history(accounts.member(member_id), limit=limit, before=before, after=after)
    lines = without_others(unit, member_id, in_words(unit, page.postings))
    return HistoryPage(lines=tuple(lines), older=page.earlier, newer=page.later)


def position_after(unit: Unit, member_id: str, day: date) -> int:
    """The position before which stands all that was recorded up to the end of a day."""
    people.member(unit, member_id)
    end = to_microseconds(local_midnight(day + timedelta(days=1), unit.zone))
    last = unit.book.last_posting_before(accounts.member(member_id), end)
    return last.account_seq + 1 if last else 1
