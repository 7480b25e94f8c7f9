"""Parts of pages that are the same again and again, put together once for each different content.

In a template: ``{% call part("header", html_lang, person_name) %}...{% endcall %}``. Everything
that the part shows must be among what it depends on; only the token against forged forms is put in
anew each time.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import Flask, current_app, g
from jinja2 import Undefined
from markupsafe import Markup

MOST = 2000

# Stands for the token where a part was kept; nobody can have typed it.
_TOKEN = secrets.token_hex(16)

Value = TypeVar("Value")


def install(app: Flask) -> None:
    """Give templates ``part``."""
    app.extensions["timebank.parts"] = {}
    app.jinja_env.globals["part"] = part


def once(name: Hashable, make: Callable[[], Value]) -> Value:
    """What ``make`` gave the first time; ``name`` holds everything it depends on."""
    kept: dict[Hashable, Any] = current_app.extensions["timebank.parts"]
    if name not in kept:
        made = make()
        if len(kept) >= MOST:
            kept.clear()
        kept[name] = made
        return made
    found: Value = kept.get(name) or make()  # another thread may just have cleared everything
    return found


def part(name: str, *depends_on: Any, caller: Callable[[], str]) -> Markup:
    """A part of a page; ``depends_on`` are texts, None, and lists of texts."""

    def make() -> str:
        made = caller()
        token = g.get("csrf_token")
        return made.replace(token, _TOKEN) if token else made

    text = once((name, *map(_fixed, depends_on)), make)
    if _TOKEN in text:
        text = text.replace(_TOKEN, current_app.jinja_env.globals["csrf_token"]())
    return Markup(text)


def _fixed(value: Any) -> Hashable:
    if isinstance(value, Undefined):
        return None
    return tuple(map(_fixed, value)) if isinstance(value, list | tuple) else value
