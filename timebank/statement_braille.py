"""A statement as braille-ready text: 40 columns, 25 lines a page, no tables, plain letters.

What a braille embosser or a transcriber takes as it is. A paragraph begins in the third cell, as
in braille print; the last line of a page is its number; a form feed ends each page.
"""

from __future__ import annotations

import re
import unicodedata
from textwrap import wrap

from timebank.statement_said import Content, Reader, said
from timebank.words import N_, Words

COLUMNS = 40
LINES = 25
# Letters and signs that have a plain spelling which taking the accent away does not give.
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
        "\u2026": "...", "\u00a0": " ", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d",
        "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ß": "ss", "æ": "ae", "Æ": "Ae",
        "œ": "oe", "Œ": "Oe", "ı": "i",
    }
)  # fmt: skip
_POUNDS = re.compile(r"£([0-9,]+(?:\.[0-9]{2})?)")


def braille(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """The statement as UTF-8 text, of plain ASCII wherever its letters have a plain form."""
    words, one = Words(content["language"]), said(content, reader, money_values=money_values)
    parts = [one.group, reader.name, one.title, one.member, one.reference, one.summary, one.opening]
    for each in one.lines:
        parts.append(" ".join((f"{each.text}.", f"{each.change}.", each.then, each.recorded)))
    parts += [] if one.lines else [one.nothing]
    parts += [*one.totals, one.closing, *one.set_aside, *one.money_values, one.wrong, *one.contact]
    parts += [one.issued, one.receipt, one.head]
    rows = [row for part in parts if part for row in _paragraph(_pounds(words, part))]
    pages = [rows[start : start + LINES - 1] for start in range(0, len(rows), LINES - 1)]
    text = "\f".join(_page(number, page) for number, page in enumerate(pages, start=1))
    return text.encode("utf-8", "replace")


def plain(text: str) -> str:
    """``text`` in ASCII letters where they have one; other scripts stay as they are."""
    text = "".join(_bare(letter) for letter in text.translate(_PLAIN))
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
                   for letter in text)  # fmt: skip


def _bare(letter: str) -> str:
    """A Latin letter without its accent; any other is left whole."""
    parts = unicodedata.normalize("NFKD", letter)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    if unicodedata.combining(letter) and "\u0300" <= letter <= "\u036f":
        return ""
    return bare if bare.isascii() and bare else letter


def _pounds(words: Words, text: str) -> str:
    said_sum = N_("%(sum)s pounds")
    return _POUNDS.sub(lambda match: words.say(said_sum, sum=match[1]), text)


def _paragraph(text: str) -> list[str]:
    return wrap(plain(text), COLUMNS, initial_indent="  ", break_on_hyphens=False)


def _page(number: int, rows: list[str]) -> str:
    """A page of exactly ``LINES`` lines, its number at the right of the last."""
    empty = [""] * (LINES - 1 - len(rows))
    return "\n".join([*rows, *empty, str(number).rjust(COLUMNS)]) + "\n"
