"""What matters to a member, which rewards they like best, and whether the group may name them.

All of it may be left out. What somebody likes sorts the rewards and hides none. Nobody is named who
has not said yes, and saying no later is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from timebank import choice_notes, texts, trail
from timebank.errors import NotAllowed, RuleBroken
from timebank.member_list import member, visible_members
from timebank.models import ChoiceMade, Member
from timebank.rewards import KINDS
from timebank.unit import Unit

MATTERS = ("difference", "personal", "community", "skills", "long_term")
# May the group name them in reports, programmes and thanks? Empty: they were not asked.
NAMED = ("yes", "initials", "no")
# A number of people below this is not told, so that nobody can be made out.
FEWEST = 5


@dataclass(frozen=True, kw_only=True)
class ChangePreferences:
    """What matters, what is liked, and whether they may be named, by the member or for them.

    ``revision`` is the member's as it was seen. Each may be empty: then nothing was said.
    """

    revision: int
    matters: tuple[str, ...] = ()
    liked: tuple[str, ...] = ()
    named: str = ""
    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged:
    """Whose they are, and the member's new revision."""

    member_id: str
    revision: int


def change_preferences(unit: Unit, command: ChangePreferences) -> PreferencesChanged:
    """Note what somebody said, each with its day.

    Raises ``Conflict('changed_meanwhile')`` when the member is not as they were looked at.
    """
    found = own_or_helped(unit, command.member_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    now = choice_notes.newest(unit, found.id)
    named = texts.one_of(command.named, NAMED, "named") if command.named else ""
    given = {
        "matters": _in_order(command.matters, MATTERS, "matters"),
        "liked": _in_order(command.liked, KINDS, "liked"),
        "named": named,
    }
    for topic, said in given.items():
        was = now[topic].said if topic in now else ""
        choice_notes.note(unit, found.id, topic, was, said)
    found.revision += 1
    trail.record(unit, "member.preferences_changed", "member", found.id, revision=found.revision)
    return PreferencesChanged(member_id=found.id, revision=found.revision)


def own_or_helped(unit: Unit, member_id: str | None) -> Member:
    """The member themselves, or one in the scope of whoever helps them with their choices."""
    wanted = member_id or unit.actor.member_id
    if wanted is None:
        raise NotAllowed("role_lacking", action="choices.change_own")
    own = wanted == unit.actor.member_id
    unit.actor.require("choices.change_own" if own else "member.change")
    return member(unit, wanted)


def _in_order(given: Collection[str], known: Sequence[str], field: str) -> str:
    if unknown := set(given) - set(known):
        raise RuleBroken("choice_unknown", field=field, given=len(unknown))
    return ",".join(each for each in known if each in given)


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """What a member said, each in the order of its table; empty where nothing was said."""

    matters: tuple[str, ...]
    liked: tuple[str, ...]
    named: str


def of_member(unit: Unit, member_id: str) -> Preferences:
    """What holds for a member; who may see it is for the caller to ask."""
    now = choice_notes.newest(unit, member_id)

    def codes(topic: str) -> tuple[str, ...]:
        return tuple(filter(None, now[topic].said.split(","))) if topic in now else ()

    return Preferences(
        matters=codes("matters"), liked=codes("liked"), named="".join(codes("named"))
    )


# --- what the group reads of it -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Mattering:
    """How many members said that something matters; None where they are fewer than ``FEWEST``."""

    code: str
    members: int | None


def what_matters(unit: Unit) -> list[Mattering]:
    """What matters to the group's active members, in the order of the question.

    Of the whole group alone: two numbers of different circles of people would tell of the few that
    are in one of them.
    """
    unit.actor.require_everywhere("member.view_all")
    query = (
        select(ChoiceMade.said)
        .join(Member, Member.id == ChoiceMade.member_id)
        .where(choice_notes.holding("matters"), Member.status == "active")
    )
    said = [set(each.split(",")) for each in unit.db.scalars(query)]
    counts = {code: sum(code in each for each in said) for code in MATTERS}
    return [
        Mattering(code=code, members=count if count >= FEWEST else None)
        for code, count in counts.items()
    ]


def may_be_named(unit: Unit) -> list[str]:
    """The names, or initials, that the group may print, by name; only of who said so."""
    unit.actor.require_everywhere("member.view_all")
    query = select(ChoiceMade.member_id, ChoiceMade.said).where(
        choice_notes.holding("named"), ChoiceMade.said.in_(("yes", "initials"))
    )
    said = {row.member_id: row.said for row in unit.db.execute(query)}
    found = [
        each.person.name if said[each.id] == "yes" else initials(each.person.name)
        for each in unit.db.scalars(visible_members(unit))
        if each.id in said and each.status == "active"
    ]
    return sorted(found, key=str.casefold)


def initials(name: str) -> str:
    """The first letters of a name: "D. C."."""
    return " ".join(f"{part[0].upper()}." for part in name.replace("-", " ").split())
