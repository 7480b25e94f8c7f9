"""Words that a sheet should not use, and the information beside a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from timebank.information import before_joining, information_text
from timebank.wording import odd_words
from timebank.words import Words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You must attend, and you are paid in hours.", ["must attend", "are paid"]),
        ("Everybody owes two hours a month. Two hours are owed.", ["owes"]),
        ("You have to come on time for your shift.", ["have to come", "shift"]),
        ("It is " + "compul" + "sory.", ["compulsory"]),
        ("We book and pay for a taxi. You need not come. No obligation.", []),
        ("Tell us how you learned of it; we owned a boat.", []),
    ],
)
def test_words_that_sound_like_a_job_or_a_debt_are_named(text: str, found: list[str]) -> None:
    assert odd_words(text) == found


@dataclass
class Rules:
    """What the information is made of."""

    advice_contact: str = "Riverside Advice"
    information_reviewed_by: str = "Riverside Advice"
    information_reviewed_on: date | None = date(2026, 1, 10)


def test_the_information_beside_a_session_is_the_rewards_without_the_choice() -> None:
    reward = information_text(Rules(), Words(), date(2026, 6, 1)).split("\n\n")
    session = before_joining(Rules(), Words(), date(2026, 6, 1)).split("\n\n")
    assert [text for text in reward if text not in session] == [
        text for text in reward if text.startswith("You can choose this reward")
    ]
    assert set(session) < set(reward)
    for word in ("safe", "exempt", "will not affect"):
        assert word not in " ".join(session)


@pytest.mark.parametrize(("today", "old"), [(date(2027, 1, 10), False), (date(2027, 1, 12), True)])
def test_it_says_when_its_last_check_is_long_ago(today: date, old: bool) -> None:
    for text in (before_joining, information_text):
        assert ("more than a year ago" in text(Rules(), Words(), today)) is old
    never = Rules(information_reviewed_by="", information_reviewed_on=None)
    assert "not yet been reviewed" in before_joining(never, Words(), today)
