"""What members chose and when, what they like, being named, and what they can do."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from timebank import choice_words, my_choices, people, preferences, skills
from timebank.models import ChoiceMade, Skill
from web import units
from web.access import SIGNED_IN, access
from web.api import shapes
from web.api.blueprint import Blueprint, PageQuery, page, run
from web.api.people import own_member_id
from web.filters import words
from web.schemas.preferences import (
    AddSkillSchema,
    ChangePreferencesSchema,
    ChangeSkillSchema,
    DeleteSkillSchema,
)

blp = Blueprint("choices", __name__, description="What members chose, and what they can do")


class StandingShape(Schema):
    """One topic: the codes that hold, in words, and since when (null: not changed so far)."""

    topic = shapes.text()
    said = shapes.text()
    words = shapes.text()
    since = fields.DateTime(required=True, allow_none=True, format="iso")


class MemberChoicesShape(Schema):
    """Everything that holds for a member. Send ``revision`` back with a change of it."""

    member_id = shapes.text()
    revision = shapes.whole()
    matters = fields.List(fields.String(), required=True)
    liked = fields.List(fields.String(), required=True)
    named = shapes.text()
    standing = fields.List(fields.Nested(StandingShape), required=True)


class ChoiceMadeShape(Schema):
    """One change: what was chosen, what before that (empty where that was not noted), and when.

    ``own``: the member noted it themselves.
    """

    topic = shapes.text()
    was = shapes.text()
    said = shapes.text()
    words = shapes.text()
    own = shapes.yes_no()
    made_at = shapes.instant()


class SkillShape(Schema):
    """Something a member can do, in their own words."""

    id = shapes.text()
    member_id = shapes.text()
    title_words = shapes.text()
    words = shapes.text_or_none()
    added_at = shapes.instant()
    revision = shapes.whole()


class MatteringShape(Schema):
    """How many members said that something matters; null where they are too few to be told."""

    code = shapes.text()
    words = shapes.text()
    members = shapes.whole_or_none()


class ToldUsShape(Schema):
    """What matters to members, and the names (or initials) that may be printed."""

    matters = fields.List(fields.Nested(MatteringShape), required=True)
    named = fields.List(fields.String(), required=True)


ChoicesPage = shapes.listed(ChoiceMadeShape)
SkillsPage = shapes.listed(SkillShape)


def _choices_of(member_id: str) -> dict[str, Any]:
    with units.reading() as unit:
        standing = my_choices.standing(unit, member_id)
        found = preferences.of_member(unit, member_id)
        return {
            "member_id": member_id,
            "revision": people.member(unit, member_id).revision,
            "matters": found.matters,
            "liked": found.liked,
            "named": found.named,
            "standing": [
                {
                    "topic": each.topic,
                    "said": each.said,
                    "words": choice_words.say(words(), each.topic, each.said),
                    "since": each.since,
                }
                for each in standing
            ],
        }


def _history_of(member_id: str, query: dict[str, Any]) -> dict[str, Any]:
    with units.reading() as unit:
        made = my_choices.history(unit, member_id, limit=query["limit"] + 1, offset=query["offset"])
        owner = people.member(unit, member_id).person_id
        return page([_made_json(each, owner) for each in made], query)


def _made_json(made: ChoiceMade, owner: str) -> dict[str, Any]:
    said = {name: getattr(made, name) for name in ("topic", "was", "said", "made_at")}
    in_words = choice_words.say(words(), made.topic, made.said)
    return said | {"words": in_words, "own": made.made_by == owner}


def _skills_of(member_id: str, query: dict[str, Any]) -> dict[str, Any]:
    with units.reading() as unit:
        found = skills.of_member(unit, member_id, limit=query["limit"] + 1, offset=query["offset"])
        return page([_skill_json(each) for each in found], query)


def _skill_json(found: Skill) -> dict[str, Any]:
    return {name: getattr(found, name) for name in SkillShape().fields}


@blp.route("/me/choices")
@access("choices.change_own")
@blp.response(200, MemberChoicesShape)
def read_own() -> dict[str, Any]:
    """Read everything you chose, and since when."""
    return _choices_of(own_member_id())


@blp.route("/me/choices/history")
@access("choices.change_own")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ChoicesPage)
def own_history(query: dict[str, Any]) -> dict[str, Any]:
    """List every change of your choices, the newest first."""
    return _history_of(own_member_id(), query)


@blp.route("/me/preferences", methods=["PUT"])
@access("choices.change_own")
@blp.may_be_keyed
@blp.arguments(ChangePreferencesSchema)
@blp.response(200, shapes.of_result(preferences.PreferencesChanged))
def change_own(command: preferences.ChangePreferences) -> preferences.PreferencesChanged:
    """Say what matters to you, what you like best, and whether you may be named."""
    return run(preferences.change_preferences, command, keyed=False)


@blp.route("/members/<id:member_id>/choices")
@access("member.change")
@blp.response(200, MemberChoicesShape)
def read_theirs(member_id: str) -> dict[str, Any]:
    """Read everything a member chose, and since when."""
    return _choices_of(member_id)


@blp.route("/members/<id:member_id>/choices/history")
@access("member.change")
@blp.arguments(PageQuery, location="query")
@blp.response(200, ChoicesPage)
def their_history(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """List every change of a member's choices, the newest first."""
    return _history_of(member_id, query)


