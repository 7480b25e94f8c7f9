"""A person who is on file twice: one transfer empties the old account into the one that is kept.

It cannot be undone. Attendances, requests and statements stay with the old number, which is marked
``merged`` and leads to the kept one. What would count twice is refused first: hours held for a
request, roles, and a session at which both were credited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased, contains_eager

from timebank import accounts, organisations, sign_ins, trail
from timebank.errors import RuleBroken
from timebank.holds import held_at
from timebank.ids import new_id
from timebank.member_list import member
from timebank.models import (
    ApiToken,
    Attendance,
    AttendanceEntry,
    GroupHolder,
    Member,
    Merge,
    Passkey,
    Password,
    Session,
    SignInCard,
    SingleUseLink,
)
from timebank.role_holders import guarded
from timebank.roles import not_for_oneself
from timebank.unit import Unit

# What was asked for at this very instant counts.
_NOW_TOO = timedelta(microseconds=1)
_CONTACTS = ("email", "phone", "address", "needs")


@dataclass(frozen=True, kw_only=True)
class MergeMembers:
    """The old number's hours go to the kept one; both revisions are as they were seen."""

    old_member_id: str
    old_revision: int
    kept_member_id: str
    kept_revision: int


@dataclass(frozen=True, kw_only=True)
class MembersMerged:
    """The merge's id, what the kept account got, and what it has now, in minutes."""

    merge_id: str
    kept_member_id: str
    moved_minutes: int
    balance_minutes: int


@dataclass(frozen=True, kw_only=True)
class MergePreview:
    """What a merge would do, and what stands in its way: codes, and sessions with both."""

    old: Member
    kept: Member
    moved_minutes: int
    kept_before_minutes: int
    held_minutes: int
    both_at: Sequence[Session]
    problems: tuple[str, ...]


def preview_merge(unit: Unit, old_member_id: str, kept_member_id: str) -> MergePreview:
    """Everything to look at before merging. Raises ``NotFound('member_unknown')``,
    ``NotAllowed('own_merge')``, ``RuleBroken``: ``merge_same``, ``member_merged``.
    """
    unit.actor.require_everywhere("member.merge")
    old, kept = member(unit, old_member_id), member(unit, kept_member_id)
    if old.id == kept.id:
        raise RuleBroken("merge_same", field="kept_member_id")
    for each in (old, kept):
        not_for_oneself(unit.actor, each.person_id, "own_merge")
        if each.status == "merged":
            raise RuleBroken("member_merged")
    balances = unit.book.balances([accounts.member(old.id), accounts.member(kept.id)])
    held_minutes = held_at(unit, [old.id], unit.now + _NOW_TOO)[old.id]
    both_at = _both_credited(unit, old, kept)
    problems = {
        "merge_hours_held": bool(held_minutes),
        "merge_both_there": bool(both_at),
        "merge_has_role": guarded(unit, old.person_id),
        "merge_speaks_for_group": _speaks_for_group(unit, old),
        "merge_kept_too_low": -balances[accounts.member(old.id)]
        > balances[accounts.member(kept.id)],
    }
    return MergePreview(
        old=old,
        kept=kept,
        moved_minutes=balances[accounts.member(old.id)],
        kept_before_minutes=balances[accounts.member(kept.id)],
        held_minutes=held_minutes,
        both_at=both_at,
        problems=tuple(code for code, there in problems.items() if there),
    )


def merge_members(unit: Unit, command: MergeMembers) -> MembersMerged:
    """Merge. Raises as ``preview_merge``, each of its problems as ``RuleBroken``, and
    ``Conflict('changed_meanwhile')`` when either is not as it was seen.
    """
    seen = preview_merge(unit, command.old_member_id, command.kept_member_id)
    old, kept = seen.old, seen.kept
    for each, revision in ((old, command.old_revision), (kept, command.kept_revision)):
        if each.revision != revision:
            raise trail.changed(unit, each.id)
    if seen.problems:
        raise RuleBroken(seen.problems[0])
    row = _move(unit, old, kept, seen.moved_minutes)
    old.status = "merged"
    _hand_over_contacts(unit, old, kept)
    _close_doors(unit, old)
    known = {theirs.id for theirs in organisations.of_member(unit, kept.id)}
    for theirs in organisations.of_member(unit, old.id):
        if theirs.id not in known:
            organisations.link(unit, kept, theirs.id)
    for each in (old, kept):
        each.revision += 1
    unit.db.flush()
    trail.record(unit, "member.merged", "member", old.id, kept=kept.id, revision=old.revision)
    trail.record(unit, "member.kept", "member", kept.id, old=old.id, revision=kept.revision)
    return MembersMerged(
        merge_id=row.id,
        kept_member_id=kept.id,
        moved_minutes=seen.moved_minutes,
        balance_minutes=unit.book.balance(accounts.member(kept.id)),
    )


