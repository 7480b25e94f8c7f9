"""What most pages with one form do: carry the command out, say so, and go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from timebank.errors import NotAllowed, TimebankError
from timebank.unit import Unit
from web.errors import REFUSALS
from web.forms import Form
from web.units import run

# With what this person may not do, said in the form too instead of on a page of its own.
ALL_REFUSALS = (NotAllowed, *REFUSALS)


def carried_out(
    form: Form,
    function: Callable[[Unit, Any], Any],
    *,
    refusals: tuple[type[TimebankError], ...] = REFUSALS,
) -> Any | None:
    """Run the form's command, once: its result, or None and what is wrong in the form."""
    if form.command is None:
        return None
    try:
        return run(function, form.command, form.key)
    except refusals as error:
        form.refuse(error)
        return None


def went_on(
    form: Form, function: Callable[[Unit, Any], Any], done: str, where: str
) -> Response | None:
    """Run the form's command; the way to ``where``, with ``done`` said there, or None."""
    if carried_out(form, function, refusals=ALL_REFUSALS) is None:
        return None
    flash(done, "success")
    return redirect(where, 303)
