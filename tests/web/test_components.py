"""The frame and the components: right markup, everything escaped, nothing inline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, flash, render_template, render_template_string
from flask_babel import Babel
from jinja2 import StrictUndefined

from web import filters, theme

WEB = Path(theme.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\ssrc=)|javascript:")
IMPORTS = '{% import "components/ui.html" as ui %}{% import "components/fields.html" as field %}'


@pytest.fixture
def app() -> Iterator[Flask]:
    """A bare application with the templates, strict about names that do not exist."""
    app = Flask("web", root_path=str(WEB))
    app.secret_key = "for tests only"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app)
    filters.install(app)
    with app.test_request_context():
        yield app


def render(source: str, **values: Any) -> str:
    return render_template_string(IMPORTS + source, **values)


def page(source: str = "", **values: Any) -> str:
    return render_template_string('{% extends "layout.html" %}' + source, **values)


class Ids(HTMLParser):
    """Collects ids, and the ids that other attributes refer to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.wanted: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"for", "aria-describedby", "aria-labelledby", "aria-controls"}:
                self.wanted.update((value or "").split())
            elif name == "href" and value and value.startswith("#"):
                self.wanted.add(value[1:])


EVERY_FIELD = """
{{ field.text_input("title", "Title", value, e, "Hint", autocomplete="off", prefix="£") }}
{{ field.textarea("notes", "Notes", value, e, "Hint") }}
{{ field.password_input("password", "Password", e, "Hint") }}
{{ field.select("reward", "Reward", [("a", "A"), (value, value)], value, e, "Hint") }}
{{ field.radios("kind", "Kind", [("a", "A", "Hint a"), ("b", value)], "b", e, "Hint") }}
{{ field.checkboxes("who", "Who", [(1, "A"), (2, value)], [2], e, "Hint") }}
{{ field.checkbox("agree", "Agree", true, e, "Hint") }}
{{ field.date_input("on", "When", {"day": value, "month": "2"}, e, "Hint") }}
{{ field.duration_input("time", "Time", {"hours": value}, e, "Hint") }}
"""
NAMES = ("title", "notes", "password", "reward", "kind", "who", "agree", "on", "time")


def test_every_field_is_named_described_and_reached_from_the_summary(app: Flask) -> None:
    errors = {name: [f"Problem with {name}"] for name in NAMES}
    html = page(
        "{% block main %}" + IMPORTS + EVERY_FIELD + "{% endblock %}",
        value="x",
        e=["Problem"],
        form_errors=errors,
    )
    found = Ids(html)
    assert len(found.ids) == len(set(found.ids))
    assert found.wanted <= set(found.ids)
    for name in NAMES:
        assert f'href="#{name}"' in html
        assert re.search(rf'id="{name}"', html)
        assert re.search(rf'aria-describedby="{name}-hint {name}-error"', html)


def test_what_was_typed_is_kept_and_escaped(app: Flask) -> None:
    evil = '"><script>alert(1)</script>'
    html = render(EVERY_FIELD, value=evil, e=[evil])
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 9


def test_fields_without_error_say_nothing_of_errors(app: Flask) -> None:
    html = render(EVERY_FIELD, value="", e=None)
    assert "error" not in html


def test_typed_text_in_a_textarea_keeps_its_first_line_break(app: Flask) -> None:
    assert ">\n\nfirst</textarea>" in render('{{ field.textarea("n", "N", "\\nfirst") }}')


def test_date_and_duration_boxes(app: Flask) -> None:
    html = render('{{ field.date_input("on", "When", day) }}', day=date(2026, 8, 6))
    assert re.findall(r'name="(\w+)" [^>]*value="(\w+)"', html) == [
        ("on_day", "6"),
        ("on_month", "8"),
        ("on_year", "2026"),
    ]
    html = render('{{ field.duration_input("time", "Time", 90) }}')
    assert re.findall(r'name="(\w+)" [^>]*value="(\w+)"', html) == [
        ("time_hours", "1"),
        ("time_minutes", "30"),
    ]
    assert "value=" not in render('{{ field.duration_input("time", "Time") }}')


def test_a_form_carries_the_token_and_the_key(app: Flask) -> None:
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    html = render('{% call field.form("/x", key="k1") %}{{ field.button("Go") }}{% endcall %}')
    assert 'name="csrf_token" value="token"' in html
    assert 'name="key" value="k1"' in html
    assert 'data-prevent-double-click="true"' in html


def test_words_of_hours(app: Flask) -> None:
    assert render("{{ ui.hours(390) }}") == "6 hours 30 minutes"
    assert render("{{ ui.hours(-90) }}") == "1 hour 30 minutes below zero"
    assert render("{{ day|day }} {{ day|month }} {{ 7550|money }}", day=date(2026, 8, 6)) == (
        "6 August 2026 August 2026 £75.50"
    )


def test_summary_list_names_each_change_link(app: Flask) -> None:
    rows = [{"key": "Travel", "value": "", "href": "/t"}, {"key": "Reference", "value": 0}]
    html = render("{{ ui.summary_list(rows) }}", rows=rows)
    assert 'Change<span class="govuk-visually-hidden"> Travel</span>' in html
    assert "Not provided" in html
    assert '<dd class="govuk-summary-list__value">0</dd>' in html
    assert "govuk-summary-list__row--no-actions" in html


