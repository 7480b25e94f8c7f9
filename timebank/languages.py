"""The languages of pages and of everything that is sent: found as catalogues, passed by the group.

A language is off until the group has recorded who read its words and passed them; English is always
on. Each person has a language of their own, or the group's. A language is named by its BCP 47 tag
(``cy``); a new one needs its folder in ``timebank/locale`` and no code.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from timebank import choice_notes, information, trail, words
from timebank.errors import NotAllowed, NotFound, RuleBroken
from timebank.models import LanguagePassed, Person
from timebank.unit import Unit

ENGLISH = "en"


# --- what there is ----------------------------------------------------------------------------


def found() -> tuple[str, ...]:
    """Every language with a catalogue of words, English first."""
    return _found(words.LOCALE)


@lru_cache
def _found(folder: Path) -> tuple[str, ...]:
    codes = {path.parts[-3].replace("_", "-") for path in folder.glob("*/LC_MESSAGES/*.mo")}
    return (ENGLISH, *sorted(code for code in codes - {ENGLISH} if _known(code)))


def _known(code: str) -> bool:
    """Whether there are names of months and rules of plurals for a language."""
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def own_name(code: str) -> str:
    """What a language is called by those who speak it: "Cymraeg"."""
    return name_in(code, code)


@lru_cache
def name_in(code: str, language: str) -> str:
    """What a language is called in another: "Welsh" for ``cy`` in ``en``."""
    speaker = language.replace("_", "-")
    name = Locale.parse(code, sep="-").get_display_name(Locale.parse(speaker, sep="-")) or code
    return name[:1].upper() + name[1:]


@dataclass(frozen=True, kw_only=True)
class Completeness:
    """How many of the product's messages a catalogue has, out of how many."""

    translated: int
    messages: int

    @property
    def percent(self) -> int:
        """A whole number; 100 only where nothing is missing."""
        return 100 * self.translated // self.messages if self.messages else 100


def completeness(code: str) -> Completeness:
    """What a catalogue has of the template for translators."""
    return _completeness(words.LOCALE, code)


