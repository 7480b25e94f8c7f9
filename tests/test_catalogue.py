"""The words of the product: all collected in one place, and a language added needs no code."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from timebank import words

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "timebank" / "locale" / "messages.pot"


def test_every_word_stands_in_the_template_for_translators() -> None:
    """`make words` was run after the last change of words."""
    keywords = {**DEFAULT_KEYWORDS, "N_": None, "_count": (1, 2)}
    places = (("timebank/**.py", "python"), ("web/**.py", "python"))
    pages = [("web/templates/**.html", "jinja2")]
    found = {message[2] for message in extract_from_dir(ROOT, [*places, *pages], keywords=keywords)}
    with TEMPLATE.open("rb") as file:
        collected = {message.id for message in read_po(file) if message.id}

    assert collected == found


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
