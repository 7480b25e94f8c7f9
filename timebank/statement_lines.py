"""A member's account in words: each posting as a code and parameters, looked up in bulk.

The figures come from the books alone; titles of sessions and rewards, and the components of a
credit, from the community's tables. No parameter names a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from timebank import accounts, people, scope
from timebank.clock import from_microseconds, local_day
from timebank.figures import COMPONENTS
from timebank.holds import set_aside_at
from timebank.models import Attendance, AttendanceEntry, HistoryRow, Redemption
from timebank.statement_content import HistoryLine
from timebank.unit import Unit

MOST_LINES = 200
_CHUNK = 500


class Posted(Protocol):
    """What is read of one posting of a member's account: the ledger's ``Posting``."""

    @property
    def account_seq(self) -> int: ...
    @property
    def amount(self) -> int: ...
    @property
    def balance(self) -> int: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def occurred_on(self) -> date: ...
    @property
    def posted_at(self) -> int: ...
    @property
    def replaces_seq(self) -> int | None: ...


@dataclass(frozen=True, kw_only=True)
class Balance:
    """``available_minutes`` can be used (below zero after some corrections); ``held_minutes`` are
    set aside for rewards that were asked for: ``set_aside``, oldest first."""

    available_minutes: int
    held_minutes: int
    set_aside: tuple[Redemption, ...] = ()


def balance(unit: Unit, member_id: str) -> Balance:
    """What a member in the actor's scope has; ``NotFound('member_unknown')`` otherwise."""
    people.member(unit, member_id)
    # Just after now: what was asked for at this very instant counts.
    soon = unit.now + timedelta(microseconds=1)
    set_aside = set_aside_at(unit, [member_id], soon)[member_id]
    return Balance(
        available_minutes=unit.book.balance(accounts.member(member_id)),
        held_minutes=sum(each.price_minutes for each in set_aside),
        set_aside=tuple(set_aside),
    )


def current_lines(
    unit: Unit, member_id: str, limit: int = 20, before: int | None = None
) -> list[HistoryLine]:
    """A member's newest postings in words, newest first; ``before`` an ``account_seq``.

    ``NotFound('member_unknown')`` outside the actor's scope.
    """
    people.member(unit, member_id)
    limit = max(1, min(limit, MOST_LINES))
    page = unit.book.history(accounts.member(member_id), limit=limit, before=before)
    return without_others(unit, member_id, in_words(unit, page.postings))


def without_others(unit: Unit, member_id: str, lines: list[HistoryLine]) -> list[HistoryLine]:
    """The lines of a member as whoever looks after an organisation sees them: no other
    organisation's session is named, and its components are not either."""
    if unit.actor.organisations is None or member_id == unit.actor.member_id:
        return lines
    query = (
        select(Attendance.id)
        .join(Attendance.session)
        .where(
            Attendance.id.in_([line.subject_id for line in lines]),
            scope.sessions_within(unit.actor.organisations or ()),
        )
    )
    known = set(unit.db.scalars(query))
    return [
        replace(line, text_code="line_elsewhere", params={})
        if line.text_code.startswith("line_credit") and line.subject_id not in known
        else line
        for line in lines
    ]


def in_words(unit: Unit, postings: Sequence[Posted]) -> list[HistoryLine]:
    """Postings of members' accounts in words, in the same order, in a fixed number of queries for
    each few hundred of them."""
    credited = ("credit", "correction.")
    entries = _entries(unit, _references(postings, credited))
    redemptions = _redemptions(unit, _references(postings, tuple(_REDEMPTION_CODES)))
    histories = _histories(unit, postings)
    lines = []
    for posting in postings:
        if posting.seq in histories:
            code, params = histories[posting.seq]
        else:
            code, params = _said(posting, entries, redemptions)
        lines.append(
            HistoryLine(
                occurred_on=posting.occurred_on,
                recorded_on=local_day(from_microseconds(posting.posted_at), unit.zone),
                text_code=code,
                params=params,
                amount_minutes=posting.amount,
                balance_minutes=posting.balance,
                seq=posting.seq,
                account_seq=posting.account_seq,
                subject_id=posting.reference,
            )
        )
    return lines


def of_pot(line: HistoryLine) -> HistoryLine:
    """A line of the pot's account as everybody may read it: no session tells whose hours it was."""
    code = _POT_CODES.get(line.text_code, line.text_code)
    reason = {"reason": line.params["reason"]} if "reason" in line.params else {}
    return replace(line, text_code=code, params=reason, subject_id="")


_POT_CODES = {
    "line_brought_over_kind": "line_brought_over",
    "line_credited": "line_pot_given",
    "line_credited_again": "line_pot_given",
    "line_credited_late": "line_pot_given",
    "line_credit_reversed": "line_pot_taken_back",
    "line_gift_received": "line_pot_given",
    "line_gift_undone": "line_pot_taken_back",
}


_Entries = dict[tuple[str, int], AttendanceEntry]


def _references(postings: Sequence[Posted], kinds: tuple[str, ...]) -> list[str]:
    """What the postings of kinds that begin so are about."""
    return sorted({each.reference for each in postings if each.kind.startswith(kinds)})


