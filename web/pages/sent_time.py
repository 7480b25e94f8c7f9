"""Time that members send in themselves, and what coordinators answer: confirm, ask, or decline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.wrappers import Response

from timebank import directory, late_time, sent_lines, sent_time, sessions, time_decisions
from timebank.community import policy
from timebank.figures import COMPONENTS, figures_of
from timebank.models import SentTime, Session
from timebank.unit import Unit
from web import work_labels
from web.access import SIGNED_IN, access
from web.carrying_out import carried_out
from web.figures_form import read_with_figures
from web.forms import Form, read_form, shown
from web.schemas.sent_time import (
    AskAboutTimeSchema,
    ChangeSentTimeSchema,
    ConfirmTimeSchema,
    DeclineTimeSchema,
    SendTimeSchema,
    WithdrawTimeSchema,
)
from web.units import reading

pages = Blueprint("sent_time", __name__)
Answer = Response | tuple[str, int]
MOST_SESSIONS = 100


@pages.get("/time")
@access("time.send_own")
def mine() -> str:
    """What one sent in, and the sessions for which more may be sent."""
    with reading() as unit:
        return render_template(
            "sent_time/mine.html",
            sent=sent_lines.of_member(unit, unit.actor.member_id or ""),
            open_sessions=_open_sessions(unit),
            work=work_labels,
        )


@pages.get("/time/send/<session_id>")
@access("time.send_own")
def new(session_id: str) -> tuple[str, int]:
    """How much time, and what for."""
    return _send_page(session_id, shown())


@pages.post("/time/send/<session_id>")
@access("time.send_own")
def send(session_id: str) -> Answer:
    """Send it in."""
    form = read_with_figures(SendTimeSchema, request.form, session_id=session_id)
    sent = carried_out(form, sent_time.send_time)
    if sent is not None:
        flash(_("Thank you. Somebody looks at it, and you are told."), "success")
        return redirect(url_for(".one", sent_time_id=sent.sent_time_id), 303)
    return _send_page(session_id, form)


@pages.get("/time/<sent_time_id>")
@access(SIGNED_IN)
def one(sent_time_id: str) -> tuple[str, int]:
    """What was sent in, for whoever sent it or may answer."""
    return _one_page(sent_time_id, shown())


@pages.post("/time/<sent_time_id>/change")
@access("time.send_own")
def change(sent_time_id: str) -> Answer:
    """Other figures, or an answer to a question."""
    form = read_with_figures(ChangeSentTimeSchema, request.form, sent_time_id=sent_time_id)
    return _do(sent_time_id, form, sent_time.change_sent_time, _("It is changed."))


@pages.post("/time/<sent_time_id>/withdraw")
@access("time.send_own")
def withdraw(sent_time_id: str) -> Answer:
    """Take it back."""
    form = _read(WithdrawTimeSchema, sent_time_id)
    return _do(sent_time_id, form, sent_time.withdraw_time, _("It is withdrawn."))


@pages.post("/time/<sent_time_id>/confirm")
@access("time.confirm")
def confirm(sent_time_id: str) -> Answer:
    """Confirm it: it is credited."""
    form = _read(ConfirmTimeSchema, sent_time_id)
    return _do(sent_time_id, form, time_decisions.confirm_time, _("It is confirmed and credited."))


@pages.post("/time/<sent_time_id>/ask")
@access("time.confirm")
def ask(sent_time_id: str) -> Answer:
    """Ask about it."""
    form = _read(AskAboutTimeSchema, sent_time_id)
    return _do(sent_time_id, form, time_decisions.ask_about_time, _("Your question is sent."))


@pages.post("/time/<sent_time_id>/decline")
@access("time.confirm")
def decline(sent_time_id: str) -> Answer:
    """Do not count it."""
    form = _read(DeclineTimeSchema, sent_time_id)
    return _do(sent_time_id, form, time_decisions.decline_time, _("It is not counted."))


def _read(schema: type[Schema], sent_time_id: str) -> Form:
    return read_form(schema, request.form, sent_time_id=sent_time_id)


def _do(sent_time_id: str, form: Form, function: Callable[..., Any], done: str) -> Answer:
    """Carry one answer out, or show what was typed with what is wrong."""
    if carried_out(form, function) is not None:
        flash(done, "success")
        return redirect(url_for(".one", sent_time_id=sent_time_id), 303)
    return _one_page(sent_time_id, form)


def _open_sessions(unit: Unit) -> list[Session]:
    """The credited sessions, newest first, for which time may still be sent in."""
    since = unit.today - timedelta(days=policy(unit).late_days)
    waiting = {each.session_id for each in sent_lines.of_member(unit, unit.actor.member_id or "")
               if each.status in sent_lines.OPEN}  # fmt: skip
    return [
        each
        for each in sessions.sessions(unit, limit=MOST_SESSIONS)
        if since <= each.ends_on <= unit.today
        and each.status in ("planned", "credited")
        and each.activity_type.credited
        and each.id not in waiting
    ]


def _parts(session: Session) -> list[str]:
    return [part for part in COMPONENTS if part != "travel_minutes" or not session.online]


def _send_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        session = sessions.session(unit, session_id)
        page = render_template(
            "sent_time/send.html",
            session=session,
            last_on=late_time.last_day(unit, session),
            form=form,
            form_errors=form.errors,
            parts=_parts(session),
            work=work_labels,
        )
    return page, form.status


def _one_page(sent_time_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = sent_lines.sent(unit, sent_time_id)
        there = sent_time.attendance_of(unit, found.session_id, found.member_id)
        names = directory.names(unit, [found.decided_by])
        page = render_template(
            "sent_time/one.html",
            sent=found,
            figures=figures_of(found),
            session=found.session,
            person=found.member.person,
            own=found.member_id == unit.actor.member_id,
            open=found.status in sent_lines.OPEN,
            may_answer=_may_answer(unit, found),
            recorded=there.entries[-1] if there is not None else None,
            decided_by=names.get(found.decided_by or ""),
            form=form,
            form_errors=form.errors,
            parts=_parts(found.session),
            work=work_labels,
        )
    return page, form.status


def _may_answer(unit: Unit, found: SentTime) -> bool:
    own = found.member_id == unit.actor.member_id
    return unit.actor.may("time.confirm") and not own and found.status in sent_lines.OPEN