@blp.route("/members/<id:member_id>/preferences", methods=["PUT"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(ChangePreferencesSchema)
@blp.response(200, shapes.of_result(preferences.PreferencesChanged))
def change_theirs(
    command: preferences.ChangePreferences, member_id: str
) -> preferences.PreferencesChanged:
    """Note for a member what matters to them, what they like, and whether they may be named."""
    return run(preferences.change_preferences, command, keyed=False)


@blp.route("/told-us")
@access("member.view_all")
@blp.response(200, ToldUsShape)
def told_us() -> dict[str, Any]:
    """Read what matters to members, without small numbers, and who may be named."""
    with units.reading() as unit:
        matters = [
            {
                "code": each.code,
                "words": choice_words.say(words(), "matters", each.code),
                "members": each.members,
            }
            for each in preferences.what_matters(unit)
        ]
        return {"matters": matters, "named": preferences.may_be_named(unit)}


@blp.route("/me/skills")
@access("choices.change_own")
@blp.arguments(PageQuery, location="query")
@blp.response(200, SkillsPage)
def own_skills(query: dict[str, Any]) -> dict[str, Any]:
    """List what you can do, in your own words."""
    return _skills_of(own_member_id(), query)


@blp.route("/me/skills", methods=["POST"])
@access("choices.change_own")
@blp.may_be_keyed
@blp.arguments(AddSkillSchema)
@blp.response(201, shapes.of_result(skills.SkillKept))
def add_own_skill(command: skills.AddSkill) -> skills.SkillKept:
    """Add something you can do."""
    return run(skills.add_skill, command, keyed=False)


@blp.route("/members/<id:member_id>/skills")
@access("member.change")
@blp.arguments(PageQuery, location="query")
@blp.response(200, SkillsPage)
def their_skills(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """List what a member can do."""
    return _skills_of(member_id, query)


@blp.route("/members/<id:member_id>/skills", methods=["POST"])
@access("member.change")
@blp.may_be_keyed
@blp.arguments(AddSkillSchema)
@blp.response(201, shapes.of_result(skills.SkillKept))
def add_their_skill(command: skills.AddSkill, member_id: str) -> skills.SkillKept:
    """Add something for a member, as they say it."""
    return run(skills.add_skill, command, keyed=False)


@blp.route("/skills/<id:skill_id>")
@access(SIGNED_IN)
@blp.response(200, SkillShape)
def read_skill(skill_id: str) -> dict[str, Any]:
    """Read one skill: your own, or of a member whom you help."""
    with units.reading() as unit:
        return _skill_json(skills.skill(unit, skill_id))


@blp.route("/skills/<id:skill_id>", methods=["PUT"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(ChangeSkillSchema)
@blp.response(200, shapes.of_result(skills.SkillKept))
def change_skill(command: skills.ChangeSkill, skill_id: str) -> skills.SkillKept:
    """Say a skill differently."""
    return run(skills.change_skill, command, keyed=False)


@blp.route("/skills/<id:skill_id>/delete", methods=["POST"])
@access(SIGNED_IN)
@blp.may_be_keyed
@blp.arguments(DeleteSkillSchema)
@blp.response(200, shapes.of_result(skills.SkillKept))
def delete_skill(command: skills.DeleteSkill, skill_id: str) -> skills.SkillKept:
    """Delete a skill for good."""
    return run(skills.delete_skill, command, keyed=False)
