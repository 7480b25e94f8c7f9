"""A member's hours over time: what was added and used in each month or year, and what there was
at its end.

Everything is added up by the books when it is asked for; nothing is kept. A month holds what was
recorded in it, as a statement does, so that the figures of a month and of its statement agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from timebank import accounts, people
from timebank.clock import from_microseconds, local_day, local_midnight, to_microseconds
from timebank.errors import NotFound
from timebank.statement_content import GIVEN, USED
from timebank.statement_lines import code_of
from timebank.unit import Unit

MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A month or a year: days included on both sides, and minutes after corrections.

    ``given_minutes`` were added for time given, ``used_minutes`` used or set aside (or passed on),
    ``other_minutes`` the rest; ``closing_minutes`` could be used at its end.
    """

    from_on: date
    until_on: date
    given_minutes: int
    used_minutes: int
    other_minutes: int
    closing_minutes: int


@dataclass(frozen=True, kw_only=True)
class OverTime:
    """Stretches in order; ``year`` is the year whose months they are, None for the last twelve.

    ``by_year``: they are years. ``years`` are those that can be asked for, newest first.
    """

    year: int | None
    by_year: bool
    years: tuple[int, ...]
    opening_minutes: int
    stretches: tuple[Stretch, ...]

    @property
    def given_minutes(self) -> int:
        """Time given in all the stretches together."""
        return sum(each.given_minutes for each in self.stretches)

    @property
    def used_minutes(self) -> int:
        """What was used or set aside in all of them together."""
        return sum(each.used_minutes for each in self.stretches)

    @property
    def other_minutes(self) -> int:
        """Everything else in all of them together."""
        return sum(each.other_minutes for each in self.stretches)


def over_time(
    unit: Unit, member_id: str, *, year: int | None = None, by_year: bool = False
) -> OverTime:
    """A member's last twelve months, the months of a year, or every year.

    Raises ``NotFound``: ``member_unknown`` outside the actor's scope, ``year_empty`` for a year
    before the account began or that has not begun.
    """
    people.member(unit, member_id)
    account = accounts.member(member_id)
    years = _years(unit, account)
    if year is not None and year not in years:
        raise NotFound("year_empty")
    starts = _starts(unit.today, years, year, by_year)
    begin = to_microseconds(local_midnight(starts[0], unit.zone))
    before = unit.book.last_posting_before(account, begin)
    opening = before.balance if before else 0
    return OverTime(
        year=year,
        by_year=by_year,
        years=years,
        opening_minutes=opening,
        stretches=tuple(_stretches(starts, opening, _moved(unit, account, starts))),
    )


def last_twelve(today: date) -> tuple[date, date]:
    """The first and the last day of the twelve months that end with this one."""
    starts = _starts(today, (), None, False)
    return starts[0], starts[-1] - timedelta(days=1)


def lately(unit: Unit, member_id: str) -> tuple[int, int]:
    """The minutes that a member gave, and used, in the last twelve months."""
    starts = _starts(unit.today, (), None, False)
    ((given, used, _other),) = _moved(unit, accounts.member(member_id), [starts[0], starts[-1]])
    return given, used


def _years(unit: Unit, account: str) -> tuple[int, ...]:
    """From this year back to the one in which the account's first posting was made."""
    oldest = unit.book.history(account, limit=1, newest_first=False).postings
    if not oldest:
        return (unit.today.year,)
    first = local_day(from_microseconds(oldest[0].posted_at), unit.zone).year
    return tuple(range(unit.today.year, first - 1, -1))


def _starts(today: date, years: Sequence[int], year: int | None, by_year: bool) -> list[date]:
    """The day each stretch begins on, and after them the day that the last one ends before."""
    if by_year:
        return [date(each, 1, 1) for each in reversed(years)] + [date(years[0] + 1, 1, 1)]
    this = today.year * 12 + today.month - 1
    first = this - MONTHS + 1 if year is None else year * 12
    return [date(*_month(n)) for n in range(first, min(first + MONTHS - 1, this) + 2)]


def _month(number: int) -> tuple[int, int, int]:
    return number // 12, number % 12 + 1, 1


def _moved(unit: Unit, account: str, starts: Sequence[date]) -> list[tuple[int, int, int]]:
    """For each stretch the minutes given, used and other."""
    bounds = [to_microseconds(local_midnight(day, unit.zone)) for day in starts]
    moved = [(0, 0, 0)] * (len(bounds) - 1)
    for each in unit.book.sums(account, bounds):
        given, used, other = moved[each.part]
        code = code_of(each.kind, each.reversed_kind, each.added)
        if code in GIVEN:
            given += each.amount
        elif code in USED:
            used -= each.amount
        else:
            other += each.amount
        moved[each.part] = given, used, other
    return moved


def _stretches(
    starts: Sequence[date], opening: int, moved: Iterable[tuple[int, int, int]]
) -> Iterable[Stretch]:
    balance = opening
    for number, (given, used, other) in enumerate(moved):
        balance += given - used + other
        yield Stretch(
            from_on=starts[number],
            until_on=starts[number + 1] - timedelta(days=1),
            given_minutes=given,
            used_minutes=used,
            other_minutes=other,
            closing_minutes=balance,
        )
