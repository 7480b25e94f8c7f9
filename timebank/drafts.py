"""Half-filled grids: what a coordinator has chosen and typed so far, one for each of them.

A draft survives a closed browser, and colleagues see that somebody is at it and since when. It
posts nothing, and is kept in units without the book's lock. No name stands in it: ids, and cells as
they were typed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from timebank import directory, sessions
from timebank.errors import NotAllowed, RuleBroken
from timebank.models import Attendance, CreditDraft
from timebank.unit import Unit

STEPS = ("people", "times")
MOST_LETTERS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody has so far; ``rows`` are what the page made of its boxes.

    ``name`` is whose it is. ``session_revision`` is the session's as that person saw it first.
    """

    person_id: str
    name: str | None
    step: str
    session_revision: int
    rows: list[dict[str, Any]]
    begun_at: datetime
    saved_at: datetime


def drafts(unit: Unit, session_id: str) -> Sequence[Draft]:
    """Every draft of a session in which somebody is not recorded yet, the one saved last first.

    Those too old are left out.
    """
    unit.actor.require("session.credit")
    query = select(CreditDraft).where(
        CreditDraft.session_id == sessions.session(unit, session_id).id,
        CreditDraft.saved_at > unit.now - unit.settings.keep_drafts,
    )
    found = unit.db.scalars(query.order_by(CreditDraft.saved_at.desc())).all()
    there = _recorded(unit, session_id) if found else set()
    names = directory.names(unit, [each.person_id for each in found])
    made = [
        Draft(
            person_id=each.person_id,
            name=names.get(each.person_id),
            step=each.step,
            session_revision=each.session_revision,
            rows=json.loads(each.content),
            begun_at=each.begun_at,
            saved_at=each.saved_at,
        )
        for each in found
    ]
    return [each for each in made if any(row["member_id"] not in there for row in each.rows)]


def _recorded(unit: Unit, session_id: str) -> set[str]:
    query = select(Attendance.member_id).where(Attendance.session_id == session_id)
    return set(unit.db.scalars(query))


def save(
    unit: Unit, session_id: str, *, step: str, session_revision: int, rows: list[dict[str, Any]]
) -> datetime | None:
    """Keep what the actor has so far; when it was kept, or None when nobody is left in it.

    Whoever has been recorded meanwhile is left out; what nobody has touched for a long time goes,
    whoever's it is. Raises ``RuleBroken('draft_too_large')``.
    """
    unit.actor.require("session.credit")
    person_id = _person(unit)
    session = sessions.session(unit, session_id)
    there = _recorded(unit, session.id)
    left = [row for row in rows if row["member_id"] not in there]
    if not left:
        drop(unit, session.id, person_id)
        return None
    content = json.dumps(left, ensure_ascii=True, separators=(",", ":"))
    if len(content) > MOST_LETTERS:
        raise RuleBroken("draft_too_large")
    _keep(unit, session_id=session.id, person_id=person_id, step=step,
          session_revision=session_revision, content=content)  # fmt: skip
    return unit.now


def _keep(unit: Unit, **values: Any) -> None:
    """Insert or replace in one statement: two tabs of one browser may save at once."""
    dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
    new = {"step": values["step"], "content": values["content"], "saved_at": unit.now,
           "session_revision": values["session_revision"]}  # fmt: skip
    statement = dialect.insert(CreditDraft).values(**values, begun_at=unit.now, saved_at=unit.now)
    unit.db.execute(
        statement.on_conflict_do_update(index_elements=["session_id", "person_id"], set_=new)
    )


def drop(unit: Unit, session_id: str, person_id: str | None = None) -> None:
    """Forget what one person had for a session; the actor's own unless told otherwise."""
    unit.db.execute(
        delete(CreditDraft).where(
            CreditDraft.session_id == sessions.session(unit, session_id).id,
            CreditDraft.person_id == (person_id or _person(unit)),
        )
    )


def _person(unit: Unit) -> str:
    if unit.actor.person_id is None:
        raise NotAllowed("role_lacking", action="session.credit")
    return unit.actor.person_id
