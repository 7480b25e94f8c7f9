"""What follows a session: thanks, feedback, thank-you cards, and a word with people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.wrappers import Response

from timebank import feedback, follow_up, people, sessions, thanks, wellbeing
from timebank.unit import Unit
from timebank.words import N_
from web import query_labels, work_labels
from web.access import access
from web.carrying_out import ALL_REFUSALS, carried_out
from web.errors import TOP
from web.forms import Form, read_form, shown
from web.schemas.follow_up import (
    AskWellbeingSchema,
    CardSentSchema,
    MarkAskedSchema,
    PlanFollowUpSchema,
    QueueCardSchema,
)
from web.units import reading, run

pages = Blueprint("follow_up", __name__)

Step = tuple[type[Schema], Callable[[Unit, Any], Any], str]
STEPS: dict[str, Step] = {
    "plan": (PlanFollowUpSchema, follow_up.plan_follow_up, N_("Kept: this is what follows.")),
    "card": (QueueCardSchema, thanks.queue_card, N_("The card is on the list of those to write.")),
}


@pages.get("/sessions/<session_id>/follow-up")
@access("follow_up.plan")
def of_session(session_id: str) -> str:
    """What is to follow, what people said, and who may be thanked or asked after."""
    with reading() as unit:
        wanted = follow_up.of_session(unit, sessions.session(unit, session_id).id)
    form = shown(**{name: getattr(wanted, name) for name in wanted.__dataclass_fields__})
    return _page(session_id, form)[0]


@pages.post("/sessions/<session_id>/follow-up")
@access("follow_up.plan")
def plan(session_id: str) -> Response | tuple[str, int]:
    """Keep what is to follow; or a card, or a reminder, for one person."""
    step = STEPS.get(request.form.get("do", ""))
    if step is None:
        return _page(session_id, Form(errors={TOP: [_("Choose what to do.")]}, status=422))
    schema, function, done = step
    fixed = {"session_id": session_id} if schema is PlanFollowUpSchema else {}
    form = read_form(schema, request.form, **fixed)
    if carried_out(form, function, refusals=ALL_REFUSALS) is not None:
        flash(_(done), "success")
        return redirect(url_for(".of_session", session_id=session_id), 303)
    return _page(session_id, form)


def _page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        wanted = follow_up.of_session(unit, session_id)
        if form.stale is not None:
            form.values["revision"] = wanted.revision
        page = render_template(
            "follow_up/session.html",
            session=session,
            wanted=wanted,
            staff=[("", _("Nobody")), *_staff(unit)],
            there=_there(unit, session_id),
            given=feedback.of_session(unit, session_id),
            least=feedback.LEAST_SHOWN,
            form=form,
            form_errors=form.errors,
            labels=query_labels,
            work=work_labels,
        )
    return page, form.status


def _staff(unit: Unit) -> list[tuple[str, str]]:
    """Everybody with a role, by name."""
    names = {person.id: person.name for person, _role in people.roles_held(unit)}
    return sorted(names.items(), key=lambda each: each[1].lower())


def _there(unit: Unit, session_id: str) -> list[tuple[str, str]]:
    """Everybody recorded at the session, to choose one."""
    there = sessions.attendances(unit, session_id)
    named = [(each.attendance_id, each.attendance.member.person.name) for each in there]
    return [("", _("Choose one")), *named]


@pages.get("/sessions/<session_id>/look-in")
@access("follow_up.plan")
def look_in(session_id: str) -> str:
    """Choose whom somebody should ask after, and who asks."""
    return _look_in_page(session_id, Form())[0]


@pages.post("/sessions/<session_id>/look-in")
@access("follow_up.plan")
def ask_look_in(session_id: str) -> Response | tuple[str, int]:
    """Remind them; nobody else sees it."""
    form = read_form(AskWellbeingSchema, request.form)
    if carried_out(form, wellbeing.ask_wellbeing) is not None:
        flash(_("They are reminded, and nobody else sees it."), "success")
        return redirect(url_for(".of_session", session_id=session_id), 303)
    return _look_in_page(session_id, form)


def _look_in_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "follow_up/look_in.html",
            session=sessions.session(unit, session_id),
            there=_there(unit, session_id),
            staff=[("", _("Choose one")), *_staff(unit)],
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


@pages.get("/follow-ups")
@access("follow_up.do")
def mine() -> str:
    """My own reminders to ask how people are."""
    with reading() as unit:
        found = wellbeing.mine(unit)
        return render_template(
            "follow_up/mine.html", reminders=found, sessions=wellbeing.sessions_of(unit, found)
        )


@pages.post("/follow-ups/<follow_up_id>/done")
@access("follow_up.do")
def done(follow_up_id: str) -> Response:
    """I have asked."""
    form = read_form(MarkAskedSchema, request.form, follow_up_id=follow_up_id)
    run(wellbeing.mark_asked, form.command, form.key)
    flash(_("Thank you. It is off your list."), "success")
    return redirect(url_for(".mine"), 303)


@pages.get("/thank-you-cards")
@access("follow_up.plan")
def cards() -> str:
    """Cards to write, each with what to thank for and where it goes."""
    with reading() as unit:
        return render_template("follow_up/cards.html", cards=thanks.waiting(unit))


@pages.post("/thank-you-cards/<thank_you_id>")
@access("follow_up.plan")
def card(thank_you_id: str) -> Response:
    """A card was sent, or is not wanted after all."""
    boxes = request.form.copy()
    boxes["sent"] = "yes" if boxes.pop("do", "") == "sent" else ""
    form = read_form(CardSentSchema, boxes, thank_you_id=thank_you_id)
    run(thanks.card_sent, form.command, form.key)
    flash(_("The card is off the list."), "success")
    return redirect(url_for(".cards"), 303)


@pages.get("/thanks/<thank_you_id>")
@access("account.view_own")
def thank_you(thank_you_id: str) -> str:
    """Words of thanks, for whom they were written."""
    with reading() as unit:
        found, session = thanks.of_mine(unit, thank_you_id)
        return render_template("follow_up/thanks.html", thanks=found, session=session)
