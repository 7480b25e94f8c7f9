"""Taking back what was posted for attendances: which transactions stand, and their reversals.

An attendance has one transaction at first, and one more for each late component. What is taken back
gets an entry for each reversal, newest first, so that every step stays to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from timebank import accounts, merging
from timebank.figures import COMPONENTS, Figures, shares
from timebank.models import Attendance, AttendanceEntry
from timebank.unit import Unit


def standing(attendance: Attendance) -> list[AttendanceEntry]:
    """The entries whose transactions were not reversed, oldest first."""
    reversed_seqs = {entry.reversed_seq for entry in attendance.entries}
    return [
        entry
        for entry in attendance.entries
        if entry.seq is not None and entry.seq not in reversed_seqs
    ]


def figures_of(entry: AttendanceEntry) -> Figures:
    """The five components of an entry."""
    return Figures(**{name: getattr(entry, name) for name in COMPONENTS})


def in_account(entry: AttendanceEntry) -> int:
    """How many of an entry's minutes the member has, if it stands."""
    return shares(entry.choice, entry.credited_minutes, entry.pot_minutes)[0]


def reverse(
    unit: Unit, attendances: Sequence[Attendance], reason: str
) -> dict[str, list[tuple[AttendanceEntry, int]]]:
    """Reverse everything that stands, in one go; by attendance each entry and its reversal's seq,
    the newest first."""
    pairs = [(each, entry) for each in attendances for entry in reversed(standing(each))]
    wishes = [
        accounts.reversal(
            entry.seq,
            kind=f"correction.{reason}",
            occurred_on=each.session.starts_on,
            actor=unit.actor.id,
        )
        for each, entry in pairs
        if entry.seq is not None
    ]
    posted = unit.book.reverse_many(wishes, posted_at=unit.posted_at)
    found: dict[str, list[tuple[AttendanceEntry, int]]] = {each.id: [] for each in attendances}
    for (each, entry), made in zip(pairs, posted, strict=True):
        found[each.id].append((entry, made.seq))
    return found


def write(
    unit: Unit,
    attendance: Attendance,
    taken: Sequence[tuple[AttendanceEntry, int]],
    figures: Figures,
    **columns: Any,
) -> AttendanceEntry:
    """Write the entries of what was taken back; the last one says what holds now.

    ``columns`` are the last entry's: capacity, choice, credited_minutes, pot_minutes, seq, reason,
    words.
    """
    for entry, reversal_seq in taken[:-1]:
        before = next(e for e in attendance.entries if e.revision == entry.revision - 1)
        _append(
            unit, attendance, figures_of(before), entry.seq, reversal_seq,
            capacity=before.capacity, choice=before.choice, pot_minutes=before.pot_minutes,
            credited_minutes=before.credited_minutes, reason=columns["reason"],
            seq=None, words=None,
        )  # fmt: skip
    reversed_seq, last_seq = (taken[-1][0].seq, taken[-1][1]) if taken else (None, None)
    last = _append(unit, attendance, figures, reversed_seq, last_seq, **columns)
    merging.settle(unit, attendance.member)
    return last


def _append(
    unit: Unit,
    attendance: Attendance,
    figures: Figures,
    reversed_seq: int | None,
    reversal_seq: int | None,
    **columns: Any,
) -> AttendanceEntry:
    attendance.revision += 1
    added = AttendanceEntry(
        attendance_id=attendance.id,
        revision=attendance.revision,
        **asdict(figures),
        **columns,
        # The rounding is the one that held when the session was credited: a new rule of the group
        # reaches nobody's past through a correction.
        policy_version=attendance.entries[-1].policy_version,
        involvement=attendance.entries[-1].involvement,
        reversed_seq=reversed_seq,
        reversal_seq=reversal_seq,
        recorded_by=unit.actor.id,
        recorded_at=unit.now,
    )
    attendance.entries.append(added)
    return added
