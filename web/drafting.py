"""Drafts of the table in which a session is credited, between the form and ``timebank.drafts``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from timebank import drafts
from timebank.drafts import Draft
from timebank.models import Session
from timebank.unit import Unit
from web import grid
from web.credit_pages import seen_revision
from web.grid import Row
from web.units import doorstep


def own(unit: Unit, session: Session) -> Draft | None:
    """What the one who looks left half filled in."""
    found = drafts.drafts(unit, session.id)
    return next((each for each in found if each.person_id == unit.actor.person_id), None)


def rows_of(draft: Draft) -> list[Row]:
    """The rows of a draft, without names."""
    return [grid.row_of(each) for each in draft.rows]


def save(session_id: str, step: str, rows: Sequence[Row]) -> datetime | None:
    """Keep the rows as the draft of whoever is signed in; None when nobody is in it."""
    kept = [grid.as_kept(row) for row in rows]
    with doorstep() as unit:
        return drafts.save(unit, session_id, step=step, session_revision=seen_revision(), rows=kept)


def drop(session_id: str) -> None:
    """Forget the draft of whoever is signed in."""
    with doorstep() as unit:
        drafts.drop(unit, session_id)
