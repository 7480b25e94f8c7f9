"""Import an attendance file: planned first, then applied in one unit, all or nothing.

It goes through the ordinary commands. Importing the same file again changes nothing: a session is
known by its title and day, and an attendance that is there with the same figures is left alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from timebank import imports, people, sessions
from timebank.attendance_plan import (
    ImportOptions,
    ImportPlan,
    ImportRow,
    ImportSession,
    plan_import,
    posted,
)
from timebank.credit_checks import AttendanceLine
from timebank.crediting import CreditSession, credit_session
from timebank.errors import Rejected, RuleBroken
from timebank.unit import Unit

__all__ = [
    "ConfirmAttendanceFile", "ImportOptions", "ImportPlan", "ImportRow", "ImportSession",
    "Imported", "apply_import", "confirm_attendance_file", "plan_import",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What was recorded: sessions credited, credits posted, their minutes, members added."""

    sessions: int
    credits: int
    minutes: int
    members: int


@dataclass(frozen=True, kw_only=True)
class ConfirmAttendanceFile:
    """Record what a kept file about one session holds, as it was looked at (its ``digest``)."""

    file_id: str
    session_id: str
    digest: str


def confirm_attendance_file(unit: Unit, command: ConfirmAttendanceFile) -> Imported:
    """Credit everybody in a kept file, and delete it.

    Raises ``NotFound('import_file_unknown')``, ``Conflict('import_changed')`` when the file would
    now do something else than was shown, and what ``apply_import`` raises.
    """
    file = imports.kept_file(unit, command.file_id, "attendance", command.session_id)
    plan = plan_import(unit, file.content, imports.options_of(file, ImportOptions))
    imports.check_digest(command.digest, plan)
    done = apply_import(unit, plan)
    imports.discard(unit, file)
    return done


def apply_import(unit: Unit, plan: ImportPlan) -> Imported:
    """Record what was planned, after planning it again under the lock.

    Raises ``Rejected`` with every problem there is; nothing is recorded then.
    """
    plan = plan_import(unit, plan.data, plan.options)
    if plan.problems:
        raise Rejected(list(plan.problems))
    member_ids = {
        name: people.add_member(unit, people.AddMember(name=name)).member_id
        for name in plan.new_members
    }
    credited, minutes = 0, 0
    for session in plan.sessions:
        session_id = session.session_id or _plan_session(unit, session, plan.options)
        lines = tuple(
            AttendanceLine(
                member_id=row.member_id or member_ids[row.name],
                capacity=row.capacity,
                choice=row.given_choice,
                figures=row.figures,
            )
            for row in session.rows
        )
        revision = sessions.session(unit, session_id).revision
        credit_session(unit, CreditSession(session_id=session_id, revision=revision, lines=lines))
        credited += sum(posted(row) for row in session.rows)
        minutes += sum(row.credited_minutes for row in session.rows if posted(row))
    return Imported(
        sessions=len(plan.sessions), credits=credited, minutes=minutes, members=len(member_ids)
    )


def _plan_session(unit: Unit, session: ImportSession, options: ImportOptions) -> str:
    usual = Counter(row.figures.session_minutes for row in session.rows).most_common(1)[0][0]
    command = sessions.PlanSession(
        title=session.title,
        activity_type_id=_activity_type_id(unit, options),
        starts_on=session.day,
        usual_minutes=usual,
        import_key=session.import_key,
    )
    return sessions.plan_session(unit, command).session_id


def _activity_type_id(unit: Unit, options: ImportOptions) -> str:
    if options.activity_type_id is not None:
        return options.activity_type_id
    for kind in sessions.activity_types(unit):
        if kind.credited:
            return kind.id
    raise RuleBroken("no_credited_activity")
