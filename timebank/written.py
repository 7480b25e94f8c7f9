"""Days and times as files write them. The order and the unit are declared, never guessed."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from timebank.errors import RuleBroken

DAYS = ("iso", "dmy", "mdy")
UNITS = ("minutes", "h:mm", "decimal-hours", "seconds")

_WRONG = {"iso": "date_wrong", "dmy": "date_wrong_dmy", "mdy": "date_wrong_mdy"}
_TIME = r"(?:[T ]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|[+-]\d\d:?\d\d)?)?"
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)" + _TIME, re.ASCII)
_PARTS = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})" + _TIME, re.ASCII)
_WHOLE = re.compile(r"\d{1,15}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,12}(?:[.,]\d{1,9})?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,9}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


def day(text: str, order: str, field: str = "date") -> date:
    """A day; a time of day after it is passed over, and the day taken as it is written.

    2026-01-05 is understood in every order of ``DAYS``, 5/1/2026 only as declared. Raises
    ``RuleBroken`` (``date_wrong``, ``date_wrong_dmy``, ``date_wrong_mdy``).
    """
    try:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if order != "iso" and (found := _PARTS.fullmatch(text)):
            first, second = int(found[1]), int(found[3])
            month, number = (second, first) if order == "dmy" else (first, second)
            return date(int(found[4]), month, number)
    except ValueError:
        pass
    raise RuleBroken(_WRONG[order], field=field)


def minutes(text: str, unit: str, field: str = "amount") -> Fraction:
    """An amount in minutes, exactly, as ``unit`` (of ``UNITS``) declares it; never below zero.

    A decimal comma is a point. Raises ``RuleBroken('amount_wrong')`` with the ``unit``.
    """
    if unit == "h:mm":
        if found := _CLOCK.fullmatch(text):
            return int(found[1]) * 60 + int(found[2]) + Fraction(int(found[3] or 0), 60)
    elif unit == "decimal-hours":
        if _DECIMAL.fullmatch(text):
            return Fraction(text.replace(",", ".")) * 60
    elif _WHOLE.fullmatch(text):
        return Fraction(int(text), 60 if unit == "seconds" else 1)
    raise RuleBroken("amount_wrong", field=field, unit=unit)


def signed_minutes(text: str, unit: str, field: str = "balance") -> Fraction:
    """As ``minutes``, for a balance, which may be below zero."""
    if text.startswith("-"):
        return -minutes(text[1:], unit, field)
    return minutes(text, unit, field)
