"""Jinja filters that say durations, days and money in the reader's language.

`{{ 390|duration }}` gives "6 hours 30 minutes", `{{ session.on|day }}` "6 August 2026",
`{{ period.first|month }}` "August 2026", `{{ 7550|money }}` "£75.50" (from pence).
"""

from __future__ import annotations

from datetime import date

from flask import Flask
from flask_babel import get_locale

from timebank.words import Words
from web import parts, speaking


def install(app: Flask) -> None:
    """Add the filters, and what ``parts`` and ``speaking`` have, to the application's templates."""
    parts.install(app)
    speaking.install(app)
    app.jinja_env.filters.update(duration=duration, day=day, month=month, money=money)


def duration(minutes: int) -> str:
    """Minutes in words; less than zero reads "2 hours below zero"."""
    return words().duration(minutes)


def day(on: date) -> str:
    """A day with its month in full."""
    return words().day(on)


def month(on: date) -> str:
    """The month of a day, with its year."""
    return words().month(on)


def money(pence: int) -> str:
    """A sum in pounds, without pence when there are none."""
    return words().money(pence)


def words() -> Words:
    """The words in the language of this request; English outside one."""
    return Words(str(get_locale() or "en").replace("_", "-"))
