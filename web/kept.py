"""What somebody typed is not lost when their sign-in ended before they sent it.

Nothing is stored here: the sign-in page that answers them carries the fields, and a mark that says,
signed by us, whose they are and where they were going. After signing in the same person sees them
on a page to send again; anybody else does not. Passwords are never carried.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, session
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import ValidationError

from timebank import doors
from timebank.unit import NOBODY
from web.forms import AROUND
from web.units import database

MARK = "kept"
PREFIX = "kept-"
LASTS = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Whose fields, where to, and the fields; ``mark`` says the first two, signed."""

    mark: str
    person_id: str
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What the sign-in form carries."""
        return [(MARK, self.mark), *((PREFIX + name, value) for name, value in self.fields)]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person typed, in plain words; without ids and what the form itself put in."""
        return [
            (name.replace("_", " ").replace("-", " "), value)
            for name, value in self.fields
            if value.strip() and name not in ("key", "revision", "do") and not _is_id(value)
        ]


def _is_id(value: str) -> bool:
    return len(value) == 32 and not set(value) - set("0123456789abcdef")


def too_late() -> Kept | None:
    """What this form's sender typed; None unless they were signed in and the form is ours."""
    token = session.get("_user_id")
    if request.method != "POST" or not token or not _from_our_page():
        return None
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    )
    if all(name in AROUND for name, _value in fields):
        return None  # a mere button: nothing was typed
    with database().reading(NOBODY) as unit:
        person_id = doors.person_of_ended(unit, token)
    if person_id is None:
        return None
    mark = str(_signer().dumps([person_id, request.path]))
    return Kept(mark=mark, person_id=person_id, path=request.path, fields=fields)


def carried() -> Kept | None:
    """What the sign-in form that was just sent carries, if its mark is ours and fresh."""
    mark = request.form.get(MARK, "")
    try:
        person_id, path = _signer().loads(mark, max_age=LASTS)
    except BadData:
        return None
    fields = tuple(
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    )
    return Kept(mark=mark, person_id=person_id, path=path, fields=fields)


def _from_our_page() -> bool:
    """Whether the form has the mark that shows it is from this site: nobody else's is kept."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept form")
