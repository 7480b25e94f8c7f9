"""How a member's hours are shown to them: with what they have in big letters, or quietly."""

from __future__ import annotations

from dataclasses import dataclass

from timebank import choice_notes, trail
from timebank.errors import NotAllowed
from timebank.member_list import member
from timebank.unit import Unit


@dataclass(frozen=True, kw_only=True)
class ChangeShowing:
    """``quiet_balance``: the home page leaves out what the member has, and says where it stands.

    By the member, or (``member_id``) by a coordinator for them; ``revision`` is the member's.
    """

    revision: int
    quiet_balance: bool
    member_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ShowingChanged:
    """Whose it is, and the member's new revision."""

    member_id: str
    revision: int


def change_showing(unit: Unit, command: ChangeShowing) -> ShowingChanged:
    """Change how the hours are shown; nothing about the hours changes.

    Raises ``Conflict('changed_meanwhile')`` when the member is not as they were looked at.
    """
    member_id = command.member_id or unit.actor.member_id
    if member_id is None:
        raise NotAllowed("role_lacking", action="choices.change_own")
    own = member_id == unit.actor.member_id
    unit.actor.require("choices.change_own" if own else "member.change")
    found = member(unit, member_id)
    if found.revision != command.revision:
        raise trail.changed(unit, found.id)
    before, now = map(choice_notes.yes_no, (found.quiet_balance, command.quiet_balance))
    choice_notes.note(unit, found.id, "quiet", before, now)
    found.quiet_balance = command.quiet_balance
    found.revision += 1
    trail.record(
        unit, "member.showing_changed", "member", found.id,
        quiet=found.quiet_balance, revision=found.revision,
    )  # fmt: skip
    return ShowingChanged(member_id=found.id, revision=found.revision)
