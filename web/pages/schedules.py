"""When statements come: a member's own choice, the group's schedule, and holding them back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import pauses, people, schedules, statements
from timebank.models import Member
from timebank.pauses import PauseStatements, ResumeStatements
from timebank.periods import LONGEST_SAME_DAY, Schedule
from timebank.statements import RequestStatement
from timebank.unit import Unit
from web import labels, work_labels
from web.access import access
from web.carrying_out import carried_out
from web.errors import REFUSALS
from web.filters import words
from web.forms import Form, form_key, read_form, shown
from web.overtaken import in_words, overtaken
from web.schemas.schedules import AgreeScheduleSchema, ChooseScheduleSchema
from web.units import current_actor, reading, run

pages = Blueprint("schedules", __name__)


# --- one's own, and a member's ------------------------------------------------------------------


@pages.get("/choices/statements")
@access("choices.change_own")
def own() -> str:
    """How often one's own statements come."""
    return _own_page(None)[0]


@pages.post("/choices/statements")
@access("choices.change_own")
def choose() -> Response | tuple[str, int]:
    """Choose from today on."""
    form = read_form(ChooseScheduleSchema, request.form, member_id=current_actor().member_id)
    if carried_out(form, schedules.choose_schedule) is not None:
        flash(_("Your choice is saved. It holds from today on."), "success")
        return redirect(url_for("choices.choices"), 303)
    return _own_page(form)


@pages.get("/members/<member_id>/schedule")
@access("member.change")
def theirs(member_id: str) -> str:
    """How often a member's statements come, and whether they are paused."""
    return _their_page(member_id, None)[0]


@pages.post("/members/<member_id>/schedule")
@access("member.change")
def choose_for(member_id: str) -> Response | tuple[str, int]:
    """Choose for a member who asked for it."""
    form = read_form(ChooseScheduleSchema, request.form, member_id=member_id)
    if carried_out(form, schedules.choose_schedule) is not None:
        flash(_("The choice is saved. It holds from today on."), "success")
        return redirect(url_for("members.member", member_id=member_id), 303)
    return _their_page(member_id, form)


@pages.post("/members/<member_id>/schedule/pause")
@access("member.change")
def pause_member(member_id: str) -> Response:
    """Hold a member's statements back."""
    run(pauses.pause, PauseStatements(member_id=member_id), form_key())
    flash(_("Statements are paused for this member."), "success")
    return redirect(url_for(".theirs", member_id=member_id), 303)


@pages.post("/members/<member_id>/schedule/resume")
@access("member.change")
def resume_member(member_id: str) -> Response:
    """Let a member's statements follow again."""
    run(pauses.resume, ResumeStatements(member_id=member_id), form_key())
    flash(_("Statements come again. What ended meanwhile follows soon."), "success")
    return redirect(url_for(".theirs", member_id=member_id), 303)


def _own_page(form: Form | None) -> tuple[str, int]:
    member_id = current_actor().member_id or ""
    return _choice_page("schedules/own.html", member_id, form, labels.FREQUENCIES)


def _their_page(member_id: str, form: Form | None) -> tuple[str, int]:
    return _choice_page("schedules/theirs.html", member_id, form, work_labels.FREQUENCIES)


