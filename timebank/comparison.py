"""What a coordinator was about to record, beside what somebody else recorded meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from timebank import sessions
from timebank.credit_checks import members_of
from timebank.crediting import CreditSession
from timebank.figures import COMPONENTS, Figures, figures_of
from timebank.models import AttendanceEntry
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Both:
    """One person whom both had: what is recorded, and which of it differs.

    ``differs`` names components, ``capacity``, ``choice`` and ``pot_minutes``; empty when both said
    the same.
    """

    member_id: str
    recorded: AttendanceEntry
    differs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The people whom both had, and those who only the other one recorded, each by name."""

    both: tuple[Both, ...]
    others: tuple[AttendanceEntry, ...]


def compare(unit: Unit, command: CreditSession) -> Comparison:
    """Compare a command with what is recorded at its session now; two queries."""
    entries = sessions.attendances(unit, command.session_id)
    recorded = {entry.attendance.member_id: entry for entry in entries}
    members = members_of(unit, command.lines)
    both = []
    for line in command.lines:
        entry = recorded.pop(line.member_id, None)
        if entry is None:
            continue
        choice = line.choice or members[line.member_id].choice
        said = _facts(line.figures, line.capacity, choice, line.pot_minutes)
        there = _facts(figures_of(entry), entry.capacity, entry.choice, entry.pot_minutes)
        differs = tuple(name for name in said if said[name] != there[name])
        both.append(Both(member_id=line.member_id, recorded=entry, differs=differs))
    return Comparison(both=tuple(both), others=tuple(recorded.values()))


def _facts(figures: Figures, capacity: str, choice: str, pot_minutes: int) -> dict[str, object]:
    parts = {name: getattr(figures, name) for name in COMPONENTS}
    return {**parts, "capacity": capacity, "choice": choice, "pot_minutes": pot_minutes}
