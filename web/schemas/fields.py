"""The kinds of field that commands have, each with its rule, its words and its documentation.

Every message is a whole sentence in the reader's language. ``metadata`` is what the OpenAPI
document says about the field, so that a program can check before it sends.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError, fields

from timebank import texts
from timebank.errors import RuleBroken

MOST_PENCE = 10**8

# The same rules as ``timebank.texts``, for the OpenAPI document.
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_PARAGRAPH_CONTROLS = _CONTROLS.replace(r"\u0000-\u001f", r"\u0000-\u0008\u000b\u000c\u000e-\u001f")
_ODD_IN_EMAIL = rf"\s<>(),;:\x22\[\]\\@{_CONTROLS}"


def N_(text: str) -> str:  # noqa: N802 - the extractor's conventional name
    """Mark a message for extraction; it is translated when it is said."""
    return text


class Spoken(fields.Field):
    """Says its messages in the reader's language; required unless it has a ``load_default``."""

    default_error_messages = {
        "required": N_("Enter this. It cannot be left out."),
        "null": N_("Enter this. It cannot be left out."),
    }

    def __init__(self, *args: Any, from_path: bool = False, **kwargs: Any) -> None:
        if "load_default" not in kwargs:
            kwargs.setdefault("required", True)
        super().__init__(*args, **kwargs)
        self.metadata = {**self.documented(), **self.metadata, "from_path": from_path}

    def documented(self) -> dict[str, Any]:
        """What the OpenAPI document says about this kind of field."""
        return {}

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        return ValidationError(gettext(self.error_messages[key], **kwargs))


