"""Lists a page at a time, by the page's number in the address; one row more tells of the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request, url_for

SIZE = 50
MOST_PAGES = 10_000

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Paged(Generic[Item]):
    """One page of a list, and the addresses of the pages before and after it."""

    items: Sequence[Item]
    before_url: str | None
    after_url: str | None


def paged(read: Callable[[int, int], Sequence[Item]], *, size: int = SIZE) -> Paged[Item]:
    """The page that the address asks for; ``read`` takes a limit and an offset."""
    number = _number()
    found = read(size + 1, (number - 1) * size)
    return Paged(
        items=found[:size],
        before_url=_url(number - 1) if number > 1 else None,
        after_url=_url(number + 1) if len(found) > size else None,
    )


def _number() -> int:
    text = request.args.get("page", "1")
    usable = text.isascii() and text.isdecimal() and 1 <= len(text) <= 5
    return min(max(int(text), 1), MOST_PAGES) if usable else 1


def _url(number: int) -> str:
    kept = {name: value for name, value in request.args.items() if name != "page"}
    return url_for(request.endpoint or "", **{**(request.view_args or {}), **kept, "page": number})
