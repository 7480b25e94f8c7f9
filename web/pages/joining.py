"""Asking to join, and for coordinators what comes of it; conversations and checks of anybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from timebank import directory, joining, people, safety_checks
from timebank.models import Person
from timebank.unit import Unit
from web import people_labels, work_labels
from web.access import PUBLIC, access
from web.carrying_out import ALL_REFUSALS, carried_out, went_on
from web.forms import Form, read_form, shown
from web.invitations import may_show
from web.overtaken import overtaken
from web.pages.organisations import options
from web.paging import paged
from web.schemas.joining import (
    AdmitSchema,
    ApplySchema,
    CloseApplicationSchema,
    LookAtChecksSchema,
    NoteConversationSchema,
    NoteStepSchema,
    RecordCheckSchema,
)
from web.units import reading

pages = Blueprint("joining", __name__)


# --- asking -------------------------------------------------------------------------------------


@pages.get("/join")
@access(PUBLIC)
def ask() -> tuple[str, int]:
    """How joining goes, and the form for it: for everybody."""
    return _ask_page(Form())


@pages.post("/join")
@access(PUBLIC)
def asked() -> Response | tuple[str, int]:
    """Take it; the page afterwards is the same for everybody."""
    form = read_form(ApplySchema, request.form, came_by="online", organisation_id=None)
    if carried_out(form, joining.apply, refusals=ALL_REFUSALS) is not None:
        return redirect(url_for(".thank_you"), 303)
    return _ask_page(form)


@pages.get("/join/thank-you")
@access(PUBLIC)
def thank_you() -> str:
    """It came; what happens next."""
    return render_template("joining/thank_you.html")


def _ask_page(form: Form) -> tuple[str, int]:
    page = render_template(
        "joining/ask.html", form=form, form_errors=form.errors, said=people_labels
    )
    return page, form.status


# --- answering ----------------------------------------------------------------------------------


@pages.get("/applications")
@access("member.add")
def applications() -> str:
    """Who asked to join and waits for an answer, the longest first."""
    with reading() as unit:
        page = paged(lambda limit, offset: joining.applications(unit, limit=limit, offset=offset))
        return render_template("joining/applications.html", page=page, said=people_labels)


@pages.get("/applications/add")
@access("member.add")
def new() -> tuple[str, int]:
    """The form for somebody who rings up or comes in."""
    return _add_page(shown(came_by="phone"))


@pages.post("/applications/add")
@access("member.add")
def add() -> Response | tuple[str, int]:
    """Put them on the list."""
    form = read_form(ApplySchema, request.form)
    done = _("Noted. It waits here until you have talked with them.")
    return went_on(form, joining.apply, done, url_for(".applications")) or _add_page(form)


def _add_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "joining/add.html",
            options=options(unit, none=_("No organisation")),
            form=form,
            form_errors=form.errors,
            said=people_labels,
        )
    return page, form.status


@pages.get("/applications/<application_id>")
@access("member.add")
def application(application_id: str) -> tuple[str, int]:
    """One application: what is known, what is still to do, and the way in."""
    return _application_page(application_id, shown(statement_by="link", choice="accept"))


@pages.post("/applications/<application_id>")
@access("member.add")
def answer(application_id: str) -> Response | tuple[str, int]:
    """Make them a member, or close it and erase what came with it."""
    if request.form.get("do") == "close":
        form = read_form(CloseApplicationSchema, _sent(), application_id=application_id)
        done = _("Closed. The name and the contacts are erased.")
        where = url_for(".applications")
        return went_on(form, joining.close_application, done, where) or _application_page(
            application_id, form
        )
    form = read_form(AdmitSchema, _sent(), application_id=application_id)
    made = carried_out(form, joining.admit, refusals=ALL_REFUSALS)
    if made is not None:
        flash(_("They are on file as member %(number)s.", number=made.number), "success")
        return _to_member(made)
    return _application_page(application_id, form)


def _to_member(made: people.MemberAdded) -> Response:
    """To the link to hand over where no mail goes out, else to the member."""
    with reading() as unit:
        by_hand = made.link_id and may_show(unit, people.member(unit, made.member_id).person)
    if by_hand:
        where = url_for("members.invitation", member_id=made.member_id, link_id=made.link_id)
    else:
        where = url_for("members.member", member_id=made.member_id)
    return redirect(where, 303)


def _application_page(application_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = joining.application(unit, application_id)
        page = render_template(
            "joining/application.html",
            application=found,
            person=found.person,
            same_email=_same_email(unit, found.same_email_id),
            conversations=joining.conversations(unit, found.person_id),
            steps=joining.steps(unit, found.person_id),
            answer_by=found.applied_at + joining.ANSWER_WITHIN,
            overtaken=overtaken(unit, form, {"revision": found.revision}, {}),
            form=form,
            form_errors=form.errors,
            said=people_labels,
            work=work_labels,
        )
    return page, form.status


def _same_email(unit: Unit, person_id: str | None) -> str:
    return directory.names(unit, [person_id]).get(person_id or "", "") if person_id else ""


def _sent() -> MultiDict[str, str]:
    """What was sent, without the name of the button."""
    sent = request.form.copy()
    sent.pop("do", None)
    return sent


# --- conversations ------------------------------------------------------------------------------


@pages.get("/people/<person_id>/conversation")
@access("member.change")
def conversation(person_id: str) -> tuple[str, int]:
    """What was agreed so far, and the form for another conversation or step."""
    with reading() as unit:
        form = shown(held_on=unit.today, done_on=unit.today, hours_for="not_said")
    return _conversation_page(person_id, form)


@pages.post("/people/<person_id>/conversation")
@access("member.change")
def note(person_id: str) -> Response | tuple[str, int]:
    """Note a conversation, or a step."""
    is_step = request.form.get("do") == "step"
    schema = NoteStepSchema if is_step else NoteConversationSchema
    function: Any = joining.note_step if is_step else joining.note_conversation
    form = read_form(schema, _sent(), person_id=person_id)
    where = url_for(".conversation", person_id=person_id)
    return went_on(form, function, _("Noted."), where) or _conversation_page(person_id, form)


def _conversation_page(person_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        person = joining.in_sight(unit, person_id)
        page = render_template(
            "joining/conversation.html",
            person=person,
            back=_way_back(unit, person),
            conversations=joining.conversations(unit, person_id),
            steps=joining.steps(unit, person_id),
            form=form,
            form_errors=form.errors,
            said=people_labels,
        )
    return page, form.status


def _way_back(unit: Unit, person: Person) -> str:
    found = people.member_of_person(unit, person.id)
    if found is not None:
        return url_for("members.member", member_id=found.id)
    asks = joining.application_of(unit, person.id)
    return url_for(".application", application_id=asks.id)


# --- checks -------------------------------------------------------------------------------------


@pages.get("/people/<person_id>/checks")
@access("check.view")
def checks(person_id: str) -> tuple[str, int]:
    """A button to look, which is noted; then what was seen, and who looked."""
    return _checks_page(person_id, Form())


@pages.post("/people/<person_id>/checks")
@access("check.view")
def record(person_id: str) -> Response | tuple[str, int]:
    """Look, or record a check that was seen."""
    looks = request.form.get("do") == "look"
    schema = LookAtChecksSchema if looks else RecordCheckSchema
    function: Any = safety_checks.look_at_checks if looks else safety_checks.record_check
    form = read_form(schema, _sent(), person_id=person_id)
    done = _("It is noted that you looked.") if looks else _("The check is noted.")
    where = url_for(".checks", person_id=person_id)
    return went_on(form, function, done, where) or _checks_page(person_id, form)


def _checks_page(person_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        person = joining.in_sight(unit, person_id)
        looking = safety_checks.may_see_now(unit, person_id)
        found = safety_checks.checks(unit, person_id) if looking else []
        views = safety_checks.views(unit, person_id) if looking else []
        ids = [each.seen_by for each in found] + [each.viewer for each in views]
        page = render_template(
            "joining/checks.html",
            person=person,
            back=_way_back(unit, person),
            looking=looking,
            own=person.id == unit.actor.person_id,
            checks=found,
            views=views,
            named=directory.names(unit, ids),
            form=form,
            form_errors=form.errors,
            said=people_labels,
        )
    return page, form.status
