"""One line of an account, opened: for the member, and for those who look after members."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import amendments, postings
from timebank.amendments import Standing
from timebank.errors import NotFound
from timebank.unit import Unit
from web import labels, query_labels, work_labels
from web.access import access
from web.errors import REFUSALS
from web.forms import AROUND, Form, read_form, shown
from web.pages.account import say_change, say_line
from web.schemas.proposals import AmendPostingSchema
from web.units import current_actor, reading, run

pages = Blueprint("postings", __name__)


@pages.get("/postings/<int:account_seq>")
@access("account.view_own")
def mine(account_seq: int) -> str:
    """One line of my own account."""
    return _page(current_actor().member_id or "", account_seq)


@pages.get("/members/<member_id>/postings/<int:account_seq>")
@access("member.view_all")
def posting(member_id: str, account_seq: int) -> str:
    """One line of a member's account."""
    return _page(member_id, account_seq)


def _page(member_id: str, account_seq: int) -> str:
    with reading() as unit:
        found = postings.posting(unit, member_id, account_seq)
        return render_template(
            "postings/posting.html",
            found=found,
            line=found.line,
            own=found.member.id == unit.actor.member_id,
            say=say_line,
            change=say_change,
            labels=labels,
            queries=query_labels,
            work=work_labels,
        )


# --- putting right what stands for no attendance -------------------------------------------------


@pages.get("/members/<member_id>/postings/<int:account_seq>/correct")
@access("credit.correct")
def form(member_id: str, account_seq: int) -> str:
    """The hours as they stand, to be put right."""
    with reading() as unit:
        standing = _standing(unit, member_id, account_seq)
        filled = shown(revision=standing.revision, minutes=standing.minutes)
        return _form_page(member_id, account_seq, standing, filled)[0]


@pages.post("/members/<member_id>/postings/<int:account_seq>/correct")
@access("credit.correct")
def correct(member_id: str, account_seq: int) -> Response | tuple[str, int]:
    """Check, with the effect on the balance; then confirm, or change the answers."""
    with reading() as unit:
        first_seq = _standing(unit, member_id, account_seq).first_seq
    filled = read_form(AmendPostingSchema, request.form, first_seq=first_seq)
    do = request.form.get("do", "check")
    if filled.command is None or do == "change":
        if do == "change":
            filled.errors, filled.status = {}, 200
        return _again(member_id, account_seq, filled)
    try:
        if do != "confirm":
            return _check_page(member_id, account_seq, filled)
        made = run(amendments.amend_posting, filled.command, filled.key)
    except REFUSALS as error:
        filled.refuse(error)
        return _again(member_id, account_seq, filled)
    if made.proposal_id is not None:
        flash(_("Proposed. It is recorded when a second person has agreed."), "success")
        return redirect(url_for("proposals.proposal", proposal_id=made.proposal_id), 303)
    flash(_("It is put right. The member is told."), "success")
    where = url_for(".posting", member_id=member_id, account_seq=account_seq)
    return redirect(where, 303)


def _standing(unit: Unit, member_id: str, account_seq: int) -> Standing:
    found = postings.posting(unit, member_id, account_seq)
    standing = amendments.standing(unit, found.line.seq)
    if standing.member.id != member_id:
        raise NotFound("posting_unknown")
    return standing


def _again(member_id: str, account_seq: int, filled: Form) -> tuple[str, int]:
    with reading() as unit:
        standing = _standing(unit, member_id, account_seq)
        if filled.stale is not None:
            filled.values["revision"] = standing.revision
        return _form_page(member_id, account_seq, standing, filled)


def _form_page(
    member_id: str, account_seq: int, standing: Standing, filled: Form
) -> tuple[str, int]:
    page = render_template(
        "postings/correct.html",
        form=filled,
        form_errors=filled.errors,
        standing=standing,
        member_id=member_id,
        account_seq=account_seq,
        own=standing.member.id == current_actor().member_id,
        queries=query_labels,
    )
    return page, filled.status


def _check_page(member_id: str, account_seq: int, filled: Form) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "postings/check.html",
            preview=amendments.preview_amendment(unit, filled.command),
            command=filled.command,
            form=filled,
            member_id=member_id,
            account_seq=account_seq,
            typed=[(name, text) for name, text in request.form.items()
                   if name not in AROUND | {"do"}],
            queries=query_labels,
            work=work_labels,
        )  # fmt: skip
    return page, 200
