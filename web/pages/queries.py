"""Queries: saying that something is not right, and following it to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import Schema
from werkzeug.wrappers import Response

from timebank import minor_issues, people, queries, query_subjects
from timebank.models import Query
from timebank.query_subjects import SUBJECTS
from timebank.unit import Unit
from timebank.words import N_
from web import query_labels, work_labels
from web.access import SIGNED_IN, access
from web.carrying_out import ALL_REFUSALS, carried_out
from web.errors import TOP
from web.forms import Form, read_form, shown
from web.paging import paged
from web.schemas.queries import (
    AnswerQuerySchema,
    AppealQuerySchema,
    NoteMinorIssueSchema,
    OpenQuerySchema,
    ReplyToQuerySchema,
    ResolveQuerySchema,
    SettleQuerySchema,
)
from web.units import current_actor, reading

pages = Blueprint("queries", __name__)

Step = tuple[type[Schema], Callable[[Unit, Any], Any], str]
STEPS: dict[str, Step] = {
    "reply": (ReplyToQuerySchema, queries.reply_to_query, N_("Added. Somebody answers.")),
    "settle": (SettleQuerySchema, queries.settle_query, N_("Thank you. It is closed.")),
    "appeal": (
        AppealQuerySchema,
        queries.appeal_query,
        N_("Somebody who was not involved looks at it again."),
    ),
    "answer": (AnswerQuerySchema, queries.answer_query, N_("Answered. The member is told.")),
    "resolve": (ResolveQuerySchema, queries.resolve_query, N_("Decided. The member is told.")),
}


@pages.get("/queries")
@access("query.open_own")
def mine() -> str:
    """What I said was not right, newest first."""
    with reading() as unit:
        found = queries.of_member(unit, current_actor().member_id or "")
        return render_template(
            "queries/mine.html", queries=found, labels=query_labels, work=work_labels
        )


@pages.get("/queries/all")
@access("query.answer")
def everybody() -> str:
    """Those that wait, by the day of their answer; or those that ended."""
    ended = request.args.get("show") == "ended"
    with reading() as unit:
        page = paged(
            lambda limit, offset: queries.queries(unit, closed=ended, limit=limit, offset=offset)
        )
        return render_template(
            "queries/all.html",
            page=page,
            ended=ended,
            today=unit.today,
            labels=query_labels,
            work=work_labels,
        )


@pages.get("/queries/new")
@access("query.open_own")
def new() -> str:
    """Say what is not right, about something of mine."""
    return _new_page(current_actor().member_id or "", _about(), shown())[0]


@pages.post("/queries/new")
@access("query.open_own")
def begin() -> Response | tuple[str, int]:
    """Open it."""
    return _open(current_actor().member_id or "", how="online")


@pages.get("/members/<member_id>/queries/new")
@access("query.answer")
def new_for(member_id: str) -> str:
    """Write down what a member says by phone or in person."""
    return _new_page(member_id, _about(), shown())[0]


@pages.post("/members/<member_id>/queries/new")
@access("query.answer")
def begin_for(member_id: str) -> Response | tuple[str, int]:
    """Open it for them."""
    return _open(member_id)


@pages.get("/queries/<query_id>")
@access(SIGNED_IN)
def query(query_id: str) -> str:
    """All that was said, and the steps there are now."""
    return _page(query_id, Form())[0]


@pages.post("/queries/<query_id>")
@access(SIGNED_IN)
def take(query_id: str) -> Response | tuple[str, int]:
    """Take one step, once; the domain decides whether this person may."""
    step = STEPS.get(request.form.get("do", ""))
    if step is None:
        return _page(query_id, Form(errors={TOP: [_("Choose what to do.")]}, status=422))
    schema, function, done = step
    boxes = request.form.copy()
    boxes.poplist("do")
    form = read_form(schema, boxes, query_id=query_id)
    if carried_out(form, function, refusals=ALL_REFUSALS) is not None:
        flash(_(done), "success")
        return redirect(url_for(".query", query_id=query_id), 303)
    return _page(query_id, form)


def _page(query_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = queries.query(unit, query_id)
        page = render_template(
            "queries/query.html",
            query=found,
            own=found.member_id == unit.actor.member_id,
            steps=queries.steps(unit.actor, found),
            involved=unit.actor.id in queries.involved(found),
            names=queries.staff_names(unit, found),
            about=_where(unit, found),
            overdue=found.status in ("open", "appealed") and found.reply_by_on < unit.today,
            form=form,
            form_errors=form.errors,
            labels=query_labels,
            work=work_labels,
        )
    return page, form.status


def _where(unit: Unit, found: Query) -> str | None:
    """The page of the thing that it is about, for whoever looks."""
    own = found.member_id == unit.actor.member_id
    if found.subject == "posting":
        if own:
            return url_for("postings.mine", account_seq=found.account_seq)
        return url_for("postings.posting", member_id=found.member_id, account_seq=found.account_seq)
    if found.subject == "attendance" and unit.actor.may("session.view_all"):
        return url_for("corrections.attendance", attendance_id=found.subject_id)
    if found.subject == "redemption":
        return url_for("redemptions.redemption", redemption_id=found.subject_id)
    if found.subject == "statement":
        return url_for("statements.statement", statement_id=found.subject_id)
    return None


# --- opening ------------------------------------------------------------------------------------


def _about() -> dict[str, Any]:
    """What the address says it is about: ``?posting=3``, ``?redemption=...``; else it is asked."""
    for subject in SUBJECTS:
        if value := request.args.get(subject):
            if subject != "posting":
                return {"subject": subject, "subject_id": value}
            if not (value.isascii() and value.isdecimal() and len(value) < 10):
                abort(404)
            return {"subject": subject, "account_seq": int(value)}
    return {}


def _open(member_id: str, **fixed: Any) -> Response | tuple[str, int]:
    about = _about()
    form = read_form(OpenQuerySchema, request.form, member_id=member_id, **about, **fixed)
    made = carried_out(form, queries.open_query)
    if made is not None:
        flash(_("Thank you. We have it."), "success")
        return redirect(url_for(".query", query_id=made.query_id), 303)
    return _new_page(member_id, about, form)


def _new_page(member_id: str, about: dict[str, Any], form: Form) -> tuple[str, int]:
    with reading() as unit:
        member = people.member(unit, member_id)
        own = member.id == unit.actor.member_id
        page = render_template(
            "queries/new.html",
            member=member,
            own=own,
            about=about,
            subjects=[(code, _(query_labels.SUBJECTS[code])) for code in ("other", "person")],
            staff=[("", _("Nobody in particular")), *query_subjects.staff(unit)],
            days=queries.REPLY_DAYS,
            form=form,
            form_errors=form.errors,
            action=request.full_path.rstrip("?"),
            labels=query_labels,
            work=work_labels,
        )
    return page, form.status


# --- small matters ------------------------------------------------------------------------------


@pages.get("/minor-issues")
@access("query.answer")
def small_matters() -> str:
    """Small matters noted without names, and how many of each kind."""
    return _small_page(shown())[0]


@pages.post("/minor-issues")
@access("query.answer")
def note() -> Response | tuple[str, int]:
    """Note one."""
    form = read_form(NoteMinorIssueSchema, request.form)
    if carried_out(form, minor_issues.note_minor_issue) is not None:
        flash(_("Noted, without a name."), "success")
        return redirect(url_for(".small_matters"), 303)
    return _small_page(form)


def _small_page(form: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "queries/minor.html",
            page=paged(
                lambda limit, offset: minor_issues.minor_issues(unit, limit=limit, offset=offset)
            ),
            counts=minor_issues.counts(unit),
            form=form,
            form_errors=form.errors,
            labels=query_labels,
            work=work_labels,
        )
    return page, form.status
