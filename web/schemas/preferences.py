"""What matters to a member, what they like best, being named, and what they can do."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from timebank import preferences, rewards, skills
from web.schemas import CommandSchema
from web.schemas.fields import N_, Id, Line, OneOf, Paragraph, Spoken, Whole

_TITLE = {
    "empty": N_("Say in a few words what it is."),
    "required": N_("Say in a few words what it is."),
}


class AnyOf(Spoken, fields.List):
    """Any number of some answers, loaded as a tuple; none at all is an answer too."""

    default_error_messages = {"invalid": N_("This must be a list.")}

    def __init__(self, answers: tuple[str, ...], **kwargs: Any) -> None:
        self.most = len(answers)
        super().__init__(OneOf(answers), load_default=(), **kwargs)

    def documented(self) -> dict[str, Any]:
        return {"maxItems": self.most, "uniqueItems": True}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > self.most:
            raise self.make_error("invalid")
        found = super()._deserialize(value, attr, data, **kwargs)
        if len(set(found)) != len(found):
            raise self.make_error("invalid")
        return tuple(found)


class ChangePreferencesSchema(CommandSchema):
    """What matters, what is liked, and being named; without ``member_id`` the actor's own.

    ``revision`` is the member's as read. ``named`` may be left empty: then nobody is named.
    """

    command = preferences.ChangePreferences

    revision = Whole()
    matters = AnyOf(preferences.MATTERS)
    liked = AnyOf(rewards.KINDS)
    named = OneOf(("", *preferences.NAMED), load_default="")
    member_id = Id(load_default=None, from_path=True)


class AddSkillSchema(CommandSchema):
    """Something a member can do; without ``member_id`` the actor's own."""

    command = skills.AddSkill

    title_words = Line(error_messages=_TITLE)
    words = Paragraph(load_default="")
    member_id = Id(load_default=None, from_path=True)


class ChangeSkillSchema(CommandSchema):
    """Say a skill differently; ``revision`` is the skill's as read."""

    command = skills.ChangeSkill

    skill_id = Id(from_path=True)
    revision = Whole()
    title_words = Line(error_messages=_TITLE)
    words = Paragraph(load_default="")


class DeleteSkillSchema(CommandSchema):
    """Delete a skill for good; ``revision`` is the skill's as read."""

    command = skills.DeleteSkill

    skill_id = Id(from_path=True)
    revision = Whole()
