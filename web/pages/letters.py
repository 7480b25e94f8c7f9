"""Letters: what waits for the post, the file of a day, and what came back."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from timebank import communication, letter_pdf, letters
from timebank.errors import NotFound
from timebank.letters import PostLetters, PrintLetters
from web import message_labels
from web.access import access
from web.errors import REFUSALS
from web.forms import Form, form_key, read_form
from web.pages.statement_formats import answer
from web.schemas.messages import PostLettersSchema, PrintLettersSchema, ReturnLetterSchema
from web.units import reading, run

pages = Blueprint("letters", __name__)


@pages.get("/letters")
@access("message.deliver")
def queue() -> str:
    """Who waits for a letter, and the files of the last days."""
    with reading() as unit:
        return render_template(
            "letters/queue.html",
            waiting=letters.waiting(unit),
            how_many=letters.how_many(unit),
            most=letters.IN_ONE_FILE,
            runs=letters.runs(unit),
            key=form_key(),
        )


@pages.post("/letters")
@access("message.deliver")
def make() -> Response:
    """Make the letters of today; a second click makes no second file."""
    form = read_form(PrintLettersSchema, request.form)
    made = run(letters.print_letters, form.command or PrintLetters(), form.key)
    if made.run_id is None:
        flash(_("Nothing waits to be printed."), "success")
        return redirect(url_for(".queue"), 303)
    flash(ngettext("%(num)s letter is made.", "%(num)s letters are made.", made.count), "success")
    return redirect(url_for(".file", run_id=made.run_id), 303)


@pages.get("/letters/<run_id>")
@access("message.deliver")
def file(run_id: str) -> str:
    """One file: print it, post it, tick it, and note what came back."""
    return _file(run_id, Form())[0]


@pages.post("/letters/<run_id>/posted")
@access("message.deliver")
def posted(run_id: str) -> Response | tuple[str, int]:
    """Tick those that were posted."""
    ids = request.form.getlist("letter")
    if not ids:
        form = Form(key=request.form.get("key", ""), status=422)
        form.errors = {"letter": [_("Tick the letters that were posted.")]}
        return _file(run_id, form)
    try:
        command: PostLetters = PostLettersSchema().load({"run_id": run_id, "letter_ids": ids})
    except ValidationError:
        abort(400)  # no page of ours sends this
    done = run(letters.post_letters, command, request.form.get("key", ""))
    flash(
        ngettext("%(num)s letter counts as sent.", "%(num)s letters count as sent.", done.count),
        "success",
    )
    return redirect(url_for(".file", run_id=run_id), 303)


@pages.post("/letters/<run_id>/<letter_id>/returned")
@access("message.deliver")
def returned(run_id: str, letter_id: str) -> Response | tuple[str, int]:
    """A letter came back: nothing more goes there until somebody has asked."""
    form = read_form(ReturnLetterSchema, request.form, letter_id=letter_id)
    try:
        run(letters.return_letter, form.command, form.key)
    except REFUSALS as error:
        form.refuse(error)
        return _file(run_id, form)
    flash(_("Noted. Nothing more is posted there, and “To do” asks how to reach them."), "success")
    return redirect(url_for(".file", run_id=run_id), 303)


@pages.get("/letters/<run_id>/letters.pdf")
@access("message.deliver")
def pdf(run_id: str) -> Response:
    """The file itself, set after the unit has closed."""
    with reading() as unit:
        sheets = letter_pdf.sheets(unit, run_id)
    response = Response(sheets.pdf(), content_type="application/pdf")
    name = f"letters-{sheets.made_on.isoformat()}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@pages.get("/letters/<run_id>/<letter_id>/braille.txt")
@access("message.deliver")
def braille(run_id: str, letter_id: str) -> Response:
    """The statement of a letter for a braille printer."""
    with reading() as unit:
        wanted = letter_pdf.braille(unit, letter_id)
    if wanted is None:
        raise NotFound("letter_unknown")
    return answer(wanted, money_values=False)


def _file(run_id: str, form: Form) -> tuple[str, int]:
    with reading() as unit:
        found = letters.letters(unit, run_id)
        profiles = communication.of_people(unit, {each.person_id for each in found})
        page = render_template(
            "letters/file.html",
            run_id=run_id,
            letters=found,
            forms={each.person_id: profiles[each.person_id].form
                   for each in found if each.person_id in profiles},
            to_post=[each for each in found if each.status == "printed"],
            labels=message_labels,
            key=form.key or form_key(),
            new_key=lambda: Form().key,
            form=form,
            form_errors=form.errors,
        )  # fmt: skip
    return page, form.status