def test_table_has_caption_and_scopes(app: Flask) -> None:
    html = render('{{ ui.table("Hours", ["What", "Hours"], [["<b>", 2]], numeric=[1]) }}')
    assert "Hours</caption>" in html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 1
    assert "&lt;b&gt;" in html
    assert "govuk-table__cell--numeric" in html
    assert "Nobody." in render('{{ ui.table("Hours", ["What"], [], empty="Nobody.") }}')


def test_other_components_render(app: Flask) -> None:
    html = render("""
    {{ ui.page_heading("Title", "Step 1") }}{{ ui.tag("New", "blue") }}{{ ui.inset("<i>") }}
    {% call ui.warning() %}Careful{% endcall %}{{ ui.confirmation("Done", "K7PX4", "Text") }}
    {% call ui.card("Card") %}inside{% endcall %}{{ ui.pagination("/a", none) }}
    {{ ui.task_list([{"text": "Add", "href": "/a", "status": "Completed"},
                     {"text": "Wait", "status": "Cannot start yet"}]) }}
    {{ ui.error_summary({"name": ["Enter a name"], "_form": ["Nothing was recorded"]}) }}
    """)
    assert "&lt;i&gt;" in html
    assert '<span class="tb-reference">K7PX4</span>' in html
    assert 'rel="prev"' in html
    assert 'rel="next"' not in html
    assert '<a href="#name">Enter a name</a>' in html
    assert "<li>Nothing was recorded</li>" in html
    assert Ids(html).wanted - {"name"} <= set(Ids(html).ids)


def test_the_frame_needs_no_variables(app: Flask) -> None:
    html = page()
    assert "<title>Page - Time bank</title>" in html
    assert 'lang="en"' in html
    assert "Sign out" not in html
    assert Ids(html).wanted <= set(Ids(html).ids)


def test_the_frame_names_the_community_the_person_and_the_place(app: Flask) -> None:
    flash("14 people were credited.", "success")
    html = page(
        "{% block title %}Sessions{% endblock %}",
        community={"name": "Riverside & Co"},
        navigation=[("Home", "/", False), ("Sessions", "/sessions", True)],
        person_name="Megan <Llŷr>",
        html_lang="cy",
        form_errors={"name": ["Enter a name"]},
        help_text="Ring Sam.",
    )
    assert "<title>Error: Sessions - Riverside &amp; Co</title>" in html
    assert 'lang="cy"' in html
    assert 'href="/sessions" aria-current="true"' in html
    assert "Megan &lt;Llŷr&gt;" in html
    assert re.search(r'<form method="post" action="/sign-out">', html)
    assert 'role="alert" aria-labelledby="banner-1"' in html


@pytest.mark.parametrize("code", [400, 403, 404, 405, 409, 413, 429, 500, 503])
def test_error_pages_stand_alone(app: Flask, code: int) -> None:
    html = render_template(f"errors/{code}.html", problem="More <about> it", reference="K7PX4")
    assert html.count("<h1") == 1
    title = re.search(r"<title>(.+) - Time bank</title>", html)
    assert title
    assert f">{title.group(1)}</h1>" in html
    assert "More &lt;about&gt; it" in html
    assert "K7PX4" in html


@pytest.mark.parametrize(
    "sample", ['<p style="x">', "<style>", '<a onclick="x">', "<script>x</script>"]
)
def test_the_rule_against_inline_code_can_fail(sample: str) -> None:
    assert INLINE.search(sample)


def test_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        if path.name == "copy.html":
            continue  # a file to take away, which no page of ours shows
        text = path.read_text("utf-8")
        assert not INLINE.search(text), path
        assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//", text), path
    for path in [WEB / "static" / "timebank.css", *(WEB / "static" / "vendor").rglob("*.css")]:
        text = path.read_text("utf-8")
        assert not re.search(r"url\([\"']?(?:https?:)?//|@import", text), path
        assert not re.search(r"GDS Transport|crown|crest", text, re.IGNORECASE), path


def test_vendored_files_that_the_frame_names_exist_with_their_licences() -> None:
    layout = (WEB / "templates" / "layout.html").read_text("utf-8")
    named = re.findall(r"filename='([^']+)'", layout)
    assert len(named) == 5
    fonts = (WEB / "static" / "vendor" / "fonts" / "fonts.css").read_text("utf-8")
    named += [f"vendor/fonts/{name}" for name in re.findall(r'url\("([^"]+)"\)', fonts)]
    named += ["vendor/govuk/govuk-frontend.min.js"]
    named += ["vendor/govuk/LICENSE.txt", "vendor/fonts/LICENSE.txt"]
    for name in named:
        assert (WEB / "static" / name).stat().st_size > 0, name


def test_colours_before_the_theme_arrives_are_the_default_ones() -> None:
    css = (WEB / "static" / "timebank.css").read_text("utf-8")
    assert theme.theme_css(None) in css
