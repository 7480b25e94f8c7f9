"""The JSON API at ``/api/v1``: the commands and readings of the pages, for programs.

Bearer tokens only: a request carries ``Authorization: Bearer TOKEN`` and acts with the roles of
the token's person, under the same access rules as the pages. ``/api/openapi.json`` describes every
operation (OpenAPI 3.1), and ``/api/`` lists them for people.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_wtf import CSRFProtect

from timebank.statement_formats import FORMATS
from web.access import PUBLIC, access
from web.api import (
    agreements,
    audit,
    blueprint,
    choices,
    coming,
    community,
    corrections,
    crediting,
    exchanges,
    follow_up,
    gifts,
    groups,
    languages,
    membership,
    messages,
    openings,
    organisations,
    over_time,
    people,
    postings,
    projects,
    proposals,
    queries,
    redemptions,
    rewards,
    schedules,
    sent_time,
    sessions,
    shapes,
    statements,
    trusted,
)

PREFIX = "/api/v1"
NOUNS = (
    people,
    choices,
    membership,
    organisations,
    groups,
    projects,
    sessions,
    coming,
    crediting,
    sent_time,
    agreements,
    corrections,
    proposals,
    follow_up,
    postings,
    over_time,
    queries,
    openings,
    rewards,
    redemptions,
    gifts,
    exchanges,
    statements,
    schedules,
    messages,
    audit,
    community,
    languages,
    trusted,
)
DESCRIPTION = """\
The commands and readings of the pages, for programs. Send `Authorization: Bearer TOKEN`; a token
acts with the roles of its person. Amounts of time are whole minutes. Every refusal has the same
shape: `code` for programs, `message` for people, `errors` by field. Requests that move hours need
the header `Idempotency-Key`.
"""

about = Blueprint("api", __name__, url_prefix="/api")


class Converter(OpenAPIConverter):
    """Leaves out of a body's description what stands in the address."""

    def fields2jsonschema(self, fields: Any, *, partial: Any = None) -> Any:
        in_body = {
            name: field for name, field in fields.items() if not field.metadata.get("from_path")
        }
        return super().fields2jsonschema(in_body, partial=partial)


class Plugin(MarshmallowPlugin):
    """apispec's marshmallow plugin with our converter."""

    Converter = Converter


class Api(flask_smorest.Api):
    """flask-smorest, with refusals in our shape: ``web.errors`` answers for the whole site.

    The description is written when it is first asked for: it would take a third of the start.
    """

    ERROR_SCHEMA = shapes.ErrorShape

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._one_at_a_time = Lock()
        self._document: dict[str, Any] | None = None

    def register_blueprint(self, blp: Any, **options: Any) -> None:
        """Add a noun's operations to the application, and leave their description for later."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)

    def document(self) -> dict[str, Any]:
        """The description of every operation."""
        with self._one_at_a_time:
            if self._document is None:
                for noun in NOUNS:
                    name, told = noun.blp.name, noun.blp.description
                    noun.blp.register_views_in_doc(
                        self, self._app, self.spec, name=name, parameters=None
                    )
                    self.spec.tag({"name": name, "description": told})
                self._document = self.spec.to_dict()
        return self._document

    def _register_error_handlers(self) -> None:
        """None of its own."""


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Add the API to the application. Bearer requests carry no cookie, so no CSRF token either."""
    app.config.update(
        API_TITLE="Time bank", API_VERSION="1", OPENAPI_VERSION="3.1.0", JSON_SORT_KEYS=False
    )
    app.url_map.converters |= {"id": blueprint.IdConverter, "form": statements.FormConverter}
    bearer = {"type": "http", "scheme": "bearer"}
    api = Api(
        app,
        spec_kwargs={
            "marshmallow_plugin": Plugin(),
            "info": {"description": DESCRIPTION},
            "components": {"securitySchemes": {"token": bearer}},
            "security": [{"token": []}],
        },
    )
    api.register_converter(
        blueprint.IdConverter,
        lambda _: {"type": "string", "pattern": f"^{blueprint.IdConverter.regex}$"},
    )
    api.register_converter(
        statements.FormConverter, lambda _: {"type": "string", "enum": list(FORMATS)}
    )
    for noun in NOUNS:
        api.register_blueprint(noun.blp, url_prefix=PREFIX)
        csrf.exempt(noun.blp)
    app.extensions["timebank.api"] = api
    app.register_blueprint(about)


@about.route("/openapi.json")
@access(PUBLIC)
def openapi() -> Response:
    """The OpenAPI document."""
    return jsonify(_document())


@about.route("/")
@access(PUBLIC)
def index() -> str:
    """Every operation, for people."""
    return render_template("api/index.html", groups=_groups(_document()))


def _document() -> dict[str, Any]:
    found: dict[str, Any] = current_app.extensions["timebank.api"].document()
    return found


def _groups(document: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The document's operations by noun, in its order."""
    groups: dict[str, list[dict[str, Any]]] = {tag["description"]: [] for tag in document["tags"]}
    titles = {tag["name"]: tag["description"] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        shared = operations.get("parameters", [])
        for method, operation in operations.items():
            if method == "parameters":
                continue
            parameters = [*shared, *operation.get("parameters", [])]
            groups[titles[operation["tags"][0]]].append(
                {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "query": [each for each in parameters if each["in"] == "query"],
                    "keyed": any(
                        each["in"] == "header" and each["required"] for each in parameters
                    ),
                    "body": _body_fields(document, operation),
                }
            )
    return list(groups.items())


def _body_fields(document: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, bool]]:
    """The names in an operation's body, and whether each is needed."""
    body = operation.get("requestBody")
    if body is None:
        return []
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schema = document["components"]["schemas"][name]
    required = schema.get("required", [])
    return [(field, field in required) for field in schema["properties"]]
