"""Reading members: one function decides who may see whom, and every query passes through it.

The functions are reached as ``people.members`` and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from timebank import scope, texts
from timebank.errors import NotFound, RuleBroken
from timebank.models import Member, Person
from timebank.unit import Unit

# Who may take part, be credited and use hours: a break takes nothing away.
TAKING_PART = ("active", "paused")


def visible_members(unit: Unit) -> Select[Member]:
    """The members this actor may see, with their persons: everybody, those of the actor's
    organisations, oneself, or nobody.
    """
    query = select(Member).join(Member.person).options(contains_eager(Member.person))
    if unit.actor.may("member.view_all"):
        if (limited := unit.actor.organisations) is not None:
            return query.where(scope.members_within(unit, limited))
        return query
    if unit.actor.member_id is not None:
        return query.where(Member.id == unit.actor.member_id)
    return query.where(false())


def visible_ids(unit: Unit) -> Select[str]:
    """The ids of ``visible_members``, to look into other tables with."""
    return visible_members(unit).with_only_columns(Member.id)


def in_sight(unit: Unit, member_id: str) -> bool:
    """Whether this actor may see a member at all."""
    query = visible_members(unit).where(Member.id == member_id).with_only_columns(Member.id)
    return unit.db.scalar(query) is not None


def members(unit: Unit, *, search: str = "", limit: int = 100, offset: int = 0) -> Sequence[Member]:
    """Members by name; ``search`` finds part of a name or e-mail address, or a whole number."""
    query = visible_members(unit).order_by(func.lower(Person.name), Member.number)
    if words := texts.printable(search):
        part = f"%{_like(words.lower())}%"
        found: list[ColumnElement[bool]] = [
            func.lower(Person.name).like(part, escape="\\"),
            func.lower(Person.email).like(part, escape="\\"),
        ]
        if words.isascii() and words.isdecimal() and len(words) < 10:
            found.append(Member.number == int(words))
        query = query.where(or_(*found))
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def every_member(unit: Unit) -> Sequence[Member]:
    """All members in the actor's scope, in one query: for imports and long lists."""
    return unit.db.scalars(visible_members(unit).order_by(Member.number)).all()


def _like(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def member(unit: Unit, member_id: str) -> Member:
    """One member; ``NotFound('member_unknown')`` when there is none in the actor's scope."""
    everybody = unit.actor.may("member.view_all") and unit.actor.organisations is None
    if everybody or member_id == unit.actor.member_id:
        # In sight whoever it is, so what this unit has read already need not be read again.
        found = unit.db.get(Member, member_id, options=[joinedload(Member.person)])
        unit.seen[member_id] = found
    else:
        query = visible_members(unit).where(Member.id == member_id)
        found = unit.db.scalars(query).one_or_none()
    if found is None:
        raise NotFound("member_unknown", member=member_id)
    return found


def member_of_person(unit: Unit, person_id: str) -> Member | None:
    """The member that a person is, in the actor's scope; None when there is none."""
    query = visible_members(unit).where(Member.person_id == person_id)
    return unit.db.scalars(query).one_or_none()


def person_name(unit: Unit, person_id: str) -> str:
    """The name behind an id in the books or the trail; "" when erased, or "console"."""
    if person_id == unit.community.console_id:
        return "console"
    person = unit.db.get(Person, person_id)
    return person.name if person is not None else ""


class MembersOnFile:
    """Finds a member by number, e-mail address or exact name."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._by_number: dict[str, Member] = {}
        self._by_email: dict[str, Member] = {}
        self._by_name: dict[str, list[Member]] = {}
        for member in members:
            self._by_number[str(member.number)] = member
            if member.person.email is not None:
                self._by_email[member.person.email] = member
            self._by_name.setdefault(member.person.name, []).append(member)

    def find(self, written: str) -> Member | None:
        """The member; None when nobody has this name.

        A number or address that nobody has is refused: nobody is added under it.
        """
        if written.isascii() and written.isdecimal():
            return self._must(self._by_number.get(written.lstrip("0")))
        if "@" in written:
            return self._must(self._by_email.get(written.lower()))
        same = self._by_name.get(written, [])
        if len(same) > 1:
            raise RuleBroken("member_ambiguous", field="member", count=len(same))
        return same[0] if same else None

    @staticmethod
    def _must(member: Member | None) -> Member:
        if member is None:
            raise NotFound("member_not_on_file", field="member")
        return member
