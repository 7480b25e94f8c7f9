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

from timebank.error_words import ERRORS
from timebank.error_words.findings import FINDINGS
from timebank.marks import N_

__all__ = ["ERRORS", "FINDINGS", "N_", "PROBLEMS", "WARNINGS", "Words"]

LOCALE = Path(__file__).parent / "locale"
MOST_PENCE = 10**9


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

    def template(self, text: str) -> str:
        """A message id in this language with its places left open; what has none stays English."""
        return self._catalogue.gettext(text)

    def has(self, text: str) -> bool:
        """Whether this language has words of its own for a message id."""
        return self.language == "en" or self.template(text) != text

    def error(self, code: str, **params: Any) -> str:
        """The words for an error's code; the ledger's rarer refusals share one sentence."""
        if code not in ERRORS and code.startswith("ledger_"):
            code = "ledger_refused"
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
        return _day(day, self.language)

    def month(self, day: date) -> str:
        """ "August 2026"."""
        return format_date(day, "LLLL y", locale=_locale_of(self.language))

    def month_name(self, month: int) -> str:
        """ "August", for 8."""
        return format_date(date(2000, month, 1), "LLLL", locale=_locale_of(self.language))

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
    return gettext.translation("messages", LOCALE, [language.replace("-", "_")], fallback=True)


@lru_cache(4096)
def _day(day: date, language: str) -> str:
    # A page says some dozens of days, and most of them were said before.
    return format_date(day, "d MMMM y", locale=_locale_of(language))


def _locale_of(language: str) -> str:
    return "en_GB" if language == "en" else language.replace("-", "_")


# What is allowed but should be looked at again; codes of previews.
WARNINGS: dict[str, str] = {
    "time_long": N_("More than 12 hours in one box. Is this right?"),
    "overlap": N_("Recorded at another session at the same time. Is this right?"),
    "day_long": N_("More than 12 hours of sessions on that day. Is this right?"),
    "below_zero": N_(
        "This leaves the member below zero. That can happen when a mistake is put right; it is"
        " nobody's debt."
    ),
}

# Why a notice has not gone out, as ``outbox.problem``.
PROBLEMS: dict[str, str] = {
    "server_unreachable": N_("The mail server could not be reached."),
    "server_sign_in_refused": N_("The mail server refused our name or password."),
    "server_lost": N_("The mail server hung up before it had taken the message."),
    "address_refused": N_("The mail server does not accept this address."),
    "address_unusable": N_("This address cannot be written to by our mail server."),
    "message_refused": N_("The mail server refused the message."),
    "cannot_be_written": N_("The message could not be put together."),
    "no_address": N_("There is no e-mail address on file any more."),
    "link_spent": N_("The link in it was used before it went out."),
    "link_late": N_("The link in it became too old before it went out."),
    "notice_unknown": N_("This version does not know this kind of message."),
    "too_old": N_("It had waited too long to be worth sending."),
    "not_wanted": N_("The person wants no messages of this kind."),
    "came_back": N_("Something sent to this person came back. Ask how to reach them."),
    "nobody_answered": N_("Nobody answered the telephone."),
    "message_gone": N_("It was dealt with meanwhile."),
    "no_number": N_("There is no telephone number on file that texts can go to."),
    "text_refused": N_("The service for texts did not take it."),
    "texts_extra_missing": N_("The part that sends texts is not installed (extra: notify)."),
    "texts_address_wrong": N_("The setting for texts cannot be used."),
}
