"""The schemas: one for each command, with the command's own fields, and each field's own rule."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest
from marshmallow import ValidationError

import web.schemas
from web.schemas import CommandSchema, fields

# Fields of commands that only an import fills.
NO_FIELD = {("PlanSession", "import_key"), ("IssueStatements", "most")}


def every_schema() -> list[type[CommandSchema]]:
    for module in pkgutil.iter_modules(web.schemas.__path__):
        importlib.import_module(f"web.schemas.{module.name}")
    found, waiting = [], [CommandSchema]
    while waiting:
        below = waiting.pop().__subclasses__()
        found += below
        waiting += below
    return [schema for schema in found if schema.__module__.startswith("web.schemas")]


WITH_COMMAND = [schema for schema in every_schema() if schema.command is not None]


@pytest.mark.parametrize("schema", WITH_COMMAND, ids=lambda schema: schema.__name__)
def test_a_schema_has_its_commands_fields_and_no_other(schema: type[CommandSchema]) -> None:
    assert schema.command is not None
    name = schema.command.__name__
    # By its command's name, or a narrower form of the one that is.
    assert f"{name}Schema" in [each.__name__ for each in schema.__mro__]
    wanted = {field.name for field in dataclasses.fields(schema.command)}
    left_out = {field for command, field in NO_FIELD if command == name}
    assert set(schema().fields) == wanted - left_out


@pytest.mark.parametrize("schema", WITH_COMMAND, ids=lambda schema: schema.__name__)
def test_every_field_speaks_for_itself(schema: type[CommandSchema]) -> None:
    for name, field in schema().fields.items():
        assert isinstance(field, fields.Spoken), name


def test_there_is_a_schema_for_every_command_that_people_give() -> None:
    assert len(WITH_COMMAND) >= 25


def _load(field: Any, value: Any) -> Any:
    schema = CommandSchema.from_dict({"it": field})
    return schema().load({"it": value})["it"]


def _refusal(field: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        _load(field, value)
    return str(refused.value.messages["it"][0])


@pytest.mark.parametrize("value", [0, 90, 90.0, 10**6])
def test_minutes_are_whole_numbers(value: Any) -> None:
    loaded = _load(fields.Minutes(), value)
    assert (loaded, type(loaded)) == (value, int)


@pytest.mark.parametrize("value", [1.5, "90", "", True, False, [], {}, float("nan"), float("inf")])
def test_nothing_else_is_minutes(value: Any) -> None:
    assert _refusal(fields.Minutes(), value) == "Enter the time in whole minutes."


def test_minutes_have_bounds() -> None:
    assert _refusal(fields.Minutes(), -1) == "Enter 0 or more."
    assert _refusal(fields.Minutes(), 10**30) == "Enter 1,000,000 or less."
    assert "left out" in _refusal(fields.Minutes(), None)


def test_lines_are_stripped_and_short() -> None:
    assert _load(fields.Line(), "  Zoe\u0308 ") == "Zoe\u0308"
    assert _refusal(fields.Line(), "   ") == "Enter this. It cannot be left empty."
    assert _refusal(fields.Line(most=3), "four") == ("Enter at most 3 characters. This has 4.")
    assert _load(fields.Line(load_default=None), " ") is None
    assert _refusal(fields.Line(), 5) == "Enter text."


@pytest.mark.parametrize("letter", ["\0", "\n", "\x7f", "\u2028", "\u202e", "\ud800"])
def test_lines_have_no_control_characters(letter: str) -> None:
    assert "cannot be shown" in _refusal(fields.Line(), f"a{letter}b")


def test_paragraphs_have_lines_and_a_line_break_counts_once() -> None:
    assert _load(fields.Paragraph(most=3), "a\r\nb") == "a\nb"
    assert "cannot be shown" in _refusal(fields.Paragraph(), "a\0b")


@pytest.mark.parametrize("value", ["a@example.org", "O'Brien+x@mail.example.co.uk"])
def test_addresses_that_are(value: str) -> None:
    assert _load(fields.Email(), value) == value.lower()


@pytest.mark.parametrize("value", ["a", "a@", "@b.org", "a@b", "a b@c.org", "a@b@c.org"])
def test_addresses_that_are_none(value: str) -> None:
    assert _refusal(fields.Email(), value) == "Enter an e-mail address like name@example.org."


@pytest.mark.parametrize(
    "value", ["2026-02-30", "20260806", "2026-8-6", "1899-12-31", "", 20260806]
)
def test_days_that_are_none(value: Any) -> None:
    assert _refusal(fields.Day(), value) == "Enter a real date, with day, month and year."


def test_days_that_are() -> None:
    assert _load(fields.Day(), "2024-02-29").isoformat() == "2024-02-29"


@pytest.mark.parametrize("value", ["true", 1, 0, None, "yes"])
def test_only_true_and_false_are(value: Any) -> None:
    assert _refusal(fields.YesNo(), value)
    assert _load(fields.YesNo(), False) is False


@pytest.mark.parametrize("value", ["24:00", "9:30", "0930", "10:60", "١٠:٣٠"])
def test_times_of_day_that_are_none(value: str) -> None:
    assert _refusal(fields.TimeOfDay(), value) == "Enter the time like 10:30 or 18:00."


@pytest.mark.parametrize("value", ["a" * 31, "A" * 32, " " + "a" * 32, "g" * 32])
def test_ids_are_exactly_ids(value: str) -> None:
    assert _refusal(fields.Id(), value) == "Choose one from the list."
    assert _load(fields.Id(), "0f" * 16) == "0f" * 16


@pytest.mark.parametrize("name", sorted(web.schemas.UNEQUAL))
def test_nothing_weighs_an_hour(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WITH_COMMAND[0]().load({name: 2})
    assert "Every hour counts the same" in refused.value.messages[name][0]


def test_a_list_where_an_object_belongs() -> None:
    with pytest.raises(ValidationError) as refused:
        WITH_COMMAND[0]().load([])
    assert refused.value.messages == {"_schema": ["This must be an object with named fields."]}
