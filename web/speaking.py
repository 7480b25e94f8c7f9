"""The words and addresses of templates, without asking anew for each of some dozens on a page.

``_`` and ``ngettext`` do what flask-babel's do (every message is a format string, and what is put
into one is escaped), with the catalogue looked up once for a request. ``url_for`` keeps the
addresses that never differ: those of files, and those of pages without anything to fill in.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import get_locale, get_translations
from markupsafe import Markup

from web import parts


def install(app: Flask) -> None:
    """Give them to the application's templates; after flask-babel has given its own."""
    app.jinja_env.globals.update(
        {"_": say, "gettext": say, "ngettext": say_many, "url_for": address}
    )


def say(text: str, /, **params: Any) -> Markup:
    """A message in the language of this request, with its parameters filled in."""
    said = Markup(_catalogue().ugettext(text))
    return said % params if params or "%" in said else said


def say_many(one: str, many: str, num: int, /, **params: Any) -> Markup:
    """The message for so many; ``num`` is among its parameters."""
    return Markup(_catalogue().ungettext(one, many, num)) % {"num": num, **params}


def address(endpoint: str, **values: Any) -> str:
    """The address of a page or a file."""
    if endpoint[0] == "." or not values.keys() <= {"filename"} or not request:
        return current_app.url_for(endpoint, **values)
    name = ("address", request.script_root, endpoint, values.get("filename"))
    return parts.once(name, lambda: current_app.url_for(endpoint, **values))


def _catalogue() -> Any:
    """The catalogue of this request's language, which may change while it is under way."""
    locale = get_locale()
    if "said_in" not in g or g.said_in[0] is not locale:
        g.said_in = (locale, get_translations())
    return g.said_in[1]
