"""Sessions: what is to come and what was, planning one, and the kinds of activity."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import activities, directory, figures, places, planner, sent_lines, series, sessions
from timebank.models import AttendanceEntry, Session
from timebank.unit import Unit
from web import session_form, session_labels, work_labels
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, read_form, shown, whole_argument
from web.overtaken import overtaken
from web.paging import paged
from web.schemas.sessions import (
    AddActivityTypeSchema,
    CancelSessionSchema,
    ChangeActivityTypeSchema,
    ChangeSessionSchema,
    PlanSessionSchema,
)
from web.units import reading

pages = Blueprint("sessions", __name__)
KIND_BOXES = ("name", "credited", "reason", *activities.QUESTIONS, "social")


@pages.get("/sessions")
@access("session.view_all")
def list_sessions() -> str:
    """Sessions, the newest first; all of them, or those to be credited, or those that were."""
    status = request.args.get("status")
    status = status if status in sessions.STATUSES else None
    with reading() as unit:
        page = paged(lambda limit, offset: sessions.sessions(
            unit, limit=limit, offset=offset, status=status))  # fmt: skip
        return render_template(
            "sessions/sessions.html", page=page, status=status, today=unit.today, work=work_labels
        )


@pages.get("/sessions/plan")
@access("session.plan")
def new() -> str:
    """The form for a session to come, or one that was."""
    with reading() as unit:
        form = shown(starts_on=unit.today, project_id=request.args.get("project"))
    return _plan_page(form)[0]


@pages.post("/sessions/plan")
@access("session.plan")
def plan() -> Response | tuple[str, int]:
    """Plan it."""
    form = read_form(PlanSessionSchema, request.form)
    planned = carried_out(form, sessions.plan_session)
    if planned is not None:
        flash(_("The session is planned."), "success")
        return redirect(url_for(".session", session_id=planned.session_id), 303)
    return _plan_page(form)


@pages.get("/sessions/<session_id>/change")
@access("session.plan")
def edit(session_id: str) -> tuple[str, int]:
    """A planned session as it stands, to be put right."""
    with reading() as unit:
        found = sessions.session(unit, session_id)
        form = shown(**session_form.shown_details(unit, found))
    return _change_page(session_id, form)


@pages.post("/sessions/<session_id>/change")
@access("session.plan")
def change(session_id: str) -> Response | tuple[str, int]:
    """Put it right, as long as nobody was credited."""
    form = read_form(ChangeSessionSchema, request.form, session_id=session_id)
    if carried_out(form, sessions.change_session) is not None:
        flash(_("The session is changed."), "success")
        return redirect(url_for(".session", session_id=session_id), 303)
    return _change_page(session_id, form)


@pages.get("/sessions/<session_id>/cancel")
@access("session.plan")
def ask_cancel(session_id: str) -> tuple[str, int]:
    """Check before a session is cancelled."""
    with reading() as unit:
        form = shown(revision=sessions.session(unit, session_id).revision)
    return _cancel_page(session_id, form)


@pages.post("/sessions/<session_id>/cancel")
@access("session.plan")
def cancel(session_id: str) -> Response | tuple[str, int]:
    """Cancel it."""
    form = read_form(CancelSessionSchema, request.form, session_id=session_id)
    if carried_out(form, sessions.cancel_session) is not None:
        flash(_("The session is cancelled."), "success")
        return redirect(url_for(".session", session_id=session_id), 303)
    return _cancel_page(session_id, form)


@pages.get("/sessions/<session_id>")
@access("session.view_all")
def session(session_id: str) -> str:
    """One session, and everybody recorded at it."""
    with reading() as unit:
        found = sessions.session(unit, session_id)
        entries = sessions.attendances(unit, session_id)
        return render_template(
            "sessions/session.html",
            session=found,
            entries=entries,
            totals=totals(entries),
            planned_by=directory.names(unit, [found.planned_by]).get(found.planned_by),
            open=may_be_credited(unit, found),
            waiting=sent_lines.waiting(unit, session_id=session_id),
            work=work_labels,
            labels=session_labels,
            plan=planner.plan(unit, found),
            series=series.of_series(unit, found),
            sheet=found.sheet,
            taken=places.taken(unit, found.id),
        )


@pages.get("/sessions/<session_id>/hours")
@access("session.view_all")
def hours(session_id: str) -> str:
    """People times hours by component, as reckoned and as recorded; ``?people=`` tries a number."""
    with reading() as unit:
        found = sessions.session(unit, session_id)
        people = min(whole_argument("people") or 0, places.MOST_PLACES) or None
        return render_template(
            "sessions/hours.html",
            session=found,
            plan=planner.plan(unit, found, people=people),
            labels=session_labels,
            work=work_labels,
        )


@pages.get("/sessions/activities")
@access("session.view_all")
def kinds() -> str:
    """The kinds of activity: which are credited, and why others are not."""
    return _kinds_page(shown(credited=True))[0]


@pages.post("/sessions/activities")
@access("session.plan")
def add_kind() -> Response | tuple[str, int]:
    """Add a kind of activity."""
    form = read_form(AddActivityTypeSchema, request.form)
    if carried_out(form, activities.add_activity_type) is not None:
        flash(_("“%(name)s” is added.", name=form.command.name), "success")
        return redirect(url_for(".kinds"), 303)
    return _kinds_page(form)


@pages.get("/sessions/activities/<activity_type_id>")
@access("session.plan")
def edit_kind(activity_type_id: str) -> tuple[str, int]:
    """A kind of activity as it stands, with the four questions of what counts as work."""
    with reading() as unit:
        found = activities.activity_type(unit, activity_type_id)
        form = shown(**{name: getattr(found, name) for name in (*KIND_BOXES, "revision")})
    return _kind_page(activity_type_id, form)


@pages.post("/sessions/activities/<activity_type_id>")
@access("session.plan")
def change_kind(activity_type_id: str) -> Response | tuple[str, int]:
    """Change it from now on."""
    form = read_form(ChangeActivityTypeSchema, request.form, activity_type_id=activity_type_id)
    if carried_out(form, activities.change_activity_type) is not None:
        flash(_("“%(name)s” is changed.", name=form.command.name), "success")
        return redirect(url_for(".kinds"), 303)
    return _kind_page(activity_type_id, form)


def may_be_credited(unit: Unit, session: Session) -> bool:
    """Whether it takes or took place, its day has come, and its kind is a credited one."""
    wanted = session.status not in ("cancelled", "undone") and session.activity_type.credited
    return wanted and session.ends_on <= unit.today


def totals(entries: list[AttendanceEntry] | tuple[AttendanceEntry, ...]) -> dict[str, int]:
    """People, and minutes by what happened to them, as recorded now."""

    shares = [figures.shares(e.choice, e.credited_minutes, e.pot_minutes) for e in entries]
    return {
        "people": len(entries),
        "credited": sum(account > 0 for account, _pot in shares),
        "credited_minutes": sum(account for account, _pot in shares),
        "pot_minutes": sum(pot for _account, pot in shares),
        "declined_minutes": sum(e.credited_minutes for e in entries if e.choice == "decline"),
        "paid_job": sum(entry.capacity == "paid_job" for entry in entries),
    }


def _plan_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "sessions/plan.html",
            form=form,
            form_errors=form.errors,
            offered=session_form.choices(unit),
        )
    return page, form.status


def _change_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.session(unit, session_id)
        offered = session_form.choices(unit, found)
        page = render_template(
            "sessions/change.html",
            session=found,
            overtaken=overtaken(
                unit,
                form,
                session_form.details(found),
                session_form.titles(),
                partial(session_form.say, offered),
            ),
            form=form,
            form_errors=form.errors,
            offered=offered,
        )
    return page, form.status


def _cancel_page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = sessions.session(unit, session_id)
        told = overtaken(unit, form, {"revision": found.revision}, {})
        page = render_template(
            "sessions/cancel.html",
            session=found,
            overtaken=told,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _kinds_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "sessions/activities.html",
            kinds=sessions.activity_types(unit),
            form=form,
            form_errors=form.errors,
            questions=work_labels.QUESTIONS,
        )
    return page, form.status


def _kind_page(activity_type_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = activities.activity_type(unit, activity_type_id)
        now = {name: getattr(found, name) for name in (*KIND_BOXES, "revision")}
        page = render_template(
            "sessions/activity.html",
            kind=found,
            overtaken=overtaken(unit, form, now, _kind_titles()),
            form=form,
            form_errors=form.errors,
            questions=work_labels.QUESTIONS,
        )
    return page, form.status


def _kind_titles() -> dict[str, str]:
    questions = {name: _(words) for name, words in work_labels.QUESTIONS.items()}
    return {
        "name": _("Name"),
        **questions,
        "social": _("For company, or to hear about something"),
        "credited": _("Hours are credited for it"),
        "reason": _("Why, in your words"),
    }
