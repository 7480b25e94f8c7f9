"""One posting of a member's account, opened: what it was, how its minutes came about, under which
rules, who recorded it, and everything that belongs to it: what it takes back or puts right, and
what took it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from timebank import accounts, amendments, people, sessions
from timebank.clock import from_microseconds
from timebank.errors import NotFound
from timebank.figures import COMPONENTS
from timebank.models import (
    Amendment,
    Attendance,
    AttendanceEntry,
    Member,
    OpeningHours,
    Person,
    Policy,
    Query,
    Redemption,
)
from timebank.statement_content import HistoryLine
from timebank.statement_lines import Posted, in_words
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A posting and all there is to know about it.

    ``entry`` is what was recorded about an attendance with it, and for a reversal what replaced it;
    ``redemption`` and ``opening`` likewise. ``family`` are all postings of this account about the
    same thing, oldest first, this one among them; ``query_id`` an open query about it.
    ``correctable`` is the transaction that ``amendments`` may put right.
    """

    line: HistoryLine
    member: Member
    kind: str
    recorded_at: datetime
    recorded_by: str
    parts: tuple[tuple[str, int], ...]
    attendance: Attendance | None
    entry: AttendanceEntry | None
    redemption: Redemption | None
    opening: OpeningHours | None
    amendment: Amendment | None
    policy: Policy | None
    family: tuple[HistoryLine, ...]
    query_id: str | None
    correctable: int | None


def posting(unit: Unit, member_id: str, account_seq: int) -> Opened:
    """One posting of a member in the actor's scope.

    Raises ``NotFound``: ``member_unknown``, ``posting_unknown``.
    """
    member = people.member(unit, member_id)
    account = accounts.member(member.id)
    found = unit.book.postings_between(account, account_seq, account_seq)
    if not found:
        raise NotFound("posting_unknown")
    (posted,) = found
    entry = _entry(unit, posted.seq)
    redemption = _of(unit, Redemption, posted.reference)
    opening = _of(unit, OpeningHours, posted.reference)
    amendment = unit.db.scalars(
        select(Amendment).where(
            or_(Amendment.seq == posted.seq, Amendment.reversal_seq == posted.seq)
        )
    ).first()
    seqs = _seqs_about(unit, posted.seq, entry, redemption, amendment, posted.kind)
    family = _family(unit, account, seqs)
    (line,) = in_words(unit, found)
    behind = entry or redemption or opening
    return Opened(
        line=line,
        member=member,
        kind=posted.kind,
        recorded_at=from_microseconds(posted.posted_at),
        recorded_by=_name(unit, posted.actor),
        parts=_parts(entry, posted.seq),
        attendance=None if entry is None else sessions.attendance(unit, entry.attendance_id),
        entry=entry,
        redemption=redemption,
        opening=opening,
        amendment=amendment,
        policy=None if behind is None else unit.db.get(Policy, behind.policy_version),
        family=tuple(in_words(unit, family)),
        query_id=_open_query(unit, member, account_seq, entry, redemption),
        correctable=_correctable(unit, posted.seq, posted.kind),
    )


def _entry(unit: Unit, seq: int) -> AttendanceEntry | None:
    query = select(AttendanceEntry).where(
        or_(AttendanceEntry.seq == seq, AttendanceEntry.reversal_seq == seq)
    )
    return unit.db.scalars(query).first()


def _of(unit: Unit, table, reference: str):  # type: ignore[no-untyped-def]
    return unit.db.get(table, reference)


def _parts(entry: AttendanceEntry | None, seq: int) -> tuple[tuple[str, int], ...]:
    """The components of what was posted; a reversal has none of its own."""
    if entry is None or entry.seq != seq:
        return ()
    return tuple((part, getattr(entry, part)) for part in COMPONENTS if getattr(entry, part))


def _seqs_about(
    unit: Unit,
    seq: int,
    entry: AttendanceEntry | None,
    redemption: Redemption | None,
    amendment: Amendment | None,
    kind: str,
) -> list[int]:
    """Every transaction about the same thing, in order."""
    found: set[int | None] = {seq}
    if entry is not None:
        query = select(AttendanceEntry.seq, AttendanceEntry.reversal_seq).where(
            AttendanceEntry.attendance_id == entry.attendance_id
        )
        found |= {each for row in unit.db.execute(query) for each in row}
    elif redemption is not None:
        found |= {redemption.hold_seq, redemption.release_seq}
    elif amendment is not None or kind in amendments.KINDS:
        first_seq = seq if amendment is None else amendment.first_seq
        found.add(first_seq)
        for row in amendments.history(unit, first_seq):
            found |= {row.seq, row.reversal_seq}
    return sorted(each for each in found if each is not None)


def _family(unit: Unit, account: str, seqs: Sequence[int]) -> list[Posted]:
    found: list[Posted] = []
    for seq in seqs:
        for line in unit.book.transaction(seq).lines:
            if line.account == account:
                found += unit.book.postings_between(account, line.account_seq, line.account_seq)
    return found


def _name(unit: Unit, actor: str | None) -> str:
    """Who recorded it, for the member too; "console" for the operator, "" when erased."""
    if actor == unit.community.console_id:
        return "console"
    return unit.db.scalar(select(Person.name).where(Person.id == actor)) or ""


def _open_query(
    unit: Unit,
    member: Member,
    account_seq: int,
    entry: AttendanceEntry | None,
    redemption: Redemption | None,
) -> str | None:
    thing = entry.attendance_id if entry else redemption.id if redemption else None
    query = select(Query.id).where(
        Query.member_id == member.id,
        Query.status.in_(("open", "answered", "appealed")),
        or_(Query.account_seq == account_seq, Query.subject_id == thing),
    )
    return unit.db.scalars(query).first()


def _correctable(unit: Unit, seq: int, kind: str) -> int | None:
    """The transaction to put right, where this posting is one that ``amendments`` knows."""
    if kind not in amendments.KINDS or not unit.actor.may("credit.correct"):
        return None
    found = amendments.standing(unit, seq)
    return found.first_seq if found.seq == seq else None
