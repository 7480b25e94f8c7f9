"""Members from a list: put in, look, decide, put on file."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from timebank import imports, member_files, member_import
from timebank.errors import RuleBroken, TimebankError
from timebank.member_import import MemberOptions, MemberPlan
from timebank.models import ImportFile
from timebank.unit import Unit
from timebank.words import N_
from web import import_forms
from web.access import access
from web.errors import REFUSALS, errors_from, status_of
from web.forms import form_key, read_form
from web.import_forms import Told
from web.schemas.imports import ConfirmMembersFileSchema
from web.units import doorstep, reading, run

pages = Blueprint("imports", __name__)
Answer = Response | tuple[str, int]

LAYOUTS = {
    "csv": N_("A list with a line of column names"),
    "timeoverflow-in": N_("TimeOverflow: the members file that it reads in"),
    "timeoverflow-out": N_("TimeOverflow: the members file that it writes"),
}
COLUMNS = {
    "": N_("Pass it over"),
    "name": N_("Name"),
    "email": N_("E-mail address"),
    "phone": N_("Phone number"),
    "address": N_("Postal address"),
    "number": N_("Number in the earlier system"),
    "joined_on": N_("Day they joined"),
    "statement_by": N_("Statements (link, mail or paper)"),
    "choice": N_("Choice (accept, decline or pot)"),
}


@pages.get("/members/import")
@access("member.add")
def new() -> Answer:
    """The form to put a list in."""
    return _upload_page({})


@pages.post("/members/import")
@access("member.add")
def put_in() -> Answer:
    """Keep it, and go on to looking at it."""
    try:
        content = import_forms.uploaded()
        options = MemberOptions(
            layout=import_forms.chosen("layout", LAYOUTS, "csv"),
            encoding=import_forms.encoding(),
            dates=import_forms.chosen("dates", import_forms.DAYS, "iso"),
        )
        command = imports.KeepFile(purpose="members", content=content, options=options)
        with doorstep() as unit:
            file_id = imports.keep_file(unit, command)
    except RuleBroken as error:
        return _upload_page(errors_from(error))
    return redirect(url_for(".file", file_id=file_id), 303)


@pages.get("/members/import/<file_id>")
@access("member.add")
def file(file_id: str) -> Answer:
    """Whom the list would put on file."""
    return _file_page(file_id)


@pages.post("/members/import/<file_id>")
@access("member.add")
def step(file_id: str) -> Answer:
    """Say more about the list, drop it, or put everybody on file."""
    if request.form.get("do") == "confirm":
        return _confirm(file_id)
    if not import_forms.answered(file_id, "members", MemberOptions, _said):
        flash(_("The file is deleted. Nobody was put on file."), "success")
        return redirect(url_for("members.members"), 303)
    return redirect(url_for(".file", file_id=file_id), 303)


def _said(options: MemberOptions) -> MemberOptions:
    if request.form.get("do") == "decide":
        return replace(options, who=import_forms.decisions(options.who))
    columns = tuple((h, m if m in COLUMNS else "") for h, m in import_forms.numbered("column"))
    return replace(
        options,
        columns=columns or options.columns,
        encoding=import_forms.chosen("encoding", import_forms.ENCODINGS, options.encoding),
        dates=import_forms.chosen("dates", import_forms.DAYS, options.dates),
        leave_out="leave_out" in request.form,
    )


def _confirm(file_id: str) -> Answer:
    form = read_form(ConfirmMembersFileSchema, request.form, file_id=file_id)
    try:
        if form.command is None:
            raise RuleBroken("import_changed")
        done = run(member_import.confirm_members_file, form.command, form.key)
    except REFUSALS as error:
        return _file_page(file_id, error)
    flash(
        ngettext("%(num)s member is put on file. The file is deleted.",
                 "%(num)s members are put on file. The file is deleted.", done.added), "success",
    )  # fmt: skip
    return redirect(url_for("members.members"), 303)


# --- pages --------------------------------------------------------------------------------------


def _upload_page(errors: dict[str, list[str]]) -> tuple[str, int]:
    page = render_template(
        "imports/new.html",
        typed=import_forms.usual(lines="", encoding="utf-8", dates="iso", layout="csv"),
        layouts=LAYOUTS,
        encodings=import_forms.ENCODINGS,
        days=import_forms.DAYS,
        most=imports.MOST_BYTES // 1_000_000,
        form_errors=errors,
    )
    return page, 422 if errors else 200


def _file_page(file_id: str, refusal: TimebankError | None = None) -> tuple[str, int]:
    with reading() as unit:
        kept = imports.kept_file(unit, file_id, "members")
        options = imports.options_of(kept, MemberOptions)
        plan, unreadable = _plan(unit, kept, options)
        questions = plan.questions if plan else ()
        page = render_template(
            "imports/file.html",
            file=kept,
            options=options,
            headings=_headings(kept, options),
            columns=COLUMNS,
            plan=plan,
            lines=_in_words(plan) if plan else [],
            problems=import_forms.to_put_right(plan.problems) if plan else [],
            asked=import_forms.questions(questions, options.who, may_add=True),
            digest=imports.digest_of(plan) if plan else "",
            encodings=import_forms.ENCODINGS,
            days=import_forms.DAYS,
            most_shown=import_forms.MOST_SHOWN,
            kept_until=imports.kept_until(unit, kept),
            key=form_key(),
            form_errors=import_forms.refused(refusal or unreadable),
        )
    return page, status_of(refusal) if refusal is not None else 200


def _plan(
    unit: Unit, kept: ImportFile, options: MemberOptions
) -> tuple[MemberPlan | None, TimebankError | None]:
    """The plan, or why the list as a whole cannot be read."""
    try:
        return member_import.plan_members(unit, kept.content, options), None
    except RuleBroken as error:
        return None, error


def _headings(kept: ImportFile, options: MemberOptions) -> list[tuple[str, str]]:
    """Each heading of the list, and what it means so far."""
    try:
        headings = member_files.headings_of(kept.content, options)
    except RuleBroken:
        return []
    declared = dict(options.columns)
    return [(each, declared.get(each, member_files.meaning_of(each))) for each in headings]


def _in_words(plan: MemberPlan) -> list[Told]:
    """Every line of the list, in its order, and what would be done with it."""
    lines = [
        Told(line=row.line, who=row.name, what=_(
            "Put on file: %(reach)s", reach=row.email or row.phone or _("no e-mail or phone")))
        for row in plan.rows
    ]  # fmt: skip
    lines += [Told(line=line, who=name, what=_("On file already, left alone"))
              for line, name in plan.already]  # fmt: skip
    lines += import_forms.told((*plan.left_out, *plan.problems))
    return sorted(lines, key=lambda each: each.line)
