"""A page that somebody overtook: who changed the thing meanwhile, when, and what differs.

What was typed stays in its boxes. Sending the form again then replaces what is there now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from timebank import directory
from timebank.unit import Unit
from web.filters import day, duration, money
from web.forms import Form
from web.work_labels import moment_time


def in_words(name: str, value: Any) -> str:
    """One value as a page says it; the end of its name tells minutes from pence."""
    if value is None or value == "":
        return _("Nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return day(value)
    if name.endswith("_pence"):
        return money(value)
    return duration(value) if name.endswith("_minutes") else str(value)


def overtaken(
    unit: Unit,
    form: Form,
    now: Mapping[str, Any],
    titles: Mapping[str, str],
    say: Callable[[str, Any], str] = in_words,
    *,
    seen: str = "revision",
) -> dict[str, Any] | None:
    """What ``ui.overtaken`` shows; None unless the form was refused because it came too late.

    ``now`` holds each of ``titles`` as it stands, and under ``seen`` what the form goes on from.
    """
    if form.stale is None:
        return None
    form.values[seen] = now[seen]
    by = form.stale.params["by"]
    rows = [
        (title, say(name, now[name]), say(name, getattr(form.command, name)))
        for name, title in titles.items()
    ]
    return {
        "by": directory.names(unit, [by])[by],
        "when": moment_time(form.stale.params["at"]),
        "rows": [row for row in rows if row[1] != row[2]],
    }