def _choice_page(
    template: str, member_id: str, form: Form | None, names: dict[str, str]
) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, member_id)
        now = _choice_of(unit, member)
        form = form or shown(**now)
        group = schedules.agreed(unit)[1]
        titles = {
            "frequency": _("How often"),
            "day": _("Up to which day"),
            "skip_quiet": _("Not when nothing was recorded"),
        }
        page = render_template(
            template,
            member=member,
            name=member.person.name or _("Erased"),
            group=schedules.say(words(), group),
            often=_often(names, group),
            days=_days(),
            paused=pauses.paused(unit, member_id),
            overtaken=overtaken(unit, form, now, titles, _saying(names)),
            may_issue=unit.actor.may("statement.issue"),
            key=form_key(),
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _choice_of(unit: Unit, member: Member) -> dict[str, Any]:
    """What the boxes show: the choice as it stands."""
    now = schedules.standing(unit, member.id)
    return {
        "frequency": now.choice,
        "day": now.schedule.day,
        "skip_quiet": now.schedule.skip_quiet,
        "revision": member.revision,
    }


# --- asked for now ------------------------------------------------------------------------------


@pages.post("/statements/request")
@access("account.view_own")
def request_own() -> Response:
    """One's own statement up to yesterday, made at once."""
    return _requested(RequestStatement(), url_for("statements.mine"))


@pages.post("/members/<member_id>/statements/request")
@access("statement.issue")
def request_for(member_id: str) -> Response:
    """A member's statement up to yesterday, for somebody who rings up."""
    return _requested(
        RequestStatement(member_id=member_id), url_for(".theirs", member_id=member_id)
    )


def _requested(command: RequestStatement, otherwise: str) -> Response:
    try:
        made = run(statements.request_statement, command, form_key())
    except REFUSALS as error:
        flash(words().error(error.code, **error.params))
        return redirect(otherwise, 303)
    return redirect(url_for("statements.statement", statement_id=made.statement_id), 303)


# --- the group's --------------------------------------------------------------------------------


@pages.get("/statements/schedule")
@access("statement.schedule")
def agreed() -> str:
    """The group's schedule, and whether statements are paused."""
    return _group_page(None)[0]


@pages.post("/statements/schedule")
@access("statement.schedule")
def agree() -> Response | tuple[str, int]:
    """Put another schedule in force from today on."""
    form = read_form(AgreeScheduleSchema, request.form)
    if carried_out(form, schedules.agree_schedule) is not None:
        flash(_("The group’s schedule is saved. It holds from today on."), "success")
        return redirect(url_for(".agreed"), 303)
    return _group_page(form)


@pages.post("/statements/pause")
@access("statement.schedule")
def pause() -> Response:
    """Hold everybody's statements back."""
    run(pauses.pause, PauseStatements(), form_key())
    flash(_("Statements are paused. Nothing is issued until you resume them."), "success")
    return redirect(url_for(".agreed"), 303)


@pages.post("/statements/resume")
@access("statement.schedule")
def resume() -> Response:
    """Let them follow again, in order."""
    run(pauses.resume, ResumeStatements(), form_key())
    flash(_("Statements come again. What ended meanwhile follows soon."), "success")
    return redirect(url_for(".agreed"), 303)


def _group_page(form: Form | None) -> tuple[str, int]:
    with reading() as unit:
        number, schedule = schedules.agreed(unit)
        now = {
            "follows_id": number,
            "frequency": schedule.frequency,
            "day": schedule.day,
            "year_month": schedule.year_month,
            "skip_quiet": schedule.skip_quiet,
        }
        form = form or shown(**now)
        titles = {
            "frequency": _("How often"),
            "day": _("Up to which day"),
            "year_month": _("Last month of the year"),
            "skip_quiet": _("Not when nothing was recorded"),
        }
        page = render_template(
            "schedules/group.html",
            now=schedules.say(words(), schedule),
            often=[(code, _(name)) for code, name in work_labels.FREQUENCIES.items()
                   if code != schedules.GROUP],
            days=_days(),
            months=_months(),
            paused=pauses.paused(unit),
            overtaken=overtaken(
                unit, form, now, titles, _saying(work_labels.FREQUENCIES), seen="follows_id"
            ),
            key=form_key(),
            form=form,
            form_errors=form.errors,
        )  # fmt: skip
    return page, form.status


# --- the boxes ----------------------------------------------------------------------------------


def _often(names: dict[str, str], group: Schedule) -> list[tuple[str, str, str | None]]:
    """The choices, with what the group does beside the first."""
    said = schedules.say(words(), group)
    return [
        (code, _(name), said if code == schedules.GROUP else None) for code, name in names.items()
    ]


def _days() -> list[tuple[str, str]]:
    days = [(str(day), str(day)) for day in range(1, LONGEST_SAME_DAY + 1)]
    return [("31", _("The last day of the month")), *days]


def _months() -> list[tuple[str, str]]:
    return [(str(month), words().month_name(month)) for month in range(1, 13)]


def _saying(names: dict[str, str]) -> Any:
    """How the values of the boxes are said where they are compared."""
    tables = {"frequency": names, "day": dict(_days()), "year_month": dict(_months())}

    def say(name: str, value: Any) -> str:
        return _(tables[name][str(value)]) if name in tables else in_words(name, value)

    return say
