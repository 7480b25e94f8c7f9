"""One schema per command, for the HTML form and the JSON API alike: same rules, same messages.

Load a schema with plain JSON shapes and get the command: ``CreditSessionSchema().load(data)`` is a
``CreditSession``. Fields are named as the command's. Fields marked ``from_path`` (an id that
stands in the address) are loaded like the others; forms and the API put them in from the address,
and the OpenAPI document leaves them out of the body.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from marshmallow import RAISE, Schema, ValidationError, post_load, pre_load

# Names under which somebody might try to weigh one person's hours against another's.
UNEQUAL = frozenset({"rate", "multiplier", "weight", "factor"})


class CommandSchema(Schema):
    """Base of all schemas: unknown fields are refused, and a loaded schema is the command.

    ``command`` is the frozen dataclass; where it is None, loading gives the plain values.
    """

    class Meta:
        unknown = RAISE

    command: ClassVar[type | None] = None
    error_messages: ClassVar[dict[str, Any]] = {
        "type": lazy_gettext("This must be an object with named fields."),
        "unknown": lazy_gettext("There is no field of this name here."),
    }

    @pre_load
    def refuse_unequal_hours(self, data: Any, **_: Any) -> Any:
        """Refuse any field that would weigh hours, with the reason."""
        unequal = sorted(UNEQUAL & set(data)) if isinstance(data, dict) else []
        if unequal:
            words = gettext("Every hour counts the same here, so hours have no rate or weight.")
            raise ValidationError({name: [words] for name in unequal})
        return data

    @post_load
    def make_command(self, data: dict[str, Any], *, partial: Any = None, **_: Any) -> Any:
        """The command, or the plain values where there is none or only a part was loaded."""
        return data if self.command is None or partial else self.command(**data)

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        """Turn sentences that were kept for the reader's language into plain text."""
        error.messages = _plain(error.messages)


def _plain(messages: Any) -> Any:
    if isinstance(messages, dict):
        return {name: _plain(value) for name, value in messages.items()}
    if isinstance(messages, list):
        return [_plain(value) for value in messages]
    return str(messages)
