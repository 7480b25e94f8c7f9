"""A member's own choices: what happens to hours, statements, and rewards with a money value."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import people, schedules
from web import labels
from web.access import access
from web.carrying_out import carried_out
from web.filters import words
from web.forms import Form, read_form, shown
from web.overtaken import overtaken
from web.pages.members import choice_titles, say_choice, standing_choices
from web.schemas.people import ChangeChoicesSchema
from web.units import current_actor, reading

pages = Blueprint("choices", __name__)


@pages.get("/choices")
@access("choices.change_own")
def choices() -> str:
    """The choices as they stand."""
    with reading() as unit:
        form = shown(**standing_choices(people.member(unit, current_actor().member_id or "")))
    return _page(form)[0]


@pages.post("/choices")
@access("choices.change_own")
def change() -> Response | tuple[str, int]:
    """Change them; what was credited before stays as it is."""
    form = read_form(ChangeChoicesSchema, request.form, member_id=current_actor().member_id)
    if carried_out(form, people.change_choices) is not None:
        flash(_("Your choices are saved."), "success")
        return redirect(url_for("choices.choices"), 303)
    return _page(form)


def _page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, current_actor().member_id or "")
        page = render_template(
            "choices/choices.html",
            member=member,
            person=member.person,
            schedule=schedules.say(words(), schedules.standing(unit, member.id).schedule),
            overtaken=overtaken(unit, form, standing_choices(member), choice_titles(), say_choice),
            form=form,
            form_errors=form.errors,
            labels=labels,
        )
    return page, form.status
