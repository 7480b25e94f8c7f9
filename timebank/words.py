"""Everything said in words outside the pages: errors, notices, statements, durations, dates.

Codes lead to English message ids, and those through gettext catalogues (``timebank/locale``) to the
reader's language. Hours read "6 hours 30 minutes", days "6 August 2026", money "£75"; a balance
that is less than nothing reads "2 hours below zero".
"""

from __future__ import annotations

import gettext
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date

LOCALE = Path(__file__).parent / "locale"
MOST_PENCE = 10**9


def N_(text: str) -> str:  # noqa: N802 - the extractor's conventional name
    """Mark a message id for extraction; the translation happens when it is said."""
    return text


class Words:
    """Says codes, durations, days and money in one language (a BCP 47 tag such as ``en``)."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def say(self, text: str, **params: Any) -> str:
        """A message id with its parameters filled in; ``..._minutes`` and days become words."""
        return self._catalogue.gettext(text) % {
            name: self._in_words(name, value) for name, value in params.items()
        }

    def error(self, code: str, **params: Any) -> str:
        """The words for an error's code."""
        return self.say(ERRORS[code], **params)

    def duration(self, minutes: int) -> str:
        """``390`` as "6 hours 30 minutes"; less than zero as "2 hours below zero"."""
        hours, rest = divmod(abs(minutes), 60)
        parts = []
        if hours:
            parts.append(self._count("%(n)s hour", "%(n)s hours", hours))
        if rest or not hours:
            parts.append(self._count("%(n)s minute", "%(n)s minutes", rest))
        text = " ".join(parts)
        return self.say(N_("%(duration)s below zero"), duration=text) if minutes < 0 else text

    def day(self, day: date) -> str:
        """ "6 August 2026"."""
        return format_date(day, "d MMMM y", locale=_locale_of(self.language))

    def month(self, day: date) -> str:
        """ "August 2026"."""
        return format_date(day, "LLLL y", locale=_locale_of(self.language))

    def money(self, pence: int) -> str:
        """ "£75", or "£75.50" with pence."""
        pounds, rest = divmod(pence, 100)
        return f"£{pounds:,}.{rest:02}" if rest else f"£{pounds:,}"

    def _count(self, one: str, many: str, number: int) -> str:
        return self._catalogue.ngettext(one, many, number) % {"n": f"{number:,}"}

    def _in_words(self, name: str, value: Any) -> Any:
        if name.endswith("_minutes") and isinstance(value, int):
            return self.duration(value)
        if name.endswith("_pence") and isinstance(value, int):
            return self.money(value)
        return self.day(value) if isinstance(value, date) else value


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", LOCALE, [language], fallback=True)


def _locale_of(language: str) -> str:
    return "en_GB" if language == "en" else language.replace("-", "_")


# One entry for each code that a ``TimebankError`` can carry; a test compares them with the code.
ERRORS: dict[str, str] = {
    "books_busy": N_("The books are busy. Nothing was recorded. Please try again."),
    "several_problems": N_("%(count)s things need to be put right. Nothing was recorded."),
    "not_set_up": N_("This time bank has not been set up yet."),
    "role_lacking": N_("Your role in this time bank does not allow this."),
    "key_used": N_(
        "This form was already used for something else. Nothing new was recorded."
        " Open the page again and start from there."
    ),
    "key_wrong": N_(
        "The key of this request cannot be used. A key has 8 to 100 plain letters and digits."
    ),
    "link_unknown": N_("This link does not work. Check that the whole address was copied."),
    "link_spent": N_("This link was already used. It works once."),
    "link_late": N_("This link is too old to be used. Ask for a new one."),
    "setting_wrong": N_("The setting %(name)s has a value that cannot be used."),
    "setting_unknown": N_("timebank.toml has a setting that does not exist: %(name)s."),
    "settings_file_unreadable": N_("%(path)s cannot be read as TOML in UTF-8."),
}
