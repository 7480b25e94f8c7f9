"""The application: one instance's pages and API, put together in one order.

``create_app`` opens no port, starts no scheduler and changes no database, so that tests, the
command line and any WSGI server can call it.
"""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, current_app, request
from flask_babel import Babel
from flask_wtf import CSRFProtect

from timebank import words
from timebank.clock import Clock, system_clock
from timebank.settings import Settings
from timebank.unit import Database
from web import access, api, errors, forms, frame, headers, sign_in
from web.pages import BLUEPRINTS, news

MOST_BYTES = 4 * 1024 * 1024  # of one form: a session of 300 people has some thousand boxes

csrf = CSRFProtect()


class Application(Flask):
    """Flask, except that an address never reaches a log: a link's code is part of one."""

    def log_exception(self, exc_info: Any) -> None:
        """Log what failed under the route's pattern instead of the address."""
        where = request.url_rule.rule if request.url_rule else "?"
        self.logger.error("%s %s failed", request.method, where, exc_info=exc_info)

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """A year for a file asked for with its age, an hour for one asked for by name alone."""
        return headers.A_YEAR if request.args.get("v") else 3600


def create_app(settings: Settings, *, clock: Clock = system_clock) -> Flask:
    """One instance's application on its (migrated) database."""
    app = Application("web.app")
    https = settings.address.startswith("https:")
    app.config.update(
        SECRET_KEY=settings.secret,
        # Two instances may share a host name on different ports, and cookies know no ports.
        SESSION_COOKIE_NAME=f"timebank-{sha256(settings.secret).hexdigest()[:8]}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        # A form may stay open over lunch: the token lasts as long as the sign-in.
        WTF_CSRF_TIME_LIMIT=None,
        # Link pages send no referrer; the token and SameSite are what protects.
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=20_000,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(words.LOCALE),
    )
    app.logger.setLevel(logging.INFO)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["form_key"] = forms.form_key
    app.extensions["timebank"] = Database(settings, clock=clock)
    sign_in.register(app)
    Babel(app, locale_selector=frame.language)
    # Who may come in is settled before anything else looks at a form.
    app.before_request(access.enforce)
    csrf.init_app(app)
    errors.register(app)
    frame.register(app)
    headers.register(app, https=https)
    app.url_defaults(_with_age)
    access.access(access.PUBLIC)(app.view_functions["static"])
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    api.register(app, csrf)
    # A mail program posts there by itself; the address holds the code, and nothing else is done.
    csrf.exempt(news.pages)
    app.extensions["timebank.paths"] = frozenset(route.rule for route in app.url_map.iter_rules())
    access.guard(app)
    return app


def _with_age(endpoint: str, values: dict[str, Any]) -> None:
    """Name a static file with its age, so that browsers may keep it and still see the next one."""
    if endpoint == "static" and "v" not in values:
        path = os.path.join(current_app.static_folder or "", values.get("filename", ""))
        if os.path.isfile(path):
            values["v"] = f"{int(os.stat(path).st_mtime):x}"