def _entries(unit: Unit, references: Sequence[str]) -> _Entries:
    """The entry behind each transaction of an attendance, by kind of link and sequence number."""
    found: _Entries = {}
    for some in _chunks(references):
        query = (
            select(AttendanceEntry)
            .where(AttendanceEntry.attendance_id.in_(some))
            .options(joinedload(AttendanceEntry.attendance).joinedload(Attendance.session))
        )
        found_here = unit.db.scalars(query).all()
        if any(entry.late for entry in found_here):
            late = {entry.attendance_id for entry in found_here if entry.late}
            earlier = select(Attendance).where(Attendance.id.in_(late))
            unit.db.scalars(earlier.options(selectinload(Attendance.entries))).all()
        for entry in found_here:
            if entry.seq is not None:
                found["posted", entry.seq] = entry
            if entry.reversal_seq is not None:
                found["reversed", entry.reversal_seq] = entry
    return found


def _redemptions(unit: Unit, references: Sequence[str]) -> dict[str, Redemption]:
    found: dict[str, Redemption] = {}
    for some in _chunks(references):
        query = select(Redemption).where(Redemption.id.in_(some))
        found.update({each.id: each for each in unit.db.scalars(query)})
    return found


def _histories(unit: Unit, postings: Sequence[Posted]) -> dict[int, tuple[str, dict[str, Any]]]:
    """What is said of hours from an earlier system: how its own records called them."""
    seqs = [posting.seq for posting in postings if posting.kind.startswith("import.")]
    # What was put right since has no row of its own.
    found: dict[int, tuple[str, dict[str, Any]]] = {seq: ("line_brought_over", {}) for seq in seqs}
    for some in (seqs[i : i + _CHUNK] for i in range(0, len(seqs), _CHUNK)):
        query = select(HistoryRow).where(HistoryRow.seq.in_(some))
        for row in unit.db.scalars(query):
            if row.kind == "adjustment":
                found[row.seq] = "line_brought_over_adjusted", {}
            elif row.words:
                found[row.seq] = "line_brought_over_kind", {"title": row.words}
    return found


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))


def _said(
    posting: Posted, entries: _Entries, redemptions: dict[str, Redemption]
) -> tuple[str, dict[str, Any]]:
    if (entry := entries.get(("posted", posting.seq))) is not None:
        params = _credit_params(entry)
        if entry.late:
            return "line_credited_late", params
        if entry.choice == "accept" and entry.pot_minutes:
            params["pot_minutes"] = entry.pot_minutes
        again = posting.replaces_seq is not None
        return ("line_credited_again" if again else "line_credited"), params
    if (entry := entries.get(("reversed", posting.seq))) is not None:
        title = entry.attendance.session.title
        return "line_credit_reversed", {"title": title, "reason": entry.reason or "other"}
    if (found := redemptions.get(posting.reference)) is not None:
        params = {"title": found.title, "reference": found.reference}
        return _REDEMPTION_CODES.get(posting.kind, "line_other"), params
    if posting.kind in ("opening", "starting"):
        ending = "" if posting.replaces_seq is None else "_again"
        return f"line_{posting.kind}{ending}", {}
    if posting.kind.startswith("correction."):
        return "line_taken_back", {"reason": posting.kind.removeprefix("correction.")}
    return _GIFT_CODES.get((posting.kind, posting.amount > 0), "line_other"), {}


# Who gave or received is looked up when it is opened: no statement names another person.
_GIFT_CODES = {
    ("gift", False): "line_gift_given",
    ("gift", True): "line_gift_received",
    ("gift.refused", True): "line_gift_back",
    ("gift.refused", False): "line_gift_refused",
    ("gift.undone", True): "line_gift_back",
    ("gift.undone", False): "line_gift_undone",
    ("pot.grant", True): "line_pot_granted",
    ("pot.grant", False): "line_pot_given_out",
    ("group.to", False): "line_group_given",
    ("group.to", True): "line_given_to_group",
    ("group.from", True): "line_group_received",
    ("group.from", False): "line_given_by_group",
    ("merge", True): "line_merged",
    ("merge", False): "line_merged",
    ("exchange", False): "line_exchange_received",
    ("exchange", True): "line_exchange_given",
    ("exchange.undone", True): "line_exchange_undone",
    ("exchange.undone", False): "line_exchange_undone",
}


def code_of(kind: str, reversed_kind: str | None, added: bool) -> str:
    """What a line says, as far as the books alone tell it: enough to know whether it is time
    given, hours used, or something else (``statement_content.GIVEN`` and ``USED``).

    ``reversed_kind`` is the kind of the transaction that it reverses, ``added`` whether it added.
    """
    if kind == "credit":
        return "line_credited"
    if kind.startswith("correction."):
        return "line_credit_reversed" if reversed_kind == "credit" else "line_taken_back"
    if kind in _REDEMPTION_CODES:
        return _REDEMPTION_CODES[kind]
    return _GIFT_CODES.get((kind, added), "line_other")


def _credit_params(entry: AttendanceEntry) -> dict[str, Any]:
    """The session, and the minutes of each component that this entry's transaction credits."""
    before = _before(entry)
    minutes = {name: getattr(entry, name) - getattr(before, name, 0) for name in COMPONENTS}
    params: dict[str, Any] = {"title": entry.attendance.session.title}
    params |= {name: each for name, each in minutes.items() if each}
    params["credited_minutes"] = entry.credited_minutes - getattr(before, "credited_minutes", 0)
    return params


def _before(entry: AttendanceEntry) -> AttendanceEntry | None:
    """The entry that a late one added to."""
    if not entry.late:
        return None
    return next(e for e in entry.attendance.entries if e.revision == entry.revision - 1)


_REDEMPTION_CODES = {
    "redemption.hold": "line_set_aside",
    "release.cancelled": "line_back_cancelled",
    "release.declined": "line_back_declined",
}
