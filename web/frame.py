"""What every page needs: the community, the way around it by role, and its language.

The frame never fails: an error page is shown even when the database is not there.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import refresh
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from timebank import languages
from timebank.clock import local_day
from timebank.community import is_set_up
from timebank.errors import Unavailable
from timebank.models import Community
from timebank.roles import Actor
from timebank.unit import NOBODY, Database, Unit
from timebank.words import N_
from web import filters, parts, reading_language, work_labels
from web.filters import words

# Somebody is warned so long before they are signed out (WCAG 2.2.1 asks for 20 seconds).
WARN_SECONDS = 5 * 60

# (label, path, the action that shows it). Paths that do not exist are left out.
NAVIGATION: tuple[tuple[str, str, str], ...] = (
    (N_("My hours"), "/", "account.view_own"),
    (N_("History"), "/history", "account.view_own"),
    (N_("What’s on"), "/opportunities", "opportunity.view"),
    (N_("To do"), "/to-do", "redemption.view_all"),
    (N_("Sessions"), "/sessions", "session.view_all"),
    (N_("Members"), "/members", "member.view_all"),
    (N_("Rewards"), "/rewards", "rewards.view"),
    (N_("Statements"), "/statements", "account.view_own"),
    (N_("My queries"), "/queries", "query.open_own"),
    (N_("My choices"), "/choices", "choices.change_own"),
    (N_("The books"), "/books", "books.prove"),
    (N_("Our group"), "/community", "community.change"),
)


def community() -> Community | None:
    """The community's row, read once for each request; None while it is not set up."""
    if "community" not in g:
        g.community, g.languages = None, [languages.ENGLISH]
        g.community, g.languages = _database().unchanged.get("community", _read)
    return g.community  # type: ignore[no-any-return]


def read_anew() -> None:
    """Forget what this request knew of the community, and with it the request's language."""
    g.pop("community", None)
    refresh()


def _read() -> tuple[Community | None, list[str]]:
    with _database().reading(NOBODY) as unit:
        if is_set_up(unit):
            return unit.db.get(Community, 1), _languages(unit)
    return None, [languages.ENGLISH]


def _languages(unit: Unit) -> list[str]:
    """The languages that requests can be answered in, the group's first."""
    group = languages.of_group(unit)
    return [group, *(code for code in languages.on(unit) if code != group)]


def language() -> str:
    """The language of this request, as Babel writes it."""
    _community_if_any()
    return reading_language.chosen(g.languages).replace("-", "_")


def _database() -> Database:
    found: Database = current_app.extensions["timebank"]
    return found


def _community_if_any() -> Community | None:
    try:
        return community()
    except (SQLAlchemyError, Unavailable):
        return None


def local_day_of(instant: datetime) -> date:
    """The community's local day of an instant."""
    return local_day(instant, _database().settings.zone)


def register(app: Flask) -> None:
    """Give templates the frame's variables, and the filters that say things in words.

    Beside those of ``web.filters``: ``moment`` (an instant as its local day), ``iso_day`` (the ISO
    text that statements keep), ``error_words`` (an error's code) and ``who`` (a name behind an
    id, the operator's too).
    """
    app.context_processor(_frame)
    filters.install(app)
    work_labels.install(app)
    app.jinja_env.filters.update(
        moment=lambda instant: words().day(local_day_of(instant)),
        iso_day=lambda text: words().day(date.fromisoformat(text)),
        error_words=lambda code, **params: words().error(code, **params),
        who=lambda name: _("the operator") if name == "console" else name,
    )


def _frame() -> dict[str, Any]:
    found = _community_if_any()
    actor = _actor_if_any()
    now = language().replace("_", "-")
    others = reading_language.others(g.languages, now)
    return {
        "community": found,
        "html_lang": now,
        "other_languages": others,
        "language_name": languages.own_name(now),
        "language_back": reading_language.way_back() if others else "/",
        "navigation": _navigation(actor) if found else [],
        "person_name": getattr(current_user, "name", None) if actor else None,
        "person_url": url_for("signing_in.mine") if actor and actor.trust_id is None else None,
        "acting_for": getattr(current_user, "acting_for", None) if actor else None,
        "sign_in_url": _sign_in_url() if found and not actor else None,
        "footer_links": None if found else [(_("Source of this version"), url_for("source.about"))],
        "help_text": _help_text(found) if found else None,
        "actor": actor or NOBODY,
        "ending": _ending() if actor else None,
    }


def _ending() -> dict[str, Any] | None:
    """When this browser is signed out, how many seconds that is away, and whether it is soon."""
    ends_at: datetime | None = getattr(current_user, "ends_at", None)
    if ends_at is None:
        return None
    seconds = int((ends_at - _database().clock()).total_seconds())
    at = ends_at.astimezone(_database().settings.zone).strftime("%H:%M")
    return {"at": at, "seconds": seconds, "soon": seconds < WARN_SECONDS, "warn": WARN_SECONDS}


def _sign_in_url() -> str | None:
    """Where to sign in, except on that page itself."""
    url = url_for("doors.sign_in")
    return None if request.path == url else url


def _actor_if_any() -> Actor | None:
    try:
        actor: Actor | None = getattr(current_user, "actor", None)
    except (SQLAlchemyError, Unavailable):
        return None
    return actor


def _navigation(actor: Actor | None) -> list[tuple[str, str, bool]]:
    if actor is None:
        return []
    here = next((path for _label, path, _action in NAVIGATION if _is_current(path)), None)
    name = ("navigation", language(), here, actor.roles, actor.organisations is None)
    return parts.once(
        name,
        lambda: [
            (_(label), path, path == here)
            for label, path, action in NAVIGATION
            if actor.may(action) and path in paths()
        ],
    )


def paths() -> frozenset[str]:
    """The patterns of every route of the application."""
    found: frozenset[str] = current_app.extensions["timebank.paths"]
    return found


def _is_current(path: str) -> bool:
    if path == "/":
        return request.path == "/"
    return request.path == path or request.path.startswith(path + "/")


def _help_text(found: Community) -> str:
    ways = [way for way in (found.contact_phone, found.contact_email) if way]
    if not ways:
        return _("Ask %(name)s.", name=found.contact_name)
    return _("Ask %(name)s: %(ways)s.", name=found.contact_name, ways=_(" or ").join(ways))
