"""Bring a history over: every row posted in one unit, all or nothing, each once for ever.

The hours come from ``hours:opening`` and go back there, so that what was credited here stays apart.
A history may pass through what no account may hold today, so the accounts have no floor while it is
posted, and their own again at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select

from timebank import accounts, imports, people, trail
from timebank.errors import NotFound, Rejected
from timebank.history_files import HistoryOptions, Party
from timebank.history_plan import End, HistoryPlan, Move, plan_history, sha256
from timebank.ids import new_id
from timebank.models import EarlierNumber, HistoryImport, HistoryRow
from timebank.unit import Unit

__all__ = [
    "ConfirmHistoryFile", "HistoryBroughtOver", "HistoryOptions", "HistoryPlan", "apply_history",
    "confirm_history_file", "histories", "history", "plan_history",
]  # fmt: skip

AT_ONCE = 1000  # transactions laid out together


@dataclass(frozen=True, kw_only=True)
class HistoryBroughtOver:
    """What was recorded: rows ``posted``, those that moved nothing, and what was added."""

    import_id: str
    lines: int
    posted: int
    nothing: int
    left_out: int
    adjustments: int
    members_added: int


def apply_history(unit: Unit, plan: HistoryPlan) -> HistoryBroughtOver:
    """Record what was planned, after planning it again under the lock.

    Raises ``Rejected`` with every problem and every finding that was not accepted. A file that was
    brought over before changes nothing: what it did then is returned.
    """
    plan = plan_history(unit, plan.data, plan.options)
    if plan.earlier is not None:
        return _result(plan.earlier)
    if plan.problems or plan.open_findings:
        raise Rejected([*plan.problems, *plan.open_findings])
    added = _add_members(unit, plan)
    done = HistoryImport(
        id=new_id(),
        file_sha256=sha256(plan.data),
        layout=plan.options.layout,
        lines=plan.lines,
        posted=plan.posted,
        moved_nothing=len(plan.nothing),
        left_out=len(plan.left_out),
        adjustments=plan.adjustments,
        members_added=len(added),
        imported_by=unit.actor.id,
        imported_at=unit.now,
    )
    unit.db.add(done)
    unit.db.flush()
    _post(unit, done, [_resolved(move, added) for move in plan.moves])
    trail.record(
        unit, "history.imported", "history_import", done.id, posted=done.posted,
        adjustments=done.adjustments, members_added=done.members_added,
    )  # fmt: skip
    return _result(done)


@dataclass(frozen=True, kw_only=True)
class ConfirmHistoryFile:
    """Bring over what a kept file holds, as it was looked at (its ``digest``)."""

    file_id: str
    digest: str


def confirm_history_file(unit: Unit, command: ConfirmHistoryFile) -> HistoryBroughtOver:
    """Bring a kept file over, and delete it.

    Raises ``NotFound('import_file_unknown')``, ``Conflict('import_changed')`` when the file would
    now do something else than was shown, and what ``apply_history`` raises.
    """
    file = imports.kept_file(unit, command.file_id, "history")
    plan = plan_history(unit, file.content, imports.options_of(file, HistoryOptions))
    imports.check_digest(command.digest, plan)
    done = apply_history(unit, plan)
    imports.discard(unit, file)
    return done


def history(unit: Unit, import_id: str) -> HistoryImport:
    """One import; ``NotFound('history_import_unknown')``."""
    unit.actor.require("history.import")
    found = unit.db.get(HistoryImport, import_id)
    if found is None:
        raise NotFound("history_import_unknown")
    return found


def histories(unit: Unit) -> Sequence[HistoryImport]:
    """Every import there was, the newest first."""
    unit.actor.require("history.import")
    query = select(HistoryImport).order_by(HistoryImport.imported_at.desc(), HistoryImport.id)
    return unit.db.scalars(query).all()


@dataclass(frozen=True, kw_only=True)
class _Resolved:
    """A move between members' ids; None is nobody on file."""

    move: Move
    source_id: str | None
    target_id: str | None


def _add_members(unit: Unit, plan: HistoryPlan) -> dict[Party, str]:
    """Put those on file who are new, with the day of their first row; no notice goes out."""
    first: dict[End, date] = {}
    for move in plan.moves:
        for end in (move.source, move.target):
            first[end] = min(first.get(end, move.day), move.day)
    added = {}
    for party in plan.new_members:
        person = people.new_person(unit, party.name or "", None, None, None)
        member = people.new_member(
            unit,
            person,
            statement_by="paper",
            choice="accept",
            no_money_rewards=False,
            starting_hours=False,
        )
        member.joined_on = first.get(party, member.joined_on)
        if party.number is not None:
            unit.db.add(EarlierNumber(number=party.number, member_id=member.id))
        added[party] = member.id
    return added


def _resolved(move: Move, added: dict[Party, str]) -> _Resolved:
    def id_of(end: End) -> str | None:
        return added[end] if isinstance(end, Party) else end

    return _Resolved(move=move, source_id=id_of(move.source), target_id=id_of(move.target))


def _post(unit: Unit, done: HistoryImport, moves: list[_Resolved]) -> None:
    touched = {id_ for each in moves for id_ in (each.source_id, each.target_id) if id_ is not None}
    names = {accounts.member(id_) for id_ in touched}
    floors = {state.name: state.floor for state in unit.book.accounts("member:")
              if state.name in names}  # fmt: skip
    for name in sorted(floors):
        unit.book.set_floor(name, None)
    for begin in range(0, len(moves), AT_ONCE):
        some = moves[begin : begin + AT_ONCE]
        posted = unit.book.post_many(
            [_transaction(done, each, unit.actor.id) for each in some], posted_at=unit.posted_at
        )
        rows = [_row(done.id, each, txn.seq) for each, txn in zip(some, posted, strict=True)]
        unit.db.execute(insert(HistoryRow), rows)
    for name in sorted(floors):
        unit.book.set_floor(name, floors[name])


def _transaction(done: HistoryImport, each: _Resolved, actor: str) -> accounts.Movement:
    move = each.move
    return accounts.movement(
        f"import.{move.kind}",
        key=key_of(done.file_sha256, move.row, move.kind),
        reference=done.id,
        occurred_on=move.day,
        actor=actor,
        source=account_of(each.source_id),
        target=account_of(each.target_id),
        minutes=move.minutes,
    )


def account_of(member_id: str | None) -> str:
    """A member's account; that of hours from before the books for nobody on file."""
    return accounts.OPENING if member_id is None else accounts.member(member_id)


def key_of(file_sha256: str, row: int, kind: str) -> str:
    """The key of a row's transaction: it names the fact, so the same file never posts twice."""
    tail = ":adjustment" if kind == "adjustment" else ""
    return f"import:{file_sha256}:{row}{tail}"


def _row(import_id: str, each: _Resolved, seq: int) -> dict[str, object]:
    move = each.move
    return {
        "import_id": import_id,
        "row": move.row,
        "kind": move.kind,
        "source_id": each.source_id,
        "target_id": each.target_id,
        "minutes": move.minutes,
        "occurred_on": move.day,
        "seq": seq,
        "words": move.words or None,
    }


def _result(done: HistoryImport) -> HistoryBroughtOver:
    return HistoryBroughtOver(
        import_id=done.id,
        lines=done.lines,
        posted=done.posted,
        nothing=done.moved_nothing,
        left_out=done.left_out,
        adjustments=done.adjustments,
        members_added=done.members_added,
    )
