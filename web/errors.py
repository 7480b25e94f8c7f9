"""What a refusal looks like: one table from the error family to HTTP, the same words everywhere.

Pages get a page, the API gets ``{"code", "message", "errors"}``. A failure that nobody foresaw is
logged under a short reference, which is all that the reader is shown. Addresses are never logged:
a single-use link's code is part of one.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from timebank.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    Rejected,
    RuleBroken,
    TimebankError,
    Unavailable,
)
from timebank.ids import new_reference
from web.filters import words

STATUSES: dict[type[TimebankError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    RuleBroken: 422,
    Rejected: 422,
    Conflict: 409,
    Unavailable: 503,
}
TOO_MANY = frozenset(
    {
        "sign_in_throttled",
        "link_throttled",
        "gift_throttled",
        "trust_throttled",
        "check_throttled",
        "check_in_throttled",
    }
)
# The statuses that have a page of their own in templates/errors.
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
# Where errors that belong to no field stand; a name with an underscore is not linked to.
TOP = "_form"
# What a form answers on its own page instead of an error page.
REFUSALS = (RuleBroken, Conflict, Rejected, Unavailable)


def is_api() -> bool:
    """Whether this request is one to the JSON API."""
    return request.path.startswith("/api/")


def status_of(error: TimebankError) -> int:
    """The HTTP status of an error."""
    if error.code in TOO_MANY:
        return 429
    return next(status for kind, status in STATUSES.items() if isinstance(error, kind))


def say(error: TimebankError) -> str:
    """The words for an error, in the reader's language."""
    return words().error(error.code, **error.params)


def errors_from(error: TimebankError) -> dict[str, list[str]]:
    """Field names and the words of what is wrong there; ``TOP`` for what belongs to no field."""
    problems = error.problems if isinstance(error, Rejected) else [error]
    errors: dict[str, list[str]] = {}
    for problem in problems:
        said = errors.setdefault(problem.field or TOP, [])
        if (text := say(problem)) not in said:
            said.append(text)
    return errors


def register(app: Flask) -> None:
    """Answer every error of the family, every HTTP error, and everything else."""
    app.register_error_handler(TimebankError, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _refused(error: TimebankError) -> Response:
    if isinstance(error, Unavailable):
        # A page that could not be made anew after it must not hide that the outcome is not known.
        error = g.get("outcome_unknown", error)
        current_app.logger.warning("%s: %s", error.code, error.__cause__)
    status = status_of(error)
    if not is_api():
        return _page(status, problem=say(error))
    answer: dict[str, Any] = {"code": error.code, "message": say(error)}
    answer["errors"] = errors_from(error) if error.field or isinstance(error, Rejected) else {}
    response = _json(answer, status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _csrf(error: CSRFError) -> Response:
    return _page(
        400,
        problem=_(
            "The form came without the mark that shows it is from this site. Nothing was recorded."
            " Go back, load the page again and send it once more. Cookies have to be allowed."
        ),
    )


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    status = error.code or 500
    if is_api():
        answer = {"code": error.name.lower().replace(" ", "_"), "message": error.name, "errors": {}}
        response = _json(answer, status)
    else:
        response = _page(status)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _unforeseen(error: Exception) -> Response:
    if current_app.testing or current_app.debug:
        raise error
    reference = new_reference()
    where = request.url_rule.rule if request.url_rule else "?"
    current_app.logger.error("%s: %s %s failed", reference, request.method, where, exc_info=error)
    if is_api():
        return _json({"code": "failed", "message": reference, "errors": {}}, 500)
    return _page(500, reference=reference)


def _page(status: int, **context: Any) -> Response:
    page = status if status in PAGES else 409 if status == 422 else 400
    response = make_response(render_template(f"errors/{page}.html", **context), status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _json(answer: dict[str, Any], status: int) -> Response:
    response = jsonify(answer)
    response.status_code = status
    return response
