"""In which language a request is answered, and how a browser keeps the one that was chosen.

On pages: what an administrator is looking through just now, the language of whoever is signed in,
the one this browser keeps, the group's. On the API ``Accept-Language`` comes first. Only languages
that are on count, but for the first.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app, request, session
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from timebank import languages
from timebank.errors import Unavailable
from web.errors import is_api
from web.headers import A_YEAR

LOOKING_THROUGH = "looking-through"


def chosen(offered: list[str]) -> str:
    """The language of this request; ``offered`` are those that are on, the group's first."""
    if (looked := _looked_through()) is not None:
        return looked
    return next((code for code in _wanted(offered) if code in offered), offered[0])


def _wanted(offered: list[str]) -> Iterator[str | None]:
    if is_api():
        yield request.accept_languages.best_match(offered) if request.accept_languages else None
    yield _of_visitor()
    if not is_api():
        yield request.cookies.get(_cookie())


def _of_visitor() -> str | None:
    try:
        language: str | None = getattr(current_user, "language", None)
    except (SQLAlchemyError, Unavailable):
        return None
    return language


def _looked_through() -> str | None:
    """A language that an administrator reads before anybody passes it."""
    code = None if is_api() else session.get(LOOKING_THROUGH)
    if code not in languages.found():
        return None
    try:
        actor = getattr(current_user, "actor", None)
    except (SQLAlchemyError, Unavailable):
        return None
    return code if actor is not None and actor.may("community.change") else None


def others(offered: list[str], now: str) -> list[tuple[str, str]]:
    """The languages to change to, as (tag, what it is called by those who speak it)."""
    return [(code, languages.own_name(code)) for code in offered if code != now]


def way_back() -> str:
    """The page to come back to after another language was chosen: this one, if it can be read."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return "/"
    return request.path


def _cookie() -> str:
    # Two instances may share a host name, as with the cookie of the sign-in.
    return f"{current_app.config['SESSION_COOKIE_NAME']}-language"


def keep(response: Response, code: str) -> None:
    """Let this browser keep a language for a year: nobody is signed in who could."""
    response.set_cookie(
        _cookie(),
        code,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