@lru_cache
def _completeness(folder: Path, code: str) -> Completeness:
    with (folder / "messages.pot").open("rb") as file:
        wanted = {_key(message) for message in read_po(file) if message.id}
    name = code.replace("-", "_")
    if code == ENGLISH:
        return Completeness(translated=len(wanted), messages=len(wanted))
    with (folder / name / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        there = {_key(message) for message in read_mo(file) if message.id and _is_whole(message)}
    return Completeness(translated=len(wanted & there), messages=len(wanted))


def _key(message: Message) -> tuple[str | None, str]:
    """What a message is looked up by: its context, and the English for one."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _is_whole(message: Message) -> bool:
    said = message.string
    forms = [said] if isinstance(said, str) else said or []
    return bool(forms) and all(forms)


# --- which one to use -------------------------------------------------------------------------


def on(unit: Unit) -> list[str]:
    """The languages that members are offered, English first."""
    query = select(LanguagePassed.language).where(LanguagePassed.off_at.is_(None))
    passed = set(unit.db.scalars(query))
    return [code for code in found() if code == ENGLISH or code in passed]


def of_group(unit: Unit) -> str:
    """The language of what is nobody's own."""
    return _usable(unit, None)


def of_person(unit: Unit, person_id: str | None) -> str:
    """The language of everything for a person: theirs where it is on, or else the group's."""
    person = unit.db.get(Person, person_id) if person_id else None
    return _usable(unit, person.language if person else None)


def of_people(unit: Unit, person_ids: Collection[str]) -> dict[str, str]:
    """The same for many, by person, in as many queries whatever their number."""
    query = select(Person.id, Person.language).where(Person.id.in_(person_ids))
    offered, group = on(unit), of_group(unit)
    return {
        person_id: language if language in offered else group
        for person_id, language in unit.db.execute(query)
    }


def _usable(unit: Unit, wanted: str | None) -> str:
    for code in (wanted, unit.community.language):
        if code == ENGLISH or (code is not None and code in on(unit)):
            return code
    return ENGLISH


@dataclass(frozen=True, kw_only=True)
class ChooseLanguage:
    """The language of whoever acts; None for the group's."""

    language: str | None


@dataclass(frozen=True, kw_only=True)
class LanguageChosen:
    """Whose language it is now."""

    person_id: str


def choose_language(unit: Unit, command: ChooseLanguage) -> LanguageChosen:
    """Read and be written to in another language; harmless when it is the same.

    Raises ``RuleBroken('language_off')`` at the field ``language``.
    """
    if unit.actor.person_id is None:
        raise NotAllowed("role_lacking", action="choices.change_own")
    person = unit.db.get_one(Person, unit.actor.person_id)
    before = person.language or ""
    if keep(unit, person, command.language):
        trail.record(unit, "person.language_chosen", "person", person.id,
                     language=person.language)  # fmt: skip
        if unit.actor.member_id is not None and unit.actor.trust_id is None:
            choice_notes.note(unit, unit.actor.member_id, "language", before, person.language or "")
    return LanguageChosen(person_id=person.id)


def keep(unit: Unit, person: Person, language: str | None) -> bool:
    """Note a person's language, for commands that have decided that the actor may.

    Whether it is another than before. Raises as ``choose_language``.
    """
    wanted = language or None
    if wanted == person.language:
        return False  # also where it was switched off meanwhile: the rest of a form still holds
    if wanted is not None and wanted not in on(unit):
        raise RuleBroken("language_off", field="language")
    person.language = wanted
    return True


# --- who read and passed it -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PassLanguage:
    """A person on file read the words of a language and passes them: from now on it is on.

    ``revision`` is that of the language as it was seen, 0 when nobody had passed it.
    """

    language: str
    revision: int
    passed_by_id: str
    passed_on: date


@dataclass(frozen=True, kw_only=True)
class PassInformation:
    """A person on file read the information about benefits in a language, and passes it."""

    language: str
    revision: int
    passed_by_id: str
    passed_on: date


@dataclass(frozen=True, kw_only=True)
class SwitchLanguageOff:
    """Members are not offered a language any more; it has to be passed anew."""

    language: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class LanguageChanged:
    """The language, and its new revision."""

    language: str
    revision: int


def passed(unit: Unit) -> dict[str, LanguagePassed]:
    """What is recorded about each language, with the persons' names, in one query."""
    query = select(LanguagePassed).options(
        joinedload(LanguagePassed.passed_by), joinedload(LanguagePassed.information_by)
    )
    return {row.language: row for row in unit.db.scalars(query)}


def pass_language(unit: Unit, command: PassLanguage) -> LanguageChanged:
    """Switch a language on. The information about benefits stays English until it is passed too.

    Raises ``NotFound``: ``language_unknown``, ``person_unknown``; ``RuleBroken('day_in_future')``;
    ``Conflict('changed_meanwhile')``.
    """
    row = _row(unit, command)
    reader_id = _reader(unit, command)
    if row is None:
        row = LanguagePassed(language=command.language, revision=0)
        unit.db.add(row)
    row.passed_by_id, row.passed_on, row.off_at = reader_id, command.passed_on, None
    return _changed(unit, row, "language.passed", by=reader_id, on=command.passed_on.isoformat())


def pass_information(unit: Unit, command: PassInformation) -> LanguageChanged:
    """Show the information about benefits in a language that is on.

    Raises as ``pass_language``, and ``RuleBroken``: ``language_off``, ``information_untranslated``.
    """
    row = _row(unit, command)
    if row is None or row.off_at is not None:
        raise RuleBroken("language_off")
    said = words.Words(command.language)
    if not information.is_whole(said):
        raise RuleBroken("information_untranslated")
    row.information_by_id = _reader(unit, command)
    row.information_on, row.information_sha256 = command.passed_on, information.sha256_of(said)
    return _changed(
        unit, row, "language.information_passed",
        by=row.information_by_id, on=command.passed_on.isoformat(),
    )  # fmt: skip


def switch_language_off(unit: Unit, command: SwitchLanguageOff) -> LanguageChanged:
    """Offer a language to nobody; what was issued in it stays as it is. Raises as the others."""
    row = _row(unit, command)
    if row is None or row.off_at is not None:
        raise RuleBroken("language_off")
    row.off_at = unit.now
    row.information_by_id = row.information_on = row.information_sha256 = None
    return _changed(unit, row, "language.switched_off")


def _row(
    unit: Unit, command: PassLanguage | PassInformation | SwitchLanguageOff
) -> LanguagePassed | None:
    """What is recorded about the language; refuses a page that somebody overtook."""
    unit.actor.require("community.change")
    if command.language not in found()[1:]:
        raise NotFound("language_unknown")
    row = unit.db.get(LanguagePassed, command.language)
    if command.revision != (row.revision if row else 0):
        raise trail.changed(unit, command.language)
    return row


def _reader(unit: Unit, command: PassLanguage | PassInformation) -> str:
    reader = unit.db.get(Person, command.passed_by_id)
    if reader is None or not reader.name:
        raise NotFound("person_unknown", field="passed_by_id")
    if command.passed_on > unit.today:
        raise RuleBroken("day_in_future", field="passed_on")
    return reader.id


def _changed(unit: Unit, row: LanguagePassed, action: str, **details: object) -> LanguageChanged:
    row.revision += 1
    unit.db.flush()
    trail.record(
        unit, action, "language", row.language, revision=row.revision, **details
    )  # fmt: skip
    return LanguageChanged(language=row.language, revision=row.revision)
