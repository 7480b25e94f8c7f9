"""The community's records against the books: credits, redemptions, members, receipts.

One pass over the transactions, merged with the attendance entries in order of sequence number, so
that a big book needs little memory. Each finding is a code of ``words.FINDINGS`` and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from timebank import accounts, audit_gifts, audit_groups, audit_imports, audit_openings
from timebank.figures import shares
from timebank.models import (
    Attendance,
    AttendanceEntry,
    CommandReceipt,
    Member,
    Redemption,
    Session,
)
from timebank.unit import Unit

Found = tuple[str, dict[str, Any]]


class _Line(Protocol):
    @property
    def account(self) -> str: ...
    @property
    def amount(self) -> int: ...


class Transaction(Protocol):
    """What is read of a transaction in the books."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def occurred_on(self) -> date: ...
    @property
    def reverses_seq(self) -> int | None: ...
    @property
    def lines(self) -> tuple[_Line, ...]: ...


@dataclass
class _Seen:
    """What the pass keeps: reversals by what they reverse, and what belongs to redemptions."""

    reversals: dict[int, tuple[int, str]] = field(default_factory=dict)
    redemptions: dict[str, list[Any]] = field(default_factory=dict)
    openings: list[Any] = field(default_factory=list)
    gifts: dict[int, Any] = field(default_factory=dict)
    of_groups: list[Any] = field(default_factory=list)


def findings(unit: Unit) -> Iterator[Found]:
    """Everything in the community's records that the books do not say, and the other way round."""
    seen = _Seen()
    yield from _credits(unit, seen)
    yield from _corrections(unit, seen)
    yield from audit_openings.findings(unit, seen.openings, seen.reversals)
    yield from _redemptions(unit, seen)
    yield from audit_gifts.findings(unit, seen.gifts)
    yield from audit_groups.findings(unit, seen.of_groups)
    yield from audit_groups.group_accounts(unit)
    yield from _members(unit)
    yield from _receipts(unit)


# --- credits ------------------------------------------------------------------------------------


