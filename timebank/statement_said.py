"""What every form of a statement says: its stored content in sentences, in its own language.

Each form (page, PDF, large print, easy read, phone script, braille, CSV) lays these sentences out
in its own way, so no two forms can differ in words or figures. Who reads it, and whom they can ask,
is looked up when the statement is shown: neither stands in the content.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from timebank import statement_text
from timebank.models import Statement
from timebank.statement_content import holder_of, receipt_of
from timebank.unit import Unit
from timebank.words import N_, Words

Content = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whose statement it is, and the named contact of the group; empty where there is none."""

    name: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclass(frozen=True, kw_only=True)
class SaidLine:
    """One line: what happened, what it changed, what could be used then, and a late recording."""

    text: str
    change: str
    then: str
    recorded: str
    balance: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """A statement in sentences. ``lines`` may be empty: then ``nothing`` says so."""

    language: str
    title: str
    group: str
    member: str
    reference: str
    summary: str
    opening: str
    lines: tuple[SaidLine, ...]
    nothing: str
    closing: str
    money_values: tuple[str, ...]
    wrong: str
    contact: tuple[str, ...]
    issued: str
    receipt: str
    head: str
    totals: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()


def reader_of(unit: Unit, statement: Statement) -> Reader:
    """The member's name and address and the group's contact, as they are on file now."""
    person = None if statement.member is None else statement.member.person
    group = unit.community
    return Reader(
        name=(person and person.name) or "",
        address=(person and person.address) or "",
        contact_name=group.contact_name,
        contact_phone=group.contact_phone,
        contact_email=group.contact_email,
    )


def said(content: Content, reader: Reader, *, money_values: bool = False) -> Said:
    """The content in sentences; with ``money_values`` also the rewards that have one."""
    words = Words(content["language"])
    from_on, until_on = day_of(content["period"]["from_on"]), day_of(content["period"]["until_on"])
    return Said(
        language=content["language"],
        title=words.say(
            N_("Statement: %(period)s"), period=statement_text.period(words, from_on, until_on)
        ),
        group=content["community"],
        member=statement_text.holder(words, content),
        reference=words.say(N_("Reference %(reference)s"), reference=content["reference"]),
        summary=statement_text.first_sentence(words, content),
        opening=statement_text.opening(words, content),
        lines=tuple(_line(words, each, content) for each in content["lines"]),
        nothing=words.say(N_("Nothing was recorded in this time.")),
        totals=tuple(statement_text.totals(words, content)),
        closing=statement_text.closing(words, content),
        set_aside=tuple(statement_text.set_aside(words, content)),
        money_values=tuple(_money(words, content)) if money_values else (),
        wrong=statement_text.wrong(words),
        contact=contact(words, reader),
        issued=words.say(N_("Issued on %(day)s."), day=day_of(content["issued_on"])),
        receipt=words.say(N_("Receipt %(receipt)s."), receipt=receipt_of(content)),
        head=words.say(N_("The books stood at %(head)s."), head=content["head"]),
    )


def contact(words: Words, reader: Reader) -> tuple[str, ...]:
    """How to reach the group's named contact: one short sentence for each way there is."""
    ways = (
        (N_("Ask for %(contact)s."), reader.contact_name),
        (N_("Telephone: %(contact)s"), reader.contact_phone),
        (N_("E-mail: %(contact)s"), reader.contact_email),
    )
    return tuple(words.say(text, contact=value) for text, value in ways if value)


def day_of(text: str) -> date:
    """The day of an ISO date as the content keeps it."""
    return date.fromisoformat(text)


def _line(words: Words, line: dict[str, Any], content: Content) -> SaidLine:
    own = holder_of(content)["kind"] == "member"
    then = N_("Then you could use %(balance_minutes)s.") if own else N_(
        "Then there were %(balance_minutes)s."
    )  # fmt: skip
    return SaidLine(
        text=statement_text.line(words, line["code"], line["params"], day_of(line["occurred_on"])),
        change=statement_text.change(words, line["amount_minutes"]),
        then=words.say(then, balance_minutes=line["balance_minutes"]),
        recorded=statement_text.recorded(words, line, content),
        balance=words.duration(line["balance_minutes"]),
    )


def _money(words: Words, content: Content) -> list[str]:
    return [
        words.say(
            N_("%(title)s (reference %(reference)s) has a money value of %(money_pence)s."), **each
        )
        for each in content["money_values"]
    ]
