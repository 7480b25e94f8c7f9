"""Languages: everybody chooses theirs; administrators record who read and passed each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import community, information, languages
from timebank.models import LanguagePassed
from timebank.words import Words
from web import frame, reading_language
from web.access import PUBLIC, access, local_path
from web.carrying_out import ALL_REFUSALS, carried_out, went_on
from web.errors import REFUSALS, say
from web.forms import Form, read_form
from web.pages.community import person_options
from web.schemas.languages import (
    ChooseLanguageSchema,
    PassInformationSchema,
    PassLanguageSchema,
    SwitchLanguageOffSchema,
)
from web.units import acting, current_actor, reading

pages = Blueprint("languages", __name__)


@pages.post("/language")
@access(PUBLIC)
def choose() -> Response:
    """Read in another language: kept for whoever is signed in, and otherwise by this browser."""
    boxes = request.form.copy()
    back = redirect(local_path(boxes.pop("next", None)), 303)
    form = read_form(ChooseLanguageSchema, boxes)
    wanted = form.command.language if form.command else None
    session.pop(reading_language.LOOKING_THROUGH, None)
    try:
        if current_actor().person_id is not None and form.command is not None:
            with acting() as unit:
                languages.choose_language(unit, form.command)
            return back
        with reading() as unit:
            offered = languages.on(unit)
    except REFUSALS as error:
        flash(say(error), "important")
        return back
    if wanted in offered:
        reading_language.keep(back, wanted)
    return back


@pages.get("/community/languages")
@access("community.change")
def all_of_them() -> str:
    """Every language there are words for, how complete it is, and who passed it."""
    with reading() as unit:
        passed = languages.passed(unit)
        found = [_about(code, passed.get(code)) for code in languages.found()]
        return render_template("languages/languages.html", languages=found)


@pages.get("/community/languages/<language>")
@access("community.change")
def language(language: str) -> tuple[str, int]:
    """One language: read it, pass it, switch it off."""
    return _page(language, Form(values={"passed_on": _today()}))


@pages.post("/community/languages/<language>/look")
@access("community.change")
def look(language: str) -> Response:
    """Show this browser the pages in a language that nobody has passed yet."""
    if language not in languages.found()[1:]:
        abort(404)
    session[reading_language.LOOKING_THROUGH] = language
    return redirect("/", 303)


@pages.post("/community/languages/<language>/pass")
@access("community.change")
def pass_it(language: str) -> Response | tuple[str, int]:
    """Record who passed it, and switch it on."""
    form = read_form(PassLanguageSchema, request.form, language=language)
    if carried_out(form, languages.pass_language, refusals=ALL_REFUSALS) is None:
        return _page(language, form)
    frame.read_anew()  # whoever pressed may read on in another language
    flash(_("Everybody can read the pages in this language now."), "success")
    return redirect(_where(language), 303)


@pages.post("/community/languages/<language>/pass-information")
@access("community.change")
def pass_information(language: str) -> Response | tuple[str, int]:
    """Record who passed the words about benefits."""
    form = read_form(PassInformationSchema, request.form, language=language)
    done = _("The words about benefits are shown in this language now.")
    return went_on(form, languages.pass_information, done, _where(language)) or _page(
        language, form
    )


@pages.post("/community/languages/<language>/switch-off")
@access("community.change")
def switch_off(language: str) -> Response | tuple[str, int]:
    """Offer it to nobody any more."""
    form = read_form(SwitchLanguageOffSchema, request.form, language=language)
    if carried_out(form, languages.switch_language_off, refusals=ALL_REFUSALS) is None:
        return _page(language, form)
    frame.read_anew()
    flash(_("The language is switched off."), "success")
    return redirect(url_for(".all_of_them"), 303)


def _where(language: str) -> str:
    return url_for(".language", language=language)


def _today() -> dict[str, str]:
    with reading() as unit:
        on = unit.today
    return {"day": str(on.day), "month": str(on.month), "year": str(on.year)}


def _about(code: str, row: LanguagePassed | None) -> dict[str, Any]:
    """What the pages show of one language."""
    own, here = languages.own_name(code), languages.name_in(code, str(get_locale()))
    words = Words(code)
    shown = row is not None and row.information_sha256 == information.sha256_of(words)
    return {
        "code": code,
        "own_name": own,
        "name": None if here == own else here,
        "complete": languages.completeness(code),
        "row": row,
        "always_on": code == languages.ENGLISH,
        "on": code == languages.ENGLISH or (row is not None and row.off_at is None),
        "information_shown": shown or code == languages.ENGLISH,
        "information_whole": information.is_whole(words),
        "revision": row.revision if row else 0,
    }


def _page(language: str, form: Form) -> tuple[str, int]:
    if language not in languages.found()[1:]:  # English is always on
        abort(404)
    with reading() as unit:
        rules = community.policy(unit)
        page = render_template(
            "languages/language.html",
            language=_about(language, languages.passed(unit).get(language)),
            persons=[("", _("Choose")), *person_options(unit)],
            english=community.information_text(rules, Words(), unit.today).split("\n\n"),
            translated=community.information_text(rules, Words(language), unit.today).split("\n\n"),
            off_key=Form().key,
            form=form,
            form_errors=form.errors,
        )
    return page, form.status
