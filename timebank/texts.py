"""Text that people type, checked once for every door: pages, API, import and command line.

What comes back is as it was typed, stripped, without control characters: it can be stored on both
engines (PostgreSQL refuses NUL), put in a mail header, and read aloud. Letters are not composed:
that is for whoever compares (``near_names``) and for e-mail addresses.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from timebank.errors import RuleBroken

MOST_NAME = 200
MOST_WORDS = 2000
MOST_EMAIL = 254
MOST_MINUTES = 10**6

# Control characters, lone surrogates, and the line and paragraph separators. "Format" characters
# stay: scripts and emoji need joiners. The bidirectional overrides among them can disguise a name.
_REFUSED_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(
    text: str | None,
    field: str,
    *,
    most: int = MOST_NAME,
    required: bool = True,
    lines: bool = False,
) -> str:
    """The text to store: at most ``most`` characters, line breaks only where ``lines``.

    None counts as empty. Raises ``RuleBroken``: ``text_missing``, ``text_too_long``,
    ``text_control``, each with ``field``.
    """
    found = text or ""
    if lines:
        found = found.replace("\r\n", "\n").replace("\r", "\n")
    found = found.strip()
    if not found and required:
        raise RuleBroken("text_missing", field=field)
    if len(found) > most:
        raise RuleBroken("text_too_long", field=field, most=most)
    if any(_refused(letter, lines) for letter in found):
        raise RuleBroken("text_control", field=field)
    return found


def _refused(letter: str, lines: bool) -> bool:
    if lines and letter in "\n\t":
        return False
    return unicodedata.category(letter) in _REFUSED_CATEGORIES or letter in _OVERRIDES


def printable(text: str) -> str:
    """What can be looked for: stripped, without what ``clean`` refuses (it is stored nowhere)."""
    return "".join(letter for letter in text if not _refused(letter, False)).strip()


def optional(
    text: str | None, field: str, *, most: int = MOST_NAME, lines: bool = False
) -> str | None:
    """Like ``clean``, for what may be left out: None when there is nothing."""
    return clean(text, field, most=most, required=False, lines=lines) or None


def email(text: str | None, field: str = "email") -> str | None:
    """An e-mail address in small letters, or None; ``RuleBroken('email_wrong')`` when it is none.

    The test is one that never refuses a real address of the usual form: what decides is whether
    mail arrives.
    """
    found = optional(unicodedata.normalize("NFC", text or ""), field, most=MOST_EMAIL)
    if found is None:
        return None
    local, at, domain = found.rpartition("@")
    odd = any(letter.isspace() or letter in '<>(),;:"[]\\@' for letter in local + domain)
    if not (local and at and "." in domain.strip(".")) or odd or domain != domain.strip("."):
        raise RuleBroken("email_wrong", field=field)
    return found.lower()


def one_of(value: str, allowed: Collection[str], field: str) -> str:
    """``value``, which must be one of ``allowed``; ``RuleBroken('choice_unknown')`` otherwise."""
    if value not in allowed:
        raise RuleBroken("choice_unknown", field=field)
    return value


def whole_minutes(value: int, field: str) -> int:
    """Whole minutes from 0 to a million.

    Raises ``RuleBroken``: ``minutes_not_whole``, ``minutes_negative`` or ``minutes_too_many``.
    """
    if type(value) is not int:  # a bool is an int, and is not a number of minutes
        raise RuleBroken("minutes_not_whole", field=field)
    if value < 0:
        raise RuleBroken("minutes_negative", field=field)
    if value > MOST_MINUTES:
        raise RuleBroken("minutes_too_many", field=field)
    return value
