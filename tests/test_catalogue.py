"""The words of the product: all collected in one place, and a language added needs no code."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from timebank import words

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "timebank" / "locale" / "messages.pot"
LANGUAGES = sorted(path.parts[-3] for path in words.LOCALE.glob("*/LC_MESSAGES/messages.po"))
# What a translation must hold as the English does: places to be filled in, and tags.
_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
_TAG = re.compile(r"</?\w+[^>]*>")


def every_message() -> set[str | tuple[str, str]]:
    """The ids of all messages in the code and the templates as they are."""
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "_count": (1, 2)}
    places = (("timebank/**.py", "python"), ("web/**.py", "python"))
    pages = [("web/templates/**.html", "jinja2")]
    return {message[2] for message in extract_from_dir(ROOT, [*places, *pages], keywords=keywords)}


def test_every_word_stands_in_the_template_for_translators() -> None:
    """`make words` was run after the last change of words."""
    found = every_message()
    with TEMPLATE.open("rb") as file:
        collected = {message.id for message in read_po(file) if message.id}

    assert collected == found


def catalogue(language: str) -> Catalog:
    with (words.LOCALE / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_there_is_a_welsh_catalogue() -> None:
    assert "cy" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_in_a_language(language: str) -> None:
    """What it names wants words in ``timebank/locale``; then `make words` once more."""
    with TEMPLATE.open("rb") as file:
        wanted = {message.id for message in read_po(file) if message.id}
    there = {message.id: message for message in messages(language)}
    assert sorted(map(str, set(there) ^ wanted)) == [], "run `make words`"
    missing = [id_ for id_, message in there.items() if not all(forms(message))]
    assert missing == [], f"{len(missing)} of {len(wanted)} messages have no words yet"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_and_tags_of_the_english(language: str) -> None:
    wrong = [message.id for message in messages(language) if not _alike(message)]
    assert wrong == []


def _alike(message: Message) -> bool:
    """A form for one or two may leave the number out, because it says it in a word."""
    several = not isinstance(message.id, str)
    english = message.id[-1] if several else message.id
    wanted = sorted(_PLACE.findall(english))
    for form in filter(None, forms(message)):
        places = sorted(_PLACE.findall(form))
        may_lack = {"%(num)s", "%(n)s", "%(count)s"} if several else set()
        if set(places) - set(wanted) or set(wanted) - set(places) - may_lack:
            return False
        if sorted(_TAG.findall(form)) != sorted(_TAG.findall(english)):
            return False
        spaces = (form[0].isspace(), form[-1].isspace())
        if not several and spaces != (english[0].isspace(), english[-1].isspace()):
            return False
    return True


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_guesses_nothing_and_is_compiled(language: str) -> None:
    """`make words` was run after the last change of a translation."""
    read = catalogue(language)
    assert not read.fuzzy
    assert [message.id for message in read if message.fuzzy] == []
    assert dict(read.obsolete) == {}
    made = BytesIO()
    write_mo(made, read)
    compiled = words.LOCALE / language / "LC_MESSAGES" / "messages.mo"
    assert compiled.read_bytes() == made.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_all_its_forms(language: str) -> None:
    read = catalogue(language)
    for message in messages(language):
        if not isinstance(message.id, str) and any(forms(message)):
            assert len(forms(message)) == read.num_plurals


def test_welsh_counts_and_says_days_as_welsh_does() -> None:
    welsh = words.Words("cy")
    assert catalogue("cy").num_plurals == 6
    assert welsh.duration(390) == "6 awr 30 munud"
    assert [welsh.duration(n) for n in (1, 2, 60, 120, 180, 360)] == [
        "1 munud", "2 funud", "1 awr", "2 awr", "3 awr", "6 awr",
    ]  # fmt: skip
    assert welsh.duration(-120) == "2 awr islaw sero"
    assert welsh.day(date(2026, 11, 21)) == "21 Tachwedd 2026"
    assert welsh.month(date(2026, 8, 1)) == "Awst 2026"


def test_a_language_needs_only_its_catalogue(tmp_path: Path, monkeypatch) -> None:
    """Durations, dates and errors come from the catalogue; what it lacks stays English."""
    catalogue = Catalog(locale="cy")
    catalogue.add(("%(n)s hour", "%(n)s hours"), ("", "%(n)s awr", "", "", "", ""))
    catalogue.add(words.ERRORS["link_spent"], "Mae'r ddolen hon wedi'i defnyddio.")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    folder = tmp_path / "cy" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(compiled.getvalue())
    monkeypatch.setattr(words, "LOCALE", tmp_path)
    words._catalogue.cache_clear()
    try:
        welsh = words.Words("cy")
        assert welsh.duration(60) == "1 awr"
        assert welsh.day(date(2026, 11, 21)) == "21 Tachwedd 2026"
        assert welsh.error("link_spent") == "Mae'r ddolen hon wedi'i defnyddio."
        assert welsh.error("link_unknown") == words.ERRORS["link_unknown"]
    finally:
        words._catalogue.cache_clear()
