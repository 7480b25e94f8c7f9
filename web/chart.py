"""A drawing of what somebody could use at the end of each month or year: bars on a line of zero.

Only geometry, in units of a box ``WIDTH`` wide; colours come from the style sheet, words from the
page, which has the same figures as a table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 210
LEFT, TOP, BOTTOM = 82, 16, 24
MOST_LINES = 4
MOST_NAMES = 4
_STEPS = (15, 30, *(60 * times * ten for ten in (1, 10, 100, 1000, 10_000) for times in (1, 2, 5)))


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar; ``name`` is what stands under it, if there is room. ``below``: below zero."""

    x: float
    y: float
    width: float
    height: float
    below: bool
    name: str | None
    middle: float


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line across at so many minutes."""

    y: float
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The drawing: bars in order, and lines from zero upwards."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def chart(minutes: Sequence[int], names: Sequence[str]) -> Chart:
    """Bars for these minutes, above zero or below it, with a name under some of them."""
    step = _step(max(0, *minutes))
    top = step * max(1, -(-max(0, *minutes) // step))
    bottom = min(0, *minutes)
    scale = (HEIGHT - TOP - BOTTOM) / (top - bottom)
    room = (WIDTH - LEFT) / len(minutes)
    every = -(-len(minutes) // MOST_NAMES)
    zero = TOP + top * scale
    bars = tuple(
        Bar(
            x=round(LEFT + room * (number + 0.15), 1),
            y=round(zero - max(0, each) * scale, 1),
            width=round(room * 0.7, 1),
            height=round(abs(each) * scale, 1),
            below=each < 0,
            name=names[number] if number % every == 0 else None,
            middle=round(LEFT + room * (number + 0.5), 1),
        )
        for number, each in enumerate(minutes)
    )
    lines = tuple(
        Line(y=round(zero - each * scale, 1), minutes=each) for each in range(0, top + 1, step)
    )
    return Chart(bars=bars, lines=lines)


def _step(most: int) -> int:
    """Round hours apart, so that a few lines reach up to ``most``."""
    return next((step for step in _STEPS if most <= step * MOST_LINES), _STEPS[-1] * 10)
