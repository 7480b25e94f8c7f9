"""Words that a sheet or a reward should not use: they sound like a job, a debt or a duty.

Time given here is not employment. A text with such words is not refused, because people know best
what they mean; whoever writes it is asked to look at it again.
"""

from __future__ import annotations

import re

# In pieces, because the words themselves have no place in our own texts.
_ODD = (
    r"wa" r"ges?", r"sal" r"ar(?:y|ies)", r"pay rates?", r"rates? of pay", r"(?:are|be|get) paid",
    r"ea" r"rn(?:s|ed|ing|ings)?", r"owes?", r"must attend", r"have to (?:come|attend)",
    r"oblig(?:ed|atory)", r"compulsory", r"employ(?:ed|ee|er|ment)?s?", r"shifts?", r"hire[ds]?",
)  # fmt: skip
_FOUND = re.compile(rf"\b(?:{'|'.join(_ODD)})\b", re.IGNORECASE)


def odd_words(text: str) -> list[str]:
    """The words in a text that should be looked at again, each once, in small letters."""
    return list(dict.fromkeys(found.group().lower() for found in _FOUND.finditer(text)))
