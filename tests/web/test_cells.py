"""A length of time in one cell: read where it is clear, asked about where it is not."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from web.cells import CellUnclear, cell, read_cell


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("", 0), ("  ", 0), ("0", 0), ("1:30", 90), ("01:05", 65), ("0:45", 45), ("100:00", 6000),
        ("90m", 90), ("90 min", 90), ("90 minutes", 90), ("1 minute", 1), ("2h", 120),
        ("2 hours", 120), ("1 hour", 60), ("1h30", 90), ("1h 30m", 90), ("1 hr 5 mins", 65),
        ("2H", 120),
    ],
)  # fmt: skip
def test_what_is_clear_is_read(web: Web, typed: str, minutes: int) -> None:
    with web.app.test_request_context():
        assert read_cell(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("90", "Is 90 minutes or hours? Write 90m for 1 hour 30 minutes, or 90:00 for 90 hours."),
        ("2", "Is 2 minutes or hours? Write 2m for 2 minutes, or 2:00 for 2 hours."),
        ("1.5", "Write 1.5 as hours and minutes. If you mean 1 hour 30 minutes, write 1:30."),
        ("1,25", "Write 1,25 as hours and minutes. If you mean 1 hour 15 minutes, write 1:15."),
        ("1:60", "Write the time like 1:30 or 90m."),
        ("-1:00", "Write the time like 1:30 or 90m."),
        ("two hours", "Write the time like 1:30 or 90m."),
        ("١:٣٠", "Write the time like 1:30 or 90m."),
        ("1:30:00", "Write the time like 1:30 or 90m."),
        ("9" * 400, "Write the time like 1:30 or 90m."),
    ],
)
def test_what_is_not_clear_is_asked_about(web: Web, typed: str, asked: str) -> None:
    with web.app.test_request_context(), pytest.raises(CellUnclear) as question:
        read_cell(typed)
    assert str(question.value) == asked


@pytest.mark.parametrize("minutes", [1, 59, 60, 90, 725, 6000])
def test_a_cell_shows_what_it_reads(web: Web, minutes: int) -> None:
    with web.app.test_request_context():
        assert read_cell(cell(minutes)) == minutes
    assert cell(0) == ""
