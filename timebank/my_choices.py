"""What a member chose, all in one place: what holds now, since when, and who recorded it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from timebank import choice_notes, communication, preferences, schedules
from timebank.choice_notes import yes_no
from timebank.models import ChoiceMade, Member, Person
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One topic: the codes that hold, and since when (None: since before any change of it).

    ``made_by`` is the id of who recorded it, empty where nobody did.
    """

    topic: str
    said: str
    since: datetime | None
    made_by: str


def standing(unit: Unit, member_id: str | None) -> list[Standing]:
    """Every topic as it stands, for the member or whoever helps them with their choices."""
    member = preferences.own_or_helped(unit, member_id)
    noted = choice_notes.newest(unit, member.id)
    now = _now(unit, member, noted)
    return [_standing(topic, now[topic], noted.get(topic)) for topic in choice_notes.TOPICS]


def _standing(topic: str, said: str, noted: ChoiceMade | None) -> Standing:
    if noted is None or noted.said != said:
        return Standing(topic=topic, said=said, since=None, made_by="")
    return Standing(topic=topic, said=said, since=noted.made_at, made_by=noted.made_by)


def _now(unit: Unit, member: Member, noted: dict[str, ChoiceMade]) -> dict[str, str]:
    """What holds by topic, from where it is kept."""
    when = schedules.standing(unit, member.id)
    told = {topic: row.said for topic, row in noted.items()}
    return dict.fromkeys(choice_notes.TOPICS, "") | told | {
        "hours": member.choice,
        "no_money": yes_no(member.no_money_rewards),
        "statement_by": member.statement_by,
        "quiet": yes_no(member.quiet_balance),
        "frequency": schedules.as_code(when.choice, when.schedule),
        **communication.codes(communication.of_person(unit, member.person_id), member.person),
    }  # fmt: skip


def history(
    unit: Unit, member_id: str | None, *, limit: int | None = None, offset: int = 0
) -> Sequence[ChoiceMade]:
    """Everything that was chosen, the newest first, for the member or who helps them."""
    member = preferences.own_or_helped(unit, member_id)
    return choice_notes.history(unit, member.id, limit=limit, offset=offset)


def who(unit: Unit, member: Member, ids: Sequence[str]) -> dict[str, str]:
    """Who recorded something, by id: a name, "" for the member themselves or who is erased.

    A member may know who of the group noted something for them.
    """
    names = {
        found.id: found.name
        for found in unit.db.scalars(select(Person).where(Person.id.in_(set(ids))))
    }
    names[unit.community.console_id] = unit.community.name
    names[member.person_id] = ""
    return {each: names.get(each, "") for each in ids}
