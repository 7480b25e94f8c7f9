"""Who may open what: every view carries one rule, and the application refuses a view without.

A rule is an action of ``timebank.roles.MAY``, or ``PUBLIC`` (everybody), ``SIGNED_IN`` (everybody
who signed in), ``BY_LINK`` (whoever holds the single-use code in the address; the view checks it).
The rule opens the door; what may be seen behind it, the domain decides again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import (
    Flask,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from timebank.errors import NotAllowed
from timebank.roles import MAY
from web import kept
from web.errors import is_api
from web.forms import Form
from web.frame import community
from web.units import current_actor

PUBLIC = "public"
SIGNED_IN = "signed in"
BY_LINK = "by link"
_GENERAL = frozenset({PUBLIC, SIGNED_IN, BY_LINK})

# What is there before the set-up; everything else leads to the set-up page.
BEFORE_SET_UP = frozenset(
    {
        "static",
        "start.set_up",
        "start.begin",
        "start.health",
        "start.theme_css",
        "source.about",
        "source.archive",
    }
)

# What somebody may open while they act for a member who trusts them, where their role allows it
# too. Everything else is refused, so that a new page is closed until it stands here.
FOR_A_MEMBER = frozenset(
    {
        "account.home",
        "account.history",
        "api-members.own_history",
        "api-over-time.own_hours",
        "api-postings.read_own",
        "api-redemptions.cancel",
        "api-redemptions.list_redemptions",
        "api-redemptions.read_redemption",
        "api-redemptions.request_redemption",
        "api-rewards.join_waiting",
        "api-rewards.leave_waiting",
        "api-rewards.list_rewards",
        "api-rewards.read_reward",
        "api-statements.list_statements",
        "api-statements.read_format",
        "api-statements.read_statement",
        "doors.sign_out",
        "doors.stay",
        "over_time.mine",
        "postings.mine",
        "redemptions.cancel",
        "redemptions.check_cancel",
        "redemptions.mine",
        "redemptions.redemption",
        "rewards.catalogue",
        "rewards.check",
        "rewards.leave_waiting",
        "rewards.redeem",
        "rewards.reward",
        "rewards.wait",
        "schedules.request_own",
        "statement_formats.easy_read",
        "statement_formats.file",
        "statement_formats.large_print",
        "statements.mine",
        "statements.plain",
        "statements.statement",
        "trusted.stop",
    }
)

View = TypeVar("View", bound=Callable[..., Any])


class RuleMissing(Exception):
    """A route has no access rule, or one that does not exist: the application does not start."""


def access(rule: str) -> Callable[[View], View]:
    """Give a view, or one method of a view class, its rule. Raises ``RuleMissing``."""
    if rule not in _GENERAL and rule not in MAY:
        raise RuleMissing(rule)

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(view: Callable[..., Any], method: str) -> str | None:
    """The rule of a view for an HTTP method; a view class has one for each of its methods."""
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, "get" if method == "HEAD" else method.lower(), None)
        return getattr(handler, "access_rule", None)
    return getattr(view, "access_rule", None)


def every_rule(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    """``(method, path, rule)`` of every route, for the check at start and for tests."""
    for route in app.url_map.iter_rules():
        view = app.view_functions[route.endpoint]
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, route.rule, rule_of(view, method)


def guard(app: Flask) -> None:
    """Check every route, once all are registered. Raises ``RuleMissing`` naming the routes."""
    without = [f"{method} {path}" for method, path, rule in every_rule(app) if rule is None]
    if without:
        raise RuleMissing(", ".join(without))


def enforce() -> Response | None:
    """Before every request: let it through, lead to sign-in or set-up, or refuse."""
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        abort(404)  # no address of ours has one, and PostgreSQL refuses it in a query
    if request.endpoint not in BEFORE_SET_UP and not is_api() and community() is None:
        return redirect(url_for("start.set_up"), 303)
    rule = rule_of(current_app.view_functions[request.endpoint], request.method)
    if rule in (PUBLIC, BY_LINK):
        return None
    actor = current_actor()
    if actor.person_id is None:
        if is_api():
            abort(401)
        if (typed := kept.too_late()) is not None:
            page = render_template("doors/sign_in.html", form=Form(), kept=typed, goal="/")
            return make_response(page, 403)
        return redirect(url_for("doors.sign_in", next=_way_back()), 303)
    allowed = request.endpoint in FOR_A_MEMBER and bool(actor.roles)
    if actor.trust_id is not None and not allowed:
        raise NotAllowed("acting_for_somebody")
    if rule != SIGNED_IN:
        actor.require(rule or "")
    return None


def _way_back() -> str | None:
    """The page to come back to after signing in; only a page that was being read has one."""
    if request.method not in ("GET", "HEAD") or request.path == "/":
        return None
    return request.full_path.rstrip("?")


def local_path(text: str | None) -> str:
    """``text`` when it is a path on this site, else the home page: never another site's."""
    if not text or not text.startswith("/") or text[1:2] in ("/", "\\"):
        return "/"
    return text if text.isprintable() and "\\" not in text else "/"