class Whole(Spoken, fields.Integer):
    """A whole number from ``least`` to ``most``. 90.0 is one; 1.5, "90" and true are not."""

    default_error_messages = {
        "invalid": N_("Enter a whole number, in digits."),
        "small": N_("Enter %(least)s or more."),
        "large": N_("Enter %(most)s or less."),
    }

    def __init__(self, *, least: int = 0, most: int = 10**6, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def documented(self) -> dict[str, Any]:
        return {"minimum": self.least, "maximum": self.most}

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid")
        if value < self.least:
            raise self.make_error("small", least=f"{self.least:,}")
        if value > self.most:
            raise self.make_error("large", most=f"{self.most:,}")
        return int(value)


class Minutes(Whole):
    """A length of time in whole minutes, 0 to 1,000,000."""

    default_error_messages = {"invalid": N_("Enter the time in whole minutes.")}

    def __init__(self, *, most: int = texts.MOST_MINUTES, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)


class Pence(Whole):
    """A sum of money in whole pence, 0 to 100,000,000."""

    default_error_messages = {"invalid": N_("Enter a sum of money, such as 20 or 20.50.")}

    def __init__(self, *, most: int = MOST_PENCE, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)


class Line(Spoken, fields.String):
    """One line of text, with the rules of ``timebank.texts``.

    Where it has a ``load_default`` it may be empty, and is then that default.
    """

    lines = False
    default_error_messages = {
        "invalid": N_("Enter text."),
        "empty": N_("Enter this. It cannot be left empty."),
        "long": N_("Enter at most %(most)s characters. This has %(count)s."),
        "control": N_("This has characters that cannot be shown. Type it again."),
    }

    def __init__(self, *, most: int = texts.MOST_NAME, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)
        self.error_messages["required"] = self.error_messages["empty"]
        self.error_messages["null"] = self.error_messages["empty"]

    def documented(self) -> dict[str, Any]:
        controls = _PARAGRAPH_CONTROLS if self.lines else _CONTROLS
        some = f"[^\\s{controls}][^{controls}]*" if self.required else ""
        pattern = f"^[^{controls}]*{some}$"
        return {"maxLength": self.most, "minLength": int(self.required), "pattern": pattern}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | None:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        # Browsers send two characters for a line break, the page counts one.
        count = len(value.replace("\r\n", "\n"))
        if count > self.most:
            raise self._too_long(count)
        try:
            text = texts.clean(value, "", most=self.most, required=self.required, lines=self.lines)
        except RuleBroken as error:
            if error.code == "text_too_long":  # composed letters can be longer than they came
                raise self._too_long(count) from error
            key = "empty" if error.code == "text_missing" else "control"
            raise self.make_error(key) from error
        return text or self.load_default

    def _too_long(self, count: int) -> ValidationError:
        return self.make_error("long", most=f"{self.most:,}", count=f"{count:,}")


class Paragraph(Line):
    """Text that may have several lines."""

    lines = True

    def __init__(self, *, most: int = texts.MOST_WORDS, **kwargs: Any) -> None:
        super().__init__(most=most, **kwargs)


class Email(Line):
    """An e-mail address, made small letters."""

    default_error_messages = {
        "wrong": N_("Enter an e-mail address like name@example.org."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=texts.MOST_EMAIL, **kwargs)

    def documented(self) -> dict[str, Any]:
        some, end = f"[^{_ODD_IN_EMAIL}]", f"[^.{_ODD_IN_EMAIL}]"
        pattern = rf"^{some}+@{end}{some}*\.{some}*{end}$"
        return {
            "maxLength": self.most,
            "pattern": pattern if self.required else rf"^\s*$|{pattern}",
        }

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return texts.email(text) or self.load_default
        except RuleBroken as error:
            raise self.make_error("wrong") from error


class Matching(Line):
    """A line of one fixed form, a pattern that matches the whole of it."""

    def __init__(self, form: str, *, wrong: str, **kwargs: Any) -> None:
        self.form = form
        super().__init__(**kwargs)
        self.error_messages["form"] = wrong

    def documented(self) -> dict[str, Any]:
        form = f"^{self.form}$"
        return {"maxLength": self.most, "pattern": form if self.required else rf"^\s*$|{form}"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | None:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not re.fullmatch(self.form, text, re.ASCII):
            raise self.make_error("form")
        return text


class Colour(Matching):
    """A colour as six hexadecimal digits after #."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = N_("Enter a colour as # and six digits or letters a to f, like #1d5c4b.")
        super().__init__(r"#[0-9A-Fa-f]{6}", wrong=wrong, most=7, **kwargs)


class TimeOfDay(Matching):
    """A local time of day as HH:MM on the 24-hour clock."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = N_("Enter the time like 10:30 or 18:00.")
        super().__init__(r"([01][0-9]|2[0-3]):[0-5][0-9]", wrong=wrong, most=5, **kwargs)


class Id(Matching):
    """An opaque id: 32 hexadecimal digits."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = N_("Choose one from the list.")
        super().__init__(r"[0-9a-f]{32}", wrong=wrong, most=32, **kwargs)

    def documented(self) -> dict[str, Any]:
        return {"maxLength": 32, "pattern": self.form_or_nothing}

    @property
    def form_or_nothing(self) -> str:
        """Nothing is what a form's empty choice sends."""
        return f"^{self.form}$" if self.required else f"^({self.form})?$"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str | None:
        if isinstance(value, str) and not re.fullmatch(self.form_or_nothing, value):
            raise self.make_error("form" if value else "empty")
        return super()._deserialize(value, attr, data, **kwargs)


class Secret(Spoken, fields.String):
    """A password or code, exactly as typed; its own rules are the door's."""

    default_error_messages = {
        "invalid": N_("Enter text."),
        "empty": N_("Enter this. It cannot be left empty."),
        "long": N_("Enter at most %(most)s characters."),
    }
    most = 1000

    def documented(self) -> dict[str, Any]:
        return {"maxLength": self.most, "minLength": 1, "format": "password"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not value:
            raise self.make_error("empty")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise self.make_error("invalid")  # half a character: nobody can type it
        if len(value) > self.most:
            raise self.make_error("long", most=f"{self.most:,}")
        return value


class OneOf(Spoken, fields.String):
    """One of a few codes; ``wrong`` may say better than "Choose one" what to choose."""

    default_error_messages = {"invalid": N_("Choose one of the answers.")}

    def __init__(self, codes: Collection[str], **kwargs: Any) -> None:
        self.codes = tuple(codes)
        super().__init__(**kwargs)
        for key in ("required", "null"):
            self.error_messages[key] = self.error_messages["invalid"]

    def documented(self) -> dict[str, Any]:
        return {"enum": [*self.codes, *([None] if self.allow_none else [])]}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        if not isinstance(value, str) or value not in self.codes:
            raise self.make_error("invalid")
        return value


class YesNo(Spoken, fields.Boolean):
    """True or false, and nothing that merely looks like it."""

    default_error_messages = {"invalid": N_("Choose yes or no.")}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Day(Spoken, fields.Date):
    """A calendar day from 1900 to 2199, in JSON as YYYY-MM-DD."""

    form = r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    default_error_messages = {
        "invalid": N_("Enter a real date, with day, month and year."),
    }

    def documented(self) -> dict[str, Any]:
        return {"pattern": f"^{self.form}$"}

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date | None:
        if isinstance(value, str) and re.fullmatch(self.form, value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass  # 30 February: said below
        raise self.make_error("invalid")
