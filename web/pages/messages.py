"""What became of messages, for the operator; and the same as figures for a monitor."""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from werkzeug.wrappers import Response

from timebank import delivery, message_view, notices, trial_mail
from timebank.models import OutboxMessage
from timebank.words import PROBLEMS
from web import message_labels
from web.access import PUBLIC, access
from web.errors import REFUSALS
from web.forms import Form, read_form
from web.schemas.messages import SendAgainSchema
from web.units import current_actor, database, reading, run

pages = Blueprint("messages", __name__)


@pages.get("/messages")
@access("messages.view")
def messages() -> str:
    """How things stand, and everything that did not go out, with the reason."""
    return _page(Form())[0]


@pages.post("/messages/<message_id>/send-again")
@access("messages.view")
def send_again(message_id: str) -> Response | tuple[str, int]:
    """Try it again now, after what was wrong was put right."""
    form = read_form(SendAgainSchema, request.form, message_id=message_id)
    try:
        run(delivery.send_again, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _page(form)
    flash(_("It is tried again within the next minutes."), "success")
    return redirect(url_for(".messages"), 303)


@pages.post("/messages/trial")
@access("messages.view")
def trial() -> Response | tuple[str, int]:
    """Send a mail to oneself, and say in plain words what came of it."""
    form = Form()
    try:
        outcome = trial_mail.send(database(), current_actor())
    except REFUSALS as error:
        form.refuse(error)
        return _page(form)
    if outcome.problem is not None:
        return _page(form, problem=_(PROBLEMS[outcome.problem]))
    flash(_("The mail server took it. Look whether it arrives."), "success")
    return redirect(url_for(".messages"), 303)


@pages.get("/metrics")
@access(PUBLIC)
def metrics() -> Response:
    """Figures for a monitor that shows the token in the settings; without one there is no page."""
    token = database().settings.metrics_token
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        abort(404)
    registry = CollectorRegistry()
    registry.register(_Figures())
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4")


class _Figures(Collector):
    """Reads the database at the moment that the monitor asks: right with several processes."""

    def collect(self) -> list[GaugeMetricFamily]:
        """One family for each name."""
        families: dict[str, GaugeMetricFamily] = {}
        for name, labels, value in message_view.figures(database()):
            family = families.setdefault(
                name, GaugeMetricFamily(name, name.replace("_", " "), labels=list(labels))
            )
            family.add_metric(list(labels.values()), value)
        return list(families.values())


def _kind(message: OutboxMessage) -> str:
    """What a message is about, in the words of its subject."""
    if message.kind in message_labels.KINDS:
        return _(message_labels.KINDS[message.kind])
    notice = notices.KINDS.get(message.kind)
    return _(notice.subject) if notice else message.kind


def _page(form: Form, problem: str | None = None) -> tuple[str, int]:
    with reading() as unit:
        page = render_template(
            "messages/messages.html",
            overview=message_view.overview(unit),
            troubles=message_view.troubles(unit),
            dropped=message_view.dropped(unit),
            mail=bool(unit.settings.smtp_host),
            texts=bool(unit.settings.text_url),
            may_send=unit.actor.may("member.change"),
            kind=_kind,
            why=lambda code: _(PROBLEMS.get(code, code)),
            new_key=lambda: Form().key,
            labels=message_labels,
            problem=problem,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status if problem is None else 502
