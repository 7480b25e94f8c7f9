"""From a form's boxes to a command: the shapes of HTML turned into those of the schema.

Two boxes, hours and minutes, become minutes; three boxes a day; pounds become pence; a tick true.
Then the schema that the API uses too decides, and its words stand at the box. What was typed is
kept, whatever happens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from flask import request
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from timebank.errors import TimebankError
from timebank.receipts import LONGEST_KEY
from web import errors
from web.schemas.fields import Day, Minutes, Pence, Whole, YesNo

# What stands around the boxes and belongs to no command.
AROUND = frozenset({"csrf_token", "key"})
MOST_DIGITS = 9
_POUNDS = re.compile(r"£?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]{2}))?", re.ASCII)


@dataclass(kw_only=True)
class Form:
    """A form as it was sent, or as it is first shown.

    ``command`` is None while something is wrong; ``errors`` are words by box; ``values`` are what
    the boxes show again: text, ``{"hours", "minutes"}``, ``{"day", "month", "year"}`` or a bool.
    """

    command: Any = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=lambda: uuid4().hex)
    status: int = 200
    # The refusal of a page that somebody overtook; ``web.overtaken`` says what differs.
    stale: TimebankError | None = None

    def refuse(self, error: TimebankError) -> None:
        """Show a command's refusal in its place; the page's status becomes the error's."""
        self.errors = errors.errors_from(error)
        self.status = errors.status_of(error)
        self.stale = error if "by" in error.params else None
        if error.code == "key_used":
            self.key = uuid4().hex  # the old one is spent: the next click means something new

    def error(self, name: str, words: str) -> None:
        """Add an error of the page's own at a box."""
        self.errors.setdefault(name, []).append(words)
        self.status, self.command = 422, None


def form_key() -> str:
    """The key for the form of this page: the one that was sent, else a new one."""
    key = request.form.get("key", "") if request.method == "POST" else ""
    usable = key.isascii() and key.isprintable() and 8 <= len(key) <= LONGEST_KEY
    return key if usable else uuid4().hex


def whole_argument(name: str) -> int | None:
    """A whole number from the address's query, or None when there is none that can be read."""
    try:
        return read_whole(request.args.get(name, ""))
    except ValueError:
        return None


def shown(**values: Any) -> Form:
    """A form that is shown for the first time, with what its boxes hold."""
    return Form(values={name: _as_typed(value) for name, value in values.items()})


def read_form(schema_class: type[Schema], form: MultiDict[str, str], **fixed: Any) -> Form:
    """What was sent, as the schema's command or with what is wrong.

    ``fixed`` are fields that the page knows and the form does not decide (ids from the address).
    """
    schema = schema_class()
    read = Form(key=form_key(), values=typed(form))
    data: dict[str, Any] = dict(fixed)
    for name, kind in schema.load_fields.items():
        if name in fixed:
            continue
        try:
            value = _value(name, kind, form)
        except ValueError:
            read.errors[name] = [str(kind.make_error("invalid").messages[0])]
            continue
        if value is not _LEFT_OUT:
            data[name] = value
    if read.errors:
        # Boxes that cannot be read are not also missing; the others are checked at the same time.
        wrong = flat(schema.validate(data, partial=tuple(read.errors)))
        read.errors = {**wrong, **read.errors}
    else:
        try:
            read.command = schema.load(data)
        except ValidationError as error:
            read.errors = flat(error.messages)
    if read.errors:
        read.command, read.status = None, 422
    return read


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the boxes held; small boxes that belong together as one dict (``when_day`` ...)."""
    values: dict[str, Any] = {}
    for name in form:
        if name in AROUND:
            continue
        values[name] = form.get(name)
        whole, _mark, part = name.replace("-", "_").rpartition("_")
        if part in ("hours", "minutes", "day", "month", "year") and whole:
            together = values.setdefault(whole, {})
            if isinstance(together, dict):
                together[part] = form.get(name)
    return values


def flat(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """Marshmallow's nested messages as one level: ``lines-0-figures-travel_minutes``."""
    if isinstance(messages, list | tuple):
        return {prefix or errors.TOP: [str(message) for message in messages]}
    if not isinstance(messages, Mapping):
        return {prefix or errors.TOP: [str(messages)]}
    found: dict[str, list[str]] = {}
    for name, below in messages.items():
        name = errors.TOP if name == "_schema" else str(name)
        found.update(flat(below, f"{prefix}-{name}" if prefix else name))
    return found


class _LeftOut:
    """No box of this name was filled in; the schema decides what that means."""


_LEFT_OUT = _LeftOut()


def _value(name: str, kind: fields.Field[Any], form: MultiDict[str, str]) -> Any:
    """One field's value in the schema's JSON shape. Raises ``ValueError`` for what is none."""
    if isinstance(kind, YesNo):
        return form.get(name, "") not in ("", "no", "false")
    if isinstance(kind, Minutes):
        return _or_left_out(read_minutes(_box(form, name, "hours"), _box(form, name, "minutes")))
    if isinstance(kind, Day):
        parts = [_box(form, name, part) for part in ("day", "month", "year")]
        return _or_left_out(read_day(*parts))
    text = form.get(name)
    if text is None or (not text.strip() and not isinstance(kind, fields.String)):
        return _LEFT_OUT
    if isinstance(kind, Pence):
        return read_pence(text)
    if isinstance(kind, Whole):
        return read_whole(text)
    if not text.strip() and (kind.allow_none or not kind.required):
        return None if kind.allow_none else _LEFT_OUT
    return text


def _or_left_out(value: Any) -> Any:
    return _LEFT_OUT if value is None else value


def _box(form: MultiDict[str, str], name: str, part: str) -> str:
    return (form.get(f"{name}_{part}") or form.get(f"{name}-{part}") or "").strip()


def read_minutes(hours: str, minutes: str) -> int | None:
    """Two boxes as minutes, None when both are empty. "1" and "90" is two and a half hours."""
    if not hours and not minutes:
        return None
    return read_whole(hours or "0") * 60 + read_whole(minutes or "0")


def read_whole(text: str) -> int:
    """Digits as a number; commas between thousands are understood, nothing else is."""
    digits = text.strip().replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= MOST_DIGITS):
        raise ValueError(text)
    return int(digits)


def read_pence(text: str) -> int:
    """Pounds such as "20", "£20.50" or "1,000" as pence."""
    found = _POUNDS.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0)


def read_day(day: str, month: str, year: str) -> str | None:
    """Three boxes as YYYY-MM-DD, None when all are empty."""
    if not (day or month or year):
        return None
    return date(read_whole(year), read_whole(month), read_whole(day)).isoformat()


def _as_typed(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.day, "month": value.month, "year": value.year}
    return value
