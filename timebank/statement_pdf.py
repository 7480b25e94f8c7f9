"""A statement as PDF/UA-1: on A4 with a table, and in large print without one."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from timebank import typesetting
from timebank.statement_content import holder_of
from timebank.statement_said import Content, Reader, Said, day_of, said
from timebank.words import N_, Words

# A word longer than this may be broken anywhere, or it would run over the edge of the paper.
LONGEST_WORD = 24
_LONG = re.compile(rf"\S{{{LONGEST_WORD},}}")


def pdf(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """The statement on A4 in 12 point, its lines in a table."""
    return _made("statement.typ", content, reader, money_values)


def large_print(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """The statement in 18 point, one thing under the other; nothing in it is smaller."""
    return _made("large-print.typ", content, reader, money_values)


def _made(template: str, content: Content, reader: Reader, money_values: bool) -> bytes:
    one = said(content, reader, money_values=money_values)
    return typesetting.pdf(
        template, page_data(one, content, reader), issued_on=day_of(content["issued_on"])
    )


def page_data(one: Said, content: Content, reader: Reader) -> dict[str, Any]:
    """What a template shows: the sentences, the address, and the headings in their language."""
    words = Words(one.language)
    own = holder_of(content)["kind"] == "member"
    broken: dict[str, Any] = breakable(asdict(one))
    return broken | {
        # Unbroken: they stand in the file's properties and in the look-up of the language.
        "title": one.title,
        "language": one.language,
        "issued_on": content["issued_on"],
        "address": breakable("\n".join(part for part in (reader.name, reader.address) if part)),
        "page_of": words.say(N_("Page {page} of {last}")),
        "words": {
            "happened": words.say(N_("What happened")),
            "what": words.say(N_("What happened")),
            "change": words.say(N_("Change")),
            "then": words.say(N_("You could then use") if own else N_("There were then")),
            "money": words.say(N_("Money values")),
            "no_money": words.say(N_("Your hours have no money value.")),
            "wrong": words.say(N_("If something is not right")),
            "check": words.say(N_("To check this statement")),
        },
    }


def breakable(value: Any) -> Any:
    """``value`` with places to break every very long word in it, which are not seen."""
    if isinstance(value, str):
        return _LONG.sub(lambda match: "\u200b".join(match[0]), value)
    if isinstance(value, dict):
        return {name: breakable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [breakable(inner) for inner in value]
    return value
