"""A statement as CSV for a spreadsheet, in which no cell can become a formula."""

from __future__ import annotations

from timebank import tables_csv
from timebank.statement_said import Content, Reader, said
from timebank.words import N_, Words


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
    return tables_csv.as_bytes(rows)
