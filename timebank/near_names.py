"""Names that differ so little that they may be one person's: found, and never decided here.

Two names are near when they hold the same words in any order, case, spelling of accents and
punctuation, or are one slip of a letter apart. Names whose digits differ never are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

SHORTEST_WITH_A_SLIP = 5  # "Ann" and "Jan" are two people


class NearNames:
    """Known names, to ask which of them are near another."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_form: dict[tuple[str, str], list[str]] = {}
        self._names: set[str] = set()
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name."""
        if name not in self._names:
            self._names.add(name)
            for form in _forms(name):
                self._by_form.setdefault(form, []).append(name)

    def near(self, name: str) -> tuple[str, ...]:
        """The known names near this one, in the order they came; not the name itself."""
        found = dict.fromkeys(
            other for form in _forms(name) for other in self._by_form.get(form, ())
        )
        return tuple(other for other in found if other != name and _alike(name, other))


def _plain(name: str) -> tuple[str, str]:
    """A name's words in small letters without accents and punctuation: as written, and sorted."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"\w+", "".join(each for each in letters if not unicodedata.combining(each)))
    return " ".join(words), " ".join(sorted(words))


def _forms(name: str) -> Iterator[tuple[str, str]]:
    """The name, and the name without each one of its letters: two a slip apart share one.

    Each with the name's digits: a street of "Flat 1" to "Flat 400" shares none.
    """
    digits = _digits(name)
    for text in set(_plain(name)):
        yield digits, text
        if len(text) >= SHORTEST_WITH_A_SLIP:
            yield from {(digits, text[:place] + text[place + 1 :]) for place in range(len(text))}


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def _alike(one: str, other: str) -> bool:
    return any(_slip(*pair) for pair in zip(_plain(one), _plain(other), strict=True))


def _slip(one: str, other: str) -> bool:
    """Whether two texts are the same, or one letter more, less, other or changed places apart."""
    if one == other:
        return True
    if _digits(one) != _digits(other):
        return False
    shorter = min(len(one), len(other))
    if shorter < SHORTEST_WITH_A_SLIP:
        return False
    start = end = 0
    while start < shorter and one[start] == other[start]:
        start += 1
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    return (len(left) <= 1 and len(right) <= 1) or (len(left) == 2 and left == right[::-1])
