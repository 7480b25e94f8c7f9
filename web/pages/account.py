"""A member's own account: the home page, and everything that ever happened to their hours."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import account_history, months, people, statement_lines, statement_text
from timebank.account_history import HistoryPage
from timebank.statement_content import HistoryLine
from timebank.statement_lines import Balance
from timebank.unit import Unit
from web import labels
from web.access import SIGNED_IN, access
from web.filters import words
from web.forms import Form, read_form, whole_argument
from web.frame import paths
from web.schemas.account import GoToDaySchema
from web.units import current_actor, kept, reading

pages = Blueprint("account", __name__)
LATEST = 5
A_PAGE = 25


@pages.get("/")
@access(SIGNED_IN)
def home() -> str | Response:
    """A member's hours in a sentence; for somebody without an account, what there is to do."""
    actor = current_actor()
    if actor.member_id is None:
        return _work_page(actor.may("redemption.view_all"))
    found = kept("home", _own)
    balance, lines = found["balance"], found["lines"]
    return render_template(
        "account/home.html",
        sentences=in_sentences(balance, empty=not lines),
        asked=balance.set_aside[::-1],
        say=say_line,
        change=say_change,
        labels=labels,
        **found,
    )


def _own(unit: Unit) -> dict[str, Any]:
    """What the home page shows of whoever acts."""
    member_id = unit.actor.member_id or ""
    lines = statement_lines.current_lines(unit, member_id, LATEST)
    return {
        "balance": statement_lines.balance(unit, member_id),
        "lines": lines,
        "quiet": people.member(unit, member_id).quiet_balance,
        "lately": months.lately(unit, member_id) if lines else None,
    }


@pages.get("/history")
@access("account.view_own")
def history() -> tuple[str, int]:
    """Every change to my hours, newest first, a page at a time, or from a day on."""
    return _history_page(current_actor().member_id or "")


@pages.get("/members/<member_id>/history")
@access("member.view_all")
def history_of(member_id: str) -> tuple[str, int]:
    """The same of a member, for those who look after members."""
    return _history_page(member_id)


def _history_page(member_id: str) -> tuple[str, int]:
    form = _day_asked_for()
    day = form.command and form.command["on"]
    with reading() as unit:
        member = people.member(unit, member_id)
        before = whole_argument("before")
        if day is not None:
            before = account_history.position_after(unit, member_id, day)
        found = account_history.history_page(
            unit, member_id, limit=A_PAGE, before=before, after=whole_argument("after")
        )
        balance = statement_lines.balance(unit, member_id)
        own = member_id == unit.actor.member_id
        page = render_template(
            "account/history.html",
            member=member,
            own=own,
            found=found,
            sentences=in_sentences(balance, empty=not (found.lines or found.older or found.newer)),
            balance=balance,
            day=day,
            form=form,
            form_errors=form.errors,
            say=say_line,
            change=say_change,
            **_ways(member_id, own, found),
        )
    return page, form.status


def _day_asked_for() -> Form:
    """The day that the address asks for; without any of its boxes, nothing is asked for."""
    if not any(name.startswith("on_") for name in request.args):
        return Form()
    return read_form(GoToDaySchema, request.args)


def _ways(member_id: str, own: bool, found: HistoryPage) -> dict[str, str | None]:
    """The addresses of this history, of its older lines and of its newer ones."""

    def where(**position: int) -> str:
        if own:
            return url_for(".history", **position)
        return url_for(".history_of", member_id=member_id, **position)

    return {
        "here": where(),
        "older": where(before=found.lines[-1].account_seq) if found.older and found.lines else None,
        "newer": where(after=found.lines[0].account_seq) if found.newer and found.lines else None,
    }


def in_sentences(balance: Balance, *, empty: bool) -> tuple[str, str]:
    """What somebody has, and what of it can be used: two sentences."""
    available, held = balance.available_minutes, balance.held_minutes
    if available < 0:
        return (
            _("Your account is %(hours)s.", hours=words().duration(available)),
            _(
                "This can happen when a mistake is put right. Nobody will ask you for anything:"
                " the next hours you are credited bring it up again."
            ),
        )
    total = words().duration(available + held)
    if held and not available:
        return (
            _("You have %(hours)s.", hours=total),
            _("All of it is set aside for what you asked for."),
        )
    if held:
        now = words().duration(available)
        return (
            _("You have %(hours)s.", hours=total),
            _("You can use %(hours)s of it now. The rest is set aside for what you asked for.",
              hours=now),
        )  # fmt: skip
    if available:
        return _("You have %(hours)s.", hours=total), _("You can use all of it.")
    if empty:
        return (
            _("You have no hours yet."),
            _("They appear here after the first session that you are credited for."),
        )
    return _("You have no hours to use now."), _("Everything you had has been used.")


def say_line(line: HistoryLine) -> str:
    """One change to an account in words."""
    return statement_text.line(words(), line.text_code, line.params, line.occurred_on)


def say_change(amount_minutes: int) -> str:
    """ "2 hours added", or "2 hours taken off"."""
    return statement_text.change(words(), amount_minutes)


def _work_page(has_work: bool) -> str | Response:
    if has_work and "/to-do" in paths():
        return redirect("/to-do", 303)
    return render_template("account/nothing.html")
