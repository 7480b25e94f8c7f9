"""The table in which a session is credited: one row a person, one cell a component.

A row's boxes are named as the schema's errors are (``lines-0-session_minutes``), so that what the
schema or the domain says stands at its cell. What was typed is kept as typed, in the table and in
the hidden boxes of the check page, and read again each time.
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
from timebank.models import Member
from web import work_labels
from web.cells import CellUnclear, read_cell
from web.errors import TOP, say
from web.forms import flat
from web.schemas.crediting import CreditSessionSchema


@dataclass(frozen=True, kw_only=True)
class Row:
    """One person in the table; ``cells`` is what was typed by component, ``choice`` "" as usual."""

    member_id: str
    name: str = ""
    number: int = 0
    standing: str = "accept"
    cells: Mapping[str, str] = field(default_factory=dict)
    capacity: str = "own_time"
    choice: str = ""


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
        member_id = form.get(f"{name}member_id")
        if member_id is None:
            break
        rows.append(
            Row(
                member_id=member_id,
                cells={part: form.get(name + part, "") for part in COMPONENTS},
                capacity=form.get(f"{name}capacity", "own_time"),
                choice=form.get(f"{name}choice", ""),
            )
        )
    return rows


def named(rows: Sequence[Row], members: Mapping[str, Member]) -> list[Row]:
    """The rows with names and standing choices, by name; without those who are nobody's to see."""
    known = [
        replace(row, name=member.person.name, number=member.number, standing=member.choice)
        for row in rows
        if (member := members.get(row.member_id)) is not None
    ]
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
        figures: dict[str, int] = {}
        for part in COMPONENTS:
            try:
                figures[part] = read_cell(row.cells.get(part, ""))
            except CellUnclear as question:
                checked.add(rows, f"lines-{index}-{part}", str(question))
        line = {"member_id": row.member_id, "capacity": row.capacity, "figures": figures}
        # Left out, the member's standing choice holds.
        lines.append({**line, "choice": row.choice} if row.choice else line)
    if not checked.cells:
        _load(checked, rows, {"session_id": session_id, "revision": revision, "lines": lines})
    return checked


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
    if part not in work_labels.COMPONENTS:
        return _("%(person)s: %(words)s", person=person, words=words)
    column = work_labels.named(work_labels.COMPONENTS, part)
    return _("%(person)s, %(column)s: %(words)s", person=person, column=column, words=words)
