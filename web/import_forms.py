"""What the pages of files to import share: reading what was sent, and every line in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from flask_babel import gettext as _

from timebank import imports
from timebank.errors import RuleBroken, TimebankError
from timebank.who_is_who import NEW, SKIP, Question
from timebank.words import N_
from web.errors import TOP, errors_from, say
from web.units import doorstep

MOST_SHOWN = 500

ENCODINGS = {
    "utf-8": N_("UTF-8: most programs today, and every .xlsx"),
    "cp1252": N_("Windows (Western European): CSV from older versions of Excel"),
}
DAYS = {
    "iso": N_("Year first: 2026-01-05"),
    "dmy": N_("Day first: 5/1/2026 is 5 January"),
    "mdy": N_("Month first: 1/5/2026 is 5 January"),
}
UNITS = {
    "": N_("Not said yet"),
    "minutes": N_("Minutes: 90"),
    "h:mm": N_("Hours and minutes: 1:30"),
    "decimal-hours": N_("Decimal hours: 1.5"),
    "seconds": N_("Seconds: 5400"),
}
Who = tuple[tuple[str, str], ...]
Options = TypeVar("Options")
Said = Callable[[Options], Options]
# Problems that are asked about as a question of their own.
ASKED_ABOUT = frozenset(
    {"member_near", "member_ambiguous", "member_written_twice", "member_same_name"}
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A line of a file in words: whom it is about, and what would be done with it."""

    line: int
    who: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A name to decide about: why, what may be chosen (value and words), and what was."""

    written: str
    why: str
    choices: list[tuple[str, str]]
    decided: str


def uploaded() -> bytes:
    """The file that was sent, or the lines that were pasted, in UTF-8.

    Raises ``RuleBroken``: ``import_file_empty``, ``import_file_and_text``, ``import_file_large``.
    """
    sent = request.files.get("file")
    content = sent.read(imports.MOST_BYTES + 1) if sent is not None and sent.filename else b""
    lines = request.form.get("lines", "")
    if content and lines.strip():
        raise RuleBroken("import_file_and_text", field="lines")
    if len(content) > imports.MOST_BYTES:
        most = imports.MOST_BYTES // 1_000_000
        raise RuleBroken("import_file_large", field="file", most=most)
    if not content.strip() and not lines.strip():
        raise RuleBroken("import_file_empty", field="file")
    return content or lines.encode()


def answered(
    file_id: str,
    purpose: str,
    kind: type[Options],
    said: Said[Options],
    subject_id: str | None = None,
) -> bool:
    """Keep what was said about a file, or delete it; whether it is still there.

    ``said`` makes options of those that were chosen before; what it raises leaves them as they are.
    """
    with doorstep() as unit:
        kept = imports.kept_file(unit, file_id, purpose, subject_id)
        if request.form.get("do") == "discard":
            imports.discard(unit, kept)
            return False
        imports.change_options(unit, kept, said(imports.options_of(kept, kind)))
        return True


def encoding() -> str:
    """How the file is saved, as was said; what was pasted is in UTF-8 in any case."""
    said = chosen("encoding", ENCODINGS, "utf-8")
    return "utf-8" if request.form.get("lines", "").strip() else said


def chosen(name: str, allowed: Iterable[str], otherwise: str) -> str:
    """A choice of a form; what is none of those ``allowed`` is the usual one."""
    said = request.form.get(name, "")
    return said if said in allowed else otherwise


def numbered(name: str) -> Iterator[tuple[str, str]]:
    """Pairs of a thing and what was chosen for it, if anything: ``of-NAME-1`` and ``NAME-1``."""
    place = 0
    while (thing := request.form.get(f"of-{name}-{place}")) is not None:
        if (said := request.form.get(f"{name}-{place}")) is not None:
            yield thing, said
        place += 1


def decisions(before: Who) -> Who:
    """What was decided about names, now and before; an empty choice takes a decision back."""
    decided = dict(before)
    for written, said in numbered("who"):
        decided.pop(written, None)
        if said in (NEW, SKIP) or (said.isascii() and said.isdecimal() and len(said) < 10):
            decided[written] = said
    return tuple(decided.items())


def questions(asked: Sequence[Question], who: Who, *, may_add: bool) -> list[Asked]:
    """The names to decide about, and those that were decided."""
    found = []
    for each in asked:
        known = [(str(m.number), _("%(name)s, member %(number)s", name=m.person.name,
                                   number=m.number)) for m in each.candidates]  # fmt: skip
        others = [(NEW, _("Somebody new: put them on file"))]
        if not may_add or each.code == "member_ambiguous":
            others = []
        choices = [*known, *others, (SKIP, _("Leave these lines out"))]
        found.append(Asked(written=each.written, why=_why(each), choices=choices, decided=""))
    for written, decided in who:
        found.append(
            Asked(
                written=written,
                why=_("Decided."),
                choices=[(decided, _decided(decided)), ("", _("Ask me again"))],
                decided=decided,
            )
        )
    return found


def _why(asked: Question) -> str:
    if asked.code == "member_ambiguous":
        return _("Several members have this name.")
    if asked.code == "member_same_name":
        return _("Somebody on file has this name, with other details.")
    if asked.code == "member_written_twice":
        others = ", ".join(asked.also)
        return _("The file has nearly the same name too: %(others)s.", others=others)
    if asked.code == "member_near":
        return _("Nobody has exactly this name, but somebody’s is nearly the same.")
    return _("Nobody on file has this name.")


def _decided(decided: str) -> str:
    if decided == NEW:
        return _("Somebody new")
    if decided == SKIP:
        return _("These lines are left out")
    return _("Member %(number)s", number=decided)


def to_put_right(problems: Iterable[TimebankError]) -> list[Told]:
    """Lines with a problem that no answer about a name settles."""
    return told(each for each in problems if each.code not in ASKED_ABOUT)


def told(errors: Iterable[TimebankError]) -> list[Told]:
    """Lines with a problem, or that are left out, in words."""
    return [
        Told(line=int(each.params["line"]), who=str(each.params.get("who", "")), what=say(each))
        for each in errors
    ]


def refused(error: TimebankError | None) -> dict[str, list[str]]:
    """Why nothing can be done with the file as a whole, or why it was not recorded."""
    if error is None:
        return {}
    return {TOP: [words for said in errors_from(error).values() for words in said]}


def usual(**values: Any) -> dict[str, Any]:
    """What the boxes of an upload page show first, or what was chosen before."""
    return {name: request.form.get(name, value) for name, value in values.items()}
