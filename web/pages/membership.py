"""Looking after memberships: a break, leaving, who was not seen for long, one of two numbers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import directory, dormant, membership, merging, people
from timebank.errors import NotAllowed, TimebankError
from web import people_labels
from web.access import access
from web.carrying_out import ALL_REFUSALS, carried_out, went_on
from web.errors import REFUSALS
from web.forms import Form, read_form, shown
from web.overtaken import overtaken
from web.paging import paged
from web.schemas.membership import (
    EndMembershipSchema,
    MergeMembersSchema,
    NoteAttemptSchema,
    PauseMembershipSchema,
    ResumeMembershipSchema,
)
from web.units import reading

pages = Blueprint("membership", __name__)
MOST_FOUND = 20

STEPS: dict[str, tuple[Any, Any]] = {
    "pause": (PauseMembershipSchema, membership.pause_membership),
    "resume": (ResumeMembershipSchema, membership.resume_membership),
    "end": (EndMembershipSchema, membership.end_membership),
    "attempt": (NoteAttemptSchema, dormant.note_attempt),
}


@pages.get("/members/dormant")
@access("member.change")
def not_seen() -> str:
    """Members not seen for a year, or for two, and how often somebody tried to reach them."""
    months = 24 if request.args.get("months") == "24" else 12
    with reading() as unit:
        page = paged(
            lambda limit, offset: dormant.dormant(unit, months, limit=limit, offset=offset)
        )
        ids = [each.id for each in page.items]
        return render_template(
            "membership/dormant.html",
            page=page,
            months=months,
            seen=dormant.last_seen(unit, ids),
            tried=dormant.ways_tried(unit, ids),
            needed=membership.WAYS_NEEDED,
            said=people_labels,
        )


@pages.get("/members/<member_id>/membership")
@access("member.change")
def look(member_id: str) -> tuple[str, int]:
    """How somebody stands, every attempt to reach them, and what can be done."""
    with reading() as unit:
        found = people.member(unit, member_id)
        form = shown(revision=found.revision, tried_on=unit.today)
    return _page(member_id, form)


@pages.post("/members/<member_id>/membership")
@access("member.change")
def step(member_id: str) -> Response | tuple[str, int]:
    """Pause, take up again, end, or note an attempt to reach them."""
    sent = request.form.copy()
    do = sent.pop("do", "")
    schema, function = STEPS.get(do, STEPS["attempt"])
    form = read_form(schema, sent, member_id=member_id)
    done = {
        "pause": _("The membership is paused."),
        "resume": _("The membership is active again."),
        "end": _("The membership is ended. The hours and the history stay on file."),
    }.get(do, _("Noted."))
    where = url_for(".look", member_id=member_id)
    return went_on(form, function, done, where) or _page(member_id, form)


def _page(member_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = people.member(unit, member_id)
        attempts = dormant.attempts(unit, member_id)
        page = render_template(
            "membership/membership.html",
            member=found,
            attempts=attempts,
            named=directory.names(unit, [each.recorded_by for each in attempts]),
            seen=dormant.last_seen(unit, [member_id])[member_id],
            tried=dormant.ways_tried(unit, [member_id])[member_id],
            needed=membership.WAYS_NEEDED,
            kept=_kept(unit, found),
            overtaken=overtaken(unit, form, {"revision": found.revision}, {}),
            form=form,
            form_errors=form.errors,
            said=people_labels,
        )
    return page, form.status


def _kept(unit: Any, found: Any) -> Any:
    row = merging.merge_of(unit, found) if found.status == "merged" else None
    return None if row is None else people.member(unit, row.kept_member_id)


# --- on file twice ------------------------------------------------------------------------------


@pages.get("/members/<member_id>/merge")
@access("member.merge")
def choose(member_id: str) -> str:
    """Find the number that is kept."""
    search = request.args.get("q", "")[:200].strip()
    with reading() as unit:
        found = people.member(unit, member_id)
        others = people.members(unit, search=search or found.person.name, limit=MOST_FOUND)
        return render_template(
            "merging/choose.html",
            member=found,
            search=search,
            others=[e for e in others if e.id != found.id and e.status != "merged"],
            said=people_labels,
        )


@pages.get("/members/<member_id>/merge/<kept_id>")
@access("member.merge")
def check(member_id: str, kept_id: str) -> Response | tuple[str, int]:
    """What would happen, and what stands in the way."""
    return _check_page(member_id, kept_id, Form())


@pages.post("/members/<member_id>/merge/<kept_id>")
@access("member.merge")
def merge(member_id: str, kept_id: str) -> Response | tuple[str, int]:
    """Do it, once and for good."""
    sent = request.form.copy()
    confirmed = sent.pop("confirmed", "")
    form = read_form(MergeMembersSchema, sent, old_member_id=member_id, kept_member_id=kept_id)
    if not confirmed:
        form.error("confirmed", _("Tick this when you are sure that they are one person."))
    if carried_out(form, merging.merge_members, refusals=ALL_REFUSALS) is not None:
        return redirect(url_for(".merged", member_id=member_id), 303)
    return _check_page(member_id, kept_id, form)


@pages.get("/members/<member_id>/merged")
@access("member.merge")
def merged(member_id: str) -> Response | str:
    """It is done: what moved, and where everything is now."""
    with reading() as unit:
        found = people.member(unit, member_id)
        row = merging.merge_of(unit, found)
        if row is None:
            return redirect(url_for("members.member", member_id=member_id), 303)
        return render_template(
            "merging/merged.html",
            member=found,
            kept=people.member(unit, row.kept_member_id),
            row=row,
        )


def _check_page(member_id: str, kept_id: str, form: Form) -> Response | tuple[str, int]:
    with reading() as unit:
        try:
            seen = merging.preview_merge(unit, member_id, kept_id)
        except (NotAllowed, *REFUSALS) as error:
            return _cannot(member_id, error)
        if form.stale is not None:
            overtaken(unit, form, {"revision": 0}, {})
        page = render_template(
            "merging/check.html",
            seen=seen,
            form=form,
            form_errors=form.errors,
            said=people_labels,
        )
    return page, form.status


def _cannot(member_id: str, error: TimebankError) -> Response:
    """Back to choosing, with the reason."""
    form = Form()
    form.refuse(error)
    flash(" ".join(words for each in form.errors.values() for words in each), "error")
    return redirect(url_for(".choose", member_id=member_id), 303)
