"""The books: check them from the first entry to the last, and note where they stand."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from timebank import audit
from timebank.words import FINDINGS
from web.access import access
from web.filters import words
from web.forms import Form
from web.units import reading

pages = Blueprint("books", __name__)
_NOTED = re.compile(r"\s*([0-9]{1,15})\s*:\s*([0-9a-fA-F]{64})\s*", re.ASCII)


@pages.get("/books")
@access("books.prove")
def books() -> str:
    """What a check does, and the button for it; it may take a while in a big community."""
    return render_template("books/books.html", form=Form(), form_errors={})


@pages.get("/books/check")
@access("books.prove")
def check() -> tuple[str, int]:
    """Check now; with ``against``, also that the books still hold what was noted earlier."""
    noted = request.args.get("against", "")
    found = _NOTED.fullmatch(noted)
    if noted.strip() and found is None:
        form = Form(values={"against": noted})
        form.error("against", _("Write it as it was noted: a number, a colon, and 64 letters and"
                                " digits."))  # fmt: skip
        page = render_template("books/books.html", form=form, form_errors=form.errors)
        return page, form.status
    against = (int(found[1]), found[2].lower()) if found else None
    with reading() as unit:
        report = audit.verify(unit, against)
        said = words()
        page = render_template(
            "books/checked.html",
            findings=[said.say(FINDINGS[each.code], **each.params) for each in report.findings],
            transactions=report.transactions,
            head=f"{report.head.seq}:{report.head.digest.hex()}",
            now=unit.now,
            against=noted.strip(),
        )
    return page, 200
