"""The table in which a session is credited: one row a person, one cell a component.

A row's boxes are named as the schema's errors are (``lines-0-session_minutes``), so that what the
schema or the domain says stands at its cell. What was typed is kept as typed, in the table, in the
hidden boxes of the check page and in drafts, and read again each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from timebank.credit_checks import MOST_LINES
from timebank.crediting import CreditSession
from timebank.errors import TimebankError
from timebank.figures import COMPONENTS
from timebank.involvement import FIRST
from timebank.models import Member
from web import work_labels
from web.cells import CellUnclear, read_cell
from web.errors import TOP, say
from web.forms import flat
from web.schemas.crediting import CreditSessionSchema

POT = "pot_minutes"
CELLS = (*COMPONENTS, POT)
MOST_LETTERS = 40  # of one cell: more is no length of time


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person in the table; ``cells`` is what was typed by column, ``choice`` "" as usual.

    ``offered`` is the involvement for which the cells were filled in, "" for none; ``agreed`` says
    in words what is agreed with this person; ``own`` is the coordinator's own row.
    """

    member_id: str
    name: str = ""
    number: int = 0
    standing: str = "accept"
    cells: Mapping[str, str] = field(default_factory=dict)
    involvement: str = FIRST
    offered: str = ""
    capacity: str = "own_time"
    choice: str = ""
    agreed: tuple[str, ...] = ()
    own: bool = False


# What travels of a row beside its cells.
WORDS = ("member_id", "involvement", "offered", "capacity", "choice")


@dataclass(kw_only=True)
class Checked:
    """The table as a command, or what is wrong with it: at its cells, and for the summary."""

    command: CreditSession | None = None
    cells: dict[str, list[str]] = field(default_factory=dict)
    summary: dict[str, list[str]] = field(default_factory=dict)

    def add(self, rows: Sequence[Row], name: str, words: str) -> None:
        """Say something at a cell, and in the summary with the person and the column."""
        self.command = None
        self.cells.setdefault(name, []).append(words)
        self.summary.setdefault(name, []).append(_placed(rows, name, words))


def read_rows(form: MultiDict[str, str]) -> list[Row]:
    """The rows as they were sent, in order, without names."""
    rows = []
    for index in range(MOST_LINES):
        name = f"lines-{index}-"
        if f"{name}member_id" not in form:
            break
        sent = {key: form.get(name + key, "") for key in (*WORDS, *CELLS)}
        rows.append(row_of(sent))
    return rows


def row_of(sent: Mapping[str, Any]) -> Row:
    """One row from its words and cells, as a form or a draft has them."""

    def text(key: str) -> str:
        return str(sent.get(key) or "")

    return Row(
        member_id=text("member_id"),
        involvement=text("involvement") or FIRST,
        offered=text("offered"),
        capacity=text("capacity") or "own_time",
        choice=text("choice"),
        cells={key: text(key)[:MOST_LETTERS] for key in CELLS if text(key)},
    )


def as_kept(row: Row) -> dict[str, Any]:
    """A row as a draft keeps it: what ``row_of`` reads again, without anybody's name."""
    return {key: getattr(row, key) for key in WORDS} | dict(row.cells)


def named(rows: Sequence[Row], members: Mapping[str, Member], *, own_id: str | None) -> list[Row]:
    """The rows with names and standing choices, by name; without those who are nobody's to see."""
    known = [
        replace(row, name=member.person.name, number=member.number, standing=member.choice,
                own=member.id == own_id)
        for row in rows
        if (member := members.get(row.member_id)) is not None
    ]  # fmt: skip
    return sorted(known, key=lambda row: (row.name.casefold(), row.number))


def filled(rows: Sequence[Row], same: Mapping[str, str]) -> list[Row]:
    """The rows with the same time for everybody, in those cells where one is given."""
    given = {part: text for part, text in same.items() if text.strip()}
    return [replace(row, cells={**row.cells, **given}) for row in rows]


def check(rows: Sequence[Row], session_id: str, revision: object) -> Checked:
    """Read every cell, then let the schema that the API uses too decide."""
    checked = Checked()
    lines: list[dict[str, Any]] = []
    for index, row in enumerate(rows):
        minutes = {part: _minutes(checked, rows, index, part) for part in CELLS}
        line = {
            "member_id": row.member_id,
            "involvement": row.involvement,
            "capacity": row.capacity,
            "pot_minutes": minutes.pop(POT),
            "figures": minutes,
        }
        # Left out, the member's standing choice holds; a part for the pot needs an account.
        choice = row.choice or ("accept" if line["pot_minutes"] else "")
        lines.append({**line, "choice": choice} if choice else line)
    if not checked.cells:
        _load(checked, rows, {"session_id": session_id, "revision": revision, "lines": lines})
    return checked


def _minutes(checked: Checked, rows: Sequence[Row], index: int, part: str) -> int:
    try:
        return read_cell(rows[index].cells.get(part, ""))
    except CellUnclear as question:
        checked.add(rows, f"lines-{index}-{part}", str(question))
        return 0


def total(row: Row) -> int | None:
    """All components of a row in minutes, or None while one of them cannot be read."""
    try:
        return sum(read_cell(row.cells.get(part, "")) for part in COMPONENTS)
    except CellUnclear:
        return None


def _load(checked: Checked, rows: Sequence[Row], data: dict[str, Any]) -> None:
    try:
        checked.command = CreditSessionSchema().load(data)
    except ValidationError as error:
        for name, messages in flat(error.messages).items():
            for words in messages:
                checked.add(rows, name.replace("-figures-", "-"), words)


def refuse(checked: Checked, rows: Sequence[Row], problems: Sequence[TimebankError]) -> None:
    """Put the domain's refusals at their rows, or at the top of the page."""
    for problem in problems:
        line = problem.params.get("line")
        if line is None:
            checked.add(rows, TOP, say(problem))
        else:
            part = problem.field or COMPONENTS[0]
            checked.add(rows, f"lines-{line}-{part}", say(problem))


def _placed(rows: Sequence[Row], name: str, words: str) -> str:
    """``words`` with the person and the column they are about."""
    _lines, _mark, rest = name.partition("-")
    index, _mark, part = rest.partition("-")
    if not index.isdecimal() or int(index) >= len(rows):
        return words
    person = rows[int(index)].name
    if part not in work_labels.GRID:
        return _("%(person)s: %(words)s", person=person, words=words)
    column = work_labels.named(work_labels.GRID, part)
    return _("%(person)s, %(column)s: %(words)s", person=person, column=column, words=words)
