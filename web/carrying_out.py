"""What most pages with one form do: carry the command out, say so, and go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from timebank.errors import NotAllowed
from timebank.unit import Unit
from web.errors import REFUSALS
from web.forms import Form
from web.units import run


def carried_out(
    form: Form, function: Callable[[Unit, Any], Any], done: str, where: str
) -> Response | None:
    """Run the form's command; the way on, with ``done`` said there, or None and the form's errors.

    ``where`` is the address to go to.
    """
    if form.command is None:
        return None
    try:
        run(function, form.command, form.key)
    except (NotAllowed, *REFUSALS) as error:
        form.refuse(error)
        return None
    flash(done, "success")
    return redirect(where, 303)
