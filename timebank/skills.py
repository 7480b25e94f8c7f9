"""A member's own list of what they can do: added, changed and deleted by them, or for them.

It belongs to the member. Nobody is judged or found by it: only the member reads it, and whoever
helps them with their choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from timebank import texts, trail
from timebank.errors import NotFound, RuleBroken
from timebank.ids import new_id
from timebank.models import Skill
from timebank.preferences import own_or_helped
from timebank.unit import Unit

MOST = 200


@dataclass(frozen=True, kw_only=True)
class AddSkill:
    """Something a member can do; without ``member_id`` the actor's own."""

    title_words: str
    words: str = ""
    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeSkill:
    """Say it differently. ``revision`` is the one that was looked at."""

    skill_id: str
    revision: int
    title_words: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class DeleteSkill:
    """Take it off the list, for good."""

    skill_id: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class SkillKept:
    """The skill, whose it is, and its revision now: 0 when it was deleted."""

    skill_id: str
    member_id: str
    revision: int


def add_skill(unit: Unit, command: AddSkill) -> SkillKept:
    """Add a skill. Raises ``RuleBroken('skills_too_many')``, and what ``texts`` raises."""
    member = own_or_helped(unit, command.member_id)
    count = unit.db.scalar(select(func.count()).where(Skill.member_id == member.id)) or 0
    if count >= MOST:
        raise RuleBroken("skills_too_many", most=MOST)
    found = Skill(
        id=new_id(),
        member_id=member.id,
        title_words=texts.clean(command.title_words, "title_words"),
        words=texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True),
        revision=1,
        added_by=unit.actor.id,
        added_at=unit.now,
    )
    unit.db.add(found)
    trail.record(unit, "skill.added", "member", member.id)
    return _kept(found, 1)


def change_skill(unit: Unit, command: ChangeSkill) -> SkillKept:
    """Change a skill. Raises ``Conflict('changed_meanwhile')``, ``NotFound('skill_unknown')``."""
    found = _as_seen(unit, command.skill_id, command.revision)
    found.title_words = texts.clean(command.title_words, "title_words")
    found.words = texts.optional(command.words, "words", most=texts.MOST_WORDS, lines=True)
    found.revision += 1
    trail.record(unit, "skill.changed", "member", found.member_id)
    return _kept(found, found.revision)


def delete_skill(unit: Unit, command: DeleteSkill) -> SkillKept:
    """Delete a skill: nothing of it stays. Raises as ``change_skill``."""
    found = _as_seen(unit, command.skill_id, command.revision)
    unit.db.delete(found)
    trail.record(unit, "skill.deleted", "member", found.member_id)
    return _kept(found, 0)


def skill(unit: Unit, skill_id: str) -> Skill:
    """One skill: one's own, or of somebody whom the actor helps; else ``NotFound``."""
    found = unit.db.get(Skill, skill_id)
    if found is None:
        raise NotFound("skill_unknown")
    try:
        own_or_helped(unit, found.member_id)
    except NotFound as error:
        raise NotFound("skill_unknown") from error
    return found


def of_member(
    unit: Unit, member_id: str | None, *, limit: int | None = None, offset: int = 0
) -> Sequence[Skill]:
    """A member's skills in the order in which they were added, for them or who helps them."""
    member = own_or_helped(unit, member_id)
    query = select(Skill).where(Skill.member_id == member.id).order_by(Skill.added_at, Skill.id)
    return unit.db.scalars(query.limit(limit).offset(offset)).all()


def _as_seen(unit: Unit, skill_id: str, revision: int) -> Skill:
    found = skill(unit, skill_id)
    if found.revision != revision:
        raise trail.changed(unit, found.member_id)
    return found


def _kept(found: Skill, revision: int) -> SkillKept:
    return SkillKept(skill_id=found.id, member_id=found.member_id, revision=revision)
