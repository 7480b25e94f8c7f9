"""The proof: the books recounted from their postings, and the community's records against them.

``verify`` names everything that is not as it must be; nothing is believed, neither a stored balance
nor an issued statement. ``export`` hands the books to accounting tools that we did not write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TextIO

from sqlalchemy import Connection

import ledger.export
import ledger.verify
from ledger import Head
from ledger.verify import KEPT, Finding
from timebank import audit_records, audit_statements, checkpoints, guards
from timebank.audit_records import Found
from timebank.checkpoints import Checkpoint
from timebank.errors import NotFound, RuleBroken
from timebank.models import Community
from timebank.unit import Unit

FORMATS: dict[str, Callable[[Connection, TextIO], None]] = {
    "beancount": ledger.export.beancount,
    "hledger": ledger.export.hledger,
    "csv": ledger.export.csv,
    "chain": ledger.export.chain,
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What ``verify`` found: codes of ``words.FINDINGS`` with parameters, none when all is well.

    ``head`` is the newest transaction's number and digest, to be noted outside the database.
    """

    findings: tuple[Finding, ...]
    transactions: int
    head: Head


def verify(
    unit: Unit,
    against: tuple[int, str] | None = None,
    noted: Iterable[Checkpoint] = (),
    start: tuple[int, str] | None = None,
) -> Report:
    """Recount the books and compare everything that must agree with them.

    ``against`` is a head noted earlier, as a number and hexadecimal digits: it finds a history
    rewritten as a whole, and a tail that was cut off; ``noted`` are checkpoints that must all
    agree. ``start`` is a head up to which the books were proven before: postings are recounted
    from there on, and the community's records all the same. Use a reading unit: all of it is one
    snapshot, and people go on working meanwhile. ``NotFound('not_set_up')`` where there is no
    community yet.
    """
    unit.actor.require("books.prove")
    if unit.db.get(Community, 1) is None:
        raise NotFound("not_set_up")
    books = ledger.verify.verify(unit.connection, against=against, start=start)
    records = tuple(_kept(chain(checkpoints.findings(unit, noted), _records(unit))))
    assert books.head is not None, "a community has a book"
    return Report(
        findings=(*books.findings, *records), transactions=books.transactions, head=books.head
    )


def export(unit: Unit, format: str, stream: TextIO) -> None:
    """Write the whole book as ``beancount``, ``hledger``, ``csv`` or ``chain``."""
    unit.actor.require("books.prove")
    if format not in FORMATS:
        raise RuleBroken("export_format_unknown", field="format")
    FORMATS[format](unit.connection, stream)


def _records(unit: Unit) -> Iterator[Found]:
    for name in guards.problems(unit.connection):
        yield "guard_differs", {"guard": name}
    yield from audit_records.findings(unit)
    yield from audit_statements.findings(unit)


def _kept(found: Iterator[Found]) -> Iterator[Finding]:
    """Of a kind that comes a thousand times the first are kept and the others counted."""
    counts: dict[str, int] = {}
    for code, params in found:
        counts[code] = counts.get(code, 0) + 1
        if counts[code] <= KEPT:
            yield Finding(code=code, params=params)
    for code, count in counts.items():
        if count > KEPT:
            yield Finding(code="verify.more", params={"of": code, "count": count - KEPT})
