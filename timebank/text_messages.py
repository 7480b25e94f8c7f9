"""Text messages: at most 160 letters, through whichever service apprise is told to use.

The setting is an apprise address with ``{to}`` where the number belongs. apprise is an extra: it is
imported when the first text is sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from urllib.parse import quote

from timebank import languages, links, notice_rules, notices
from timebank.channels import Outcome
from timebank.models import OutboxMessage, Person
from timebank.settings import Settings
from timebank.unit import Unit
from timebank.words import N_, Words

# One text: 160 letters of the telephone alphabet, or 70 of any other.
LONGEST = 160
LONGEST_OTHERWISE = 70
_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\x1bÆæßÉ"
)
# Each of these takes the room of two.
_TWICE = frozenset("^{}\\[~]|€")
_LEAST_NAME = 8


@dataclass(frozen=True, kw_only=True)
class Text:
    """One text message and the number it goes to, such as +442079460000."""

    number: str
    words: str


def length(words: str) -> int | None:
    """How many letters of the telephone alphabet a text takes; None when it needs another."""
    if not set(words) <= _ALPHABET | _TWICE:
        return None
    return len(words) + sum(letter in _TWICE for letter in words)


def fits(words: str) -> bool:
    """Whether it is one text."""
    found = length(words)
    return len(words) <= LONGEST_OTHERWISE if found is None else found <= LONGEST


def plain(words: str) -> str:
    """In the telephone alphabet where letters only lose an accent; otherwise as it is."""
    swapped = words.translate(str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--"))
    made = []
    for letter in swapped:
        if letter not in _ALPHABET | _TWICE:
            parts = unicodedata.normalize("NFKD", letter)
            letter = "".join(part for part in parts if not unicodedata.combining(part))
        made.append(letter)
    folded = "".join(made)
    return words if length(folded) is None else folded


def text_of(unit: Unit, messages: Sequence[OutboxMessage]) -> str:
    """What a text says: that there is something, where, and whom to ring. One text in length.

    The group's name comes first where there is room for it.
    """
    words = Words(languages.of_person(unit, messages[0].person_id))
    community = unit.community
    where = _where(unit, messages)
    ways = community.contact_phone or community.contact_email
    said = ""
    # A long address of the site leaves room for the shortest words only.
    for what in (notices.subject_of(messages, words), words.say(N_("New"))):
        text = N_("%(what)s: %(where)s Help or another form: %(ways)s")
        said = plain(words.say(text, what=what, where=where, ways=ways))
        if fits(said):
            break
    name = plain(community.name)
    for most in range(len(name), _LEAST_NAME - 1, -1):
        if fits(whole := f"{name[:most].rstrip()}: {said}"):
            return whole
    return said


def _where(unit: Unit, messages: Sequence[OutboxMessage]) -> str:
    """A short address: of the link, or of the list in which the thing stands."""
    path = notices.KINDS[notice_rules.plain_kind(messages[0].kind)].path
    if len(messages) > 1:
        return unit.settings.address
    if path is None:
        return links.address_of(unit, messages[0].subject_id)
    return unit.settings.address + path.removesuffix("/%s")


def number_of(phone: str, country: str) -> str | None:
    """A telephone number as services want it, such as +442079460000; None for what is none."""
    digits = re.sub(r"[^0-9+]", "", phone.replace("(0)", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = f"+{country}{digits[1:]}"
    return digits if re.fullmatch(r"\+[1-9][0-9]{6,14}", digits) else None


def is_quiet(settings: Settings, now: datetime) -> bool:
    """Whether no text goes out at this instant: the hours of the night, in local time."""
    if settings.text_quiet is None:
        return False
    begins, ends = settings.text_quiet
    here = now.astimezone(settings.zone).time().replace(tzinfo=None)
    if begins <= ends:
        return begins <= here < ends
    return here >= begins or here < ends


class Texts:
    """The configured service for texts; use as a context manager."""

    channel = "text"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> Texts:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """There is no connection to close."""

    def write(self, unit: Unit, messages: Sequence[OutboxMessage]) -> Text | None:
        """The text about these messages; None without a number that can be rung."""
        person = unit.db.get_one(Person, messages[0].person_id)
        number = number_of(person.phone or "", self._settings.text_country)
        return None if number is None else Text(number=number, words=text_of(unit, messages))

    def send(self, made: Text) -> Outcome:
        """Hand one text to the service."""
        try:
            import apprise
        except ImportError:
            return Outcome(problem="texts_extra_missing", server_lost=True)
        service = apprise.Apprise()
        if not service.add(self._settings.text_url.replace("{to}", quote(made.number))):
            return Outcome(problem="texts_address_wrong", server_lost=True)
        if not service.notify(body=made.words):
            # apprise does not tell an unreachable service from one that refused.
            return Outcome(problem="text_refused")
        return Outcome()
