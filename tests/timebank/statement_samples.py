"""Contents of statements for tests of their forms, made by hand or drawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from timebank.statement_content import HistoryLine, content_of, receipt_of
from timebank.statement_said import Reader

READER = Reader(
    name="Dorothy Clarke",
    address="12 Ŵyn Street\nRiverside\nRV1 2AB",
    contact_name="Ada Marsh",
    contact_phone="020 7946 0000",
    contact_email="hello@riverside.example.org",
)
HEAD = "12345:" + "0123456789abcdef" * 4
FROM, UNTIL = date(2026, 11, 1), date(2026, 11, 30)
MONEY = ({"title": "High street voucher", "reference": "7KQ4-M2XW", "money_pence": 2050},)
MEMBER: dict[str, Any] = {"kind": "member", "number": 102}
SET_ASIDE = {"title": "Community meeting", "reference": "7KQ4-M2XW"}

# A code, its sign, and what it takes beside the title.
_CODES: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("line_credited", 1, {"session_minutes": 90, "travel_minutes": 30, "credited_minutes": 120}),
    ("line_set_aside", -1, {"reference": "7KQ4-M2XW"}),
    ("line_credit_reversed", -1, {"reason": "wrong_time"}),
    ("line_credited_again", 1, {"session_minutes": 60, "credited_minutes": 60}),
    ("line_back_cancelled", 1, {"reference": "7KQ4-M2XW"}),
    ("line_back_declined", 1, {"reference": "7KQ4-M2XW"}),
    ("line_other", -1, {}),
)


def content(
    amounts: list[tuple[int, int]] | int = 4,
    *,
    title: str = "Community meeting",
    opening_minutes: int = 60,
    held_minutes: int = 0,
    community: str = "Riverside Time Bank",
    money: bool = True,
    holder: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Content with lines of ``(which code, minutes)``, or with so many of every kind."""
    if isinstance(amounts, int):
        amounts = [(each, 30 + each) for each in range(amounts)]
    lines, balance = [], opening_minutes
    for place, (which, minutes) in enumerate(amounts):
        code, sign, more = _CODES[which % len(_CODES)]
        balance += sign * minutes
        occurred_on = FROM + timedelta(days=place % 30 - 3)
        lines.append(
            HistoryLine(
                occurred_on=occurred_on, recorded_on=max(FROM, occurred_on), text_code=code,
                params=more if code == "line_other" else {"title": title, **more},
                amount_minutes=sign * minutes, balance_minutes=balance,
                seq=place + 10, account_seq=place + 3, subject_id="0" * 32,
            )
        )  # fmt: skip
    return content_of(
        reference="7KQ4-M2XW", community=community, holder=holder or MEMBER, language="en",
        from_on=FROM, until_on=UNTIL, issued_on=date(2026, 12, 1), opening_minutes=opening_minutes,
        closing_minutes=balance, lines=lines, stood_until_on={12: FROM - timedelta(days=1)},
        set_aside=[{**SET_ASIDE, "minutes": held_minutes}] if held_minutes else [],
        money_values=MONEY if money else (), head=HEAD,
    )  # fmt: skip


def receipt() -> str:
    """The receipt of ``content()``."""
    return receipt_of(content())


def contents() -> st.SearchStrategy[dict[str, Any]]:
    """Any content: few lines, whatever their kind, balances below zero as well."""
    lines = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6000)), max_size=6)
    return st.builds(
        content,
        lines,
        opening_minutes=st.integers(-600, 60000),
        held_minutes=st.sampled_from((0, 0, 1, 59, 60, 61, 1250)),
    )
