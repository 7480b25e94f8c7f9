"""Names behind ids, many at once: for lists of people to choose from, and for the trail.

Books, trail and receipts hold ids only; names are looked up when they are shown, in one query for
each kind of thing however many there are. Somebody who was erased has no name: "".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from timebank.models import (
    ActivityType,
    Application,
    Attendance,
    Group,
    GroupGift,
    Member,
    Organisation,
    Person,
    Redemption,
    Reward,
    RoleHeld,
    Session,
    Statement,
    TrailEvent,
)
from timebank.people import visible_members
from timebank.unit import Unit

_CHUNK = 500


def everybody(unit: Unit) -> Sequence[Person]:
    """Every person on file by name, members or not; for those who grant roles."""
    unit.actor.require("role.grant")
    query = select(Person).where(Person.name != "").order_by(func.lower(Person.name), Person.id)
    return unit.db.scalars(query).all()


def names(unit: Unit, ids: Iterable[str | None]) -> dict[str, str]:
    """The name of each person id, for those who may see all members; "console" for the terminal.

    An id that is nobody's, or is not the actor's to see, gets "". Whoever looks after an
    organisation sees the names of its people and of all who hold or held a role.
    """
    wanted = sorted({each for each in ids if each})
    found = dict.fromkeys(wanted, "")
    if unit.actor.may("member.view_all"):
        for some in _chunks(wanted):
            query = select(Person.id, Person.name).where(Person.id.in_(some))
            if unit.actor.organisations is not None:
                known = visible_members(unit).with_only_columns(Member.person_id)
                held = select(RoleHeld.person_id)
                query = query.where(or_(Person.id.in_(known), Person.id.in_(held)))
            found.update((row.id, row.name) for row in unit.db.execute(query))
    if unit.community.console_id in found:
        found[unit.community.console_id] = "console"
    return found


def statements(
    unit: Unit, *, reference: str = "", limit: int = 50, offset: int = 0
) -> Sequence[Statement]:
    """Issued statements with their members, the newest month first and by name in it.

    ``reference`` keeps those whose reference has these letters; spaces and hyphens do not matter.
    """
    unit.actor.require("statement.view_all")
    query = (
        select(Statement)
        .join(Statement.member)
        .join(Member.person)
        .options(contains_eager(Statement.member).contains_eager(Member.person))
        .where(Member.id.in_(visible_members(unit).with_only_columns(Member.id)))
        .order_by(Statement.until_on.desc(), func.lower(Person.name), Statement.id)
    )
    letters = "".join(letter for letter in reference.upper() if letter.isalnum())
    if letters:
        plain = func.replace(Statement.reference, "-", "")
        query = query.where(plain.contains(letters, autoescape=True))
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


# What stands behind a trail row's subject: its id, and the columns that say what it is.
_SUBJECTS: dict[str, tuple[Any, Any]] = {
    "person": (select(Person.id, Person.name), Person.id),
    "member": (select(Member.id, Person.name).join(Member.person), Member.id),
    "session": (select(Session.id, Session.title), Session.id),
    "attendance": (
        select(Attendance.id, Person.name, Session.title)
        .join(Attendance.member)
        .join(Member.person)
        .join(Attendance.session),
        Attendance.id,
    ),
    "reward": (select(Reward.id, Reward.title), Reward.id),
    "redemption": (
        select(Redemption.id, Redemption.reference, Person.name, Redemption.title)
        .join(Redemption.member)
        .join(Member.person),
        Redemption.id,
    ),
    "statement": (
        select(Statement.id, Statement.reference, Person.name)
        .join(Statement.member)
        .join(Member.person),
        Statement.id,
    ),
    "organisation": (select(Organisation.id, Organisation.name), Organisation.id),
    "group": (select(Group.id, Group.name), Group.id),
    "group_gift": (select(GroupGift.id, GroupGift.reference), GroupGift.id),
    "application": (
        select(Application.id, Person.name).join(Application.person),
        Application.id,
    ),
    "activity_type": (select(ActivityType.id, ActivityType.name), ActivityType.id),
}


def subjects(unit: Unit, events: Sequence[TrailEvent]) -> dict[tuple[str, str], str]:
    """What each row of the trail is about, by subject and id; "" where there is nothing to say."""
    unit.actor.require("trail.view")
    found: dict[tuple[str, str], str] = {}
    for subject in {event.subject for event in events} & set(_SUBJECTS):
        query, column = _SUBJECTS[subject]
        ids = sorted({event.subject_id for event in events if event.subject == subject})
        for some in _chunks(ids):
            for id_, *words in unit.db.execute(query.where(column.in_(some))):
                found[subject, id_] = ", ".join(word for word in words if word)
    return found


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))
