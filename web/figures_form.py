"""A form whose command has five lengths of time inside it, each in two boxes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from web.forms import AROUND, Form, read_form
from web.schemas.crediting import FiguresSchema


def read_with_figures(schema: type[Schema], form: MultiDict[str, str], **fixed: Any) -> Form:
    """What was sent, read in two halves: the lengths of time, and the rest."""
    figures = read_form(FiguresSchema, form)
    given = asdict(figures.command) if figures.command else {}
    whole = read_form(schema, form, figures=given, **fixed)
    if figures.errors:
        whole.errors = {**figures.errors, **whole.errors}
        whole.command, whole.status = None, 422
    return whole


def as_typed(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What was typed, to travel through a check page in hidden boxes."""
    return [(name, text) for name, text in form.items() if name not in AROUND | {"do"}]
