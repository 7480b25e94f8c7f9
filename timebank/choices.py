"""A member's standing choices: what happens to hours credited, which rewards, which statements.

The command is reached as ``people.change_choices``.
"""

from __future__ import annotations

from dataclasses import dataclass

from timebank import choice_notes, texts, trail
from timebank.errors import NotAllowed, RuleBroken
from timebank.figures import CHOICES
from timebank.member_list import member
from timebank.models import Member
from timebank.unit import Unit

STATEMENTS_BY = ("link", "mail", "paper")


@dataclass(frozen=True, kw_only=True)
class ChangeChoices:
    """A member's standing choices, by the member or (``member_id``) by a coordinator for them.

    ``revision`` is the member's as it was seen.
    """

    revision: int
    choice: str
    no_money_rewards: bool
    statement_by: str
    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChoicesChanged:
    """Whose choices they are, and the member's new revision."""

    member_id: str
    revision: int


def change_choices(unit: Unit, command: ChangeChoices) -> ChoicesChanged:
    """Change the standing choices; what was credited before stays as it is.

    Raises ``Conflict('changed_meanwhile')`` when the member is not as they were looked at.
    """
    member_id = command.member_id or unit.actor.member_id
    if member_id is None:
        raise NotAllowed("role_lacking", action="choices.change_own")
    unit.actor.require(
        "choices.change_own" if member_id == unit.actor.member_id else "member.change"
    )
    found = member(unit, member_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    before = _codes(found)
    found.choice = texts.one_of(command.choice, CHOICES, "choice")
    found.no_money_rewards = command.no_money_rewards
    found.statement_by = check_statement_by(command.statement_by, found.person.email)
    for topic, said in _codes(found).items():
        choice_notes.note(unit, found.id, topic, before[topic], said)
    found.revision += 1
    trail.record(
        unit, "member.choices_changed", "member", found.id,
        choice=found.choice, revision=found.revision,
    )  # fmt: skip
    return ChoicesChanged(member_id=found.id, revision=found.revision)


def _codes(member: Member) -> dict[str, str]:
    return {
        "hours": member.choice,
        "no_money": choice_notes.yes_no(member.no_money_rewards),
        "statement_by": member.statement_by,
    }


def check_statement_by(statement_by: str, email: str | None) -> str:
    """How somebody gets statements; ``RuleBroken('statement_needs_email')`` for mail to nowhere."""
    texts.one_of(statement_by, STATEMENTS_BY, "statement_by")
    if statement_by != "paper" and email is None:
        raise RuleBroken("statement_needs_email", field="statement_by")
    return statement_by
