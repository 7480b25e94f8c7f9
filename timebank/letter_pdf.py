"""The letters of a day as one PDF/UA-1: each in the form its reader can use, address to the window.

A letter is what its messages say, on a sheet, and each statement on sheets of its own. Nothing in
it is stored: statements keep their content, and the other words are the notices' own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from timebank import (
    communication,
    languages,
    letters,
    notice_rules,
    notices,
    statement_formats,
    typesetting,
)
from timebank.clock import local_day
from timebank.errors import NotFound
from timebank.models import Communication, Letter, Member, OutboxMessage, Person, Statement
from timebank.statement_easy_read import easy_read_data
from timebank.statement_pdf import breakable, page_data
from timebank.statement_said import Content, Reader, reader_of, said
from timebank.unit import Unit
from timebank.words import N_, Words

# How a form is set on paper. Braille has a file of its own, beside the letters.
_LAYOUTS = {"large_print": "large-print", "easy_read": "easy-read"}


@dataclass(frozen=True, kw_only=True)
class Sheets:
    """What a file of letters is made from, read in one unit; ``pdf`` needs no database."""

    data: dict[str, Any]
    made_on: date

    def pdf(self) -> bytes:
        """The whole file."""
        return typesetting.pdf("letters.typ", self.data, issued_on=self.made_on)


def sheets(unit: Unit, run_id: str) -> Sheets:
    """The letters of one file, ready to be set."""
    found = letters.letters(unit, run_id)
    profiles = communication.of_people(unit, {each.person_id for each in found})
    contents, issued = _contents(unit, run_id), _statements(unit, Letter.run_id == run_id)
    made_on = local_day(found[0].printed_at, unit.zone)
    words = Words(languages.of_group(unit))
    return Sheets(
        made_on=made_on,
        data={
            "title": words.say(N_("Letters of %(day)s"), day=made_on),
            "group": unit.community.name,
            "language": words.language,
            "issued_on": made_on.isoformat(),
            "letters": [
                sheet
                for each in found
                for sheet in _letter(
                    unit,
                    each,
                    contents.get(each.id, []),
                    issued,
                    profiles.get(each.person_id),
                    made_on,
                )
            ],
        },
    )


def of_letter(unit: Unit, letter_id: str) -> list[Statement]:
    """The statements in one letter, for the forms that are no PDF."""
    unit.actor.require("message.deliver")
    letter = unit.db.get(Letter, letter_id)
    if letter is None:
        raise NotFound("letter_unknown")
    return list(_statements(unit, Letter.id == letter_id).values())


def _statements(unit: Unit, which: ColumnElement[bool]) -> dict[str, Statement]:
    """The statements in letters, with their members and persons, by id: in one query."""
    query = (
        select(Statement)
        .join(OutboxMessage, OutboxMessage.subject_id == Statement.id)
        .join(Letter, Letter.id == OutboxMessage.letter_id)
        .where(which)
        .options(joinedload(Statement.member).joinedload(Member.person))
        .order_by(Statement.until_on, Statement.id)
    )
    return {found.id: found for found in unit.db.scalars(query)}


def braille(unit: Unit, letter_id: str) -> statement_formats.Wanted | None:
    """The first statement of a letter for a braille printer; None when there is none in it."""
    found = of_letter(unit, letter_id)
    return statement_formats.wanted(unit, found[0], "braille") if found else None


def _contents(unit: Unit, run_id: str) -> dict[str, list[OutboxMessage]]:
    query = (
        select(OutboxMessage)
        .join(Letter, Letter.id == OutboxMessage.letter_id)
        .where(Letter.run_id == run_id)
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    found: dict[str, list[OutboxMessage]] = {}
    for message in unit.db.scalars(query):
        found.setdefault(message.letter_id or "", []).append(message)
    return found


def _letter(
    unit: Unit,
    letter: Letter,
    messages: Sequence[OutboxMessage],
    issued: dict[str, Statement],
    profile: Communication | None,
    made_on: date,
) -> list[dict[str, Any]]:
    """The sheets of one envelope: the words first, then each statement."""
    layout = _LAYOUTS.get(profile.form if profile else "", "standard")
    told = [each for each in messages if each.kind != notice_rules.PAPER]
    made = [_told(unit, letter.person, told, layout, made_on)] if told else []
    for message in messages:
        if message.kind == notice_rules.PAPER:
            found = issued[message.subject_id]
            made.append(_statement(json.loads(found.content), reader_of(unit, found), layout))
    return made


def _statement(content: Content, reader: Reader, layout: str) -> dict[str, Any]:
    if layout == "easy-read":
        return {"layout": layout, **easy_read_data(content, reader)}
    return {"layout": layout, **page_data(said(content, reader), content, reader)}


def _told(
    unit: Unit, person: Person, messages: Sequence[OutboxMessage], layout: str, made_on: date
) -> dict[str, Any]:
    words = Words(languages.of_person(unit, person.id))
    data: dict[str, Any] = breakable(
        {
            "title": notices.subject_of(messages, words),
            "group": unit.community.name,
            "address": "\n".join(part for part in (person.name, person.address) if part),
            "day": words.day(made_on),
            "greeting": words.say(N_("Dear %(name)s,"), name=person.name),
            "sentences": notices.on_paper(unit, messages, words),
        }
    )
    return data | {
        "layout": f"letter-{layout}",
        "language": words.language,
        "page_of": words.say(N_("Page {page} of {last}")),
    }
