"""What the API answers with. Amounts end in ``_minutes`` or ``_pence``; balances come in words too.

``of_result`` makes the shape of a command's result from its dataclass; the others are written out.
Shapes read dictionaries and objects alike, and never a name that its reader may not see: what
goes in was loaded in the reader's own scope.
"""

from __future__ import annotations

import dataclasses
import types
from functools import cache
from typing import Any, get_args, get_type_hints

from marshmallow import Schema, fields

_KINDS: dict[type, type[fields.Field[Any]]] = {
    str: fields.String,
    int: fields.Integer,
    bool: fields.Boolean,
}


@cache
def of_result(result_class: type) -> type[Schema]:
    """The shape of a frozen result of texts, whole numbers, booleans and None."""
    hints = get_type_hints(result_class)
    made = {field.name: _field(hints[field.name]) for field in dataclasses.fields(result_class)}
    return Schema.from_dict(made, name=result_class.__name__)  # type: ignore[arg-type]


def _field(hint: Any) -> fields.Field[Any]:
    if isinstance(hint, types.UnionType):
        (kind,) = (each for each in get_args(hint) if each is not type(None))
        return _KINDS[kind](required=True, allow_none=True)
    return _KINDS[hint](required=True)


def text(**more: Any) -> fields.String:
    """A text that is always there."""
    return fields.String(required=True, **more)


def text_or_none() -> fields.String:
    """A text, or null."""
    return fields.String(required=True, allow_none=True)


def whole(**more: Any) -> fields.Integer:
    """A whole number that is always there."""
    return fields.Integer(required=True, **more)


def whole_or_none() -> fields.Integer:
    """A whole number, or null."""
    return fields.Integer(required=True, allow_none=True)


def yes_no() -> fields.Boolean:
    """True or false."""
    return fields.Boolean(required=True)


def day() -> fields.Date:
    """A day, YYYY-MM-DD."""
    return fields.Date(required=True)


def day_or_none() -> fields.Date:
    """A day, or null."""
    return fields.Date(required=True, allow_none=True)


def instant() -> fields.DateTime:
    """An instant with its offset from UTC."""
    return fields.DateTime(required=True, format="iso")


def listed(shape: type[Schema]) -> type[Schema]:
    """A page of a list: ``items``, and ``next`` for the following page (null on the last)."""
    name = shape.__name__.removesuffix("Shape") + "Page"
    made = {"items": fields.List(fields.Nested(shape), required=True), "next": text_or_none()}
    return Schema.from_dict(made, name=name)  # type: ignore[arg-type]


class ErrorShape(Schema):
    """A refusal: a code for programs, words for people, and what is wrong with which field."""

    code = text()
    message = text()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class BalanceShape(Schema):
    """What a member can use and what is held for redemptions; below zero is negative."""

    available_minutes = whole()
    available_words = text()
    held_minutes = whole()
    held_words = text()