def settle(unit: Unit, found: Member) -> None:
    """Bring a merged member's account back to nothing, after a correction posted to it.

    What is below zero is taken from the kept account as far as that has it; nobody owes the rest.
    """
    row = merge_of(unit, found) if found.status == "merged" else None
    if row is None:
        return
    minutes = unit.book.balance(accounts.member(found.id))
    if minutes < 0:
        available = max(0, unit.book.balance(accounts.member(row.kept_member_id)))
        minutes = max(minutes, -available)
    if minutes:
        _move(unit, found, row.kept, minutes)


def merge_of(unit: Unit, found: Member) -> Merge | None:
    """How a merged member came to be merged; None for every other."""
    query = select(Merge).where(Merge.old_member_id == found.id).order_by(Merge.merged_at)
    return unit.db.scalars(query).first()


def _move(unit: Unit, old: Member, kept: Member, minutes: int) -> Merge:
    """The transfer, if there is anything to move, and the row that tells of it."""
    row = Merge(
        id=new_id(),
        old_member_id=old.id,
        kept=kept,
        minutes=minutes,
        seq=None,
        merged_by=unit.actor.id,
        merged_at=unit.now,
    )
    if minutes:
        ends = (accounts.member(old.id), accounts.member(kept.id))
        source, target = ends if minutes > 0 else ends[::-1]
        movement = accounts.movement(
            "merge", key=f"merge:{row.id}", reference=row.id, occurred_on=unit.today,
            actor=unit.actor.id, source=source, target=target, minutes=abs(minutes),
        )  # fmt: skip
        row.seq = unit.book.post(movement, posted_at=unit.posted_at).seq
    unit.db.add(row)
    unit.db.flush()
    return row


def _hand_over_contacts(unit: Unit, old: Member, kept: Member) -> None:
    """The kept person gets what they lack of the old one's contacts, which has none any more."""
    had = {name: getattr(old.person, name) for name in _CONTACTS}
    for name in _CONTACTS:
        setattr(old.person, name, None)
    unit.db.flush()
    for name, value in had.items():
        if getattr(kept.person, name) is None:
            setattr(kept.person, name, value)


def _close_doors(unit: Unit, old: Member) -> None:
    """Nobody comes in under the old number any more: passwords, passkeys, tokens, cards, links."""
    for keys in (Password, Passkey):
        unit.db.execute(delete(keys).where(keys.person_id == old.person_id))
    sign_ins.sign_out_everywhere(unit, old.person_id)
    ended: tuple[Any, ...] = (ApiToken.revoked_at, SignInCard.revoked_at, SingleUseLink.spent_at)
    for column in ended:
        table = column.class_
        unit.db.execute(
            update(table)
            .where(table.person_id == old.person_id, column.is_(None))
            .values({column.key: unit.now})
        )


def _both_credited(unit: Unit, old: Member, kept: Member) -> Sequence[Session]:
    """Sessions at which both numbers stand credited: one of the two has to be put right first."""
    theirs, other = aliased(Attendance), aliased(Attendance)
    now, also = aliased(AttendanceEntry), aliased(AttendanceEntry)
    query = (
        select(Session)
        .join(theirs, theirs.session_id == Session.id)
        .join(other, other.session_id == Session.id)
        .join(now, (now.attendance_id == theirs.id) & (now.revision == theirs.revision))
        .join(also, (also.attendance_id == other.id) & (also.revision == other.revision))
        .join(Session.activity_type)
        .options(contains_eager(Session.activity_type))
        .where(
            theirs.member_id == old.id,
            other.member_id == kept.id,
            now.credited_minutes > 0,
            also.credited_minutes > 0,
        )
        .order_by(Session.starts_on, Session.id)
    )
    return unit.db.scalars(query).all()


def _speaks_for_group(unit: Unit, old: Member) -> bool:
    held = select(GroupHolder.id).where(
        GroupHolder.member_id == old.id, GroupHolder.until_on.is_(None)
    )
    return unit.db.scalars(held).first() is not None
