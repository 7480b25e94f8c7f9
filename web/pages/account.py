"""A member's own account: the home page, and everything that ever happened to their hours."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import redemptions, statement_lines, statement_text
from timebank.statement_content import HistoryLine
from timebank.statement_lines import Balance
from web import labels
from web.access import SIGNED_IN, access
from web.filters import words
from web.forms import whole_argument
from web.frame import paths
from web.pages.redemptions import OPEN
from web.units import current_actor, reading

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
    with reading() as unit:
        balance = statement_lines.balance(unit, actor.member_id)
        lines = statement_lines.current_lines(unit, actor.member_id, LATEST)
        asked = redemptions.of_member(unit, actor.member_id)
        return render_template(
            "account/home.html",
            sentences=in_sentences(balance, empty=not lines),
            balance=balance,
            lines=lines,
            asked=[each for each in asked if each.status in OPEN],
            has_redemptions=bool(asked),
            say=say_line,
            change=say_change,
            labels=labels,
        )


@pages.get("/history")
@access("account.view_own")
def history() -> str:
    """Every change to my hours, newest first, a page at a time."""
    before = whole_argument("before")
    with reading() as unit:
        member_id = current_actor().member_id or ""
        lines = statement_lines.current_lines(unit, member_id, A_PAGE + 1, before)
        balance = statement_lines.balance(unit, member_id)
    page, more = lines[:A_PAGE], len(lines) > A_PAGE
    return render_template(
        "account/history.html",
        lines=page,
        sentences=in_sentences(balance, empty=before is None and not lines),
        say=say_line,
        change=say_change,
        earlier=url_for(".history", before=page[-1].account_seq) if more else None,
        newest=url_for(".history") if before is not None else None,
    )


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
