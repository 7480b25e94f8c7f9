"""What members are asked by single-use links: is this right, and how was it.

``web.pages.links`` opens the link and closes it when it cannot be used.
"""

from __future__ import annotations

from flask import render_template, request

from timebank import after_credit, feedback, follow_up, is_it_right
from timebank.errors import RuleBroken
from timebank.query_rules import REPLY_DAYS
from timebank.unit import NOBODY, Unit
from web import query_labels, work_labels
from web.forms import Form, read_form
from web.schemas.follow_up import FeedbackSchema, RightAnswerSchema
from web.units import database

RIGHT, FEEDBACK = after_credit.PURPOSE, follow_up.FEEDBACK
PURPOSES = frozenset({RIGHT, FEEDBACK})


def page(unit: Unit, code: str, purpose: str, form: Form) -> str:
    """What the link asks, with its buttons; nothing changes."""
    if purpose == RIGHT:
        return render_template(
            "links/right.html",
            question=is_it_right.question(unit, code),
            form=form,
            form_errors=form.errors,
            work=work_labels,
        )
    return render_template(
        "links/feedback.html",
        session=feedback.asked_about(unit, code),
        form=form,
        form_errors=form.errors,
        labels=query_labels,
    )


def use(code: str, purpose: str) -> tuple[str, int] | Form:
    """Take the answer, once: the page that says so, or the form with what is wrong."""
    schema = RightAnswerSchema if purpose == RIGHT else FeedbackSchema
    form = read_form(schema, request.form)
    if form.command is None:
        return form
    answer, words = form.command["answer"], form.command["words"]
    try:
        with database().unit(NOBODY) as unit:
            if purpose == FEEDBACK:
                feedback.give_feedback(unit, code, answer, words)
                made = None
            else:
                made = is_it_right.answer_by_link(unit, code, answer, words)
    except RuleBroken as error:
        if error.field is None:
            raise
        form.refuse(error)
        return form
    return render_template("links/answered.html", answered=made, days=REPLY_DAYS), 200
