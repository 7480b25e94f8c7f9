"""How a member hears from us: for the member, and for whoever has them on the telephone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import communication, languages, people
from timebank.models import Communication, Member
from timebank.unit import Unit
from web import message_labels
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, read_form, shown
from web.labels import label
from web.overtaken import in_words, overtaken
from web.schemas.messages import ChangeCommunicationSchema, NoteReturnedSchema
from web.units import current_actor, reading, run

pages = Blueprint("contact", __name__)


@pages.get("/choices/contact")
@access("choices.change_own")
def mine() -> str:
    """How we reach the member who is signed in."""
    return _shown(current_actor().member_id or "", own=True)


@pages.post("/choices/contact")
@access("choices.change_own")
def change_mine() -> Response | tuple[str, int]:
    """Change it; what waits goes the new way."""
    return _change(current_actor().member_id or "", own=True)


@pages.get("/members/<member_id>/contact")
@access("member.change")
def theirs(member_id: str) -> str:
    """How we reach a member."""
    return _shown(member_id, own=False)


@pages.post("/members/<member_id>/contact")
@access("member.change")
def change_theirs(member_id: str) -> Response | tuple[str, int]:
    """Change it for them, as they asked."""
    return _change(member_id, own=False)


@pages.post("/members/<member_id>/contact/returned")
@access("member.change")
def returned(member_id: str) -> Response:
    """A mail or text to them came back: nothing more goes there until somebody has asked."""
    form = read_form(NoteReturnedSchema, request.form, member_id=member_id)
    run(communication.note_returned, form.command, form.key)
    flash(_("Noted. Nothing more goes there until this page is saved again."), "success")
    return redirect(url_for(".theirs", member_id=member_id), 303)


def _shown(member_id: str, *, own: bool) -> str:
    with reading() as unit:
        found = people.member(unit, member_id)
        form = shown(**_values(found, communication.of_person(unit, found.person_id)))
    return _page(member_id, form, own=own)[0]


def _change(member_id: str, *, own: bool) -> Response | tuple[str, int]:
    form = read_form(ChangeCommunicationSchema, request.form, member_id=member_id)
    if carried_out(form, communication.change_communication) is not None:
        flash(_("This is how we will be in touch."), "success")
        where = url_for("choices.choices") if own else url_for(
            "members.member", member_id=member_id)  # fmt: skip
        return redirect(where, 303)
    return _page(member_id, form, own=own)


_NAMES = ("channel", "form", "words", "copy_name", "copy_email", "no_news", "revision")


def _values(found: Member, row: Communication | None) -> dict[str, Any]:
    """What stands in the boxes; for who was never asked, what happens without an answer."""
    if row is None:
        return {
            "channel": "mail" if found.person.email else "none",
            "form": "standard", "words": None, "copy_name": None,
            "copy_email": None, "copy_agreed": False, "no_news": False, "revision": 0,
            "language": found.person.language,
        }  # fmt: skip
    return {name: getattr(row, name) for name in _NAMES} | {
        "copy_agreed": bool(row.copy_email),
        "language": found.person.language,
    }


def _titles() -> dict[str, str]:
    return {
        "channel": _("How to be in touch"),
        "form": _("What they can read"),
        "language": _("Language"),
        "words": _("How to ring"),
        "copy_name": _("Who gets a copy"),
        "copy_email": _("Their e-mail address"),
        "no_news": _("No thank-you messages"),
    }


def _say(name: str, value: Any) -> str:
    if name == "language":
        return languages.own_name(value) if value else _("The group’s")
    tables = {"channel": message_labels.CHANNELS, "form": message_labels.FORMS}
    return label(tables[name], value) if name in tables else in_words(name, value)


def _languages(unit: Unit, theirs: str | None) -> list[tuple[str, str]]:
    """What there is to choose from; theirs too where it was switched off meanwhile."""
    codes = languages.on(unit)
    codes += [theirs] if theirs and theirs not in codes else []
    return [(code, languages.own_name(code)) for code in codes]


def _page(member_id: str, form: Form, *, own: bool) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        row = communication.of_person(unit, found.person_id)
        page = render_template(
            "contact/contact.html",
            member=found,
            person=found.person,
            own=own,
            stopped_at=row.stopped_at if row else None,
            texts=bool(unit.settings.text_url),
            languages=_languages(unit, found.person.language),
            overtaken=overtaken(unit, form, _values(found, row), _titles(), _say),
            labels=message_labels,
            returned_key=Form().key,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
