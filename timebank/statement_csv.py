"""A statement as CSV for a spreadsheet, in which no cell can become a formula."""

from __future__ import annotations

import csv
from io import StringIO

from timebank.statement_said import Content, Reader, said
from timebank.words import N_, Words

# What spreadsheets take for the beginning of a formula, in the wide letters of East Asia too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(content: Content, reader: Reader, *, money_values: bool = False) -> bytes:
    """One row for each line, between the start and the end; times are whole minutes.

    Begins with a byte order mark, without which spreadsheets misread accents. ``reader`` is not in
    it: a table of figures needs no name.
    """
    words, one = Words(content["language"]), said(content, reader, money_values=money_values)
    period = content["period"]
    headings = (
        N_("Day"),
        N_("Recorded on the day"),
        N_("What happened"),
        N_("Minutes added or taken off"),
        N_("Minutes you could then use"),
    )
    rows: list[tuple[str | int, ...]] = [
        tuple(words.say(heading) for heading in headings),
        (period["until_on"], "", f"{one.title}. {one.reference}. {one.summary}", "", ""),
        (period["from_on"], "", one.opening, "", content["opening_minutes"]),
    ]
    for line, each in zip(content["lines"], one.lines, strict=True):
        change, balance = line["amount_minutes"], line["balance_minutes"]
        rows.append((line["occurred_on"], line["recorded_on"], each.text, change, balance))
    rows += [(period["until_on"], "", each, "", "") for each in one.totals]
    rows.append((period["until_on"], "", one.closing, "", content["closing_minutes"]))
    rows += [(period["until_on"], "", each, "", "") for each in one.set_aside]
    rows += [(period["until_on"], "", each, "", "") for each in one.money_values]
    rows.append((content["issued_on"], "", f"{one.issued} {one.receipt} {one.head}", "", ""))
    stream = StringIO(newline="")
    csv.writer(stream).writerows([_inert(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig", "replace")


def _inert(cell: str | int) -> str | int:
    """A number as it is; a text that a spreadsheet would work out, behind an apostrophe."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_FORMULA):
        return f"'{cell}"
    return cell
