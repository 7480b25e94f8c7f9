"""The sheet that a member reads before joining a session, and the board of what is on.

A sheet with blanks is a draft: it is not published, so that nobody has to ask what they may count
on. It promises nothing beyond what stands there, and says that there is no obligation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from timebank import sessions, texts, trail
from timebank.errors import NotFound, Rejected, RuleBroken, TimebankError
from timebank.models import Opportunity, Project, Session, SignUp
from timebank.unit import Unit

MOST_WORDS = 2000
# What a sheet must say before it is published; ``content_note`` may be empty.
NEEDED = ("what", "preparation", "travel", "access", "rewards")


# --- reading ----------------------------------------------------------------------------------


def visible_opportunities(unit: Unit) -> Select[Session]:
    """Sessions with their sheets: those published, those one signed up for, and for those who look
    after sessions all in their scope, with a draft or no sheet at all."""
    unit.actor.require("opportunity.view")
    signed_up = select(SignUp.session_id).where(SignUp.member_id == unit.actor.member_id)
    seen = [Opportunity.published_at.is_not(None), Session.id.in_(signed_up)]
    if unit.actor.may("session.view_all"):
        seen.append(Session.id.in_(sessions.visible_session_ids(unit)))
    return (
        select(Session)
        .outerjoin(Session.sheet)
        .where(or_(*seen))
        .options(
            contains_eager(Session.sheet),
            joinedload(Session.activity_type),
            joinedload(Session.project).selectinload(Project.seats),
        )
    )


def opportunity(unit: Unit, session_id: str) -> Session:
    """A session with its sheet; ``NotFound('session_unknown')`` when it is not to be seen."""
    query = visible_opportunities(unit).where(Session.id == session_id)
    found = unit.db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("session_unknown", session=session_id)
    return found


def whats_on(unit: Unit, *, limit: int = 50, offset: int = 0) -> Sequence[Session]:
    """What is published and still to come, the next first."""
    query = (
        visible_opportunities(unit)
        .where(
            Opportunity.published_at.is_not(None),
            Session.status == "planned",
            Session.ends_on >= unit.today,
        )
        .order_by(Session.starts_on, Session.starts_at_time, Session.title, Session.id)
    )
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


# --- writing ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SaveSheet:
    """What the sheet says; ``revision`` is as it was seen, 0 for one that was not begun."""

    session_id: str
    revision: int
    what: str = ""
    preparation: str = ""
    travel: str = ""
    access: str = ""
    rewards: str = ""
    content_note: str = ""


@dataclass(frozen=True, kw_only=True)
class PublishSheet:
    """Put the sheet where members see it."""

    session_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class UnpublishSheet:
    """Take the sheet back: it is a draft again. Who signed up stays signed up."""

    session_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class SheetKept:
    """The sheet's session, its revision, and whether members see it."""

    session_id: str
    revision: int
    published: bool


def save_sheet(unit: Unit, command: SaveSheet) -> SheetKept:
    """Save a sheet, as a draft or as it is published.

    Raises ``Conflict('changed_meanwhile')``, ``RuleBroken`` from ``texts``, and for a published
    sheet as ``publish_sheet``.
    """
    unit.actor.require("session.plan")
    session = sessions.session(unit, command.session_id)
    found = unit.db.get(Opportunity, session.id)
    if command.revision != (found.revision if found else 0):
        raise trail.changed(unit, session.id)
    if found is None:
        found = Opportunity(session_id=session.id, revision=0, published_at=None, published_by=None)
        unit.db.add(found)
    for name in (*NEEDED, "content_note"):
        text = texts.clean(
            getattr(command, name), name, most=MOST_WORDS, required=False, lines=True
        )
        setattr(found, name, text)
    if found.published_at is not None:
        _check_whole(session, found)
    _keep(unit, found)
    trail.record(unit, "session.sheet_saved", "session", session.id, revision=found.revision)
    return _kept(found)


def publish_sheet(unit: Unit, command: PublishSheet) -> SheetKept:
    """Publish a sheet that has no blanks.

    Raises ``RuleBroken('sheet_blank')`` for each blank (``Rejected`` for several), ``RuleBroken``:
    ``session_over``, ``session_cancelled``, ``session_credited``; ``Conflict`` as saving.
    """
    session, found = _to_publish(unit, command.session_id, command.revision)
    if session.status == "credited":
        raise RuleBroken("session_credited")
    if session.status != "planned":
        raise RuleBroken("session_cancelled")
    if session.ends_on < unit.today:
        raise RuleBroken("session_over")
    _check_whole(session, found)
    found.published_at, found.published_by = unit.now, unit.actor.id
    _keep(unit, found)
    trail.record(unit, "session.sheet_published", "session", session.id, revision=found.revision)
    return _kept(found)


def unpublish_sheet(unit: Unit, command: UnpublishSheet) -> SheetKept:
    """Take a published sheet back. Raises ``Conflict`` as saving."""
    session, found = _to_publish(unit, command.session_id, command.revision)
    found.published_at = found.published_by = None
    _keep(unit, found)
    trail.record(unit, "session.sheet_unpublished", "session", session.id, revision=found.revision)
    return _kept(found)


def _to_publish(unit: Unit, session_id: str, revision: int) -> tuple[Session, Opportunity]:
    unit.actor.require("session.plan")
    session = sessions.session(unit, session_id)
    found = unit.db.get(Opportunity, session.id)
    if found is None:
        raise RuleBroken("sheet_blank", field="what")
    if found.revision != revision:
        raise trail.changed(unit, session.id)
    return session, found


def blanks(session: Session, found: Opportunity) -> list[str]:
    """The names of what a member would not be told: fields of the sheet and of the session."""
    missing = [name for name in NEEDED if not getattr(found, name)]
    missing += [name for name in ("starts_at_time", "ends_at_time") if not getattr(session, name)]
    if not (session.place or session.online):
        missing.append("place")
    if session.activity_type.credited and not session.usual_minutes:
        missing.append("usual_minutes")
    return missing


def _check_whole(session: Session, found: Opportunity) -> None:
    missing: list[TimebankError] = [
        RuleBroken("sheet_blank", field=name) for name in blanks(session, found)
    ]
    if missing:
        raise missing[0] if len(missing) == 1 else Rejected(missing)


def _keep(unit: Unit, found: Opportunity) -> None:
    found.revision += 1
    unit.db.flush()


def _kept(found: Opportunity) -> SheetKept:
    return SheetKept(
        session_id=found.session_id,
        revision=found.revision,
        published=found.published_at is not None,
    )
