"""Rounding, for any minutes: once for each person, on the whole, and never against anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank import figures
from timebank.figures import COMPONENTS, ROUNDINGS, Figures, credited_minutes, rounded, shares

MINUTES = st.integers(0, 2000)
FIGURES = st.builds(Figures, **dict.fromkeys(COMPONENTS, MINUTES))
ANY_ROUNDING = st.sampled_from(ROUNDINGS)


def test_the_agreed_example() -> None:
    parts = Figures(session_minutes=50, preparation_minutes=20, travel_minutes=96)
    assert credited_minutes(parts, "own_time", "up_15") == 3 * 60
    assert credited_minutes(parts, "own_time", "none") == 2 * 60 + 46
    # What rounding each part would give, and nobody gets.
    assert sum(rounded(part, "up_15") for part in (50, 20, 96)) == 3 * 60 + 15


@given(parts=FIGURES, rounding=ANY_ROUNDING)
def test_it_is_the_whole_that_is_rounded(parts: Figures, rounding: str) -> None:
    credited = credited_minutes(parts, "own_time", rounding)
    assert credited == rounded(parts.total_minutes, rounding)
    # In which component a minute was given makes no difference.
    moved = Figures(follow_up_minutes=parts.total_minutes)
    assert credited_minutes(moved, "own_time", rounding) == credited
    assert credited_minutes(parts, "paid_job", rounding) == 0


@given(total=st.integers(0, 10**6))
def test_how_far_each_setting_may_go(total: int) -> None:
    assert rounded(total, "none") == total
    up, nearest = rounded(total, "up_15"), rounded(total, "nearest_15")
    assert up % 15 == nearest % 15 == 0
    assert total <= up < total + 15
    assert -7 <= nearest - total <= 8  # seven and a half is no whole minute; half goes up
    assert rounded(0, "up_15") == rounded(0, "nearest_15") == 0


@given(total=MINUTES, more=MINUTES, rounding=ANY_ROUNDING)
def test_more_time_is_never_less_credit(total: int, more: int, rounding: str) -> None:
    """So a late component's difference is never below zero."""
    assert rounded(total + more, rounding) >= rounded(total, rounding)


@given(parts=st.lists(MINUTES, min_size=1, max_size=6), rounding=ANY_ROUNDING)
def test_late_differences_add_up_to_the_whole_rounded_once(parts: list[int], rounding: str) -> None:
    posted, recorded = 0, 0
    for part in parts:
        recorded += part
        posted += rounded(recorded, rounding) - posted
    assert posted == rounded(sum(parts), rounding)


@given(credited=MINUTES, data=st.data(), choice=st.sampled_from(figures.CHOICES))
def test_the_shares_are_the_whole(credited: int, data: st.DataObject, choice: str) -> None:
    part = data.draw(st.integers(0, credited)) if choice == "accept" else 0
    account, pot = shares(choice, credited, part)
    assert account >= 0
    assert pot >= part
    assert account + pot == (0 if choice == "decline" else credited)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@given(people=st.lists(FIGURES, min_size=1, max_size=20))
def test_the_sum_over_people_is_the_sum_of_what_each_gets(
    rounding: str, people: list[Figures]
) -> None:
    credits = [credited_minutes(each, "own_time", rounding) for each in people]
    assert sum(credits) == sum(rounded(each.total_minutes, rounding) for each in people)
