"""What crediting writes: the transactions, the attendances and their entries, each in bulk.

Hours go from ``hours:issued`` to the member, to the community pot, or to both in one transaction.
Declined hours and those of a paid job are recorded with the attendance and not posted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import insert

from timebank import accounts, after_credit
from timebank.credit_checks import AttendanceLine
from timebank.figures import Figures, credited_minutes, shares
from timebank.ids import new_id
from timebank.models import Attendance, AttendanceEntry, Member, Session
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class PreviewLine:
    """One line as it would be recorded; ``warnings`` are codes of what to look at again.

    ``waits``: it is the actor's own, and somebody else has to confirm it.
    """

    index: int
    member_id: str
    person_id: str
    name: str
    number: int
    involvement: str
    capacity: str
    choice: str
    pot_minutes: int
    figures: Figures
    credited_minutes: int
    warnings: tuple[str, ...]
    waits: bool = False

    @property
    def shares(self) -> tuple[int, int]:
        """The minutes that go into the account, and those that go to the pot."""
        return shares(self.choice, self.credited_minutes, self.pot_minutes)


def plan_line(
    index: int,
    line: AttendanceLine,
    member: Member,
    rounding: str,
    *,
    waits: bool = False,
    warnings: tuple[str, ...] = (),
) -> PreviewLine:
    """A line that passed the checks, with what it comes to."""
    return PreviewLine(
        index=index,
        member_id=member.id,
        person_id=member.person_id,
        name=member.person.name,
        number=member.number,
        involvement=line.involvement,
        capacity=line.capacity,
        choice=line.choice or member.choice,
        pot_minutes=line.pot_minutes,
        figures=line.figures,
        credited_minutes=credited_minutes(line.figures, line.capacity, rounding),
        warnings=warnings,
        waits=waits,
    )


def record(
    unit: Unit, session: Session, lines: Sequence[PreviewLine], policy_version: int
) -> list[str]:
    """Post what is posted, then write attendance, entries and notices; the attendances' ids."""
    ids = [new_id() for _ in lines]
    if not lines:
        return ids
    seqs = _post(unit, session, ids, lines)
    unit.db.execute(
        insert(Attendance),
        [
            {"id": id_, "session_id": session.id, "member_id": line.member_id, "revision": 1}
            for id_, line in zip(ids, lines, strict=True)
        ],
    )
    unit.db.execute(
        insert(AttendanceEntry),
        [
            {
                "attendance_id": id_,
                "revision": 1,
                "involvement": line.involvement,
                "capacity": line.capacity,
                "choice": line.choice,
                "pot_minutes": line.pot_minutes,
                **asdict(line.figures),
                "credited_minutes": line.credited_minutes,
                "policy_version": policy_version,
                "seq": seqs.get(id_),
                "recorded_by": unit.actor.id,
                "recorded_at": unit.now,
            }
            for id_, line in zip(ids, lines, strict=True)
        ],
    )
    credited = [(id_, line.person_id) for id_, line in zip(ids, lines, strict=True) if id_ in seqs]
    after_credit.tell(unit, session, credited)
    return ids


def _post(
    unit: Unit, session: Session, ids: Sequence[str], lines: Sequence[PreviewLine]
) -> dict[str, int]:
    """One transaction for each person who gets hours; their sequence numbers by attendance."""
    movements = [
        credit_movement(
            attendance_id,
            revision=1,
            member_id=line.member_id,
            choice=line.choice,
            minutes=line.credited_minutes,
            pot_minutes=line.pot_minutes,
            occurred_on=session.starts_on,
            actor=unit.actor.id,
        )
        for attendance_id, line in zip(ids, lines, strict=True)
    ]
    posted = unit.book.post_many(
        [movement for movement in movements if movement is not None], posted_at=unit.posted_at
    )
    return {transaction.reference: transaction.seq for transaction in posted}


def credit_movement(
    attendance_id: str,
    *,
    revision: int,
    member_id: str,
    choice: str,
    minutes: int,
    occurred_on: date,
    actor: str,
    pot_minutes: int = 0,
    replaces_seq: int | None = None,
) -> accounts.Movement | None:
    """The transaction of a credit; None when there is nothing to post (declined, or no minutes).

    ``pot_minutes`` is the part of accepted hours that goes to the community pot.
    """
    to_member, to_pot = shares(choice, minutes, pot_minutes)
    if to_member + to_pot == 0:
        return None
    return accounts.movement_to(
        "credit",
        key=f"credit:{attendance_id}:{revision}",
        reference=attendance_id,
        occurred_on=occurred_on,
        actor=actor,
        source=accounts.ISSUED,
        targets={accounts.member(member_id): to_member, accounts.COMMUNITY_POT: to_pot},
        replaces_seq=replaces_seq,
    )
