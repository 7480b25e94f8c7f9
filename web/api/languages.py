"""Languages: one's own, and who read and passed each."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import languages
from timebank.languages import LanguageChanged, LanguageChosen
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, run
from web.schemas.languages import (
    ChooseLanguageSchema,
    PassInformationSchema,
    PassLanguageSchema,
    SwitchLanguageOffSchema,
)

blp = Blueprint("languages", __name__, description="Languages, and who passed them")


class LanguageShape(Schema):
    """A language by its tag (``cy``), and how much of it there is.

    The rest is null for everybody who may not change the community: who passed it and when; send
    ``revision`` back with a change.
    """

    language = shapes.text()
    name = shapes.text()
    percent = shapes.whole()
    on = shapes.yes_no()
    passed_by_id = shapes.text_or_none()
    passed_on = shapes.day_or_none()
    information_by_id = shapes.text_or_none()
    information_on = shapes.day_or_none()
    revision = shapes.whole_or_none()


class LanguagesShape(Schema):
    """Every language there are words for."""

    items = fields.List(fields.Nested(LanguageShape), required=True)


@blp.route("/languages")
@access(SIGNED_IN)
@blp.response(200, LanguagesShape)
def list_languages() -> dict[str, Any]:
    """List the languages, English first."""
    with units.reading() as unit:
        offered, passed = languages.on(unit), languages.passed(unit)
        entitled = unit.actor.may("community.change")
        return {
            "items": [
                {
                    "language": code,
                    "name": languages.own_name(code),
                    "percent": languages.completeness(code).percent,
                    "on": code in offered,
                    **_recorded(passed.get(code) if entitled else None, entitled),
                }
                for code in languages.found()
            ]
        }


def _recorded(row: Any, entitled: bool) -> dict[str, Any]:
    names = ("passed_by_id", "passed_on", "information_by_id", "information_on")
    said = {name: getattr(row, name, None) for name in names}
    return said | {"revision": (row.revision if row else 0) if entitled else None}


@blp.route("/me/language", methods=["PUT"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(ChooseLanguageSchema)
@blp.response(200, shapes.of_result(LanguageChosen))
def choose_language(command: languages.ChooseLanguage) -> LanguageChosen:
    """Choose the language that you read and are written to in."""
    return run(languages.choose_language, command, keyed=False)


@blp.route("/languages/<language>/pass", methods=["POST"])
@access("community.change")
@blp.may_be_keyed
@blp.arguments(PassLanguageSchema)
@blp.response(200, shapes.of_result(LanguageChanged))
def pass_language(command: languages.PassLanguage, language: str) -> LanguageChanged:
    """Record who read and passed a language: it is on from now on."""
    return run(languages.pass_language, command, keyed=False)


@blp.route("/languages/<language>/pass-information", methods=["POST"])
@access("community.change")
@blp.may_be_keyed
@blp.arguments(PassInformationSchema)
@blp.response(200, shapes.of_result(LanguageChanged))
def pass_information(command: languages.PassInformation, language: str) -> LanguageChanged:
    """Record who read and passed the information about benefits in a language."""
    return run(languages.pass_information, command, keyed=False)


@blp.route("/languages/<language>/switch-off", methods=["POST"])
@access("community.change")
@blp.may_be_keyed
@blp.arguments(SwitchLanguageOffSchema)
@blp.response(200, shapes.of_result(LanguageChanged))
def switch_language_off(command: languages.SwitchLanguageOff, language: str) -> LanguageChanged:
    """Offer a language to nobody any more."""
    return run(languages.switch_language_off, command, keyed=False)
