"""Rounding, and figures that cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.errors import RuleBroken
from timebank.figures import NOTHING, Figures, check, credited_minutes, rounded, warnings

minutes = st.integers(min_value=0, max_value=10**6)


@given(minutes)
def test_without_a_rule_nothing_is_rounded(total):
    assert rounded(total, "none") == total


@given(minutes)
def test_the_nearest_quarter_hour_is_at_most_seven_and_a_half_minutes_away(total):
    result = rounded(total, "nearest_15")
    assert result % 15 == 0
    assert abs(result - total) * 2 <= 15


@given(minutes)
def test_rounding_up_never_takes_away_and_gives_less_than_a_quarter_hour(total):
    result = rounded(total, "up_15")
    assert result % 15 == 0
    assert 0 <= result - total < 15


@given(minutes, minutes, st.sampled_from(["none", "nearest_15", "up_15"]))
def test_more_time_is_never_less_credit(one, other, rounding):
    less, more = sorted((one, other))
    assert rounded(less, rounding) <= rounded(more, rounding)


@given(st.lists(minutes, min_size=5, max_size=5), st.permutations(range(5)))
def test_it_does_not_matter_in_which_component_the_time_was(amounts, order):
    mixed = [amounts[index] for index in order]
    names = ("session", "preparation", "travel", "paperwork", "follow_up")
    one, other = (
        Figures(**{f"{name}_minutes": value for name, value in zip(names, values, strict=True)})
        for values in (amounts, mixed)
    )
    for rounding in ("none", "nearest_15", "up_15"):
        assert credited_minutes(one, "own_time", rounding) == credited_minutes(
            other, "own_time", rounding
        )


def test_a_paid_job_comes_to_nothing():
    assert credited_minutes(Figures(session_minutes=60), "paid_job", "up_15") == 0


def test_preparation_does_not_count_against_the_hours_of_a_day():
    check(Figures(session_minutes=24 * 60, preparation_minutes=60), days=1, may_be_nothing=False)
    with pytest.raises(RuleBroken) as refused:
        check(Figures(session_minutes=24 * 60, travel_minutes=1), days=1, may_be_nothing=False)
    assert refused.value.params == {"given_minutes": 1441, "most_minutes": 1440}


def test_no_time_is_refused_unless_it_may_be_nothing():
    check(NOTHING, days=1, may_be_nothing=True)
    with pytest.raises(RuleBroken, match="time_missing"):
        check(NOTHING, days=1, may_be_nothing=False)


def test_more_than_twelve_hours_in_one_component_is_worth_a_second_look():
    assert warnings(Figures(travel_minutes=721)) == ("time_long",)
    assert warnings(Figures(session_minutes=720, travel_minutes=720)) == ()
