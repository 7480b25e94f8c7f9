"""Lengths of time in one cell of a table: ``1:30`` or ``90m``; a bare number is asked about.

A cell never guesses: "90" may be minutes and "2" may be hours, so the answer says how to write
either. An empty cell, and nought, is no time.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _

from web.filters import duration

_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])", re.ASCII)
_MINUTES = re.compile(r"([0-9]{1,6})\s*m(?:in(?:ute)?s?)?\.?", re.ASCII | re.IGNORECASE)
_HOURS = re.compile(
    r"([0-9]{1,4})\s*h(?:(?:ou)?rs?)?\.?(?:\s*([0-9]{1,2})\s*(?:m(?:in(?:ute)?s?)?\.?)?)?",
    re.ASCII | re.IGNORECASE,
)
_BARE = re.compile(r"[0-9]{1,4}", re.ASCII)
_PARTS_OF_AN_HOUR = re.compile(r"([0-9]{1,3})[.,]([0-9]{1,2})", re.ASCII)


class CellUnclear(ValueError):
    """What was typed may mean several lengths of time, or none; its words ask which."""


def read_cell(text: str) -> int:
    """A cell as whole minutes. Raises ``CellUnclear`` with a question in the reader's language."""
    typed = text.strip()
    if not typed:
        return 0
    if found := _CLOCK.fullmatch(typed):
        return int(found[1]) * 60 + int(found[2])
    if found := _MINUTES.fullmatch(typed):
        return int(found[1])
    if found := _HOURS.fullmatch(typed):
        return int(found[1]) * 60 + int(found[2] or 0)
    if _BARE.fullmatch(typed):
        return _nought_or_ask(int(typed))
    if found := _PARTS_OF_AN_HOUR.fullmatch(typed):
        raise CellUnclear(_about_parts(typed, int(found[1]), found[2]))
    raise CellUnclear(_("Write the time like 1:30 or 90m."))


def cell(minutes: int) -> str:
    """Minutes as a cell shows them: ``1:30``, and nothing for none."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes else ""


def _nought_or_ask(number: int) -> int:
    if number == 0:
        return 0
    raise CellUnclear(
        _(
            "Is %(number)s minutes or hours? Write %(number)sm for %(short)s,"
            " or %(number)s:00 for %(long)s.",
            number=number,
            short=duration(number),
            long=duration(number * 60),
        )
    )


def _about_parts(typed: str, hours: int, parts: str) -> str:
    minutes = hours * 60 + round(int(parts) * 60 / 10 ** len(parts))
    return _(
        "Write %(typed)s as hours and minutes. If you mean %(time)s, write %(cell)s.",
        typed=typed,
        time=duration(minutes),
        cell=cell(minutes) or "0",
    )
