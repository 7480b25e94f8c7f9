"""Accessible PDF (PDF/UA-1) from a Typst template and plain data, the same bytes every time.

Data goes in as JSON and is shown literally: no text of anybody's is ever Typst source. A letter
that no font has would make Typst refuse the whole document, so a name could stop a statement;
therefore the machine's own fonts are tried next, and what is still missing is replaced.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "typst"
FONTS = TEMPLATES / "fonts"
REPLACEMENT = "?"
# What every font of ours has: Latin letters with their accents.
_SAFE = re.compile(r"[^\n -~\u00a0-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u200b]")
_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
# Invisible marks and controls that are no text, and halves of letters that are no letter.
_NO_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TRIES = 20

log = logging.getLogger(__name__)


def pdf(template: str, data: dict[str, Any], *, issued_on: date) -> bytes:
    """The template (a file of ``typst/``) with ``data`` as PDF/UA-1.

    ``issued_on`` is the document's date: nothing in the file says when it was made. ``data`` is
    JSON; every text in it is cleaned of what cannot be printed.
    """
    text = json.dumps(_each(data, _printable), ensure_ascii=False, sort_keys=True)
    at = datetime.combine(issued_on, time(), UTC)
    try:
        return _compile(template, text, at, system_fonts=False)
    except typst.TypstError as error:
        if _missing(error) is None:
            raise
    return _with_what_there_is(template, text, at)


def _with_what_there_is(template: str, text: str, at: datetime) -> bytes:
    """With the machine's fonts; what they lack is replaced, letter by letter, and logged."""
    replaced = 0
    for _ in range(_TRIES):
        try:
            made = _compile(template, text, at, system_fonts=True)
        except typst.TypstError as error:
            missing = _missing(error)
            letters = {letter for letter in missing or "" if _SAFE.match(letter)}
            if not letters:
                if missing is None:
                    raise
                break
            for letter in letters:
                replaced += text.count(letter)
                text = text.replace(letter, _instead_of(letter))
        else:
            _note(replaced)
            return made
    replaced += len(_SAFE.findall(text))
    _note(replaced)
    return _compile(template, _SAFE.sub(REPLACEMENT, text), at, system_fonts=True)


def _note(replaced: int) -> None:
    if replaced:
        # No letter of it: it is likely part of a name.
        log.warning("glyph_missing: %s letters replaced", replaced)


def _instead_of(letter: str) -> str:
    """The letter without its accents where that is a plain one, or a question mark."""
    plain = unicodedata.normalize("NFKD", letter)
    plain = "".join(part for part in plain if not unicodedata.combining(part))
    if unicodedata.combining(letter):
        return ""
    # The data is JSON: a quotation mark or a backslash would end its text.
    return plain if plain and re.fullmatch(r"[ !#-\[\]-~]+", plain) else REPLACEMENT


def _missing(error: typst.TypstError) -> str | None:
    """The text that no font could show; None when it failed for another reason."""
    found = _MISSING.findall(str(error.message)) + _MISSING.findall(str(error))
    if not found:
        return None
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), "".join(found))


def _compile(template: str, text: str, at: datetime, *, system_fonts: bool) -> bytes:
    made = _compiler(template, system_fonts).compile(
        format="pdf", sys_inputs={"data": text}, pdf_standards="ua-1", timestamp=at
    )
    assert isinstance(made, bytes)
    return made


@lru_cache
def _fonts(system_fonts: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=system_fonts, font_paths=[str(FONTS)])


def _compiler(template: str, system_fonts: bool) -> typst.Compiler:
    """One for each document: a compiler keeps what it was given, so threads must not share it."""
    return typst.Compiler(
        str(TEMPLATES / template), root=str(TEMPLATES), font_paths=_fonts(system_fonts)
    )


def _printable(text: str) -> str:
    return _NO_TEXT.sub("", text)


def _each(value: Any, change: Any) -> Any:
    """``value`` with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each(inner, change) for inner in value]
    return value