def _entries(unit: Unit) -> Iterator[Any]:
    """Posted attendance entries in order of sequence number, a thousand at a time.

    ``base`` is the newest entry that is the whole of the attendance; ``late`` ones after it added
    to it, each the difference to ``before_minutes``. ``top`` is the newest of all, which the
    attendance has to name.
    """
    entry, before = AttendanceEntry, aliased(AttendanceEntry)
    whole = (
        select(
            entry.attendance_id,
            func.max(entry.revision).label("top"),
            func.max(case((entry.late.is_(False), entry.revision))).label("base"),
        )
        .group_by(entry.attendance_id)
        .subquery()
    )
    query = (
        select(
            entry.seq, entry.attendance_id, entry.revision, entry.choice, entry.credited_minutes,
            entry.pot_minutes, entry.late, before.credited_minutes.label("before_minutes"),
            Attendance.member_id, Attendance.revision.label("newest"), whole.c.base, whole.c.top,
            Session.starts_on,
        )
        .join(Attendance, Attendance.id == entry.attendance_id)
        .join(Session, Session.id == Attendance.session_id)
        .join(whole, whole.c.attendance_id == entry.attendance_id)
        .outerjoin(
            before,
            (before.attendance_id == entry.attendance_id)
            & (before.revision == entry.revision - 1)
            & entry.late,
        )
        .where(entry.seq.is_not(None))
        .order_by(entry.seq)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    yield from unit.connection.execute(query)


def _credits(unit: Unit, seen: _Seen) -> Iterator[Found]:
    entries = _entries(unit)
    entry = next(entries, None)
    last_seq = 0
    brought_over = audit_imports.BroughtOver(unit)
    for txn in unit.book.transactions():
        last_seq = txn.seq
        yield from brought_over.at(txn)
        if txn.reverses_seq is not None:
            seen.reversals[txn.reverses_seq] = (txn.seq, txn.kind)
        if _of_redemption(txn.kind):
            seen.redemptions.setdefault(txn.reference, []).append(txn)
        if audit_gifts.is_gift(txn.kind):
            seen.gifts[txn.seq] = txn
        if txn.kind in audit_groups.KINDS:
            seen.of_groups.append(txn)
        if txn.kind in audit_openings.KINDS:
            seen.openings.append(txn)
        matched = False
        while entry is not None and entry.seq <= txn.seq:
            if entry.seq < txn.seq or matched or not _same_credit(entry, txn):
                yield "attendance_differs", _about(entry)
            matched = matched or entry.seq == txn.seq
            entry = next(entries, None)
        if txn.kind == "credit" and not matched:
            yield "credit_without_attendance", {"seq": txn.seq, "reference": txn.reference}
    while entry is not None:
        yield "attendance_without_credit", {**_about(entry), "last_seq": last_seq}
        entry = next(entries, None)
    yield from brought_over.rest()


def _same_credit(entry: Any, txn: Transaction) -> bool:
    return (
        txn.kind == "credit"
        and entry.choice in ("accept", "pot")
        and txn.reference == entry.attendance_id
        and txn.key == f"credit:{entry.attendance_id}:{entry.revision}"
        and txn.occurred_on == entry.starts_on
        and _amounts(txn) == _credited_by(entry)
    )


def _credited_by(entry: Any) -> dict[str, int]:
    """The lines that an entry's own transaction has to have."""
    if entry.late:
        more = entry.credited_minutes - (entry.before_minutes or 0)
        to_member, to_pot = shares(entry.choice, more)
    else:
        to_member, to_pot = shares(entry.choice, entry.credited_minutes, entry.pot_minutes)
    lines = {
        accounts.ISSUED: -to_member - to_pot,
        accounts.member(entry.member_id): to_member,
        accounts.COMMUNITY_POT: to_pot,
    }
    return {account: minutes for account, minutes in lines.items() if minutes}


def _corrections(unit: Unit, seen: _Seen) -> Iterator[Found]:
    """An entry that was replaced is reversed, what stands is not, and each correction has one."""
    for entry in _entries(unit):
        replaced = entry.revision < entry.base
        if replaced != (entry.seq in seen.reversals) or entry.newest != entry.top:
            yield "attendance_credited_twice_or_not", _about(entry)
    query = select(
        AttendanceEntry.attendance_id, AttendanceEntry.revision, AttendanceEntry.reason,
        AttendanceEntry.reversed_seq, AttendanceEntry.reversal_seq,
    ).where(AttendanceEntry.reversal_seq.is_not(None))  # fmt: skip
    explained = audit_openings.explained(unit)
    for row in unit.connection.execute(query):
        explained.add(row.reversal_seq)
        made = seen.reversals.get(row.reversed_seq)
        if made != (row.reversal_seq, f"correction.{row.reason}"):
            yield (
                "correction_differs",
                {"attendance": row.attendance_id, "revision": row.revision},
            )
    for reverses_seq, (seq, kind) in seen.reversals.items():
        if not (_of_redemption(kind) or audit_gifts.is_gift(kind)) and seq not in explained:
            yield "correction_unexplained", {"seq": seq, "reverses_seq": reverses_seq}


def _about(entry: Any) -> dict[str, Any]:
    return {"attendance": entry.attendance_id, "revision": entry.revision, "seq": entry.seq}


def _amounts(txn: Transaction) -> dict[str, int]:
    return {line.account: line.amount for line in txn.lines}


# --- redemptions --------------------------------------------------------------------------------


def _of_redemption(kind: str) -> bool:
    return kind.startswith(("redemption.", "release.")) or kind == "correction.not_handed_over"


def _redemptions(unit: Unit, seen: _Seen) -> Iterator[Found]:
    held_minutes = 0
    for found in unit.db.scalars(select(Redemption)):
        posted = seen.redemptions.pop(found.id, [])
        if found.status in ("requested", "approved"):
            held_minutes += found.price_minutes
        if not _same_redemption(found, posted, seen):
            yield "redemption_differs", {"redemption": found.id, "status": found.status}
    for reference, posted in seen.redemptions.items():
        yield "hold_without_redemption", {"reference": reference, "seq": posted[0].seq}
    booked_minutes = unit.book.balance(accounts.HELD)
    if booked_minutes != held_minutes:
        yield "held_differs", {"booked_minutes": booked_minutes, "recorded_minutes": held_minutes}


def _same_redemption(found: Redemption, posted: list[Any], seen: _Seen) -> bool:
    """Whether the books say of a redemption what its row says: held once, resolved at most once."""
    by_kind: dict[str, list[Any]] = {}
    for txn in posted:
        by_kind.setdefault(txn.kind, []).append(txn)
    holds = by_kind.get("redemption.hold", [])
    fulfilments = by_kind.get("redemption.fulfil", [])
    standing = [txn.seq for txn in fulfilments if txn.seq not in seen.reversals]
    taken, moved = found.price_minutes, accounts.redeemed(found.kind)
    hold = {accounts.member(found.member_id): -taken, accounts.HELD: taken}
    fulfilled = {accounts.HELD: -taken, moved: taken}
    closed = found.status in ("declined", "cancelled")
    release = (found.release_seq, f"release.{found.status}") if closed else None
    return (
        [(txn.seq, txn.key) for txn in holds] == [(found.hold_seq, f"hold:{found.id}")]
        and all(_amounts(txn) == hold for txn in holds)
        and all(_amounts(txn) == fulfilled for txn in fulfilments)
        and standing == ([found.fulfil_seq] if found.status == "fulfilled" else [])
        and found.fulfil_seq == (fulfilments[-1].seq if fulfilments else None)
        and seen.reversals.get(found.hold_seq) == release
    )


# --- members and receipts -----------------------------------------------------------------------


def _members(unit: Unit) -> Iterator[Found]:
    """Every member has an account with a floor of 0, and every such account a member."""
    opened = {state.name: state.floor for state in unit.book.accounts("member:")}
    for member_id in unit.db.scalars(select(Member.id)):
        floor = opened.pop(accounts.member(member_id), "missing")
        if floor == "missing":
            yield "member_without_account", {"member": member_id}
        elif floor != 0:
            yield "member_floor_differs", {"member": member_id}
    for name in opened:
        yield "account_without_member", {"account": name}


_SUBJECTS: dict[str, Any] = {
    "member_id": Member,
    "session_id": Session,
    "attendance_id": Attendance,
    "redemption_id": Redemption,
}


def _receipts(unit: Unit) -> Iterator[Found]:
    """What a command's receipt says was made is there."""
    known = {name: set(unit.db.scalars(select(table.id))) for name, table in _SUBJECTS.items()}
    query = select(CommandReceipt.key, CommandReceipt.result).execution_options(yield_per=1000)
    for key, result in unit.connection.execute(query):
        made = json.loads(result)
        for name, ids in known.items():
            if made.get(name) is not None and made[name] not in ids:
                yield "receipt_of_nothing", {"key": key, "subject": name}
