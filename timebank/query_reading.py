"""Reading queries: one function decides who may see which.

Reached through ``queries``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from timebank import people
from timebank.errors import NotFound
from timebank.models import Member, Person, Query
from timebank.query_rules import steps
from timebank.tasks import MOST, Task
from timebank.unit import Unit


def _visible() -> Select[Query]:
    return (
        select(Query)
        .join(Query.member)
        .join(Member.person)
        .options(
            contains_eager(Query.member).contains_eager(Member.person),
            selectinload(Query.messages),
        )
    )


def query(unit: Unit, query_id: str) -> Query:
    """One query with its messages: one's own, or any for those who answer them.

    A complaint about somebody is not shown to them. Raises ``NotFound('query_unknown')``.
    """
    found = unit.db.scalars(
        _visible()
        .where(Query.id == query_id, Query.member_id.in_(people.visible_ids(unit)))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not _may_see(unit, found):
        raise NotFound("query_unknown")
    return found


def _may_see(unit: Unit, found: Query) -> bool:
    if found.member_id == unit.actor.member_id:
        return True
    complained_about = found.subject == "person" and found.about_id == unit.actor.id
    return unit.actor.may("query.answer") and not complained_about


def of_member(unit: Unit, member_id: str) -> Sequence[Query]:
    """A member's queries, newest first; ``NotFound('member_unknown')`` outside the scope."""
    if member_id != unit.actor.member_id:
        unit.actor.require("query.answer")
    people.member(unit, member_id)
    shown = _visible().where(Query.member_id == member_id).order_by(Query.opened_at.desc())
    return [each for each in unit.db.scalars(shown) if _may_see(unit, each)]


def queries(
    unit: Unit, *, closed: bool = False, limit: int = 50, offset: int = 0
) -> Sequence[Query]:
    """Those that are open, by the day of their answer; or ``closed`` ones, the newest first."""
    unit.actor.require("query.answer")
    ended = Query.status.in_(("resolved", "closed"))
    shown = _visible().where(
        ended if closed else ~ended,
        Query.member_id.in_(people.visible_ids(unit)),
        (Query.subject != "person") | (Query.about_id != unit.actor.id),
    )
    order = (Query.opened_at.desc(),) if closed else (Query.reply_by_on, Query.opened_at)
    return unit.db.scalars(shown.order_by(*order, Query.id).limit(limit).offset(offset)).all()


def to_answer(unit: Unit) -> list[Task]:
    """Queries that wait for an answer, by its day; those this actor may not decide say so."""
    if not unit.actor.may("query.answer"):
        return []
    return [
        Task(
            verb="look_again" if each.status == "appealed" else "answer_query",
            params={"reference": each.reference},
            subject=each.member.person.name,
            path=f"/queries/{each.id}",
            due_on=each.reply_by_on,
            hindrance=_hindrance(unit, each),
        )
        for each in queries(unit, limit=MOST)
        if each.status in ("open", "appealed")
    ]


def _hindrance(unit: Unit, found: Query) -> str | None:
    return None if "resolve" in steps(unit.actor, found) else "own"


def staff_names(unit: Unit, found: Query) -> dict[str, str]:
    """The names of everybody who said something, for the member and for those who answer."""
    ids = {each.by for each in found.messages} | {found.about_id}
    query_ = select(Person.id, Person.name).where(Person.id.in_([each for each in ids if each]))
    return {row.id: row.name for row in unit.db.execute(query_)}
