"""What every operation of the API shares: its blueprint, how input is read, keys and pages.

An operation is a view with an access rule, a schema of ``web.schemas`` for what comes in and a
shape (``web.api.shapes``) for what goes out; flask-smorest writes the OpenAPI document from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar
from uuid import uuid4

import flask_smorest
from flask import jsonify, request
from flask_babel import gettext as _
from marshmallow import RAISE, Schema, ValidationError, post_load
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from timebank.errors import Rejected, RuleBroken, TimebankError, Unavailable
from timebank.unit import Unit
from web import errors, units
from web.api.shapes import ErrorShape
from web.schemas import CommandSchema
from web.schemas.fields import N_, Matching, Whole

KEY_HEADER = "Idempotency-Key"
# Printed letters without spaces: a header's spaces do not survive every proxy.
_KEY_FORM = r"^[!-~]{8,100}$"
_KEY_TEXT = (
    "Names this request, so that sending it again does not do it again: the same key with the same"
    " content gets the same answer, with other content 409. Use a new random key for each new"
    " request."
)

View = TypeVar("View", bound=Callable[..., Any])
Command = TypeVar("Command")
Result = TypeVar("Result")


class InputWrong(Exception):
    """What was sent does not have the documented form; ``messages`` are marshmallow's."""

    def __init__(self, messages: Any) -> None:
        super().__init__(messages)
        self.messages = messages


class KeyMissing(Exception):
    """A request that moves hours came without its key."""


class IdConverter(BaseConverter):
    """An opaque id in an address; any other text is an address that does not exist."""

    regex = "[0-9a-f]{32}"


class Parser(FlaskParser):
    """Reads JSON bodies strictly, and puts in the ids that stand in the address."""

    # A misspelt parameter would be taken for its default without a word.
    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def load_json(self, req: Any, schema: Schema) -> Any:
        """The body and the ids of the address. Raises 400, 415, ``InputWrong``."""
        in_path = {name for name, field in schema.fields.items() if field.metadata["from_path"]}
        if not req.is_json and req.get_data():
            raise UnsupportedMediaType
        in_body = [field for name, field in schema.fields.items() if name not in in_path]
        if not req.get_data() and in_body and not any(field.required for field in in_body):
            return None  # the document asks for a body; leaving all of it out is a slip
        body = self._body(req)
        if not isinstance(body, dict):
            return body
        if given := in_path & set(body):
            unknown = str(schema.error_messages["unknown"])
            raise InputWrong({name: [unknown] for name in sorted(given)})
        view_args = req.view_args or {}
        return body | {name: view_args[name] for name in in_path if name in view_args}

    def _body(self, req: Any) -> Any:
        try:
            return req.get_json() if req.get_data() else {}
        except (ValueError, RecursionError) as error:  # numbers or nesting beyond all measure
            raise BadRequest from error

    def handle_error(self, error: ValidationError, *_args: Any, **_more: Any) -> NoReturn:
        """Answer wrong input in our words, field by field."""
        # webargs puts the messages under where they were: {"json": {...}}.
        (messages,) = error.normalized_messages().values()
        raise InputWrong(messages) from error


