"""Exchanges between two members: answer, say how long it took, call off, undo."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import exchanges
from timebank.models import DirectoryEntry, Exchange, Member
from timebank.unit import Unit
from web.access import SIGNED_IN, access
from web.carrying_out import carried_out
from web.errors import REFUSALS
from web.forms import Form, read_form
from web.paging import paged
from web.schemas.exchanges import (
    AnswerExchangeSchema,
    CancelExchangeSchema,
    CheckExchangeSchema,
    ReportExchangeSchema,
    UndoExchangeSchema,
)
from web.units import current_actor, reading, run

pages = Blueprint("exchanges", __name__)

STEPS: dict[str, tuple[Any, Any]] = {
    "answer": (AnswerExchangeSchema, exchanges.answer_exchange),
    "cancel": (CancelExchangeSchema, exchanges.cancel_exchange),
    "undo": (UndoExchangeSchema, exchanges.undo_exchange),
    "check": (CheckExchangeSchema, exchanges.check_exchange),
}


@pages.get("/exchanges")
@access("exchange.own")
def mine() -> str:
    """My exchanges, the newest first."""
    member_id = current_actor().member_id or ""
    with reading() as unit:
        page = paged(
            lambda limit, offset: exchanges.of_member(unit, member_id, limit=limit, offset=offset)
        )
        return render_template("exchanges/list.html", page=page, own_id=member_id)


@pages.get("/exchanges/all")
@access("exchange.help")
def every() -> str:
    """Everybody's, for those who see that all goes well."""
    with reading() as unit:
        page = paged(
            lambda limit, offset: exchanges.all_exchanges(unit, limit=limit, offset=offset)
        )
        return render_template("exchanges/list.html", page=page, own_id=None)


@pages.get("/exchanges/<exchange_id>")
@access(SIGNED_IN)
def exchange(exchange_id: str) -> tuple[str, int]:
    """One exchange, where it stands and what can be done."""
    return _page(exchange_id, Form())


@pages.post("/exchanges/<exchange_id>/report")
@access(SIGNED_IN)
def report(exchange_id: str) -> Response | tuple[str, int]:
    """Say how long it took; when both have said the same, the minutes move."""
    form = read_form(
        ReportExchangeSchema,
        request.form,
        exchange_id=exchange_id,
        **_own_side(exchange_id),
    )
    made = carried_out(form, exchanges.report_exchange)
    if made is not None:
        if made.status == "done":
            flash(_("Both of you say the same, and the minutes have moved."), "success")
        else:
            flash(_("Saved. The other is asked to say the same."), "success")
        return redirect(url_for(".exchange", exchange_id=exchange_id), 303)
    return _page(exchange_id, form)


@pages.post("/exchanges/<exchange_id>/answer", defaults={"step": "answer"})
@pages.post("/exchanges/<exchange_id>/cancel", defaults={"step": "cancel"})
@pages.post("/exchanges/<exchange_id>/undo", defaults={"step": "undo"})
@pages.post("/exchanges/<exchange_id>/check", defaults={"step": "check"})
@access(SIGNED_IN)
def move(exchange_id: str, step: str) -> Response | tuple[str, int]:
    """Answer, call off, undo, or note that all went well."""
    schema, function = STEPS[step]
    form = read_form(schema, request.form, exchange_id=exchange_id)
    try:
        run(function, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _page(exchange_id, form)
    flash(_("Saved."), "success")
    return redirect(url_for(".exchange", exchange_id=exchange_id), 303)


def _own_side(exchange_id: str) -> dict[str, str | None]:
    """One's own side where one is part of it; whoever helps says in the form for whom."""
    with reading() as unit:
        found = exchanges.exchange(unit, exchange_id)
        own_id = unit.actor.member_id
    return {"member_id": own_id} if own_id in (found.giver_id, found.receiver_id) else {}


def _page(exchange_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = exchanges.exchange(unit, exchange_id)
        own_id = unit.actor.member_id
        mine = own_id in (found.giver_id, found.receiver_id)
        other = found.receiver if own_id == found.giver_id else found.giver
        page = render_template(
            "exchanges/exchange.html",
            exchange=found,
            mine=mine,
            giving=own_id == found.giver_id,
            asked_me=mine and (own_id == found.giver_id) != found.asked_by_giver,
            helping=not mine,
            other=other,
            contact=_contact(unit, found, other) if mine else None,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status


def _contact(unit: Unit, found: Exchange, other: Member) -> dict[str, str] | None:
    """How to reach the other, once they agreed, as far as they let others see it."""
    entry = unit.db.get(DirectoryEntry, other.id) if found.status in ("agreed", "done") else None
    if entry is None:
        return None
    ways = {
        "phone": other.person.phone if entry.show_phone else None,
        "email": other.person.email if entry.show_email else None,
    }
    return {name: value for name, value in ways.items() if value}
