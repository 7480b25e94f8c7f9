"""The sheet that members read before they join a session: written, looked at, published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, opportunities, sessions, wording
from timebank.information import Information, beside_session
from timebank.models import Opportunity, Session
from timebank.unit import Unit
from web import session_labels
from web.access import access
from web.carrying_out import carried_out
from web.errors import REFUSALS, TOP
from web.filters import words
from web.forms import Form, form_key, read_form, shown
from web.overtaken import overtaken
from web.schemas.coming import PublishSheetSchema, SaveSheetSchema, UnpublishSheetSchema
from web.units import reading, run

pages = Blueprint("sheets", __name__)
WORDS = tuple(session_labels.SHEET)


@pages.get("/sessions/<session_id>/sheet")
@access("session.plan")
def edit(session_id: str) -> tuple[str, int]:
    """The sheet as it stands."""
    with reading() as unit:
        sessions.session(unit, session_id)
        form = shown(**_details(unit.db.get(Opportunity, session_id)))
    return _page(session_id, form)


@pages.post("/sessions/<session_id>/sheet")
@access("session.plan")
def save(session_id: str) -> Response | tuple[str, int]:
    """Save it, as a draft or as members see it."""
    form = read_form(SaveSheetSchema, request.form, session_id=session_id)
    if carried_out(form, opportunities.save_sheet) is not None:
        flash(_("The sheet is saved."), "success")
        return redirect(url_for(".look", session_id=session_id), 303)
    return _page(session_id, form)


@pages.get("/sessions/<session_id>/publish")
@access("session.plan")
def look(session_id: str) -> tuple[str, int]:
    """The sheet as members see it, what is still blank, and the button that publishes it."""
    return _look_page(session_id, Form())


@pages.post("/sessions/<session_id>/publish")
@access("session.plan")
def publish(session_id: str) -> Response | tuple[str, int]:
    """Publish it, or take it back."""
    back = request.form.get("do") == "unpublish"
    schema = UnpublishSheetSchema if back else PublishSheetSchema
    form = read_form(schema, _without_do(), session_id=session_id)
    if form.command is not None:
        try:
            command = opportunities.unpublish_sheet if back else opportunities.publish_sheet
            run(command, form.command, form.key)
        except REFUSALS as error:
            form.refuse(error)
            form.errors = {TOP: _by_blank(form.errors)}
        else:
            flash(_("Members do not see it any more.") if back else
                  _("Members can see it now, and join."), "success")  # fmt: skip
            return redirect(url_for("sessions.session", session_id=session_id), 303)
    return _look_page(session_id, form)


def _without_do() -> Any:
    fields = request.form.copy()
    fields.pop("do", None)
    return fields


def _by_blank(found: dict[str, list[str]]) -> list[str]:
    """What is wrong, with the name of the blank it is about where there is one."""
    said = []
    for name, texts in found.items():
        title = session_labels.BLANKS.get(name)
        said += [f"{_(title)}: {text}" if title else text for text in texts]
    return said


def _details(sheet: Opportunity | None) -> dict[str, Any]:
    if sheet is None:
        return {**dict.fromkeys(WORDS, ""), "revision": 0}
    return {name: getattr(sheet, name) for name in (*WORDS, "revision")}


def _page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.session(unit, session_id)
        sheet = unit.db.get(Opportunity, session_id)
        titles = {name: _(title) for name, title in session_labels.SHEET.items()}
        page = render_template(
            "sheets/edit.html",
            session=found,
            sheet=sheet,
            overtaken=overtaken(unit, form, _details(sheet), titles),
            form=form,
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status


def joining_information(unit: Unit) -> Information:
    """The neutral information beside a session."""
    return beside_session(unit, community.policy(unit), words())


def gaps(found: Session) -> list[str]:
    """The kinds of experience that are still missing in a session's project."""
    return [seat.title for seat in found.project.seats if not seat.filled] if found.project else []


def _look_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        sessions.session(unit, session_id)  # only those in scope are published
        found = opportunities.opportunity(unit, session_id)
        sheet = found.sheet
        text = " ".join(getattr(sheet, name) for name in WORDS) if sheet else ""
        page = render_template(
            "sheets/publish.html",
            session=found,
            sheet=sheet,
            blanks=opportunities.blanks(found, sheet) if sheet else [],
            gaps=gaps(found),
            odd=wording.odd_words(text),
            information=joining_information(unit),
            offered=session_labels.offered(found),
            key=form_key(),
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status
