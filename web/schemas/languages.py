"""Languages: one's own, and who read and passed each."""

from __future__ import annotations

from timebank import languages
from web.schemas import CommandSchema
from web.schemas.fields import N_, Day, Id, Line, Whole

_WHO = {
    "required": N_("Choose who read the words."),
    "invalid": N_("Choose who read the words."),
    "empty": N_("Choose who read the words."),
}
_WHEN = {"required": N_("Enter the day on which they had read them.")}


class ChooseLanguageSchema(CommandSchema):
    """The language to read and to be written to in; null is the group's."""

    command = languages.ChooseLanguage

    language = Line(load_default=None, most=20)


class PassLanguageSchema(CommandSchema):
    """Somebody read the words of a language and passes them; ``revision`` is the language's."""

    command = languages.PassLanguage

    language = Line(most=20, from_path=True)
    revision = Whole()
    passed_by_id = Id(error_messages=_WHO)
    passed_on = Day(error_messages=_WHEN)


class PassInformationSchema(PassLanguageSchema):
    """Somebody read the information about benefits in a language, and passes it."""

    command = languages.PassInformation


class SwitchLanguageOffSchema(CommandSchema):
    """Members are not offered a language any more."""

    command = languages.SwitchLanguageOff

    language = Line(most=20, from_path=True)
    revision = Whole()
