"""No word of the product is outside the catalogues: pages in a language of other letters.

The made-up language replaces each English letter of a message by a wide one, and stands in
English's place. Whatever is still in English letters did not come from a catalogue: it was typed by
somebody, or forgotten.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from sqlalchemy import select

from tests.browser.conftest import build_sample
from tests.browser.places import ROLES, Places
from tests.browser.site import START, Site
from tests.mail_server import Kept
from tests.test_catalogue import every_message
from tests.timebank.builders import FakeClock
from tests.web.conftest import Page
from timebank import settings, words
from timebank.erasure import OF_NOBODY
from timebank.models import Base
from timebank.sample_content import PASSWORD
from web.app import create_app

# Places to be filled in, tags and entities stay as they are.
_KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?\w+[^>]*>|&\w+;")
_OTHER = {code: code + 0xFEE0 for code in [*range(65, 91), *range(97, 123)]}
_WORD = re.compile(r"[A-Za-z]{2,}")
# Attributes that are read out or shown.
_SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}
_SILENT = {"script", "style"}
# References, digests, ids, addresses and times: no words of any language.
_NO_WORDS = re.compile(
    r"\b[0-9A-Z]{4,5}(?:-[0-9A-Z]{4,5})+\b|\b(?:[0-9a-f]{8,}|[0-9A-F]{8})\b|https?://\S+|\S+@\S+|/[\w/<>:.-]+|#[0-9a-f]{6}"
)
# Names of formats, of a licence and of an office: the same in every language.
_ALIKE = {"DWP", "QR", "CSV", "PDF", "GNU", "PIN", "JSON", "OpenAPI", "Idempotency", "Key"}
_ALIKE |= {"timebank", "unreleased"}
# What stands in files that were sent in, and what was looked for.
_ALIKE |= {"Ivor", "Pugh", "Clark", "email", "amount", "date", "kind", "member", "balance", "gra"}
# The operations of the API are described in English, and marked as English.
_FOR_PROGRAMS = {"api.index"}
# What people typed, beside the columns that erasing empties or leaves because they are the group's.
_TYPED = {
    "person.name", "person.phone", "person.address", "person.needs", "listing.title_words",
    "sign_up.words", "query_message.words", "application.name", "application.words",
    "exchange.title_words", "skill.title_words", "sign_up.code", "activity_type.reason",
    "project.purpose",
}  # fmt: skip


_CODES = {
    "certificate.content", "command_receipt.result", "import_file.options", "proposal.details",
    "statement.content", "trail_event.details", "project.capacities",
}  # fmt: skip


def other_letters(text: str) -> str:
    """A message in the made-up language."""
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [text[end : kept.start()].translate(_OTHER), kept[0]]
        end = kept.end()
    return "".join([*parts, text[end:].translate(_OTHER)])


def made_up(folder: Path) -> None:
    """The catalogue of the made-up language, in English's place."""
    catalogue = Catalog(locale="en")
    for id_ in every_message():
        text = other_letters(id_) if isinstance(id_, str) else tuple(map(other_letters, id_))
        catalogue.add(id_, text)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    target = folder / "en" / "LC_MESSAGES"
    target.mkdir(parents=True)
    (target / "messages.mo").write_bytes(compiled.getvalue())
    shutil.copy(words.LOCALE / "messages.pot", folder)


class Shown(HTMLParser):
    """Every text of a page that somebody sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        named = dict(attrs)
        self.texts += [value or "" for name, value in attrs if name in _SPOKEN]
        if tag == "input":
            if named.get("type") == "submit":
                self.texts.append(named.get("value") or "")
            self.open.pop()
        elif tag in ("meta", "link", "br", "img", "hr", "col"):
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        # What stands in a big box was typed; code is for programs.
        if not {"textarea", "code", "pre", *_SILENT} & set(self.open):
            self.texts.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample community, in the made-up language and without a server."""
    folder = build_sample(tmp_path_factory.mktemp("every-word") / "data")
    locale = tmp_path_factory.mktemp("locale")
    made_up(locale)
    patch = pytest.MonkeyPatch()
    patch.setattr(words, "LOCALE", locale)
    words._catalogue.cache_clear()
    found = settings.load({"TIMEBANK_DATA": str(folder)})
    clock = FakeClock(START)
    app = create_app(found, clock=clock)
    app.testing = True
    yield Site(settings=found, clock=clock, app=app, mails=Kept())
    patch.undo()
    words._catalogue.cache_clear()
    app.extensions["timebank"].dispose()


def typed(site: Site) -> set[str]:
    """Every word that stands in what somebody typed."""
    found: set[str] = set()
    with site.database.reading(site.read(lambda unit: unit.actor)) as unit:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                name = f"{table.name}.{column.name}"
                by_people = name in _TYPED or (name in OF_NOBODY and name not in _CODES)
                if by_people or column.name.endswith("words"):
                    for text in unit.connection.scalars(select(column)):
                        found |= set(_WORD.findall(text or ""))
    return found


def months_and_days() -> set[str]:
    """What Babel says, in English as the language stands in its place."""
    english = Locale("en", "GB")
    names = [
        name
        for table in (english.months, english.days)
        for width in table["format"].values()
        for name in width.values()
    ]
    return {word for name in names for word in _WORD.findall(name)}


def sign_in(site: Site, client, email: str) -> None:
    page = Page(client.get("/sign-in"))
    client.post("/sign-in", data={**page.hidden, "name_or_number": email, "password": PASSWORD})
    assert client.get("/", follow_redirects=True).request.path != "/sign-in"


def english_on(html: str, known: set[str]) -> set[str]:
    """The words of a page that came from no catalogue and from nobody's keyboard."""
    shown = Shown()
    shown.feed(html)
    return {
        text.strip()[:100]
        for text in shown.texts
        if set(_WORD.findall(_NO_WORDS.sub(" ", text))) - known
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_word_of_a_page_is_in_the_catalogues(site: Site, role: str) -> None:
    known = typed(site) | months_and_days() | _ALIKE
    client = site.app.test_client()
    if ROLES[role]:
        sign_in(site, client, ROLES[role])
    english: dict[str, set[str]] = {}
    pages = 0
    for place in Places(site, role).all():
        answer = client.get(place.path, follow_redirects=True)
        if answer.mimetype != "text/html" or place.endpoint in _FOR_PROGRAMS:
            continue
        pages += 1
        if found := english_on(answer.get_data(as_text=True), known):
            english.setdefault(place.endpoint, set()).update(found)
    assert pages > 20
    assert english == {}


def test_a_forgotten_word_is_found() -> None:
    page = '<p>Ｗｏｒｄｓ</p><p aria-label="Forgotten">Anna</p><input type="submit" value="Send">'
    assert english_on(page, {"Anna"}) == {"Forgotten", "Send"}
    assert (
        other_letters("You have %(hours)s.<b>Yes</b>") == "Ｙｏｕ ｈａｖｅ %(hours)s.<b>Ｙｅｓ</b>"
    )
