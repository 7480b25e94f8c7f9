"""Writes the golden files of the newest version of a statement's content, once, when it is new:

    python -m tests.timebank.golden_statements

A version that was released is never written again: whoever has to, wants a new version.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.timebank.pdf_reading import words_of
from tests.timebank.statement_samples import FROM, HEAD, MEMBER, MONEY, READER, SET_ASIDE, UNTIL
from timebank.statement_content import HistoryLine, canonical, content_of
from timebank.statement_formats import FORMATS
from timebank.statement_text import LINES

GOLDEN = Path(__file__).parent / "golden"


def every_line() -> dict[str, Any]:
    """Content with one line of every code, some recorded late, and one that puts another right."""
    balance, lines = 60, []
    for place, code in enumerate(sorted(LINES)):
        amount = 30 + place if place % 2 else -10 - place
        balance += amount
        params: dict[str, Any] = {"title": "Reading panel", "reference": "7KQ4-M2XW"}
        if code.startswith("line_credited"):
            params |= {"session_minutes": 90, "travel_minutes": 30, "credited_minutes": 120}
        if code.endswith(("_reversed", "taken_back")):
            params["reason"] = "wrong_time"
        lines.append(
            HistoryLine(
                occurred_on=FROM + timedelta(days=place % 29), text_code=code, params=params,
                recorded_on=FROM + timedelta(days=place % 29 + place % 3 // 2),
                amount_minutes=amount, balance_minutes=balance, seq=place + 10,
                account_seq=place + 3, subject_id="0" * 32,
            )
        )  # fmt: skip
    return content_of(
        reference="7KQ4-M2XW", community="Riverside Time Bank", holder=MEMBER, language="en",
        from_on=FROM, until_on=UNTIL, issued_on=UNTIL + timedelta(days=1), opening_minutes=60,
        closing_minutes=balance, set_aside=[{**SET_ASIDE, "minutes": 90}], lines=lines,
        stood_until_on={12: FROM - timedelta(days=1)}, money_values=MONEY, head=HEAD,
    )  # fmt: skip


def printed(made: bytes) -> bytes:
    """A text form as it is; of a PDF the words, since its bytes are the typesetter's."""
    return f"{words_of(made)}\n".encode() if made.startswith(b"%PDF") else made


def path_of(version: int, code: str) -> Path:
    """Where a form of a version's statement is kept."""
    ending = ".words" if FORMATS[code].ending.endswith(".pdf") else ""
    return GOLDEN / f"statement_{version}" / f"{code}{ending}"


def write() -> None:
    """Write every form of the newest version."""
    content = every_line()
    folder = GOLDEN / f"statement_{content['version']}"
    folder.mkdir(exist_ok=True)
    (folder / "content.json").write_text(canonical(content) + "\n", encoding="ascii")
    for code, form in FORMATS.items():
        made = form.make(content, READER, money_values=True)
        path_of(content["version"], code).write_bytes(printed(made))


if __name__ == "__main__":
    write()