class Blueprint(flask_smorest.Blueprint):
    """A noun's operations, with the refusals that all of them share.

    A blueprint's name is its tag in the document; ``api-`` keeps it apart from the pages' own.
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, noun: str, import_name: str, *, description: str) -> None:
        super().__init__(f"api-{noun}", import_name, description=description)
        self.register_error_handler(TimebankError, refused)
        self.register_error_handler(InputWrong, input_wrong)
        self.register_error_handler(KeyMissing, key_missing)

    def keyed(self, view: View, *, required: bool = True) -> View:
        """Document the key header; ``run`` reads it."""
        schema = {"type": "string", "minLength": 8, "maxLength": 100, "pattern": _KEY_FORM}
        header = {
            "in": "header",
            "name": KEY_HEADER,
            "required": required,
            "description": _KEY_TEXT,
            "schema": schema,
        }
        documented = self.doc(parameters=[header])(view)
        marked = self.alt_response(
            400, schema=ErrorShape, description="Not JSON, or a needed key is missing"
        )(documented)
        marked.key_required = required
        return marked  # type: ignore[no-any-return]

    def may_be_keyed(self, view: View) -> View:
        """Document the key header where it may be left out."""
        return self.keyed(view, required=False)


def run(
    function: Callable[[Unit, Command], Result], command: Command, *, keyed: bool = True
) -> Result:
    """Carry a command out once under the request's key.

    Where hours move (``keyed``) a request without a key is refused. Raises ``KeyMissing``,
    ``RuleBroken('key_wrong')``.
    """
    key = request.headers.get(KEY_HEADER)
    if key is None:
        if keyed:
            raise KeyMissing
        key = uuid4().hex
    if not re.fullmatch(_KEY_FORM, key):
        raise RuleBroken("key_wrong", field=KEY_HEADER)
    return units.run(function, command, key)


# --- pages of long lists ----------------------------------------------------------------------


class InAddress(Whole):
    """A whole number in an address, where everything is text."""

    def _validated(self, value: Any) -> int:
        if not re.fullmatch("[0-9]{1,9}", value, re.ASCII):
            raise self.make_error("invalid")
        return super()._validated(int(value))


class PageQuery(CommandSchema):
    """How much of a list, and from where: ``after`` is the ``next`` of the page before."""

    limit = InAddress(load_default=50, least=1, most=100)
    after = Matching(
        "[0-9]{1,9}", wrong=N_("Use the next of the page before."), load_default="", most=9
    )

    @post_load
    def make_command(self, data: dict[str, Any], **_: Any) -> Any:
        """The values with ``after`` as the ``offset`` that the domain takes."""
        return {**data, "offset": int(data.pop("after") or 0)}


def page(items: Sequence[Any], paging: dict[str, Any]) -> dict[str, Any]:
    """A page from ``limit + 1`` items: the items, and the next page's ``after`` or None."""
    limit = paging["limit"]
    more = str(paging["offset"] + limit) if len(items) > limit else None
    return {"items": list(items[:limit]), "next": more}


# --- refusals ---------------------------------------------------------------------------------


def refused(error: TimebankError) -> Response:
    """A refusal of the domain; where it belongs to a line of a list, ``lines.3.figures``."""
    problems = error.problems if isinstance(error, Rejected) else [error]
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(_place(problem), []).append(errors.say(problem))
    found.pop("", None)
    response = answer(errors.status_of(error), error.code, errors.say(error), found)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = "5"
    return response


def _place(problem: TimebankError) -> str:
    line = problem.params.get("line")
    parts = [] if line is None else ["lines", str(line)]
    return ".".join([*parts, problem.field] if problem.field else parts)


def input_wrong(error: InputWrong) -> Response:
    """Input that has not the documented form: 422, with every field that is wrong."""
    words = _("Some of what was sent cannot be used. Nothing was recorded.")
    return answer(422, "input_wrong", words, _flat(error.messages))


def key_missing(_error: KeyMissing) -> Response:
    """Hours move only under a key: 400."""
    words = _(
        "Requests that move hours need the header %(header)s, so that sending one twice does not"
        " record it twice. Nothing was recorded.",
        header=KEY_HEADER,
    )
    return answer(400, "key_missing", words, {KEY_HEADER: [words]})


def answer(status: int, code: str, message: str, found: dict[str, list[str]]) -> Response:
    """The one shape of every refusal."""
    response = jsonify(code=code, message=message, errors=found)
    response.status_code = status
    return response


def _flat(messages: Any, place: str = "") -> dict[str, list[str]]:
    if not isinstance(messages, dict):
        said = messages if isinstance(messages, list) else [messages]
        return {place or "body": [str(words) for words in said]}
    found: dict[str, list[str]] = {}
    for name, below in messages.items():
        deeper = place if name == "_schema" else f"{place}.{name}" if place else str(name)
        found.update(_flat(below, deeper))
    return found
