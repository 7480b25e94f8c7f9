"""What is on: the sessions that members can join, and the sheet of each to read before."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import calendars, coming, opportunities, places, projects
from timebank.models import SignUp
from timebank.unit import Unit
from web import session_labels
from web.access import access
from web.carrying_out import carried_out
from web.forms import Form, read_form
from web.pages.sheets import gaps, joining_information
from web.paging import paged
from web.schemas.coming import JoinSessionSchema, LeaveSessionSchema
from web.units import current_actor, reading

pages = Blueprint("opportunities", __name__)


@pages.get("/opportunities")
@access("opportunity.view")
def whats_on() -> str:
    """What is published and to come, the next first, and which of it I am coming to."""
    with reading() as unit:
        page = paged(lambda limit, offset: opportunities.whats_on(unit, limit=limit, offset=offset))
        ids = [session.id for session in page.items]
        taken = places.taken_at(unit, ids)
        return render_template(
            "opportunities/whats_on.html",
            page=page,
            own=coming.own(unit, ids),
            left={
                session.id: max(0, session.places - taken.get(session.id, 0))
                for session in page.items
                if session.places is not None
            },
            labels=session_labels,
        )


@pages.get("/opportunities/<session_id>")
@access("opportunity.view")
def opportunity(session_id: str) -> tuple[str, int]:
    """The sheet, and below it the buttons to join or to say no again."""
    return _page(session_id, Form())


@pages.post("/opportunities/<session_id>/join")
@access("opportunity.join_own")
def join(session_id: str) -> Response | tuple[str, int]:
    """I would like to come."""
    own = current_actor().member_id
    form = read_form(JoinSessionSchema, request.form, session_id=session_id, member_id=own)
    changed = carried_out(form, coming.join_session)
    if changed is not None:
        flash(_("You are on the waiting list.") if changed.status == "waiting" else
              _("You have a place."), "success")  # fmt: skip
        return redirect(url_for(".opportunity", session_id=session_id), 303)
    return _page(session_id, form)


@pages.post("/opportunities/<session_id>/leave")
@access("opportunity.join_own")
def leave(session_id: str) -> Response | tuple[str, int]:
    """I am not coming after all."""
    own = current_actor().member_id
    form = read_form(LeaveSessionSchema, request.form, session_id=session_id, member_id=own)
    if carried_out(form, coming.leave_session) is not None:
        flash(_("You are not coming. Thank you for telling us."), "success")
        return redirect(url_for(".opportunity", session_id=session_id), 303)
    return _page(session_id, form)


@pages.get("/opportunities/<session_id>.ics")
@access("opportunity.view")
def calendar_file(session_id: str) -> Response:
    """The session for a calendar programme."""
    with reading() as unit:
        found = opportunities.opportunity(unit, session_id)
        content = calendars.calendar(unit, [found])
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="session.ics"'
    return response


def _page(session_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = opportunities.opportunity(unit, session_id)
        row = coming.own(unit, [session_id]).get(session_id)
        page = render_template(
            "opportunities/opportunity.html",
            session=found,
            sheet=found.sheet,
            row=row,
            ahead=_ahead(unit, row),
            left=places.free(unit, found),
            may_join=unit.actor.may("opportunity.join_own"),
            over=found.ends_on < unit.today,
            called_off=found.status in coming.CALLED_OFF,
            capacities=projects.capacities_of(found.project) if found.project else (),
            gaps=gaps(found),
            information=joining_information(unit),
            offered=session_labels.offered(found),
            form=form,
            form_errors=form.errors,
            labels=session_labels,
        )
    return page, form.status


def _ahead(unit: Unit, row: SignUp | None) -> int:
    return coming.ahead(unit, row) if row is not None and row.status == "waiting" else 0
