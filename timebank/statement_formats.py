"""The forms a statement comes in, each made from its stored content alone.

``FORMATS`` is the one list of them: pages, the JSON API and the command line read it. A form has no
money values unless they are asked for: then they stand apart from the hours.
"""

from __future__ import annotations

import json
from typing import NamedTuple, Protocol

from timebank import statement_text
from timebank.models import Statement
from timebank.statement_braille import braille
from timebank.statement_csv import as_csv
from timebank.statement_easy_read import easy_read
from timebank.statement_pdf import large_print, pdf
from timebank.statement_said import Content, Reader, reader_of
from timebank.statement_script import script
from timebank.unit import Unit
from timebank.words import N_


class Makes(Protocol):
    """Makes one form of a statement from its content and who reads it."""

    def __call__(
        self, content: Content, reader: Reader, *, money_values: bool = False
    ) -> bytes: ...


class Format(NamedTuple):
    """How a form is made, its content type, how its file's name ends, and what it is called."""

    make: Makes
    content_type: str
    ending: str
    label: str


def text(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """``statement_text.plain`` as UTF-8; it names nobody."""
    return statement_text.plain(content, money_values=money_values).encode("utf-8", "replace")


FORMATS: dict[str, Format] = {
    "pdf": Format(pdf, "application/pdf", ".pdf", N_("PDF to print")),
    "large-print": Format(
        large_print, "application/pdf", "-large-print.pdf", N_("Large print, as PDF")
    ),
    "easy-read": Format(easy_read, "application/pdf", "-easy-read.pdf", N_("Easy read, as PDF")),
    "script": Format(script, "text/plain", "-to-read-out.txt", N_("Text to read out by telephone")),
    "braille": Format(braille, "text/plain", "-braille.txt", N_("Text for a braille printer")),
    "csv": Format(as_csv, "text/csv", ".csv", N_("Table for a spreadsheet (CSV)")),
    "text": Format(text, "text/plain", ".txt", N_("Plain text")),
}


BINARY = frozenset(code for code, form in FORMATS.items() if form.ending.endswith(".pdf"))


class Wanted(NamedTuple):
    """What ``make`` needs, read while the unit is open: making takes time and needs no database."""

    code: str
    content: Content
    reader: Reader

    def make(self, *, money_values: bool = False) -> bytes:
        """The statement in the wanted form."""
        form = FORMATS[self.code]
        return form.make(self.content, self.reader, money_values=money_values)

    @property
    def content_type(self) -> str:
        """The media type, with its character set where it is text."""
        kind = FORMATS[self.code].content_type
        return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind

    @property
    def file_name(self) -> str:
        """Such as ``statement-7KQ4-M2XW-large-print.pdf``: ASCII, and no name in it."""
        return f"statement-{self.content['reference']}{FORMATS[self.code].ending}"


def wanted(unit: Unit, statement: Statement, code: str) -> Wanted:
    """One form of a statement that the actor may see; ``code`` is one of ``FORMATS``."""
    return Wanted(code, json.loads(statement.content), reader_of(unit, statement))
