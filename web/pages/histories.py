"""Hours from an earlier system: put its file in, look, decide, accept, bring them over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank import directory, history_files, history_import, imports, people
from timebank.errors import Rejected, RuleBroken, TimebankError
from timebank.history_files import COLUMNS as MEANINGS
from timebank.history_files import Glance, HistoryOptions, Party
from timebank.history_import import HistoryPlan
from timebank.history_plan import End, Move
from timebank.models import ImportFile
from timebank.unit import Unit
from timebank.words import N_
from web import import_forms, work_labels
from web.access import access
from web.errors import REFUSALS, errors_from, status_of
from web.filters import duration, words
from web.forms import form_key, read_form
from web.import_forms import Told
from web.schemas.imports import ConfirmHistoryFileSchema
from web.units import doorstep, reading, run

pages = Blueprint("histories", __name__)
Answer = Response | tuple[str, int]

LAYOUTS = {
    "csv": N_("Any list: I say what its columns are"),
    "timeoverflow-in": N_("TimeOverflow: the transfers file that it reads in"),
    "timeoverflow-out": N_("TimeOverflow: the transfers file that it writes"),
    "timebank-cc": N_("timebank.cc: transactions"),
}
SYSTEMS = {
    "csv": N_("A list"),
    "timeoverflow-in": N_("TimeOverflow"),
    "timeoverflow-out": N_("TimeOverflow"),
    "timebank-cc": N_("timebank.cc"),
}
COLUMNS = {
    "": N_("Pass it over"),
    "member": N_("Member"),
    "date": N_("Day"),
    "kind": N_("Kind"),
    "amount": N_("Amount"),
    "balance": N_("Balance afterwards"),
}
KINDS = {"": N_("Not said yet"), "in": N_("Adds hours"), "out": N_("Takes hours off")}
# What is not an error yet where nothing was said so far, but the next thing to say.
_TO_SAY = frozenset({"column_not_mapped", "column_missing", "option_unit_missing"})


@pages.get("/histories")
@access("history.import")
def histories() -> str:
    """What was brought over so far."""
    with reading() as unit:
        found = history_import.histories(unit)
        names = directory.names(unit, [each.imported_by for each in found])
        return render_template("histories/histories.html", histories=found, names=names)


@pages.get("/histories/bring")
@access("history.import")
def new() -> Answer:
    """The form to put a file in."""
    return _upload_page({})


@pages.post("/histories/bring")
@access("history.import")
def put_in() -> Answer:
    """Keep it, and go on to looking at it."""
    try:
        content = import_forms.uploaded()
        options = HistoryOptions(
            layout=import_forms.chosen("layout", LAYOUTS, "csv"), encoding=import_forms.encoding()
        )
        command = imports.KeepFile(purpose="history", content=content, options=options)
        with doorstep() as unit:
            file_id = imports.keep_file(unit, command)
    except RuleBroken as error:
        return _upload_page(errors_from(error))
    return redirect(url_for(".file", file_id=file_id), 303)


@pages.get("/histories/bring/<file_id>")
@access("history.import")
def file(file_id: str) -> Answer:
    """What each row of the file would record, and what has to be said first."""
    return _file_page(file_id)


@pages.post("/histories/bring/<file_id>")
@access("history.import")
def step(file_id: str) -> Answer:
    """Say more about the file, accept what was found, drop it, or bring it over."""
    do = request.form.get("do", "")
    if do == "confirm":
        return _confirm(file_id)
    said = _SAID.get(do, _how_it_is_read)
    if not import_forms.answered(file_id, "history", HistoryOptions, said):
        flash(_("The file is deleted. Nothing was recorded."), "success")
        return redirect(url_for(".histories"), 303)
    return redirect(url_for(".file", file_id=file_id), 303)


@pages.get("/histories/<import_id>")
@access("history.import")
def history(import_id: str) -> str:
    """What was brought over with one file; bookmarked, it says the same for ever."""
    with reading() as unit:
        found = history_import.history(unit, import_id)
        by = directory.names(unit, [found.imported_by])[found.imported_by]
        return render_template(
            "histories/history.html", history=found, by=by, from_system=_system(found.layout)
        )


def _confirm(file_id: str) -> Answer:
    form = read_form(ConfirmHistoryFileSchema, request.form, file_id=file_id)
    try:
        if form.command is None:
            raise RuleBroken("import_changed")
        done = run(history_import.confirm_history_file, form.command, form.key)
    except REFUSALS as error:
        return _file_page(file_id, error)
    return redirect(url_for(".history", import_id=done.import_id), 303)


# --- what was said ------------------------------------------------------------------------------


def _decided(options: HistoryOptions) -> HistoryOptions:
    return replace(options, who=import_forms.decisions(options.who), accepted=())


def _accepted(options: HistoryOptions) -> HistoryOptions:
    said = request.form.getlist("accept")
    rows = tuple(int(row) for row in said if row.isascii() and row.isdecimal() and len(row) < 10)
    return replace(options, accepted=rows)


def _how_it_is_read(options: HistoryOptions) -> HistoryOptions:
    """Columns, kinds, unit and days; what was accepted before may be found no more."""
    form = request.form
    columns = tuple((h, m if m in COLUMNS else "") for h, m in import_forms.numbered("column"))
    kinds = list(import_forms.numbered("kind"))
    outside = tuple(line.strip() for line in form.get("outside", "").splitlines() if line.strip())
    return replace(
        options,
        columns=columns or options.columns,
        kinds_in=tuple(kind for kind, said in kinds if said == "in"),
        kinds_out=tuple(kind for kind, said in kinds if said == "out"),
        unit=import_forms.chosen("unit", import_forms.UNITS, "") or None,
        dates=import_forms.chosen("dates", import_forms.DAYS, options.dates),
        encoding=import_forms.chosen("encoding", import_forms.ENCODINGS, options.encoding),
        round_minutes="round_minutes" in form,
        outside=outside,
        accepted=(),
    )


_SAID = {"decide": _decided, "accept": _accepted}


# --- pages --------------------------------------------------------------------------------------


def _upload_page(errors: dict[str, list[str]]) -> tuple[str, int]:
    page = render_template(
        "histories/new.html",
        typed=import_forms.usual(lines="", encoding="utf-8", layout="csv"),
        layouts=LAYOUTS,
        encodings=import_forms.ENCODINGS,
        most=imports.MOST_BYTES // 1_000_000,
        form_errors=errors,
    )
    return page, 422 if errors else 200


def _file_page(file_id: str, refusal: TimebankError | None = None) -> tuple[str, int]:
    with reading() as unit:
        kept = imports.kept_file(unit, file_id, "history")
        options = imports.options_of(kept, HistoryOptions)
        plan, unreadable = _plan(unit, kept, options)
        to_say = unreadable if unreadable is not None and unreadable.code in _TO_SAY else None
        page = render_template(
            "histories/file.html",
            file=kept,
            options=options,
            from_system=_system(options.layout),
            columns=COLUMNS,
            kinds=KINDS,
            units=import_forms.UNITS,
            own_unit=history_files.UNITS.get(options.layout),
            headings=_headings(kept, options),
            kinds_said=_kinds(kept, options),
            plan=plan,
            lines=_in_words(unit, plan) if plan else [],
            problems=import_forms.to_put_right(plan.problems) if plan else [],
            findings=import_forms.told(plan.findings) if plan else [],
            asked=import_forms.questions(plan.questions if plan else (), options.who, may_add=True),
            digest=imports.digest_of(plan) if plan else "",
            encodings=import_forms.ENCODINGS,
            days=import_forms.DAYS,
            most_shown=import_forms.MOST_SHOWN,
            kept_until=imports.kept_until(unit, kept),
            key=form_key(),
            to_say=to_say,
            form_errors=import_forms.refused(refusal or (None if to_say else unreadable)),
        )
    return page, status_of(refusal) if refusal is not None else 200


def _system(layout: str) -> str:
    return work_labels.named(SYSTEMS, layout)


def _plan(
    unit: Unit, kept: ImportFile, options: HistoryOptions
) -> tuple[HistoryPlan | None, TimebankError | None]:
    """The plan, or why the file as a whole cannot be read."""
    try:
        return history_import.plan_history(unit, kept.content, options), None
    except (RuleBroken, Rejected) as error:
        return None, error


def _glance(kept: ImportFile, options: HistoryOptions) -> Glance:
    try:
        return history_files.glance(kept.content, options)
    except RuleBroken:
        return Glance(headings=(), kinds=())


def _headings(kept: ImportFile, options: HistoryOptions) -> list[tuple[str, str]]:
    """Each heading of the file, and what it means so far."""
    declared = dict(options.columns)
    return [
        (heading, declared.get(heading, heading if heading in MEANINGS else ""))
        for heading in _glance(kept, options).headings
        if heading
    ]


def _kinds(kept: ImportFile, options: HistoryOptions) -> list[tuple[str, str]]:
    """Each kind in the file, and what it does so far."""
    said = dict.fromkeys(options.kinds_in, "in") | dict.fromkeys(options.kinds_out, "out")
    return [(kind, said.get(kind, "")) for kind in _glance(kept, options).kinds]


def _in_words(unit: Unit, plan: HistoryPlan) -> list[Told]:
    """The rows of the file, in its order, and what would be done with each."""
    names = {member.id: member.person.name for member in people.every_member(unit)}
    lines = [_move(move, names) for move in plan.moves]
    lines += [Told(line=line, who="", what=_("Moves nothing")) for _row, line in plan.nothing]
    lines += import_forms.told((*plan.left_out, *plan.problems))
    return sorted(lines, key=lambda each: each.line)


def _move(move: Move, names: dict[str, str]) -> Told:
    who: Sequence[str] = [_end(end, names) for end in (move.source, move.target) if end is not None]
    time = duration(move.minutes)
    if move.kind == "transfer":
        what = _("%(time)s from the first to the second", time=time)
    elif move.source is None:
        what = _("%(time)s added", time=time)
    else:
        what = _("%(time)s taken off", time=time)
    if move.kind == "adjustment":
        what = _("The difference first: %(what)s", what=what)
    return Told(line=move.line, who=", ".join(who), what=f"{words().day(move.day)}: {what}")


def _end(end: End, names: dict[str, str]) -> str:
    if isinstance(end, Party):
        return _("%(name)s (new)", name=end.name)
    return names.get(end or "", "")
