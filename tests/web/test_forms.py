"""From boxes to commands: what is understood, what is asked about, what is kept."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from web.forms import flat, read_day, read_form, read_minutes, read_pence, read_whole, typed
from web.schemas import CommandSchema
from web.schemas.fields import Day, Line, Minutes, OneOf, Pence, Whole, YesNo


class Everything(CommandSchema):
    """One field of each kind."""

    title = Line()
    note = Line(load_default=None)
    time = Minutes()
    value = Pence(load_default=None)
    on = Day(load_default=None)
    places = Whole(load_default=None)
    kind = OneOf(("a", "b"))
    offered = YesNo(load_default=False)


GOOD = {
    "title": " Pottery ", "note": "", "time_hours": "1", "time_minutes": "30", "value": "£20.50",
    "on_day": "6", "on_month": "8", "on_year": "2026", "places": "", "kind": "a", "offered": "yes",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _request():  # type: ignore[no-untyped-def]
    from flask_babel import Babel

    app = Flask("forms")
    Babel(app)
    with app.test_request_context(method="POST"):
        yield


def _read(**more: str):  # type: ignore[no-untyped-def]
    return read_form(Everything, MultiDict({**GOOD, **more}))


def test_boxes_become_values() -> None:
    form = _read()
    assert form.errors == {}
    assert form.status == 200
    assert form.command["title"] == "Pottery"
    assert form.command["time"] == 90
    assert form.command["value"] == 2050
    assert form.command["on"].isoformat() == "2026-08-06"
    assert form.command["offered"] is True
    assert form.command["places"] is None


def test_an_unticked_box_is_no() -> None:
    boxes = MultiDict(GOOD)
    boxes.poplist("offered")
    assert read_form(Everything, boxes).command["offered"] is False


@pytest.mark.parametrize(
    ("boxes", "field"),
    [
        ({"time_minutes": "half"}, "time"),
        ({"time_hours": "-1"}, "time"),
        ({"time_hours": "1.5"}, "time"),
        ({"time_hours": "", "time_minutes": ""}, "time"),
        ({"time_hours": "9999999999"}, "time"),
        ({"on_day": "31", "on_month": "2"}, "on"),
        ({"on_year": ""}, "on"),
        ({"value": "20.5"}, "value"),
        ({"value": "twenty"}, "value"),
        ({"places": "many"}, "places"),
        ({"kind": "c"}, "kind"),
        ({"title": "   "}, "title"),
    ],
)
def test_what_cannot_be_read_is_asked_about_at_its_box(boxes: dict[str, str], field: str) -> None:
    form = _read(**boxes)
    assert list(form.errors) == [field]
    assert form.command is None
    assert form.status == 422
    for name, text in boxes.items():
        assert form.values[name] == text


def test_every_problem_is_told_at_once() -> None:
    form = _read(time_hours="x", title="", kind="")
    assert set(form.errors) == {"time", "title", "kind"}


def test_what_was_typed_comes_back_in_the_shape_of_the_boxes() -> None:
    values = _read(on_day="31").values
    assert values["on"] == {"day": "31", "month": "8", "year": "2026"}
    assert values["time"] == {"hours": "1", "minutes": "30"}
    assert "csrf_token" not in typed(MultiDict({"csrf_token": "x", "key": "y"}))


def test_only_the_page_decides_what_is_fixed() -> None:
    form = read_form(Everything, MultiDict({**GOOD, "title": "Theirs"}), title="Ours")
    assert form.command["title"] == "Ours"


def test_numbers_as_people_write_them() -> None:
    assert read_minutes("2", "") == 120
    assert read_minutes("", "45") == 45
    assert read_minutes("", "") is None
    assert read_whole("1,000") == 1000
    assert read_pence("1,234.50") == 123450
    assert read_day("", "", "") is None
    for wrong in ("٣", "1e3", "0x1", "", "+1"):
        with pytest.raises(ValueError):
            read_whole(wrong)


def test_nested_messages_become_names_of_boxes() -> None:
    nested = {"lines": {0: {"figures": {"travel_minutes": ["Too much."]}}}, "_schema": ["Odd."]}
    assert flat(nested) == {"lines-0-figures-travel_minutes": ["Too much."], "_form": ["Odd."]}
