"""What matters to a member, what they like best, being named; and everything they chose."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import choice_words, my_choices, people, preferences
from timebank.models import Member
from timebank.unit import Unit
from web import labels
from web.access import access
from web.carrying_out import carried_out
from web.filters import words
from web.forms import Form, read_form
from web.overtaken import overtaken
from web.paging import paged
from web.schemas.preferences import ChangePreferencesSchema
from web.units import current_actor, reading

pages = Blueprint("preferences", __name__)

# Where each topic is changed, by a member and by whoever helps them.
_PLACES = {
    "hours": ("choices.choices", "members.choices"),
    "no_money": ("choices.choices", "members.choices"),
    "statement_by": ("choices.choices", "members.choices"),
    "frequency": ("schedules.own", "schedules.theirs"),
    "channel": ("contact.mine", "contact.theirs"),
    "form": ("contact.mine", "contact.theirs"),
    "language": ("contact.mine", "contact.theirs"),
    "copied": ("contact.mine", "contact.theirs"),
    "no_news": ("contact.mine", "contact.theirs"),
    "quiet": ("showing.mine", "showing.theirs"),
    "matters": ("preferences.mine", "preferences.theirs"),
    "liked": ("preferences.mine", "preferences.theirs"),
    "named": ("preferences.mine", "preferences.theirs"),
}


@pages.get("/choices/preferences")
@access("choices.change_own")
def mine() -> str:
    """What matters to me, what I like best, and being named."""
    return _page(current_actor().member_id or "", None, own=True)[0]


@pages.post("/choices/preferences")
@access("choices.change_own")
def change_mine() -> Response | tuple[str, int]:
    """Change it; nothing at all is an answer too."""
    return _change(current_actor().member_id or "", own=True)


@pages.get("/members/<member_id>/preferences")
@access("member.change")
def theirs(member_id: str) -> str:
    """The same for a member who is asked, or rings up."""
    return _page(member_id, None, own=False)[0]


@pages.post("/members/<member_id>/preferences")
@access("member.change")
def change_theirs(member_id: str) -> Response | tuple[str, int]:
    """Change it for them, as they said."""
    return _change(member_id, own=False)


@pages.get("/choices/history")
@access("choices.change_own")
def my_history() -> str:
    """Everything I chose, and when."""
    return _history(current_actor().member_id or "", own=True)


@pages.get("/members/<member_id>/choices/history")
@access("member.change")
def their_history(member_id: str) -> str:
    """Everything a member chose, and when."""
    return _history(member_id, own=False)


@pages.get("/told-us")
@access("member.view_all")
def told_us() -> str:
    """What members told us: what matters, without small numbers, and who may be named."""
    with reading() as unit:
        return render_template(
            "preferences/told_us.html",
            matters=[
                (_(choice_words.MATTERS[each.code]), each.members)
                for each in preferences.what_matters(unit)
            ],
            named=preferences.may_be_named(unit),
            fewest=preferences.FEWEST,
        )


def _change(member_id: str, *, own: bool) -> Response | tuple[str, int]:
    form = read_form(
        ChangePreferencesSchema,
        request.form,
        member_id=member_id,
        matters=request.form.getlist("matters"),
        liked=request.form.getlist("liked"),
    )
    form.values |= {name: request.form.getlist(name) for name in ("matters", "liked")}
    if carried_out(form, preferences.change_preferences) is not None:
        flash(_("Saved. You can change it whenever you like.") if own else _("Saved."), "success")
        where = url_for("choices.choices") if own else url_for(
            "members.member", member_id=member_id)  # fmt: skip
        return redirect(where, 303)
    return _page(member_id, form, own=own)


def _values(unit: Unit, member: Member) -> dict[str, Any]:
    now = preferences.of_member(unit, member.id)
    return {
        "matters": list(now.matters), "liked": list(now.liked), "named": now.named,
        "revision": member.revision,
    }  # fmt: skip


def _page(member_id: str, form: Form | None, *, own: bool) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        now = _values(unit, found)
        form = form or Form(values=dict(now))
        titles = {topic: _(choice_words.TITLES[topic]) for topic in ("matters", "liked", "named")}
        page = render_template(
            "preferences/preferences.html",
            member=found,
            name=found.person.name or _("Erased"),
            own=own,
            matters=labels.options(choice_words.MATTERS),
            liked=labels.options(choice_words.LIKED),
            named=labels.options(choice_words.NAMED),
            overtaken=overtaken(unit, form, now, titles, _say),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _say(topic: str, value: Any) -> str:
    said = value if isinstance(value, str) else ",".join(value)
    return choice_words.say(words(), topic, said)


def _history(member_id: str, *, own: bool) -> str:
    with reading() as unit:
        member = people.member(unit, member_id)
        standing = my_choices.standing(unit, member_id)
        page = paged(
            lambda limit, offset: my_choices.history(unit, member_id, limit=limit, offset=offset)
        )
        ids = [each.made_by for each in (*standing, *page.items) if each.made_by]
        return render_template(
            "preferences/history.html",
            member=member,
            name=member.person.name or _("Erased"),
            own=own,
            standing=standing,
            page=page,
            who=my_choices.who(unit, member, ids),
            titles=choice_words.TITLES,
            say=lambda topic, said: choice_words.say(words(), topic, said),
            place=lambda topic: _place(topic, member_id, own=own),
        )


def _place(topic: str, member_id: str, *, own: bool) -> str:
    mine, theirs = _PLACES[topic]
    return url_for(mine) if own else url_for(theirs, member_id=member_id)
