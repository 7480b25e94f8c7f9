"""What a member can do, in their own words: their list, kept by them or for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import people, skills
from web.access import SIGNED_IN, access
from web.carrying_out import carried_out
from web.forms import Form, read_form, shown
from web.overtaken import overtaken
from web.paging import paged
from web.schemas.preferences import AddSkillSchema, ChangeSkillSchema, DeleteSkillSchema
from web.units import current_actor, reading

pages = Blueprint("skills", __name__)


@pages.get("/choices/skills")
@access("choices.change_own")
def mine() -> str:
    """What I can do."""
    return _list(current_actor().member_id or "", Form(), own=True)[0]


@pages.post("/choices/skills")
@access("choices.change_own")
def add_mine() -> Response | tuple[str, int]:
    """Add something."""
    return _add(current_actor().member_id or "", own=True)


@pages.get("/members/<member_id>/skills")
@access("member.change")
def theirs(member_id: str) -> str:
    """What a member can do, for whoever writes it down for them."""
    return _list(member_id, Form(), own=False)[0]


@pages.post("/members/<member_id>/skills")
@access("member.change")
def add_theirs(member_id: str) -> Response | tuple[str, int]:
    """Add something for them, as they say it."""
    return _add(member_id, own=False)


@pages.get("/skills/<skill_id>")
@access(SIGNED_IN)
def skill(skill_id: str) -> str:
    """One of them, to change or delete."""
    return _page(skill_id, None)[0]


@pages.post("/skills/<skill_id>")
@access(SIGNED_IN)
def change(skill_id: str) -> Response | tuple[str, int]:
    """Say it differently."""
    form = read_form(ChangeSkillSchema, request.form, skill_id=skill_id)
    made = carried_out(form, skills.change_skill)
    return _page(skill_id, form) if made is None else _back(made.member_id, _("Saved."))


@pages.post("/skills/<skill_id>/delete")
@access(SIGNED_IN)
def delete(skill_id: str) -> Response | tuple[str, int]:
    """Delete it: nothing of it stays."""
    form = read_form(DeleteSkillSchema, request.form, skill_id=skill_id)
    made = carried_out(form, skills.delete_skill)
    return _page(skill_id, form) if made is None else _back(made.member_id, _("Deleted."))


def _add(member_id: str, *, own: bool) -> Response | tuple[str, int]:
    form = read_form(AddSkillSchema, request.form, member_id=member_id)
    if carried_out(form, skills.add_skill) is None:
        return _list(member_id, form, own=own)
    return _back(member_id, _("Added."))


def _back(member_id: str, done: str) -> Response:
    flash(done, "success")
    if member_id == current_actor().member_id:
        return redirect(url_for(".mine"), 303)
    return redirect(url_for(".theirs", member_id=member_id), 303)


def _list(member_id: str, form: Form, *, own: bool) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, member_id)
        page = render_template(
            "skills/skills.html",
            member=member,
            name=member.person.name or _("Erased"),
            own=own,
            page=paged(
                lambda limit, offset: skills.of_member(unit, member_id, limit=limit, offset=offset)
            ),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _page(skill_id: str, form: Form | None) -> tuple[str, int]:
    with reading() as unit:
        found = skills.skill(unit, skill_id)
        now = {name: getattr(found, name) for name in ("title_words", "words", "revision")}
        form = form or shown(**now)
        titles = {"title_words": _("What it is"), "words": _("More about it")}
        page = render_template(
            "skills/skill.html",
            skill=found,
            own=found.member_id == unit.actor.member_id,
            overtaken=overtaken(unit, form, now, titles) if _typed(form) else None,
            delete_key=Form().key,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _typed(form: Form) -> bool:
    """Whether the form is the one with the boxes: a skill that is to go has none to compare."""
    return "title_words" in form.values
